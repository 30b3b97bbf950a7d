"""How the tests of the services act: shorthands for one act by one person, and for many at once."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import pytest
from sqlalchemy import CompoundSelect, Engine, event, func, literal, select, union_all

from oa_crm import Actor, Unit
from oa_crm.errors import Busy, CrmError
from oa_crm.models import AuditEntry, Base, DuplicateSearch, EventRow, Look, ShareLook, table_of
from oa_crm.schemas import ApprovalOut
from oa_crm.testing import Kit

Answer = TypeVar("Answer")
SYSTEM = Actor.system()
NAMES = ("云帆智能科技", "星河数据", "长风物流", "碧海食品", "金石建材", "松岭医药", "百川能源", "晨曦教育", "铁流机械")


def doing(kit: Kit, actor: str | Actor, do: Callable[[Unit], Answer], *, tenant: str = "acme") -> Answer:
    """One act in a unit of its own."""
    with kit.crm.begin(kit.scope(actor, tenant=tenant)) as unit:
        return do(unit)


@contextmanager
def refused(code: str, **details: object) -> Iterator[pytest.ExceptionInfo[CrmError]]:
    """The block is refused with this code, and with these details."""
    with pytest.raises(CrmError) as caught:
        yield caught
    assert caught.value.code == code, caught.value
    for name, wanted in details.items():
        assert caught.value.details[name] == wanted


@contextmanager
def invalid(*fields: str) -> Iterator[pytest.ExceptionInfo[CrmError]]:
    """The block is refused as invalid input, for exactly these fields."""
    with refused("invalid_input") as caught:
        yield caught
    assert sorted(problem["field"] for problem in caught.value.details["problems"]) == sorted(fields)


def decide(kit: Kit, approval: ApprovalOut, member: str, decision: str = "agree", words: str = "同意") -> ApprovalOut:
    """One member's opinion."""
    return doing(kit, member, lambda unit: unit.approvals.decide(approval.id, {"decision": decision, "words": words}))


def count(kit: Kit, model: type[Base], **where: object) -> int:
    """How many rows a table has in all companies."""
    table = table_of(model)
    query = select(func.count()).select_from(table).where(*(table.c[name] == value for name, value in where.items()))
    with kit.crm.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def rows(kit: Kit, model: type[Base], **where: object) -> list[Mapping[str, Any]]:
    """The rows of a table, in the order of their ids."""
    table = table_of(model)
    query = select(table).where(*(table.c[name] == value for name, value in where.items())).order_by(table.c.id)
    with kit.crm.engine.connect() as connection:
        return [row._mapping for row in connection.execute(query)]


def everything(kit: Kit) -> dict[str, int]:
    """How many rows each table of ours has, but for the logs of searches and looks, which stay whatever comes after."""
    with kit.crm.engine.connect() as connection:
        return {str(name): int(number) for name, number in connection.execute(_counts())}


@cache
def _counts() -> CompoundSelect[str, int]:
    # One statement for all tests: making it took longer than asking it.
    tables = [table for mapper in Base.registry.mappers for table in mapper.tables]
    tables = [one for one in tables if one not in (table_of(DuplicateSearch), table_of(Look), table_of(ShareLook))]
    return union_all(*(select(literal(table.name), func.count()).select_from(table) for table in tables))


def audit_count(kit: Kit) -> int:
    return count(kit, AuditEntry)


def event_count(kit: Kit) -> int:
    return count(kit, EventRow)


class Sent(str):
    """A statement, with its parameters."""

    given: Any


@contextmanager
def listening(engine: Engine) -> Iterator[list[Sent]]:
    """The statements that are sent meanwhile."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, sql: str, given: Any, *_: object) -> None:
        sent.append(Sent(sql))
        sent[-1].given = given

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


class AtOnce:
    """What became of many who acted at the same moment."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.errors: list[CrmError] = []
        self.raw: list[BaseException] = []

    @property
    def codes(self) -> set[str]:
        return {error.code for error in self.errors}


def at_once(many: int, do: Callable[[int], Any]) -> AtOnce:
    """Run `do(0)`, `do(1)`, ... in threads that start together. An error that is not ours fails the test."""
    result, start = AtOnce(), threading.Barrier(many)

    def run(number: int) -> None:
        start.wait(timeout=30)
        try:
            result.answers.append(do(number))
        except CrmError as error:
            result.errors.append(error)
        except BaseException as error:
            result.raw.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert not result.raw, f"an error that is not ours came through: {result.raw[0]!r}"
    return result


@contextmanager
def meanwhile(kit: Kit, comes: Callable[[str], bool], do: Callable[[], Any]) -> Iterator[AtOnce]:
    """Right after the first statement that `comes` knows, somebody else does something. Nobody waits for him longer
    than a second: he may have to wait for what the block holds."""
    result = AtOnce()

    def run() -> None:
        try:
            result.answers.append(do())
        except CrmError as error:
            result.errors.append(error)

    other = threading.Thread(target=run)

    def sent(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if other.ident is None and comes(sql):
            other.start()
            other.join(timeout=1)

    event.listen(kit.crm.engine, "after_cursor_execute", sent)
    try:
        yield result
        other.join(timeout=30)
        assert not other.is_alive(), "somebody waits for ever"
    finally:
        event.remove(kit.crm.engine, "after_cursor_execute", sent)


def patiently(do: Callable[[], Answer], tries: int = 40) -> Answer:
    """Do it again while the database says `busy`, as its message tells a caller to."""
    for _ in range(tries - 1):
        try:
            return do()
        except Busy:
            continue
    return do()
