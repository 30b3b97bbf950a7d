"""The full matrix of permissions: every verb, every role, things of everybody; and no id tells more than it should.

The company is built once a database; each case is taken back to a savepoint of one transaction.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection
from tests.integration.services import surface, tiers
from tests.integration.services.ids_taken import TAKES, Here
from tests.integration.services.matrix import (
    ASKED_FIRST,
    BESIDE,
    CALLS,
    CLAIMED,
    EXPLAINS,
    GATED,
    LISTS,
    RIGHTS,
    TOLD_LIKE_NONE,
    WITHOUT_IDS,
)
from tests.integration.services.tiers import OUTSIDERS, RELATIONS, ROLES, WITHIN, Things, may, owner_of, reach
from tests.support.databases import Databases

from oa_crm import Settings, Unit
from oa_crm.errors import CrmError
from oa_crm.testing import Kit

ACTORS = pytest.mark.parametrize("actor", ROLES)
LIST_OF = {
    "exchange.export_contacts": "contact", "exchange.export_follow_ups": "follow_up", "followups.find": "follow_up",
    "plans.find": "plan",
    "issues.find": "matter", "needs.find": "need", "strategies.find": "strategy", "shares.find": "share",
    "help.find": "help_request", "contacts.find": "contact", "contracts.find": "contract", "expenses.find": "expense",
    "projects.find": "project",
}  # fmt: skip
"""What a list shows: of its own kind it shows what is his, whatever it is asked by."""
WITH_OWNERS = (
    "customer",
    "lead",
    "project",
    "contract",
    "expense",
    "contact",
    "post",
    "file",
    "seat",
    "competitor",
    "handover",
    *LIST_OF.values(),
)


@dataclass(frozen=True)
class World:
    """The company, what everybody has, and the connection of its one transaction."""

    kit: Kit
    made: dict[str, Things]
    connection: Connection
    told: "dict[tuple[str, str, UUID], Told]" = field(default_factory=dict)

    def here(self, actor: str) -> Here:
        """His own things, for calls that name a second one."""
        mine, other = self.made[actor].ids, self.made[f"of-{actor}"].ids
        common = self.made["company"].ids
        return Here(
            mine["customer"], mine["project"], mine["contact"], mine["post"], other["customer"], mine["lead"],
            self.made["pool"].ids["customer"], common["pool"], common["pipeline"], common["forecast"],
        )  # fmt: skip

    def things(self, actor: str, kind: str) -> Iterator[tuple[str, UUID]]:
        """A thing of the kind of everybody who stands to him in some way."""
        for relation in RELATIONS:
            if kind in (ids := self.made[owner_of(actor, relation)].ids):
                yield relation, ids[kind]

    def answer(self, actor: str, do: Callable[[Unit], Any]) -> "Told":
        """What became of it; it is taken back."""
        try:
            with self.kit.crm.join(self.connection, self.kit.scope(actor)) as unit:
                raise _TakenBack(do(unit))
        except _TakenBack as done:
            return Told("in", done.args[0])
        except CrmError as error:
            return Told(error.code if error.code in ("forbidden", "not_found") else "in", error)

    def named(self, actor: str, place: str, id: UUID) -> "Told":
        """What a verb says when this is named in that place; asked once, for it is taken back."""
        if (told := self.told.get((actor, place, id))) is None:
            call, here = CALLS.get(place, TAKES[place][1]), self.here(actor)
            told = self.told[actor, place, id] = self.answer(actor, lambda unit: call(unit, id, here))
        return told


@dataclass(frozen=True)
class Told:
    """One outcome, and what was answered or raised."""

    outcome: str
    what: Any

    def about(self, id: UUID) -> tuple[Any, ...]:
        """Everything that it tells, without the id itself."""
        if not isinstance(self.what, CrmError):
            return (repr(self.what).replace(str(id), "<id>"),)
        texts = [self.what.text(locale).replace(str(id), "<id>") for locale in ("en", "zh")]
        return self.what.code, *texts, str(self.what.details).replace(str(id), "<id>")


class _TakenBack(Exception):
    pass


@pytest.fixture(scope="module")
def world(databases: Callable[[str], Databases]) -> Iterator[World]:
    """Built once. On SQLite: what a database makes of a reach is proven on all three beside this."""
    lent = databases("sqlite")
    url = lent.take()
    kit = Kit(url, tiers.plugins(), Settings(searches_per_hour=1_000_000))
    made = tiers.build(kit)
    with kit.crm.engine.connect() as connection:
        # Roles that reach alike ask with the same statements, which are more than an engine keeps.
        connection.execution_options(compiled_cache={})
        connection.begin()
        yield World(kit, made, connection)
        connection.rollback()
    kit.close()
    lent.give_back(url)


def test_every_verb_has_a_line_and_every_id_a_right() -> None:
    tables = (RIGHTS, ASKED_FIRST, BESIDE, CLAIMED, GATED, dict.fromkeys(TOLD_LIKE_NONE), EXPLAINS)
    named = [place for table in tables for place in table]
    assert len(named) == len(set(named))
    assert set(named) == surface.ids_taken()
    assert {place.split(":")[0] for place in named} | set(WITHOUT_IDS) == set(surface.methods())


@ACTORS
def test_what_each_role_meets_at_the_things_of_everybody(world: World, actor: str) -> None:
    wrong = []
    for at, place in enumerate((*RIGHTS, *ASKED_FIRST, *BESIDE, *CLAIMED)):
        for relation, id in _tried(world, actor, place, at):
            met = world.named(actor, place, id).outcome
            if met != (wanted := _expected(actor, place, relation)):
                wrong.append((place, relation, met, wanted))
    assert wrong == []


@ACTORS
def test_what_is_not_his_to_see_answers_like_what_is_not_there(world: World, actor: str) -> None:
    told = []
    for at, place in enumerate(one for one in TAKES if one not in EXPLAINS and one not in GATED):
        if (kind := _kind_at(place)) not in WITH_OWNERS:
            continue
        # What the call names beside it, as his own, is refused by that.
        others = (one for one in world.things(actor, kind) if one[1] not in astuple(world.here(actor)))
        hidden = [one for one in others if not _may_know(actor, place, kind, one[0])]
        if not hidden:
            continue
        nothing, (relation, id) = uuid4(), hidden[at % len(hidden)]
        missing = world.named(actor, place, nothing).about(nothing)
        found = world.named(actor, place, id).about(id)
        if found != missing:
            told.append((place, relation, found, missing))
    assert told == []


@ACTORS
def test_who_may_not_do_it_at_all_is_told_so_whatever_he_names(world: World, actor: str) -> None:
    there = {**world.made["peer"].ids, **world.made["company"].ids}
    wrong = []
    for place, right in GATED.items():
        met = {world.named(actor, place, id).outcome for id in (there.get(_kind_at(place), uuid4()), uuid4())}
        if met != {"forbidden"} if reach(actor, *right.split()) == "none" else "forbidden" in met:
            wrong.append((place, met))
    assert wrong == []


@ACTORS
def test_what_each_role_may_ask_that_names_nothing(world: World, actor: str) -> None:
    wrong = []
    for verb, (right, call) in WITHOUT_IDS.items():
        met = world.answer(actor, call)
        if (met.outcome == "forbidden") != (right is not None and reach(actor, *right.split()) == "none"):
            wrong.append((verb, met.outcome, str(met.what)[:100]))
    assert wrong == []


@ACTORS
def test_lists_hold_what_is_his_to_see_and_nothing_else(world: World, actor: str) -> None:
    for kind, ask in LISTS.items():
        seen = {one.id for one in world.answer(actor, ask).what.items}
        wanted = {id for relation, id in world.things(actor, kind) if may(actor, "read", kind, relation)}
        hidden = {id for relation, id in world.things(actor, kind) if not may(actor, "read", kind, relation)}
        assert wanted <= seen, kind
        assert not hidden & seen, kind


def test_a_role_that_nobody_knows_may_do_nothing(world: World) -> None:
    assert {reach("gardener", action, "customer") for action in ("read", "write", "fly")} == {"none"}
    told = world.answer("gardener", lambda unit: unit.permissions.explain("fly", "customer"))
    assert not told.what.allowed


@ACTORS
def test_whom_each_may_hand_over(world: World, actor: str) -> None:
    far, wrong = reach(actor, "hand_over", "customer"), []
    for relation in RELATIONS[:-1]:
        leaver = owner_of(actor, relation)
        met = world.answer(actor, lambda unit, it=leaver: unit.handover.plan(it)).outcome
        within = "in" if relation == "own" or relation in WITHIN[far] else "not_found"
        if met != ("forbidden" if far == "none" else within):
            wrong.append((relation, met))
    assert wrong == []


_OF_SUBJECT = ("strategies.find", "shares.find", "help.find")
"""What is about a project is the project's."""


def _kind_at(place: str) -> str:
    """The kind of thing that is named there: what is an issue to some verbs is a need to others."""
    kind = TAKES[place][0]
    return "need" if kind == "matter" and place.startswith("needs.") else kind


def _tried(world: World, actor: str, place: str, at: int) -> Iterator[tuple[str, UUID]]:
    """His own, the pool's, and of those who stand to him in other ways, and of whose things the same is expected, one
    in turn; what is claimed, of everybody."""
    alike: dict[str, list[tuple[str, UUID]]] = {}
    for relation, id in world.things(actor, _kind_at(place)):
        if place.startswith("merges.") and relation == "own":
            continue  # it would be merged into itself
        whole = place in CLAIMED or relation in ("own", "pool")
        alike.setdefault(relation if whole else _expected(actor, place, relation), []).append((relation, id))
    for ones in alike.values():
        yield ones[at % len(ones)]


def _expected(actor: str, place: str, relation: str) -> str:
    if place in CLAIMED:
        return _claimed(actor, place, relation)
    if place in BESIDE and not may(actor, "write", "customer", "own"):
        return "forbidden" if may(actor, "read", "customer", "own") else "not_found"
    first, right = ASKED_FIRST.get(place, (None, (RIGHTS | BESIDE).get(place, "")))
    if first is not None and reach(actor, *first.split()) == "none":
        return "forbidden"
    action, kind = right.split()
    if may(actor, action, kind, relation):
        return "in"
    return "forbidden" if may(actor, "read", kind, relation) else "not_found"


def _claimed(actor: str, place: str, relation: str) -> str:
    action, kind = CLAIMED[place].split()
    if reach(actor, action, kind) == "none":
        return "forbidden"
    there = relation == "pool" and actor not in OUTSIDERS
    return "in" if there or may(actor, "read", kind, relation) else "not_found"


def _may_know(actor: str, place: str, kind: str, relation: str) -> bool:
    """Whether it is his to know that the thing is there: he reads it, or it lies in a pool from which he takes."""
    verb, named = place.split(":")
    listed = kind if verb in _OF_SUBJECT and named == "where.project_id" else LIST_OF.get(verb, kind)
    if may(actor, "read", listed, relation):
        return True
    takes = place.startswith(("pool.claim", "pool.assign", "pool.move", "leads.claim"))
    return takes and relation == "pool" and actor not in OUTSIDERS
