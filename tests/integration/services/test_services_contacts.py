"""Contacts: people at customers over time, found by whatever is known of them, seen as far as the customer is."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update
from tests.integration.services.acting import at_once, count, doing, invalid, listening, patiently, refused, rows
from tests.integration.teams.sitting import seat

from oa_crm import Settings
from oa_crm.errors import DuplicateContact
from oa_crm.hooks.payloads import ContactAdded, ContactLeft, ContactUpdated
from oa_crm.models import Contact, ContactPhone, Customer, Post, table_of
from oa_crm.schemas import ContactOut, ReportingNode
from oa_crm.services.persons import facts
from oa_crm.testing import CrmKit, Kit


def _create(kit: Kit, customer: UUID, name: str, actor: str = "seller", **more: Any) -> ContactOut:
    reason = more.pop("override_reason", None)
    data = {"customer_id": customer, "name": name, **more}
    return doing(kit, actor, lambda unit: unit.contacts.create(data, override_reason=reason))


def _find(kit: Kit, actor: str = "seller", **where: Any) -> list[str]:
    with kit.unit(actor, read_only=True) as unit:
        return [one.name for one in unit.contacts.find(where).items]


def _give_to(kit: Kit, customer: UUID, owner: str) -> None:
    with kit.crm.engine.begin() as connection:
        table = table_of(Customer)
        connection.execute(update(table).where(table.c.id == customer).values(owner_id=owner))


def test_a_person_is_kept_with_every_number_as_it_is_dialled(kit: Kit) -> None:
    made = _create(
        kit, kit.given.customer().id, "林晓", mobile="138 0013 8000", phones=["0571-88886666转801", "+49 30 901820"],
        emails=["lin.xiao@example.com"], wechat="linxiao", birthday="--02-29", gender="female", salutation="林总",
        notes="爱喝龙井", title="采购总监", department="采购部", role="decision_maker", started_on="2024-05-01",
        primary=True,
    )  # fmt: skip
    assert (made.mobile, made.phones) == ("+8613800138000", ("+8657188886666;ext=801", "+4930901820"))
    assert (made.birthday, made.emails, made.salutation) == ("--02-29", ("lin.xiao@example.com",), "林总")
    (post,) = made.posts
    assert (post.title, post.role, post.status, post.primary) == ("采购总监", "decision_maker", "active", True)
    with kit.unit(read_only=True) as unit:
        assert unit.contacts.get(made.id) == made
        entry = unit.audit.of("contact", made.id)[-1]
    assert entry.changes["mobile"] == [None, "+8613800138000"]


def test_the_country_of_bare_numbers_is_a_setting(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(phone_region="DE"))
    assert _create(kit, kit.given.customer().id, "Weber", mobile="030 901820").mobile == "+4930901820"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("mobile", {"mobile": "1380013"}), ("mobile", {"mobile": "张三"}), ("mobile", {"mobile": "138001380001"}),
        ("phones.1", {"phones": ["138 0013 8000", "9"]}), ("emails", {"emails": ["no at"]}),
        ("birthday", {"birthday": "1985-02-30"}), ("birthday", {"birthday": "02-30"}),
        ("birthday", {"birthday": "2126-03-02"}), ("birthday", {"birthday": "--13-01"}), ("role", {"role": "boss"}),
        ("name", {"name": " "}), ("gender", {"gender": "x"}), ("title", {"title": "总" * 101}),
        ("phones", {"phones": ["13800138000"] * 11}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_person_is_told_by_field(sqlite_kit: Kit, field: str, wrong: dict[str, Any]) -> None:
    customer = sqlite_kit.given.customer().id
    with refused("invalid_input") as caught:
        _create(sqlite_kit, customer, **{"name": "林晓", **wrong})
    assert {one["field"].removesuffix(".0") for one in caught.value.details["problems"]} == {field}
    assert count(sqlite_kit, Contact) == 0


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_equal_names_have_equal_keys_however_they_are_written(name: str) -> None:
    key = facts.name_key(name)
    assert facts.name_key(f"  {name.upper().lower()} ") == facts.name_key(name.upper().lower())
    assert facts.name_key(" ".join(name)) == facts.name_key("".join(name.split())) == key or len(key) == 200
    assert len(key) <= 200


def test_a_person_of_the_same_name_or_number_at_one_customer_needs_a_reason(kit: Kit) -> None:
    customer, other = kit.given.customer(), kit.given.customer()
    known = _create(kit, customer.id, "Lin Xiao", mobile="13800138000")
    for name, more, same in (("LIN  xiao", {}, "name"), ("林晓", {"phones": ["+86 138-0013-8000"]}, "phone")):
        with pytest.raises(DuplicateContact) as caught:
            _create(kit, customer.id, name, **more)
        assert caught.value.details["found"] == [{"id": str(known.id), "name": "Lin Xiao", "same": same}]
        assert "Lin Xiao" in caught.value.text("zh-CN")
    twin = _create(kit, customer.id, "Lin Xiao", override_reason="同名同姓")
    with kit.unit(read_only=True) as unit:
        assert unit.audit.of("contact", twin.id)[-1].reason == "同名同姓"
    assert _create(kit, other.id, "Lin Xiao").id != known.id, "at another customer nobody asks"
    with refused("duplicate_contact"):
        doing(kit, "seller", lambda unit: unit.contacts.move(known.id, {"customer_id": other.id}))
    third = _create(kit, customer.id, "周航")
    with refused("duplicate_contact"):
        doing(kit, "seller", lambda u: u.contacts.update(third.id, {"expected_version": 1, "mobile": "13800138000"}))


def test_a_person_with_the_same_address_at_one_customer_needs_a_reason(kit: Kit) -> None:
    customer = kit.given.customer()
    known = _create(kit, customer.id, "林晓", emails=["Lin@yunfan.example", "sales@yunfan.example"])
    with refused("duplicate_contact") as caught:
        _create(kit, customer.id, "周航", emails=["SALES@yunfan.example"])
    assert caught.value.details["found"] == [{"id": str(known.id), "name": "林晓", "same": "email"}]
    other = _create(kit, customer.id, "周航", emails=["zhou@yunfan.example"])
    more = {"expected_version": 1, "emails": ["zhou@yunfan.example", "lin@yunfan.example"]}
    with refused("duplicate_contact"):
        doing(kit, "seller", lambda unit: unit.contacts.update(other.id, more))
    shared = doing(kit, "seller", lambda unit: unit.contacts.update(other.id, more, override_reason="共用邮箱"))
    mend = {"expected_version": shared.version, "emails": ["lin@yunfan.example"]}
    assert doing(kit, "seller", lambda unit: unit.contacts.update(other.id, mend)).emails == ("lin@yunfan.example",)


def test_nobody_is_told_of_people_at_a_customer_that_he_may_not_write_to(kit: Kit) -> None:
    mine, seen = kit.given.customer(), kit.given.customer()
    lin = _create(kit, mine.id, "林晓")
    doing(kit, "seller", lambda unit: unit.contacts.move(lin.id, {"customer_id": seen.id, "keep_posts": True}))
    zhou = _create(kit, seen.id, "周航", mobile="13900139000", emails=["zhou@changfeng.example"])
    _give_to(kit, seen.id, "colleague")
    seat(kit, seen, "seller", by="colleague")
    assert _find(kit, customer_id=seen.id) == ["周航", "林晓"], "he sees them, and writes nothing there"
    more = {"expected_version": 1, "mobile": "13900139000", "emails": ["zhou@changfeng.example"]}
    with refused("duplicate_contact") as caught:
        doing(kit, "manager", lambda unit: unit.contacts.update(lin.id, more))
    assert caught.value.details["found"] == [{"id": str(zhou.id), "name": "周航", "same": "phone"}]
    assert doing(kit, "seller", lambda unit: unit.contacts.update(lin.id, more)).mobile == "+8613900139000"
    there = {"expected_version": 1, "mobile": "13700137000"}
    doing(kit, "manager", lambda unit: unit.contacts.update(zhou.id, there))
    _create(kit, mine.id, "许澜", mobile="13700137000")
    with refused("duplicate_contact"):
        mend = {"expected_version": 2, "mobile": "13700137000"}
        doing(kit, "seller", lambda unit: unit.contacts.update(lin.id, mend))


def test_who_shares_a_switchboard_is_not_alike(kit: Kit) -> None:
    customer = kit.given.customer()
    _create(kit, customer.id, "林晓", phones=["0571-88886666转801"])
    _create(kit, customer.id, "周航", phones=["0571-88886666转802"])
    assert count(kit, Contact) == 2


def test_people_are_found_by_whatever_is_known(kit: Kit) -> None:
    one, two = kit.given.customer(), kit.given.customer()
    lin = _create(kit, one.id, "Lin Xiao", mobile="13800138000", role="user")
    _create(kit, one.id, "lin yun", role="influencer")
    _create(kit, two.id, "周航", phones=["0571-88886666"])
    doing(kit, "seller", lambda unit: unit.contacts.leave(lin.posts[0].id, {"expected_version": 1}))
    assert _find(kit) == ["周航", "lin yun", "Lin Xiao"]
    assert _find(kit, customer_id=one.id) == ["lin yun", "Lin Xiao"]
    assert _find(kit, name="LIN") == ["lin yun", "Lin Xiao"]
    assert _find(kit, name="lin x") == ["Lin Xiao"]
    assert _find(kit, phone="0571 8888 6666") == ["周航"]
    assert _find(kit, phone="+8613800138000") == ["Lin Xiao"]
    assert _find(kit, role="influencer") == ["lin yun"]
    assert _find(kit, status="left") == ["Lin Xiao"]
    assert _find(kit, status="left", role="influencer") == []
    with kit.unit(read_only=True) as unit:
        first = unit.contacts.find(limit=2)
        assert [one.name for one in unit.contacts.find(limit=2, after=first.next).items] == ["Lin Xiao"]


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(kit: Kit) -> None:
    customer = kit.given.customer()
    counts = []
    for many in (1, 6):
        for number in range(many):
            _create(kit, customer.id, f"{many}-{number}", primary=True)
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            unit.contacts.find({"customer_id": customer.id})
            unit.contacts.reporting(customer.id)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_person_moves_to_another_customer_and_his_history_stays(kit: Kit) -> None:
    old, new = kit.given.customer(), kit.given.customer()
    made = _create(kit, old.id, "林晓", title="主管", started_on="2020-01-01", primary=True)
    below = _create(kit, old.id, "周航", reports_to=made.id)
    move = {"customer_id": new.id, "title": "总监", "started_on": "2026-02-01"}
    moved = doing(kit, "seller", lambda unit: unit.contacts.move(made.id, move))
    now, then = moved.posts
    assert (now.customer_id, now.title, now.status) == (new.id, "总监", "active")
    assert (then.customer_id, then.title, then.status, then.primary) == (old.id, "主管", "left", False)
    assert f"{then.ended_on}" == f"{now.started_on}" == "2026-02-01"
    with kit.unit(read_only=True) as unit:
        assert unit.contacts.get(below.id).posts[0].reports_to is None
        assert [node.name for node in unit.contacts.reporting(old.id)] == ["周航"]
    kit.relay.drain()
    (left,) = kit.recorder.of(ContactLeft)
    assert (left.customer_id, left.contact_id) == (old.id, made.id)
    assert kit.recorder.of(ContactAdded)[-1].moved_from == (old.id,)


def test_a_person_may_stand_at_two_customers_and_come_back(kit: Kit) -> None:
    one, two = kit.given.customer(), kit.given.customer()
    made = _create(kit, one.id, "林晓")
    both = doing(kit, "seller", lambda u: u.contacts.move(made.id, {"customer_id": two.id, "keep_posts": True}))
    assert {post.customer_id for post in both.posts if post.status == "active"} == {one.id, two.id}
    with invalid("customer_id"):
        doing(kit, "seller", lambda unit: unit.contacts.move(made.id, {"customer_id": two.id}))
    doing(kit, "seller", lambda unit: unit.contacts.leave(made.posts[0].id, {"expected_version": 1}))
    back = doing(kit, "seller", lambda unit: unit.contacts.move(made.id, {"customer_id": one.id}))
    assert [post.status for post in back.posts] == ["active", "left", "left"]


def test_days_that_cannot_be_are_refused(kit: Kit) -> None:
    made = _create(kit, kit.given.customer().id, "林晓", started_on="2026-01-05")
    post = made.posts[0].id
    for day in ("2026-01-04", "2026-03-04"):
        with invalid("on"):
            doing(kit, "seller", lambda u, day=day: u.contacts.leave(post, {"expected_version": 1, "on": day}))
    left = doing(kit, "seller", lambda u: u.contacts.leave(post, {"expected_version": 1, "on": "2026-03-03"}))
    assert f"{left.ended_on}" == "2026-03-03", "tomorrow in UTC is today in Wellington"
    with refused("illegal_state", kind="post", state="left"):
        doing(kit, "seller", lambda unit: unit.contacts.leave(post, {"expected_version": 2}))


def test_one_is_primary_at_a_customer(kit: Kit) -> None:
    customer = kit.given.customer()
    first = _create(kit, customer.id, "林晓", primary=True)
    second = _create(kit, customer.id, "周航", primary=True)
    third = _create(kit, customer.id, "许澜")
    doing(kit, "seller", lambda unit: unit.contacts.set_primary(third.posts[0].id))
    with kit.unit(read_only=True) as unit:
        marks = [unit.contacts.get(one.id).posts[0].primary for one in (first, second, third)]
    assert marks == [False, False, True]
    kit.relay.drain()
    assert kit.recorder.of(ContactUpdated)[-1].changed == ("primary",)


def test_many_who_make_somebody_primary_at_once_leave_one(kit: Kit) -> None:
    customer = kit.given.customer()
    posts = [_create(kit, customer.id, f"{number}").posts[0].id for number in range(6)]
    do = lambda n: patiently(lambda: doing(kit, "seller", lambda u: u.contacts.set_primary(posts[n])))  # noqa: E731
    result = at_once(6, do)
    assert result.codes <= {"stale_version"}
    assert [row["is_primary"] for row in rows(kit, Post)].count(1) == 1


def test_the_same_person_entered_at_once_by_many_is_on_file_once(kit: Kit) -> None:
    customer = kit.given.customer()
    result = at_once(8, lambda _: patiently(lambda: _create(kit, customer.id, "林晓", mobile="13800138000")))
    assert (len(result.answers), result.codes) == (1, {"duplicate_contact"})
    assert count(kit, Contact) == count(kit, Post) == count(kit, ContactPhone) == 1


def _names(nodes: tuple[ReportingNode, ...]) -> dict[str, Any]:
    return {node.name: _names(node.reports) for node in nodes}


def test_the_reporting_line_is_a_tree(kit: Kit) -> None:
    customer = kit.given.customer()
    boss = _create(kit, customer.id, "甲", title="总经理")
    head = _create(kit, customer.id, "乙", reports_to=boss.id)
    _create(kit, customer.id, "丙", reports_to=head.id)
    with kit.unit(read_only=True) as unit:
        assert _names(unit.contacts.reporting(customer.id)) == {"甲": {"乙": {"丙": {}}}}
    stranger = _create(kit, kit.given.customer().id, "丁")
    for above, code in ((stranger.id, "superior_elsewhere"), (head.id, "reporting_loop"), (boss.id, "reporting_loop")):
        with invalid("reports_to") as caught:
            patch = {"expected_version": 1, "reports_to": above}
            doing(kit, "seller", lambda unit, patch=patch: unit.contacts.change_post(boss.posts[0].id, patch))
        assert caught.value.details["problems"][0]["code"] == code


def test_two_who_close_a_loop_together_do_not(kit: Kit) -> None:
    for _ in range(4):
        customer = kit.given.customer()
        pair = [_create(kit, customer.id, name) for name in ("甲", "乙")]

        def link(n: int, pair: list[ContactOut] = pair) -> Any:
            patch = {"expected_version": 1, "reports_to": pair[1 - n].id}
            return patiently(lambda: doing(kit, "seller", lambda u: u.contacts.change_post(pair[n].posts[0].id, patch)))

        result = at_once(2, link)
        assert (len(result.answers), result.codes) == (1, {"invalid_input"})


def test_a_reporting_line_has_an_end(sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    customer, above = kit.given.customer(), None
    for number in range(50):
        above = _create(kit, customer.id, f"{number}", reports_to=above).id
    with invalid("reports_to"):
        _create(kit, customer.id, "51", reports_to=above)
    with kit.unit(read_only=True) as unit:
        assert str(unit.contacts.reporting(customer.id)).count("ReportingNode") == 50


def test_who_lost_the_customer_lost_its_people(kit: Kit) -> None:
    customer = kit.given.customer()
    made = _create(kit, customer.id, "林晓", mobile="13800138000")
    _give_to(kit, customer.id, "colleague")
    assert _find(kit, "seller") == _find(kit, "seller", phone="13800138000") == []
    for act in (
        lambda unit: unit.contacts.get(made.id),
        lambda unit: unit.contacts.reporting(customer.id),
        lambda unit: unit.contacts.update(made.id, {"expected_version": 1, "name": "周航"}),
        lambda unit: unit.contacts.leave(made.posts[0].id, {"expected_version": 1}),
        lambda unit: unit.contacts.set_primary(made.posts[0].id),
        lambda unit: unit.audit.of("contact", made.id),
        lambda unit: unit.links.of("contact", made.id),
    ):
        with refused("not_found"):
            doing(kit, "seller", act)
    assert _find(kit, "colleague") == ["林晓"]


def test_who_lost_a_person_to_anothers_customer_sees_what_was_and_changes_nothing(kit: Kit) -> None:
    mine, theirs = kit.given.customer(), kit.given.customer()
    made = _create(kit, mine.id, "林晓")
    _give_to(kit, theirs.id, "colleague")
    doing(kit, "manager", lambda unit: unit.contacts.move(made.id, {"customer_id": theirs.id}))
    with kit.unit(read_only=True) as unit:
        assert [post.customer_id for post in unit.contacts.get(made.id).posts] == [mine.id]
    with refused("forbidden"):
        doing(kit, "seller", lambda u: u.contacts.update(made.id, {"expected_version": 1, "name": "周航"}))
    with refused("forbidden"):
        doing(kit, "accountant", lambda u: u.contacts.update(made.id, {"expected_version": 1, "name": "周航"}))
    told = kit.crm.explain(kit.scope("seller"), "write", "contact", made.id)
    assert (told.allowed, kit.crm.explain(kit.scope("colleague"), "write", "contact", made.id).allowed) == (False, True)
    left = kit.crm.explain(kit.scope("people"), "read", "contact", made.id)
    assert not left.allowed


def test_an_edit_of_what_somebody_else_changed_is_stale(kit: Kit) -> None:
    made = _create(kit, kit.given.customer().id, "林晓", phones=["13800138000"])
    changed = doing(kit, "seller", lambda u: u.contacts.update(made.id, {"expected_version": 1, "phones": []}))
    assert (changed.phones, count(kit, ContactPhone)) == ((), 0)
    with refused("stale_version", kind="contact"):
        doing(kit, "seller", lambda u: u.contacts.update(made.id, {"expected_version": 1, "name": "周航"}))
    with invalid("name"):
        doing(kit, "seller", lambda u: u.contacts.update(made.id, {"expected_version": 2, "name": None}))
