"""Statements that are sent as text say what SQLAlchemy's own say, whoever asks and for however many."""

import gc
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from weakref import ref

import pytest
from sqlalchemy import ColumnElement, bindparam, create_engine, literal, make_url, or_, select
from sqlalchemy.engine.default import DefaultDialect
from tests.integration.services.acting import at_once, listening

from oa_crm.ids import new_id
from oa_crm.models import Customer, DuplicateEntry, Member, table_of
from oa_crm.services import prepared
from oa_crm.services.clashes.facts import BY_ENTRY, NAMES, with_owner
from oa_crm.services.prepared import Prepared
from oa_crm.testing import Kit

_CUSTOMERS = (
    {
        "name": "杭州云帆智能科技有限公司",
        "short_name": "云帆智能",
        "aliases": ("Yunfan 100%",),
        "phone": "0571-88886666",
    },
    {"name": "长风物流有限公司", "former_names": ("长风货运有限公司",), "website": "changfeng.example"},
    {
        "name": "Wexlor Systems Ltd",
        "foreign_name": "Вексор",
        "numbers": ({"scheme": "us.ein", "number": "91-1144442"},),
    },
)


def _entries(kit: Kit) -> list[int]:
    for one in _CUSTOMERS:
        kit.given.customer(**one)
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(select(DuplicateEntry.id).order_by(DuplicateEntry.id)))


@pytest.mark.parametrize("facts", [BY_ENTRY, NAMES], ids=["facts", "names"])
def test_rows_are_those_that_sqlalchemy_reads(kit: Kit, facts: Prepared) -> None:
    entries = _entries(kit)
    with kit.crm.engine.connect() as connection:
        for many in ([entries[0]], entries, [*entries, 10**9] * 200):
            asked = {"tenant": kit.scope().tenant, "entries": many}
            plain = connection.execute(facts.query, asked).all()
            sent = facts.rows(connection, asked)
            assert sorted(map(tuple, sent)) == sorted(map(tuple, plain))
            assert [list(one._asdict()) for one in sent] == [list(one._asdict()) for one in plain]


def test_the_words_are_shared_and_each_ones_own_values_stay_his(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    entries, table = _entries(kit), table_of(Customer)
    monkeypatch.delitem(vars(kit.crm.engine.dialect), "_oa_crm_texts", raising=False)
    monkeypatch.setattr(prepared, "_compiled", compiled := Mock(wraps=prepared._compiled))
    asked = {"tenant": kit.scope().tenant, "entries": entries}
    owned = [with_owner(table.c.owner_id == owner) for owner in ("seller", "colleague", "seller")]
    with listening(kit.crm.engine) as sent, kit.crm.engine.connect() as connection:
        may_open = [{row.may_open for row in one.rows(connection, asked)} for one in owned]
    assert may_open == [{True}, {False}, {True}]
    assert len(sent) == 3
    assert len(set(sent)) == compiled.call_count == 1
    assert {type(one) for those in may_open for one in those} == {bool}


def test_a_condition_with_a_list_of_its_own_is_asked_as_it_stands(kit: Kit) -> None:
    entries, c = _entries(kit), table_of(Customer).c
    asked = {"tenant": kit.scope().tenant, "entries": entries}
    with kit.crm.engine.connect() as connection:
        ids = [row.id for row in BY_ENTRY.rows(connection, asked)]
        for mine in (ids[:2], ids, ids[:1], []):
            rows = with_owner(c.id.in_(mine)).rows(connection, asked)
            assert {row.id for row in rows if row.may_open} == set(mine)


_C, _WHOSE = table_of(Customer).c, [""]
_TOLD = _C.owner_id == bindparam("granted", callable_=lambda: _WHOSE[0], type_=_C.owner_id.type)


def _literally(whose: str) -> ColumnElement[bool]:
    return _C.owner_id == bindparam("granted", whose, literal_execute=True, type_=_C.owner_id.type)


def _when_sent(whose: str) -> ColumnElement[bool]:
    _WHOSE[0] = whose
    return _TOLD


@pytest.mark.parametrize("rule", [_literally, _when_sent])
def test_a_rule_whose_value_is_in_the_words_or_told_when_sent_gives_nobody_anothers_answer(
    kit: Kit, rule: Callable[[str], ColumnElement[bool]]
) -> None:
    asked, may_open = {"tenant": kit.scope().tenant, "entries": _entries(kit)}, []
    with kit.crm.engine.connect() as connection:
        for whose in ("seller", "colleague", "seller"):
            rows = with_owner(rule(whose)).rows(connection, asked)
            may_open.append({row.may_open for row in rows})
    assert may_open == [{True}, {False}, {True}]


def test_an_engine_is_forgotten_with_what_was_compiled_for_it(kit: Kit, database_url: str) -> None:
    asked, c = {"tenant": kit.scope().tenant, "entries": _entries(kit)}, table_of(Customer).c

    def used() -> ref[Any]:
        engine = create_engine(database_url)
        with engine.connect() as connection:
            here = connection.execution_options(schema_translate_map={"oa_crm": None})
            assert BY_ENTRY.rows(here, asked)
            assert with_owner(c.owner_id == "seller").rows(here, asked)
        engine.dispose()
        return ref(engine.dialect)

    gone = [used() for _ in range(2)]
    gc.collect()
    assert [one() for one in gone] == [None, None]


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns after a few steps."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurried")
def test_many_threads_with_many_shapes_keep_few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    dialect = DefaultDialect()
    texts = prepared._texts(dialect)
    monkeypatch.setattr(prepared, "_compiled", lambda *_: object())

    def ask(thread: int) -> None:
        query = Prepared(select(literal(1)))
        for at in range(4000):
            query._shape = SimpleNamespace(key=(thread, at), bindparams=())
            query._of_shape(texts, dialect, {}, (None,), {})

    at_once(8, ask)
    assert len(texts.of_shape) == prepared._SHAPES


def test_a_company_meets_its_own_customers_alone(kit: Kit) -> None:
    entries = _entries(kit)
    with kit.crm.engine.connect() as connection:
        rows = BY_ENTRY.rows(connection, {"tenant": "another", "entries": entries})
    assert {row.id for row in rows} == {None}


def test_times_and_ids_go_in_and_come_out_as_ever(kit: Kit) -> None:
    table, (entry, *_) = table_of(Customer), _entries(kit)
    then = datetime(2020, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
    c = table.c
    query = Prepared(
        select(c.id, c.created_at, literal("50 % of :it").label("said"))
        .where(c.created_at > bindparam("since", type_=c.created_at.type), c.id != bindparam("other", type_=c.id.type))
        .where(or_(c.name.like("%云帆%"), c.name == "50%"))
    )
    with kit.crm.engine.connect() as connection:
        (known,) = BY_ENTRY.rows(connection, {"tenant": kit.scope().tenant, "entries": [entry]})
        for other, found in ((new_id(), 1), (known.id, 0)):
            asked = {"since": then, "other": other}
            rows = query.rows(connection, asked)
            assert len(rows) == found
            assert [tuple(one) for one in rows] == [tuple(one) for one in connection.execute(query.query, asked)]


def test_a_schema_of_its_own_is_put_in(kit: Kit, database_url: str) -> None:
    query = Prepared(select(table_of(Member).c.id).where(table_of(Member).c.tenant_id == bindparam("tenant")))
    engine = kit.crm.engine
    if engine.dialect.name == "sqlite":
        named = engine.execution_options(schema_translate_map={"oa_crm": "aside"})
        with listening(named) as sent, named.connect() as connection:
            connection.exec_driver_sql("ATTACH DATABASE ? AS aside", (make_url(database_url).database,))
            assert query.rows(connection, {"tenant": kit.scope().tenant})
            connection.detach()
        assert "aside.oa_crm_member" in sent[-1]
    with listening(engine) as sent, engine.connect() as connection:
        assert query.rows(connection, {"tenant": kit.scope().tenant})
    assert "oa_crm_member" in sent[-1]
    assert "aside." not in sent[-1]
