"""Whoever sees nothing openly is told nothing by any method of any service: no answer, error or workbook leaks."""

import zipfile
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.privacy.canaries import CANARIES, CanaryGiven, all_fields_have_one, leaks
from tests.integration.privacy.ruling import dim_everything
from tests.integration.services.acting import SYSTEM
from tests.integration.services.plugins import Books
from tests.integration.services.test_services_sql import ADMINISTERED, READS, company_things, talk_things
from tests.integration.services.verbs import KEYLESS, VERBS, Verb

from oa_crm.errors import CrmError
from oa_crm.testing import CrmKit, Kit

OF_RULES = ("privacy.set_rule", "privacy.remove_rule")
DIMMED = [one for one in VERBS.values() if not one.local and one.name not in OF_RULES]
SIGHTS = pytest.mark.parametrize("sight", ["masked", "hidden"])


@pytest.fixture
def kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    made = crm_kit(Books(), database=sqlite)  # type: ignore[arg-type]
    made.given = CanaryGiven(made)
    return made


@pytest.fixture
def it(kit: Kit, tmp_path: Path) -> Any:
    """One of everything that reads are about, full of canaries."""
    customer = kit.given.customer()
    project = kit.given.project(customer)
    contract = kit.given.approved_contract(kit.given.contract(project))
    with kit.unit(read_only=True) as unit:
        project = unit.projects.get(project.id)
    others = kit.given.customer(), kit.given.customer(), kit.given.customer()
    with kit.unit("manager") as unit:
        merge = unit.merges.merge(
            {"winner_id": others[1].id, "loser_id": others[2].id, "winner_version": 1, "loser_version": 1}
        )
        twin = {"name": others[0].name, "website": "https://canarysite.example", "phone": "13911112222"}
        unit.customers.create(twin, override_reason="另一家")
    kit.crm.duplicates.scan(kit.scope(SYSTEM))
    lead = kit.given.lead()
    with kit.unit() as unit:
        unit.followups.log({"lead_id": lead.id, "way": "phone", **CANARIES["follow_up"]})
        unit.overrides.request({"customer": {"name": others[0].name, "phone": "13911112222"}, "reason": "同名"})
    kit.given.lead(pool=True)
    beside = {
        "expense": kit.given.expense(project),
        "approval": kit.given.submitted_contract(kit.given.contract(project)),
        "contact": kit.given.contact(customer),
        "follow_up": kit.given.follow_up(customer),
        "file": kit.given.file(customer),
        "lead": lead,
        "other": others[0],
        "merge": merge,
        **talk_things(kit),
        **company_things(kit, tmp_path),
    }
    return type("It", (), {**contract.model_dump(), **beside, "customer": customer})


def _said(kit: Kit, it: Any) -> Iterator[tuple[str, str]]:
    """Everything that the manager, and for his own matters the administrator, is told."""
    for name, read in READS.items():
        yield name, _told(kit, "admin" if name.startswith(ADMINISTERED) else "manager", partial(_read, read, it))
    audited = {"customer": it.customer_id, "project": it.project_id, "contract": it.id}
    audited |= {kind: getattr(it, kind).id for kind in ("contact", "expense", "lead", "file")}
    for kind, id in (*audited.items(), ("customer", it.merge.winner_id)):
        yield f"audit of {kind}", _told(kit, "manager", calling("audit.of", kind, id))
    for sort in ("newest", "name"):
        yield f"customers by {sort}", _told(kit, "manager", calling("customers.find", {"sort": sort}))


def _read(read: Any, it: Any, unit: Any) -> Any:
    return read(unit, it)


def calling(path: str, *args: Any) -> Any:
    """A call of "service.method" on whatever unit comes."""
    return lambda unit: attrgetter(path)(unit)(*args)


def _told(kit: Kit, actor: Any, act: Any) -> str:
    try:
        with kit.unit(actor) as unit:
            answer = act(unit)
    except CrmError as error:
        return f"{error!s} {error.args} {error.details} {error.as_dict('zh')} {vars(error)}"
    return f"{answer!r} {answer.model_dump_json() if hasattr(answer, 'model_dump_json') else ''}"


def test_every_field_that_rules_may_be_about_has_a_canary() -> None:
    assert all_fields_have_one()


def test_without_rules_every_canary_is_told(kit: Kit, it: Any) -> None:
    """Else the proof below would prove nothing."""
    found = set[str]().union(*(leaks(said) for _, said in _said(kit, it)))
    assert {f"{kind}.{field}" for kind, texts in CANARIES.items() for field in texts} <= found | {"contact.gender"}


@SIGHTS
def test_no_read_tells_a_canary(kit: Kit, it: Any, sight: str) -> None:
    dim_everything(kit, sight)
    found = {name: leaks(said) for name, said in _said(kit, it) if leaks(said)}
    assert found == {}
    with kit.unit("manager", read_only=True) as unit:
        assert unit.contacts.get(it.contact.id).gender in (None, "•••")
        assert "other" not in str(unit.audit.of("contact", it.contact.id))


@SIGHTS
def test_no_workbook_tells_a_canary(kit: Kit, it: Any, sight: str, tmp_path: Path) -> None:
    admin = kit.scope("admin")
    assert kit.crm.duplicates.workbook(admin, tmp_path / "open.xlsx", at_least=0) > 0
    dim_everything(kit, sight)
    kit.crm.duplicates.workbook(admin, tmp_path / "dim.xlsx", at_least=0)
    texts = {}
    for name in ("open", "dim"):
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx") as book:
            texts[name] = "".join(book.read(one).decode() for one in book.namelist())
    assert "canarysite.example" in texts["open"]
    assert "same phone number" in texts["open"]
    assert leaks(texts["dim"]) == set()
    assert "same phone number" not in texts["dim"]


@SIGHTS
@pytest.mark.parametrize(
    "verb", [one for one in VERBS.values() if not one.local and one.name not in OF_RULES], ids=lambda one: one.name
)
def test_no_verb_tells_a_canary(verb: Verb, sqlite: Engine, crm_kit: CrmKit, sight: str) -> None:
    kit = crm_kit(database=sqlite)  # type: ignore[arg-type]
    kit.given = CanaryGiven(kit)
    thing, repeated = verb.ready(kit), {} if verb.name in KEYLESS else {"idempotency_key": "k"}
    if repeated:
        with kit.unit(verb.by) as unit:
            verb(unit, thing, **repeated)
    dim_everything(kit, sight)
    assert leaks(_told(kit, verb.by, lambda unit: verb(unit, thing, **repeated))) == set()
    assert leaks(_told(kit, verb.by, lambda unit: verb.other(unit, thing))) == set()


STALE = {
    "customers": ("customer", {"level": "A"}),
    "contacts": ("contact", {}),
    "leads": ("lead", {"company_name": "甲"}),
    "projects": ("project", {"name": "乙"}),
    "contracts": ("contract", {"title": "丙"}),
}


@SIGHTS
@pytest.mark.parametrize("service", STALE)
def test_no_stale_version_tells_a_canary(kit: Kit, service: str, sight: str) -> None:
    kind, change = STALE[service]
    thing = getattr(kit.given, kind)()
    patch = {"expected_version": 99, **change}
    before = _told(kit, "seller", lambda unit: getattr(unit, service).update(thing.id, patch))
    assert "stale_version" in before
    assert leaks(before)
    dim_everything(kit, sight)
    after = _told(kit, "seller", lambda unit: getattr(unit, service).update(thing.id, patch))
    assert "stale_version" in after
    assert leaks(after) == set()
