"""What holds for every verb that writes: idempotency, audit, savepoints, read-only units, ended units."""

import inspect
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services import surface
from tests.integration.services.acting import (
    NAMES,
    SYSTEM,
    at_once,
    count,
    doing,
    event_count,
    everything,
    invalid,
    refused,
    rows,
)
from tests.integration.services.plugins import NoChart
from tests.integration.services.verb import Verb
from tests.integration.services.verbs import ALSO, KEYLESS, VERBS

from oa_crm import Unit
from oa_crm.models import AuditEntry, IdempotencyKey
from oa_crm.testing import CrmKit, Kit

ALL = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
KEYED = pytest.mark.parametrize(
    "verb", [verb for name, verb in VERBS.items() if name not in KEYLESS], ids=lambda v: v.name
)


@pytest.fixture
def kit(verb: Verb, database: Engine, crm_kit: CrmKit) -> Kit:
    """A kit in which the verb can be done."""
    return crm_kit(*([NoChart()] if verb.local else []), database=database)


@pytest.fixture
def sqlite_kit(verb: Verb, sqlite: Engine, crm_kit: CrmKit) -> Kit:
    """The same, where the database makes no difference."""
    return crm_kit(*([NoChart()] if verb.local else []), database=sqlite)


def test_the_table_of_verbs_is_complete() -> None:
    assert set(VERBS) == surface.writes()


def test_every_verb_takes_an_idempotency_key_or_says_why_not() -> None:
    takes = {name for name in VERBS if "idempotency_key" in inspect.signature(surface.methods()[name]).parameters}
    assert set(VERBS) - takes == set(KEYLESS)


@KEYED
def test_one_key_is_one_act(verb: Verb, kit: Kit) -> None:
    thing = verb.ready(kit)
    with pytest.raises(_Regret):
        doing(kit, verb.by, lambda unit: _regret(verb(unit, thing, idempotency_key="k-1")))
    assert count(kit, IdempotencyKey) == 0, "a key of an act that did not happen is free again"
    first = doing(kit, verb.by, lambda unit: verb(unit, thing, idempotency_key="k-1"))
    done = everything(kit)
    kit.clock.advance(hours=1)
    assert doing(kit, verb.by, lambda unit: verb(unit, thing, idempotency_key="k-1")) == first
    if verb.name != "directory.sync":  # whose input is the host's org chart
        with refused("idempotency_conflict", key="k-1"):
            doing(kit, verb.by, lambda unit: verb.other(unit, thing, idempotency_key="k-1"))
    assert everything(kit) == done


def test_a_key_is_one_persons_and_one_verbs(kit_of_all: Kit) -> None:
    kit = kit_of_all
    mine = doing(kit, "seller", lambda unit: unit.customers.create({"name": NAMES[0]}, idempotency_key="k"))
    with refused("idempotency_conflict"):
        doing(kit, "colleague", lambda unit: unit.customers.create({"name": NAMES[0]}, idempotency_key="k"))
    doing(kit, "seller", lambda unit: unit.projects.create({"customer_id": mine.id, "name": "P"}, idempotency_key="k"))
    assert count(kit, IdempotencyKey) == 2


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_key_has_1_to_100_characters(key: str, kit_of_all: Kit) -> None:
    with invalid("idempotency_key"):
        doing(kit_of_all, "seller", lambda unit: unit.customers.create({"name": NAMES[0]}, idempotency_key=key))


@pytest.mark.parametrize("name", ["customers.create", "expenses.book", "contracts.create", "settlements.settle"])
def test_two_at_once_with_one_key_do_it_once(name: str, kit_of_all: Kit) -> None:
    verb, kit = VERBS[name], kit_of_all
    thing = verb.ready(kit)
    audited = count(kit, AuditEntry, operation=name)
    result = at_once(2, lambda _: doing(kit, verb.by, lambda unit: verb(unit, thing, idempotency_key="k-1")))
    assert not result.errors
    assert result.answers[0] == result.answers[1]
    assert count(kit, AuditEntry, operation=name) == audited + 1


@ALL
def test_a_failing_act_leaves_nothing_and_what_the_unit_does_then_is_audited(verb: Verb, kit: Kit) -> None:
    """With who did it, for whom, and in which request; and what is announced is announced once."""
    thing = verb.ready(kit)
    if verb.local:
        doing(kit, SYSTEM, lambda unit: unit.directory.save_member({"id": "chief", "name": "Chief"}))
    before, events, known = everything(kit), event_count(kit), len(rows(kit, AuditEntry))
    with kit.unit(verb.by) as unit, pytest.raises(_Regret):
        _do_and_regret(verb, unit, thing)
    assert everything(kit) == before
    # An opinion on behalf of another has its own rules, and its own tests.
    behalf = None if verb.name == "approvals.decide" else "chief"
    scope = kit.crm.scope(tenant="acme", actor=verb.by, request_id="req-7", on_behalf_of=behalf)
    with kit.crm.begin(scope) as unit:
        with pytest.raises(_Regret):
            _do_and_regret(verb, unit, thing)
        verb(unit, thing)
    assert event_count(kit) - events == _announced_by(verb)
    entries = rows(kit, AuditEntry)[known:]
    assert entries
    assert {entry["operation"] for entry in entries} == {verb.name, *ALSO.get(verb.name, ())}
    assert {tuple(entry[name] for name in _ENVELOPE) for entry in entries} == {
        ("acme", scope.actor.id, behalf, "req-7")
    }
    assert {entry["at"] for entry in entries} == {kit.clock.now()}


@ALL
def test_nothing_is_done_for_nobody_nor_in_a_read_only_unit_nor_in_one_that_ended(verb: Verb, sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    thing = verb.ready(kit)
    before = everything(kit)
    scope = kit.crm.scope(tenant="acme", actor=verb.by, on_behalf_of="ghost")
    with kit.crm.begin(scope) as unit, refused("unknown_actor", actor="ghost", tenant="acme"):
        verb(unit, thing)
    with kit.unit(verb.by, read_only=True) as unit, refused("read_only", operation=verb.name):
        verb(unit, thing)
    with kit.unit(verb.by) as unit:
        pass
    with refused("unit_closed"):
        verb(unit, thing)
    assert everything(kit) == before


@pytest.fixture
def kit_of_all(database: Engine, crm_kit: CrmKit) -> Kit:
    """A kit for one test that is not about every verb."""
    return crm_kit(database=database)


_ENVELOPE = ("tenant_id", "actor_id", "on_behalf_of", "request_id")


class _Regret(Exception):
    """The caller thinks better of it after the act was done."""


def _regret(answer: object) -> None:
    raise _Regret(answer)


def _do_and_regret(verb: Verb, unit: Unit, thing: Any) -> None:
    service = getattr(unit, verb.name.split(".")[0])
    service.act("tests.regret", lambda: _regret(verb(unit, thing)), given={}, answer=object)


_UPKEEP = (
    "directory", "plugins", "duplicates", "views", "fields", "categories", "class_rules", "digests", "pools",
    "privacy.set", "privacy.remove", "remits",
)  # fmt: skip


def _announced_by(verb: Verb) -> int:
    several = {"contracts.submit": 2, "approvals.decide": 3, "contacts.move": 2, "pool.sweep": 2, "leads.convert": 4}
    several |= {"projects.reopen": 2, "customers.update": 2, "customers.classify": 2}
    several |= {"handover.execute": 2, "handover.undo": 2}
    # What a person keeps for himself is nobody else's business.
    silent = {"files.open", "contracts.create", "contracts.update", "customers.favour", "customers.unfavour"}
    silent |= {"strategies.tick", "strategies.acknowledge", "help.close", "shares.revoke"}
    silent |= {"pool.lock", "pool.unlock", "pool.set_protection", "pool.strike", "teams.adjust"}
    silent |= {"pipelines.define", "pipelines.redefine", "projects.place", "forecasts.freeze"}
    silent |= {"issues.comment", "needs.comment", "reminders.set_rules"}
    silent |= {"handover.dismiss"}
    if verb.name.startswith(_UPKEEP) or verb.name in silent:
        return 0
    return several.get(verb.name, 1)
