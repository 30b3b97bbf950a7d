"""Follow-ups and projects: what was said is never rewritten, and the history of stages explains the present."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, count, doing, invalid, refused

from oa_crm import Settings
from oa_crm.errors import StaleVersion
from oa_crm.hooks.payloads import FollowUpLogged, ProjectCreated, ProjectStageChanged
from oa_crm.models import FollowUp, StageChange
from oa_crm.schemas import FollowUpOut, ProjectOut
from oa_crm.services.base import Service
from oa_crm.testing import CrmKit, Kit

PAST = datetime(2020, 5, 1, 8, 30, tzinfo=UTC)


def _log(kit: Kit, actor: str = "seller", **fields: object) -> FollowUpOut:
    return doing(kit, actor, lambda unit: unit.followups.log({"way": "visit", "outcome": "谈得好", **fields}))


def _move(kit: Kit, project: ProjectOut, to: str, reason: str | None = None, actor: str = "seller") -> ProjectOut:
    move = {"to": to, "expected_version": project.version, "reason": reason}
    return doing(kit, actor, lambda unit: unit.projects.move(project.id, move))


def test_a_follow_up_is_kept_word_for_word(kit: Kit) -> None:
    customer = kit.given.customer()
    words = "需求:两套系统\n预算 50 万 😀 'quoted' \\ %s " + "长" * 5000
    plan = {"key_issue": "交付期", "next_contact_on": date(2026, 3, 9)}
    kept = _log(kit, customer_id=customer.id, outcome=words, **plan)
    assert (kept.outcome, kept.key_issue, kept.next_contact_on) == (words.strip(), "交付期", date(2026, 3, 9))
    assert kept.happened_at == kept.created_at == kit.clock.now()
    with kit.unit(read_only=True) as unit:
        assert unit.followups.history(customer.id).items == (kept,)
        assert unit.customers.get(customer.id).last_follow_up_at == kit.clock.now()
        assert unit.customers.get(customer.id).version == customer.version, "a phone call makes no open form stale"
    kit.relay.drain()
    (event,) = kit.recorder.of(FollowUpLogged)
    assert "需求" not in event.model_dump_json(), "the words stay in the file"


def test_history_may_be_entered_later_but_not_ahead(kit: Kit) -> None:
    customer, now = kit.given.customer(), kit.clock.now()
    recent = _log(kit, customer_id=customer.id, happened_at=now - timedelta(hours=1))
    old = _log(kit, customer_id=customer.id, happened_at=PAST)
    assert (old.happened_at, old.created_at) == (PAST, now)
    with kit.unit(read_only=True) as unit:
        assert unit.followups.history(customer.id).items == (old, recent)
        assert unit.customers.get(customer.id).last_follow_up_at == recent.happened_at
    with invalid("happened_at"):
        _log(kit, customer_id=customer.id, happened_at=now + timedelta(seconds=1))
    with invalid("happened_at"):
        _log(kit, customer_id=customer.id, happened_at=now.replace(tzinfo=None))
    assert _log(kit, customer_id=customer.id, happened_at=now).happened_at == now


def test_follow_ups_are_append_only(kit: Kit) -> None:
    kit.given.follow_up()
    with kit.unit() as unit:
        verbs = {name for name in dir(unit.followups) if not name.startswith("_")}
    frame = {name for name in dir(Service) if not name.startswith("_")} | {"work"}
    assert verbs - frame == {"log", "add_to", "comment", "get", "comments", "history", "of_lead", "find"}
    assert not hasattr(FollowUp, "version")


def test_who_writes_to_a_customer_logs_there_and_who_reads_it_reads_the_history(kit: Kit) -> None:
    customer = kit.given.customer()
    mine, managers = _log(kit, customer_id=customer.id), _log(kit, "manager", customer_id=customer.id)
    for actor in ("seller", "manager", "chief", "accountant"):
        history = doing(kit, actor, lambda unit: unit.followups.history(customer.id))
        assert history.items == (managers, mine)
    with refused("not_found", kind="customer"):
        doing(kit, "colleague", lambda unit: unit.followups.history(customer.id))
    with refused("not_found", kind="customer"):
        _log(kit, "colleague", customer_id=customer.id)
    with refused("forbidden", actor="chief", kind="customer"):
        _log(kit, "chief", customer_id=customer.id)


def test_a_follow_up_names_a_project_of_the_same_customer(kit: Kit) -> None:
    project, other = kit.given.project(), kit.given.project()
    assert _log(kit, customer_id=project.customer_id, project_id=project.id).project_id == project.id
    with invalid("project_id"):
        _log(kit, customer_id=project.customer_id, project_id=other.id)
    assert count(kit, FollowUp) == 1


def test_a_project_begins_in_the_first_stage(kit: Kit) -> None:
    customer = kit.given.customer()
    facts = {"customer_id": customer.id, "name": "ERP", "expected": "100000.50", "expected_close_on": date(2026, 6, 30)}
    made = doing(kit, "seller", lambda unit: unit.projects.create(facts))
    assert (made.stage, made.state, made.currency, made.owner_id) == ("lead", "open", "CNY", "seller")
    assert str(made.expected) == "100,000.50 CNY"
    with kit.unit(read_only=True) as unit:
        assert unit.projects.get(made.id) == made
        (first,) = unit.projects.stages(made.id)
    assert (first.before, first.after, first.by) == (None, "lead", "seller")
    kit.relay.drain()
    assert [event.expected for event in kit.recorder.of(ProjectCreated)] == [made.expected]


def test_a_project_in_yen_has_no_cents(kit: Kit) -> None:
    assert kit.given.project(currency="JPY", expected="1280").expected.minor == 1280
    assert kit.given.project(currency="KWD", expected="1.005").expected.minor == 1005
    with invalid("expected"):
        kit.given.project(currency="JPY", expected="1280.5")
    with invalid("currency"):
        kit.given.project(currency="yen")
    with invalid("expected"):
        kit.given.project(expected="-1")
    assert kit.given.project(expected="0").expected.minor == 0
    assert kit.given.project().expected is None


def test_the_history_of_stages_explains_where_a_project_stands(kit: Kit) -> None:
    project = kit.given.project()
    for to, reason in (("negotiation", None), ("qualified", "需求变更"), ("proposal", None), ("lost", "价格")):
        kit.clock.advance(days=1)
        project = _move(kit, project, to, reason)
    with kit.unit(read_only=True) as unit:
        history = unit.projects.stages(project.id)
    assert [one.after for one in history] == ["lead", "negotiation", "qualified", "proposal", "lost"]
    assert [one.before for one in history] == [None, *[one.after for one in history][:-1]]
    assert [one.reason for one in history] == [None, None, "需求变更", None, "价格"]
    assert [one.at for one in history] == sorted(one.at for one in history)
    assert (project.stage, project.state, project.version) == (history[-1].after, "lost", 5)
    kit.relay.drain()
    told = kit.recorder.of(ProjectStageChanged)
    assert [(one.before, one.after) for one in told] == [(one.before, one.after) for one in history[1:]]


@pytest.mark.parametrize("end", ["won", "lost", "invalid"])
def test_what_ended_does_not_move(kit: Kit, end: str) -> None:
    project = _move(kit, kit.given.project(), end, "到此为止")
    assert project.state == project.stage == end
    for to in ("lead", "won", "invalid", "proposal"):
        with refused("illegal_state", kind="project", state=end, allowed="open"):
            _move(kit, project, to, "再来")
    assert count(kit, StageChange) == 2


@pytest.mark.parametrize(
    ("to", "reason", "field"),
    [
        ("nowhere", None, "to"),
        ("qualified", None, "to"),  # where it is
        ("settled", None, "to"),
        ("open", None, "to"),
        ("lead", None, "reason"),  # backwards
        ("lost", None, "reason"),
        ("invalid", None, "reason"),
        ("lost", "  ", "reason"),
    ],
)
def test_an_illegal_move_says_what_would_be_right(sqlite_kit: Kit, to: str, reason: str | None, field: str) -> None:
    kit = sqlite_kit
    project = _move(kit, kit.given.project(), "qualified")
    with invalid(field) as caught:
        _move(kit, project, to, reason)
    if field == "to":
        assert "proposal, negotiation, won, lost, invalid" in str(caught.value)


def test_a_stale_move_is_refused_with_the_present_state(kit: Kit) -> None:
    project = kit.given.project()
    _move(kit, project, "proposal", actor="manager")
    with pytest.raises(StaleVersion) as caught:
        _move(kit, project, "qualified", "以为没动过")
    assert (caught.value.details["current"], caught.value.details["state"]["stage"]) == (2, "proposal")
    assert count(kit, StageChange) == 2


def test_a_company_has_its_own_pipeline(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database, settings=Settings(stages=("接触", "报价"), default_currency="USD"))
    project = kit.given.project()
    assert (project.stage, project.currency) == ("接触", "USD")
    project = _move(kit, project, "报价")
    assert project.stage == "报价"
    with invalid("to"):
        _move(kit, project, "qualified")


def test_a_project_needs_a_customer_one_sees(kit: Kit) -> None:
    customer = kit.given.customer()
    create = {"customer_id": customer.id, "name": "ERP"}
    with refused("not_found", kind="customer"):
        doing(kit, "colleague", lambda unit: unit.projects.create(create))
    with refused("forbidden", actor="accountant", kind="project"):
        doing(kit, "accountant", lambda unit: unit.projects.create(create))
    made = doing(kit, "manager", lambda unit: unit.projects.create({**create, "owner_id": "colleague"}))
    assert made.owner_id == "colleague"
    assert doing(kit, "seller", lambda unit: unit.projects.get(made.id)) == made, "the customer is his"
    with invalid("owner_id"):
        doing(kit, SYSTEM, lambda unit: unit.projects.create(create))
