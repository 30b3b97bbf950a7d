"""What a timeline tells, to whom, and what it refuses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.privacy.ruling import dim_everything
from tests.integration.services.acting import SYSTEM, decide, doing, invalid, listening, refused, rows
from tests.integration.services.plugins import NoChart
from tests.integration.services.test_services_customer_file import NoContracts
from tests.integration.services.verbs import VERBS, Verb
from tests.integration.timeline.laws import state_of, told, whole

from oa_crm.hooks import RowRule, hookimpl
from oa_crm.i18n.timeline import TITLES
from oa_crm.models import AuditEntry, Base, Customer, Project, table_of
from oa_crm.services.timeline.sources import BY_NAME, KINDS, NOT_TOLD, SOURCES, TOLD_BY
from oa_crm.services.timeline.states import FACTS, LEFT_OUT
from oa_crm.testing import CrmKit, Kit


class Secrets:
    """Keeps contracts from the manager that are named as secret."""

    name = "secrets"

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        hidden = RowRule(
            name="secret", kind="contract", effect="limit", because="it is secret",
            condition=lambda who, c: c.title != "保密合同" if who.id == "manager" else None,
        )  # fmt: skip
        return [hidden]


def _sale(kit: Kit) -> Any:
    customer = kit.given.customer(level="B")
    project = kit.given.project(customer)
    kit.clock.advance(hours=1)
    kit.given.follow_up(customer, project_id=project.id)
    kit.given.contact(customer)
    kit.given.file(customer)
    contract = kit.given.contract(project)
    approval = kit.given.submitted_contract(contract)
    for member in approval.waiting_on:
        decide(kit, approval, member)
    kit.given.expense(project)
    return customer, project


def _lived(kit: Kit) -> Any:
    """A customer with which everything has happened that a timeline tells."""
    project = kit.given.project()
    customer = doing(kit, "seller", lambda unit: unit.customers.get(project.customer_id))
    at = {"customer_id": customer.id}
    kit.given.follow_up(customer, project_id=project.id)
    kit.given.contact(customer)
    kit.given.file(customer)
    kit.given.strategy(customer)
    kit.given.help_request(customer)
    kit.given.share(customer)
    kit.given.expense(project)
    kit.given.approved_contract(kit.given.contract(project))
    call = {"way": "phone", "purpose": "问进度", "due_at": kit.clock.now() + timedelta(days=1), "assignee_id": "seller"}
    seat = {"kind": "customer", "thing_id": customer.id, "member_id": "colleague", "level": "read", "role": "presales"}
    lead = kit.given.lead()
    turned = {"into": customer.id, "expected_version": lead.version, "project": False}
    for act in (
        lambda unit: unit.plans.plan({**at, **call}),
        lambda unit: unit.issues.open({**at, "words": "价格"}),
        lambda unit: unit.needs.open({**at, "words": "接老系统"}),
        lambda unit: unit.teams.join(seat),
        lambda unit: unit.pool.extend({**at, "days": 7, "reason": "招标推迟"}),
        lambda unit: unit.leads.convert(lead.id, turned),
        lambda unit: unit.customers.classify(customer.id, {"level": "A", "expected_version": 1, "reason": "评审"}),
    ):
        doing(kit, "seller", act)
    doing(kit, "manager", lambda unit: unit.settlements.settle(project.id))
    other = kit.given.customer()
    pair = {"winner_id": customer.id, "loser_id": other.id, "winner_version": 2, "loser_version": 1}
    doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    return customer, project


def test_every_kind_of_event_stands_in_one_stream(kit: Kit) -> None:
    customer, project = _lived(kit)
    found = whole(kit, customer.id, "manager")
    assert {one.kind for one in found} == set(KINDS)
    of_project = {one.kind for one in whole(kit, project.id, "manager", of="project")}
    assert of_project == {"project", "stage", "follow_up", "contract", "opinion", "expense", "settlement"}
    opinion = next(one for one in found if one.kind == "opinion")
    assert opinion.facts["words"] == "Agreed"
    expense = next(one for one in found if one.kind == "expense")
    assert (expense.project_id, expense.thing_kind) == (project.id, "expense")
    shared = next(one for one in found if one.kind == "share")
    assert set(shared.facts) == {"title", "receiver_id", "expires_at"}, "what was shown is in the share alone"


def test_a_title_speaks_the_language_of_who_reads(kit: Kit) -> None:
    customer = kit.given.customer()
    for locale, title in (
        ("zh-CN", "新建客户"),
        ("zh_Hans_CN", "新建客户"),
        ("en", "Customer put on file"),
        ("fr", "Customer put on file"),
    ):
        with kit.crm.begin(kit.crm.scope(tenant="acme", actor="seller", locale=locale)) as unit:
            (entry,) = unit.timeline.of_customer(customer.id, kinds=["customer"]).items
        assert entry.title == title


def test_a_talk_that_is_entered_late_stands_where_it_happened_and_says_when_it_was_entered(kit: Kit) -> None:
    customer = kit.given.customer()
    early, now = kit.clock.now() - timedelta(days=9), kit.clock.now()
    kit.clock.advance(days=3)
    kit.given.follow_up(customer, happened_at=early)
    last = whole(kit, customer.id)[-1]
    assert (last.kind, last.at, last.recorded_at) == ("follow_up", early, kit.clock.now())
    assert "follow_up" not in {one.kind for one in whole(kit, customer.id, as_of=now)}


def test_a_day_ends_where_the_company_is(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.clock.advance(datetime(2026, 3, 5, 15, 59, tzinfo=UTC) - kit.clock.now())
    kit.given.follow_up(customer, outcome="当天")
    kit.clock.advance(minutes=1)
    kit.given.follow_up(customer, outcome="次日")
    said = [one.facts["outcome"] for one in whole(kit, customer.id, kinds="follow_up", as_of=date(2026, 3, 5))]
    assert said == ["当天"]
    assert whole(kit, customer.id, as_of=date(2026, 3, 1)) == []
    assert state_of(kit, customer.id, datetime(2026, 3, 1, tzinfo=UTC)) == (None, {})


def test_what_somebody_reads_nothing_of_is_not_there_and_not_counted(sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(NoContracts(), database=sqlite)
    customer, _ = _sale(kit)
    hidden = {"contract", "opinion", "expense", "settlement"}
    everything = whole(kit, customer.id)
    seen = whole(kit, customer.id, "colleague", size=2)
    assert {"contract", "opinion", "expense"} <= {one.kind for one in everything}
    assert [one.id for one in seen] == [one.id for one in everything if one.kind not in hidden]
    assert whole(kit, customer.id, "colleague", kinds=hidden) == []


def test_a_row_rule_holds_in_every_part_of_the_stream(sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Secrets(), database=sqlite)
    project = kit.given.project()
    secret = kit.given.contract(project, title="保密合同")
    plain = kit.given.contract(project, title="普通合同")
    for one in (secret, plain):
        approval = kit.given.submitted_contract(one)
        for member in approval.waiting_on:
            decide(kit, approval, member)
    for of, id in (("customer", project.customer_id), ("project", project.id)):
        seen = {one.thing_id for one in whole(kit, id, "manager", size=2, of=of, kinds=["contract"])}
        assert seen == {plain.id}
        said, heard = (whole(kit, id, by, of=of, kinds=["opinion"]) for by in (SYSTEM, "manager"))
        assert len(said) == 2 * len(heard) > 0


@pytest.mark.parametrize("sight", ["masked", "hidden"])
def test_what_may_not_be_seen_openly_is_in_no_entry_and_no_state(sight: str, kit: Kit) -> None:
    customer = kit.given.customer(phone="0571-88886666", credit_code=None)
    kit.given.follow_up(customer, outcome="预算三百万")
    dim_everything(kit, sight)
    entries, state = (
        whole(kit, customer.id, "manager"),
        doing(kit, "manager", lambda unit: unit.timeline.state(customer.id, at=kit.clock.now())),
    )
    for words in ("88886666", "三百万"):
        assert words not in repr(entries)
        assert words not in repr(state)
        assert words in repr(whole(kit, customer.id, SYSTEM))


def test_a_person_who_went_elsewhere_left_here_and_came_there(kit: Kit) -> None:
    here, there = kit.given.customer(), kit.given.customer()
    person = kit.given.contact(here)
    kit.clock.advance(days=1)
    doing(kit, "seller", lambda unit: unit.contacts.move(person.id, {"customer_id": there.id}))
    assert [one.what for one in whole(kit, here.id, kinds=["contact"])] == ["contacts.move", "contact.added"]
    assert [one.what for one in whole(kit, there.id, kinds=["contact"])] == ["contact.added"]
    assert str(there.id) not in repr(whole(kit, here.id))


def test_the_winner_tells_what_the_loser_lived_and_a_split_takes_it_home(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer(level="A")
    kit.given.follow_up(loser, outcome="对方的跟进")
    alone = told(whole(kit, loser.id))
    pair = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    merge = doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    assert {one[0] for one in alone} <= {one.id for one in whole(kit, winner.id)}
    with refused("merged"):
        whole(kit, loser.id)
    assert state_of(kit, winner.id, kit.clock.now())[0]["name"] == winner.name
    doing(kit, "manager", lambda unit: unit.merges.split(merge.id, reason="不是一家"))
    home = told(whole(kit, loser.id))
    assert [one for one in home if one in alone] == alone
    assert not {one[0] for one in alone} & {one.id for one in whole(kit, winner.id) if one.kind != "merge"}


def test_bad_questions_are_refused(kit: Kit) -> None:
    customer, project = _sale(kit)
    kit.given.customer()
    cursor = doing(kit, "seller", lambda unit: unit.timeline.of_customer(customer.id, limit=1)).next
    foreign = doing(kit, "seller", lambda unit: unit.customers.find(limit=1)).next
    assert foreign is not None
    for field, how in (
        ("kinds", {"kinds": ["looks"]}), ("after", {"after": "x"}), ("after", {"after": cursor[:-6]}),
        ("after", {"after": foreign}),
        ("limit", {"limit": 0}), ("as_of", {"as_of": datetime(2026, 1, 1)}), ("as_of", {"as_of": "2026-01-01"}),  # noqa: DTZ001
    ):  # fmt: skip
        with invalid(field):
            doing(kit, "seller", lambda unit, how=how: unit.timeline.of_customer(customer.id, **how))
        with invalid(field):
            doing(kit, "seller", lambda unit, how=how: unit.timeline.of_project(project.id, **how))
    with invalid("at"):
        doing(kit, "seller", lambda unit: unit.timeline.state(customer.id, at=datetime(2026, 1, 1)))  # noqa: DTZ001
    assert whole(kit, customer.id, as_of=date(9999, 12, 31)) == whole(kit, customer.id)
    assert whole(kit, customer.id, kinds=[]) == []


def test_a_page_costs_the_same_statements_however_much_there_is(kit: Kit) -> None:
    customer, project = _sale(kit)
    for of, id in (("customer", customer.id), ("project", project.id)):
        counts = []
        for _ in range(2):
            with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
                getattr(unit.timeline, f"of_{of}")(id, limit=10)
            counts.append(len([one for one in sent if one.startswith("SELECT")]))
            for _ in range(12):
                kit.given.follow_up(customer, project_id=project.id)
                kit.given.project(customer)
        assert counts[0] == counts[1] <= 3, counts


def test_every_source_has_words_and_its_own_name() -> None:
    assert len(BY_NAME) == len(SOURCES)
    for one in SOURCES:
        # What the audit tells of a whole kind of thing is called by its acts, each of which is tried below.
        if not one.audited or one.name.startswith("audit."):
            assert one.name.removeprefix("audit.") in TITLES, one.name
    assert set(TOLD_BY.values()) <= set(BY_NAME)
    assert all(len(words) == 2 and all(words) for words in TITLES.values())
    assert len(KINDS) == len(set(KINDS))


@pytest.mark.parametrize("model", [Customer, Project])
def test_every_column_is_in_a_state_or_said_not_to_be(model: type[Base]) -> None:
    stamps = {"id", "tenant_id", "version", "created_at", "created_by", "updated_at", "updated_by"}
    assert set(table_of(model).c.keys()) - stamps == FACTS[model] | set(LEFT_OUT[model])
    assert not FACTS[model] & set(LEFT_OUT[model])


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_act_on_a_customer_is_told_or_said_not_to_be(verb: Verb, sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(*([NoChart()] if verb.local else []), database=sqlite)
    thing = verb.ready(kit)
    doing(kit, verb.by, lambda unit: verb(unit, thing))
    told_by_audit = {one.name.removeprefix("audit.") for one in SOURCES}
    for entry in rows(kit, AuditEntry, kind="customer"):
        if entry["thing_id"] != "-":
            assert entry["operation"] in told_by_audit | set(TOLD_BY) | set(NOT_TOLD), entry["operation"]
    elsewhere = {"contacts.create", "settlements.settle", "privacy.erase", "files.open", *NOT_TOLD}
    for kind in ("project", "contract", "contact"):
        for entry in rows(kit, AuditEntry, kind=kind):
            known = entry["operation"] in elsewhere | set(TITLES) or "stage" in entry["changes"]
            assert known, (kind, entry["operation"])
