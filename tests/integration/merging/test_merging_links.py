"""What follows a customer: found in the tables, ruled beside its column, and for the host's tables registered."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Time,
    UniqueConstraint,
    Uuid,
    select,
)  # fmt: skip
from sqlalchemy.orm import Session
from tests.integration.merging.files import differences, merge, read, snapshot, split
from tests.integration.services.acting import doing, refused

from oa_crm import CRM
from oa_crm.errors import ConfigurationError, PluginRefused
from oa_crm.hooks import MergeLink, hookimpl
from oa_crm.models import PREFIX, Base, WhenMerged
from oa_crm.services.merging import links as found_links
from oa_crm.services.merging.links import LinkTo, acting, links
from oa_crm.services.merging.packing import packed, unpacked
from oa_crm.testing import CrmKit, Kit


def test_every_column_that_names_a_customer_says_what_becomes_of_its_rows() -> None:
    """Whoever adds a table decides it: `info=when_merged(...)` beside the column, as `models.when_merged` explains."""
    silent = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "when_merged" not in column.info
        and (
            any(key.target_fullname.endswith(f"{PREFIX}customer.id") for key in column.foreign_keys)
            or column.name.endswith("customer_id")
            or (column.name == "thing_id" and {"kind", "thing_kind"} & set(table.c.keys()))
        )
    ]
    assert silent == [], f"add info=when_merged(...) to {', '.join(silent)}"


def test_a_table_whose_rows_could_be_there_twice_says_what_then() -> None:
    """By default what the survivor has already is laid aside, where no file shows it until the merge is split."""
    for link in acting(links()):
        if link.rule.gives_up is not None:
            assert link.rule.gives_up in link.table.c, f"{link.name} gives up a column that is not there"
            assert link.table.c[link.rule.gives_up].nullable, f"{link.name} gives up a column that may not be NULL"


def test_rows_are_found_by_an_index_wherever_they_lie() -> None:
    for link in acting(links()):
        kind = [] if link.rule.kind is None else [link.rule.kind]
        wanted = ["tenant_id", *kind, link.column.name]
        keys = [[one.name for one in index.columns] for index in link.table.indexes]
        keys.append([one.name for one in link.table.primary_key])
        keys += [
            [one.name for one in key.columns] for key in link.table.constraints if isinstance(key, UniqueConstraint)
        ]
        assert any(key[: len(wanted)] == wanted or key[:1] == [link.column.name] for key in keys), (
            f"an index on {wanted} of {link.table.name}"
        )


def test_a_thing_that_others_hang_on_goes_home_before_them() -> None:
    names = [link.name for link in links()]
    hanging = {link.name: [parent.name for parent in link.parents] for link in links() if link.parents}
    assert hanging["contract.customer_id"] == hanging["expense.customer_id"] == ["project.customer_id"]
    for name, parents in hanging.items():
        assert all(names.index(parent) < names.index(name) for parent in parents)


HOST = MetaData()
TICKETS = Table(
    "host_ticket",
    HOST,
    Column("id", Integer, primary_key=True),
    Column("company", String(64)),
    Column("customer_id", String(36), index=True),
    Column("about", String(50)),
)
STARS = Table(
    "host_star",
    HOST,
    Column("member", String(20), primary_key=True),
    Column("customer", Uuid(), primary_key=True),
    Column("on", Date),
    Column("at", DateTime),
    Column("clock", Time),
    Column("weight", Numeric(12, 4)),
    Column("raw", LargeBinary),
    Column("loud", Boolean),
)


class Host:
    """A platform with tickets and stars on customers."""

    name = "host"

    @hookimpl
    def register_merge_links(self) -> list[MergeLink]:
        return [
            MergeLink("tickets", TICKETS, "customer_id", tenant_column="company"),
            MergeLink("stars", STARS, "customer"),
        ]


@pytest.fixture
def hosted(database: Any, crm_kit: CrmKit) -> Iterator[Kit]:
    HOST.create_all(database)
    yield crm_kit(Host(), database=database)
    HOST.drop_all(database)


def _host_rows(kit: Kit) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        return [
            tuple(row)
            for table in (TICKETS, STARS)
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def _star(kit: Kit, member: str, customer: Any) -> None:
    facts = {"on": kit.clock.now().date(), "weight": "12.3400", "raw": b"\0\xff", "loud": True}
    with kit.crm.engine.begin() as connection:
        at = kit.clock.now().replace(tzinfo=None)
        connection.execute(STARS.insert().values(member=member, customer=customer.id, at=at, clock=at.time(), **facts))


def test_the_hosts_rows_follow_and_come_back_to_the_byte(hosted: Kit) -> None:
    kit = hosted
    winner, loser = kit.given.customer(), kit.given.customer()
    with kit.crm.engine.begin() as connection:
        for company, customer in (("acme", loser), ("acme", winner), ("elsewhere", loser)):
            connection.execute(TICKETS.insert().values(company=company, customer_id=str(customer.id), about="票"))
    for member, customer in (("li", winner), ("li", loser), ("wang", loser)):
        _star(kit, member, customer)
    before = _host_rows(kit)
    preview = doing(kit, "manager", lambda unit: unit.merges.preview(winner.id, loser.id))
    done = merge(kit, winner, loser)
    assert (preview.moves, preview.laid_aside) == (done.moved, done.laid_aside)
    assert (done.moved["tickets"], done.moved["stars"], done.laid_aside) == (1, 1, {"stars": 1})
    after = [row[2] if len(row) == 4 else (row[0], row[1]) for row in _host_rows(kit)]
    assert after == [str(winner.id), str(winner.id), str(loser.id), ("li", winner.id), ("wang", winner.id)]
    assert split(kit, done).left == ()
    assert _host_rows(kit) == before


def test_what_was_laid_aside_and_has_no_place_any_more_is_told(hosted: Kit) -> None:
    kit = hosted
    winner, loser = kit.given.customer(), kit.given.customer()
    for customer in (winner, loser):
        _star(kit, "li", customer)
    done = merge(kit, winner, loser)
    _star(kit, "li", loser)
    told = split(kit, done)
    assert [(one.link, one.why, one.key) for one in told.left] == [("stars", "taken", f"li, {loser.id}")]


def test_the_hosts_rows_follow_in_the_hosts_own_transaction(hosted: Kit) -> None:
    kit = hosted
    winner, loser = kit.given.customer(), kit.given.customer()
    wanted = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    before = snapshot(kit)
    with Session(kit.crm.engine) as session:
        session.execute(TICKETS.insert().values(company="acme", customer_id=str(loser.id), about="同一事务"))
        with kit.crm.join(session, kit.scope("manager")) as unit:
            assert unit.merges.merge(wanted).moved["tickets"] == 1
        session.rollback()
    assert (differences(before, snapshot(kit)), _host_rows(kit)) == ({}, [])


def test_rows_of_a_plugin_that_is_gone_stay_and_are_told(database: Any, crm_kit: CrmKit) -> None:
    HOST.create_all(database)
    kit = crm_kit(Host(), database=database)
    winner, loser = kit.given.customer(), kit.given.customer()
    _star(kit, "li", loser)
    done = merge(kit, winner, loser)
    bare = crm_kit(database=database)
    assert [(one.link, one.why) for one in split(bare, done).left] == [("stars", "moved_on")]
    HOST.drop_all(database)


NO_KEY = Table("keyless", MetaData(), Column("customer_id", String(36)))
NO_ID = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("customer_id", Integer))
SHORT = Table("short", MetaData(), Column("id", Integer, primary_key=True), Column("customer_id", String(30)))
WRONG = {
    "no sqlalchemy Table": lambda: MergeLink("x", "host_ticket", "customer_id"),  # type: ignore[arg-type]
    "no primary key": lambda: MergeLink("x", NO_KEY, "customer_id"),
    "no column 'customer'": lambda: MergeLink("x", TICKETS, "customer"),
    "no column 'tenant'": lambda: MergeLink("x", TICKETS, "customer_id", tenant_column="tenant"),
    "holds no id of a customer": lambda: MergeLink("x", NO_ID, "customer_id"),
    "follows by itself": lambda: MergeLink("x", Base.metadata.tables["oa_crm.oa_crm_project"], "customer_id"),
    "String(length=30)": lambda: MergeLink("x", SHORT, "customer_id"),
    "which is no MergeLink": lambda: TICKETS,
    "1 to 100 characters": lambda: MergeLink("x" * 101, TICKETS, "customer_id"),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_link_that_could_not_be_followed_stops_the_start(why: str) -> None:
    class Wrong:
        name = "wrong"

        @hookimpl
        def register_merge_links(self) -> Any:
            return [WRONG[why]()]

    with pytest.raises(PluginRefused) as caught:
        CRM("sqlite://", plugins=[Wrong()])
    assert "wrong" in str(caught.value)
    assert why in str(caught.value)


def test_two_plugins_with_links_of_one_name_stop_the_start() -> None:
    class Other(Host):
        name = "other"

    with pytest.raises(ConfigurationError, match="host and other"):
        CRM("sqlite://", plugins=[Host(), Other()])


def test_values_of_any_type_come_back_from_the_journal() -> None:
    for value in (None, True, 7, 1.5, "云帆", [1, {"is": "x"}], {"is": "uuid", "value": "no"}, b"\0"):
        assert unpacked(packed(value)) == value


PHONES = Table(
    "oa_crm_test_contact",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("tenant_id", String(64)),
    Column("customer_id", Uuid(), index=True),
    Column("name", String(20)),
    Column("primary", Integer),
    UniqueConstraint("tenant_id", "customer_id", "primary"),
)


def test_of_two_that_may_be_one_only_the_survivors_stays_so(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two primary contacts: the loser's moves as an ordinary one, and is primary again after a split."""
    link = LinkTo(
        "contact.customer_id", PHONES, PHONES.c.customer_id, WhenMerged(gives_up="primary"), PHONES.c.tenant_id
    )
    all_ = (*links(), link)
    monkeypatch.setattr(found_links, "links", lambda: all_)
    PHONES.create(kit.crm.engine)
    winner, loser = kit.given.customer(), kit.given.customer()
    people = [("王", winner, 1), ("李", loser, 1), ("赵", loser, None)]
    with kit.crm.engine.begin() as connection:
        for name, customer, primary in people:
            connection.execute(
                PHONES.insert().values(tenant_id="acme", customer_id=customer.id, name=name, primary=primary)
            )

    def contacts() -> list[Any]:
        with kit.crm.engine.connect() as connection:
            found = select(PHONES.c.name, PHONES.c.customer_id, PHONES.c.primary).order_by(PHONES.c.id)
            return [tuple(row) for row in connection.execute(found)]

    before = contacts()
    done = merge(kit, winner, loser)
    assert (done.moved["contact.customer_id"], done.laid_aside) == (2, {})
    assert contacts() == [("王", winner.id, 1), ("李", winner.id, None), ("赵", winner.id, None)]
    split(kit, done)
    assert contacts() == before
    PHONES.drop(kit.crm.engine)


def test_a_pair_that_was_dismissed_comes_back_dismissed(kit: Kit) -> None:
    winner = kit.given.customer(name="长风物流有限公司")
    loser = doing(
        kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司"}, override_reason="另一家")
    )
    kit.crm.duplicates.scan(kit.scope("admin"))
    doing(kit, "manager", lambda unit: unit.duplicates.dismiss(winner.id, loser.id, because="不同"))
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    with refused("merged"):
        read(kit, loser.id)
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}


def _primary(kit: Kit, customer: Any, name: str) -> Any:
    contact = kit.given.contact(customer, name=name)
    doing(kit, "seller", lambda unit: unit.contacts.set_primary(contact.posts[0].id))
    return contact


def test_of_two_primary_contacts_the_survivors_stays_primary(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    _primary(kit, winner, "王芳")
    theirs = _primary(kit, loser, "李娜")
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert (done.moved["post.customer_id"], done.laid_aside) == (1, {})
    found = doing(kit, "seller", lambda unit: unit.contacts.find({"customer_id": winner.id}).items)
    assert {one.name for one in found} == {"王芳", "李娜"}
    after = doing(kit, "seller", lambda unit: unit.contacts.get(theirs.id))
    assert [(post.customer_id, post.primary) for post in after.posts] == [(winner.id, False)]
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}
