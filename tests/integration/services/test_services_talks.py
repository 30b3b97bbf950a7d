"""Follow-ups in full: who took part and where, what is added to them, and that nothing ever alters one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, update
from tests.integration.services.acting import doing, invalid, listening, refused, rows
from tests.integration.services.verbs import KEYLESS, VERBS

from oa_crm import Settings
from oa_crm.hooks.payloads import FollowUpCommented
from oa_crm.models import FollowUp, FollowUpContact, Member, table_of
from oa_crm.testing import CrmKit, Kit

MOVES = ("leads.convert", "merges.merge", "merges.merge_many", "merges.split", "privacy.erase")
"""What leads a follow-up to another file, or takes what tells of a person out of it."""


def _log(kit: Kit, actor: str = "seller", **fields: Any) -> Any:
    return doing(kit, actor, lambda unit: unit.followups.log({"way": "visit", "outcome": "谈得好", **fields}))


def test_a_visit_says_who_was_there_where_and_how_long(kit: Kit) -> None:
    customer = kit.given.customer()
    lin = kit.given.contact(customer, name="林晓")
    began = kit.clock.now() - timedelta(hours=3)
    facts = {"place": "西溪园区 3 号楼", "latitude": "30.2741000", "longitude": "120.1551000", "result": "interested"}
    who = {"members": ("colleague", "manager"), "met": (lin.id,)}
    said = _log(kit, customer_id=customer.id, happened_at=began, ended_at=began + timedelta(hours=2), **facts, **who)
    with kit.unit(read_only=True) as unit:
        assert unit.followups.get(said.id) == said
        assert unit.followups.history(customer.id).items == (said,)
        assert unit.customers.file(customer.id).follow_ups.items == (said,)
        assert {"colleague", "manager"} <= set(unit.customers.file(customer.id).people)
    assert (said.place, str(said.latitude), said.result) == ("西溪园区 3 号楼", "30.2741000", "interested")
    assert (said.members, said.met) == (("colleague", "manager"), (lin.id,))
    assert said.ended_at == began + timedelta(hours=2)
    assert _links(kit) == [(lin.id, said.id)]


def _links(kit: Kit) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        table = FollowUpContact.__table__
        return [tuple(one) for one in connection.execute(table.select().with_only_columns(*table.c[1:]))]


def test_whoever_is_met_stood_at_this_customer_on_that_day(kit: Kit) -> None:
    customer = kit.given.customer()
    there = kit.given.contact(customer, started_on=date(2025, 6, 1))
    elsewhere = kit.given.contact()
    with kit.unit() as unit:
        unit.contacts.leave(there.posts[0].id, {"expected_version": 1, "on": date(2026, 1, 31)})
    for day, fine in ((date(2025, 5, 31), False), (date(2025, 6, 1), True), (date(2026, 1, 31), True)):
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        if fine:
            assert _log(kit, customer_id=customer.id, met=[there.id], happened_at=at).met == (there.id,)
            continue
        with invalid("met"):
            _log(kit, customer_id=customer.id, met=[there.id], happened_at=at)
    for nobody in (there.id, elsewhere.id, uuid4()):
        with invalid("met"):
            _log(kit, customer_id=customer.id, met=[nobody])
    lead = kit.given.lead()
    with invalid("met"):
        _log(kit, lead_id=lead.id, met=[elsewhere.id])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"members": ["nobody"]}, "members"),
        ({"result": "sold"}, "result"),
        ({"way": "pigeon"}, "way"),
        ({"latitude": "30.1"}, "longitude"),
        ({"ended_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ended_at"),
        ({"ended_at": datetime(2099, 1, 1, tzinfo=UTC)}, "ended_at"),
    ],
)
def test_what_cannot_have_been_is_refused(kit: Kit, wrong: dict[str, Any], field: str) -> None:
    with invalid(field):
        _log(kit, customer_id=kit.given.customer().id, **wrong)


def test_a_company_has_ways_and_results_of_its_own(sqlite: Engine, crm_kit: CrmKit) -> None:
    own = Settings(follow_up_ways=("visit", "site_survey"), follow_up_results=("samples_sent",))
    kit = crm_kit(database=sqlite, settings=own)
    customer = kit.given.customer()
    said = _log(kit, customer_id=customer.id, way="site_survey", result="samples_sent")
    assert (said.way, said.result) == ("site_survey", "samples_sent")
    with invalid("way") as caught:
        _log(kit, customer_id=customer.id, way="phone")
    assert "site_survey" in caught.value.text("zh")


def test_an_addendum_corrects_and_the_words_stay(kit: Kit) -> None:
    said = kit.given.follow_up(outcome="预算 50 万")
    first = doing(kit, "seller", lambda unit: unit.followups.add_to(said.id, "预算是 60 万,听错了"))
    doing(kit, "manager", lambda unit: unit.followups.add_to(said.id, "客户来函确认 60 万"))
    with kit.unit(read_only=True) as unit:
        found = unit.followups.get(said.id)
        assert (found.outcome, found.created_at) == (said.outcome, said.created_at)
        assert [(one.words, one.created_by) for one in found.addenda] == [
            ("预算是 60 万,听错了", "seller"), ("客户来函确认 60 万", "manager"),
        ]  # fmt: skip
        assert found.addenda[0] == first
        assert unit.followups.history(said.customer_id).items == (found,)
        assert unit.customers.file(said.customer_id).follow_ups.items == (found,)
    with refused("forbidden"):
        doing(kit, "chief", lambda unit: unit.followups.add_to(said.id, "我来改"))
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.followups.add_to(said.id, "我来改"))
    with invalid("words"):
        doing(kit, "seller", lambda unit: unit.followups.add_to(said.id, "  "))


def test_whoever_may_see_it_comments_and_only_who_may_see_it_is_reached(kit: Kit) -> None:
    said = kit.given.follow_up()
    words = {"words": "请报价", "mentions": ["seller", "colleague", "accountant", "seller"]}
    note = doing(kit, "chief", lambda unit: unit.followups.comment(said.id, words))
    assert note.mentions == ("seller", "colleague", "accountant")
    assert note.reached == ("seller", "accountant")
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.followups.comment(said.id, {"words": "我看看"}))
    for nobody in ("ghost", "gone"):
        with invalid("mentions"):
            doing(
                kit,
                "seller",
                lambda unit, one=nobody: unit.followups.comment(said.id, {"words": "好", "mentions": [one]}),
            )
    with kit.unit(read_only=True) as unit:
        assert unit.followups.comments(said.id).items == (note,)
        assert unit.followups.get(said.id).comments == 1
        assert unit.followups.get(said.id).addenda == ()
    kit.relay.drain()
    (event,) = kit.recorder.of(FollowUpCommented)
    assert event.mentioned == ("seller", "accountant")
    assert "报价" not in event.model_dump_json(), "the words stay in the file"


def test_an_outsider_is_reached_by_a_mention_at_his_own_customers_only(kit: Kit) -> None:
    said = kit.given.follow_up()
    with kit.crm.engine.begin() as connection:
        members = table_of(Member)
        connection.execute(update(members).where(members.c.id == "manager").values(external=True))
    words = {"words": "请看", "mentions": ["manager", "chief"]}
    assert doing(kit, "seller", lambda unit: unit.followups.comment(said.id, words)).reached == ("chief",)


def test_what_was_said_to_a_lead_is_added_to_as_well(kit: Kit) -> None:
    lead = kit.given.lead()
    said = _log(kit, lead_id=lead.id, way="phone")
    doing(kit, "seller", lambda unit: unit.followups.add_to(said.id, "是采购部"))
    note = doing(
        kit, "manager", lambda unit: unit.followups.comment(said.id, {"words": "跟紧", "mentions": ["colleague"]})
    )
    assert note.reached == ()
    with kit.unit(read_only=True) as unit:
        (found,) = unit.followups.of_lead(lead.id).items
    assert ([one.words for one in found.addenda], found.comments) == (["是采购部"], 1)


def test_a_page_of_history_costs_the_same_however_much_was_added(kit: Kit) -> None:
    customer = kit.given.customer()

    def cost() -> int:
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            unit.followups.history(customer.id)
        return len(sent)

    costs = set()
    for _ in range(3):
        for _ in range(3):
            said = kit.given.follow_up(customer)
            for words in ("一", "二"):
                doing(kit, "seller", lambda unit, one=said, more=words: unit.followups.add_to(one.id, more))
        costs.add(cost())
    assert len(costs) == 1


@pytest.mark.parametrize(
    "verb", [one for one in VERBS.values() if one.name not in MOVES and not one.local], ids=lambda one: one.name
)
def test_no_verb_alters_a_follow_up(verb: Any, sqlite: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=sqlite)
    kit.given.follow_up()
    thing = verb.ready(kit)
    before = rows(kit, FollowUp)
    with listening(kit.crm.engine) as sent, kit.unit(verb.by) as unit:
        verb(unit, thing, **({} if verb.name in KEYLESS else {"idempotency_key": "k"}))
    plain = [" ".join(one.replace('"', "").replace("`", "").split()) for one in sent]
    touched = ("UPDATE oa_crm_follow_up", "DELETE FROM oa_crm_follow_up")
    assert [one for one in plain if one.startswith(touched)] == []
    assert rows(kit, FollowUp)[: len(before)] == before


def test_a_conversion_leads_follow_ups_along_and_leaves_them_otherwise(kit: Kit) -> None:
    lead = kit.given.lead()
    said = _log(kit, lead_id=lead.id, way="phone", place="展会 B 馆", result="interested")
    (before,) = rows(kit, FollowUp)
    done = doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, {"expected_version": 1}))
    assert rows(kit, FollowUp) == [{**before, "customer_id": done.lead.customer_id}]
    assert said.customer_id is None


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("Viel ÄRGER mit der Lieferung", "ärger"),
        ("viel ärger mit der Lieferung", "ÄRGER"),
        ("Обсудили ДОГОВОР поставки", "договор Поставки"),
        ("Συζητήσαμε την ΤΙΜΗ", "τιμη"),
        ("Straße gesperrt", "straße"),
        ("100% Äpfel_Birnen", "% äpfel_b"),
    ],
)
def test_words_are_found_in_either_case_of_any_script(kit: Kit, said: str, sought: str) -> None:
    customer = kit.given.customer()
    kit.given.follow_up(customer, outcome="别的事")
    about = {"outcome": said} if said < "T" else {"outcome": "见下", "key_issue": said}
    wanted = kit.given.follow_up(customer, **about)
    with kit.unit(read_only=True) as unit:
        assert [one.id for one in unit.followups.find({"text": sought}).items] == [wanted.id]


def test_every_word_of_a_search_counts(kit: Kit) -> None:
    customer = kit.given.customer()
    kit.given.follow_up(customer, outcome="one two three four five six")
    with kit.unit(read_only=True) as unit:
        assert len(unit.followups.find({"text": "six five four three two one"}).items) == 1
        assert unit.followups.find({"text": "one two three four five seven"}).items == ()
