"""The books: every entry sums to zero, nothing is posted twice, and a closing waits for what it closes."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from examples.host_app import books, reconcile
from examples.host_app.app import HostApp
from examples.host_app.books import Document, Move, Unbalanced
from examples.host_app.tables import Entry, Line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from tests.examples import given as done

CENTS = st.integers(min_value=1, max_value=10**11)
BOOKINGS = st.lists(st.tuples(st.sampled_from(sorted(books.EXPENSES)), CENTS, st.booleans()), max_size=12)


def _document() -> Document:
    return Document("expense", str(uuid4()), "p", datetime.now(UTC).date(), "差旅", "CNY")


def _entries(host: HostApp) -> int:
    with host.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Entry)) or 0


def _text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(revenue=st.integers(min_value=1, max_value=199_999_999), bookings=BOOKINGS)
def test_whatever_is_booked_the_books_balance_and_agree_with_the_crm(
    host: HostApp, revenue: int, bookings: list[tuple[str, int, bool]]
) -> None:
    project = done.another_project(host)
    done.approved(host, project.id, _text(revenue))
    for category, minor, reversed_ in bookings:
        booked = done.expense(host, project.id, _text(minor), category)
        if reversed_:
            with host.crm.begin(host.as_(done.FINANCE)) as unit:
                unit.expenses.reverse(booked.id, {"reason": "误报"})
    host.crm.relay.drain()
    with host.crm.begin(host.as_(done.FINANCE)) as unit:
        unit.settlements.settle(project.id)
    host.crm.relay.drain()
    kept = sum(minor for _, minor, reversed_ in bookings if not reversed_)
    with host.engine.connect() as connection:
        sums = select(func.sum(Line.debit_minor - Line.credit_minor)).group_by(Line.entry_id)
        assert set(connection.scalars(sums)) == {0}
        closed = books.project_balances(connection, str(project.id), closing=True)
        mine = select(func.count()).select_from(Entry).where(Entry.project_id == str(project.id))
        assert connection.scalar(mine) == 2 + len(bookings) + sum(reversed_ for *_, reversed_ in bookings)
    assert -closed.get(books.PROFIT, 0) == revenue - kept
    assert [one for one in reconcile.reconcile(host) if not one.agrees] == []


@given(moves=st.lists(st.integers(min_value=-(10**12), max_value=10**12), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_entry_that_does_not_sum_to_zero_is_not_written(host: HostApp, moves: list[int]) -> None:
    lines = [Move(books.REVENUE, minor) for minor in moves]
    with host.engine.connect() as connection:
        if sum(moves) == 0 and any(moves):
            assert books.post(connection, str(uuid4()), _document(), lines)
        else:
            with pytest.raises(Unbalanced):
                books.post(connection, str(uuid4()), _document(), lines)
            assert connection.scalar(select(func.count()).select_from(Entry)) == 0
        connection.rollback()


def test_a_key_that_was_posted_answers_with_its_voucher(host: HostApp) -> None:
    lines = [Move(books.EXPENSES["travel"], 100), Move(books.OWED_TO_STAFF, -100)]
    with host.engine.begin() as connection:
        first = books.post(connection, "key", _document(), lines)
        second = books.post(connection, "key", _document(), lines)
        other = books.post(connection, "another key", _document(), lines)
    assert first == second != other
    assert _entries(host) == 2


def test_deliveries_that_come_twice_are_posted_once_under_the_same_voucher(host: HostApp) -> None:
    project = done.project(host)
    done.approved(host, project.id)
    booked = done.expense(host, project.id)
    host.crm.relay.drain()
    with host.engine.connect() as connection:
        before = connection.execute(select(Entry.key, Entry.voucher).order_by(Entry.id)).all()
    assert host.crm.relay.redeliver(plugin="oa_ledger") == 2
    assert host.crm.relay.drain().delivered == 2
    with host.engine.connect() as connection:
        assert connection.execute(select(Entry.key, Entry.voucher).order_by(Entry.id)).all() == before
    with host.crm.begin(host.as_(done.FINANCE), read_only=True) as unit:
        assert [link.ref for link in unit.links.of("expense", booked.id)] == [before[-1].voucher]


def test_a_settlement_waits_until_the_books_hold_every_document(host: HostApp) -> None:
    project = done.project(host)
    done.approved(host, project.id)
    booked = done.expense(host, project.id)
    host.crm.relay.drain()
    with host.engine.begin() as connection:
        # As if the expense were still on its way: nothing orders it before the settlement.
        entry = connection.scalars(select(Entry.id).where(Entry.document_id == str(booked.id))).one()
        connection.execute(delete(Line).where(Line.entry_id == entry))
        connection.execute(delete(Entry).where(Entry.id == entry))
    with host.crm.begin(host.as_(done.FINANCE)) as unit:
        unit.settlements.settle(project.id)
    assert host.crm.relay.drain().retried == 1
    (waiting,) = host.crm.relay.deliveries("pending", plugin="oa_ledger")
    assert waiting.hook == "on_project_settled"
    assert "do not hold every document" in (waiting.last_error or "")
    assert _entries(host) == 1


@pytest.mark.parametrize(
    ("account", "column", "shown"),
    [
        (books.REVENUE, "credit_minor", "revenue (6001)"),
        (books.RECEIVABLE, "debit_minor", "receivable (1122)"),
        ("6601.01", "debit_minor", "travel (6601.01)"),
    ],
)
def test_a_cent_on_any_line_is_found(host: HostApp, account: str, column: str, shown: str) -> None:
    project = done.project(host)
    done.approved(host, project.id)
    done.expense(host, project.id)
    host.crm.relay.drain()
    assert all(one.agrees for one in reconcile.reconcile(host))
    with host.engine.begin() as connection:
        more = {column: getattr(Line, column) + 1}
        tampered = update(Line).where(Line.account_code == account).values(**more)
        assert connection.execute(tampered).rowcount == 1
    wrong = [one.what for one in reconcile.reconcile(host) if not one.agrees]
    assert shown in wrong
    assert "trial balance: debits = credits" in wrong
    assert "entries that do not sum to zero" in wrong


def test_a_document_that_was_never_posted_is_found(host: HostApp) -> None:
    project = done.project(host)
    done.expense(host, project.id)
    wrong = [one.what for one in reconcile.reconcile(host) if not one.agrees]
    assert f"{project.name}: documents, one by one" in wrong
