"""Rules on built-in fields: who sees, fills in, finds by and merges them, and how rules are set."""

from typing import Any

import pytest
from tests.integration.custom.defining import define
from tests.integration.privacy.ruling import rule
from tests.integration.services.acting import at_once, doing, invalid, listening, refused

from oa_crm.hooks import FieldRight, Sight, hookimpl
from oa_crm.plugins.builtin.policy import DefaultPolicy
from oa_crm.testing import CrmKit, Kit

PHONE, OTHER = "+8613812345678", "+8613912345678"


@pytest.fixture
def filled(kit: Kit) -> Any:
    """A customer with a phone that the salesperson sees masked, and an account that he does not see."""
    made = kit.given.customer(phone=PHONE, phones=[{"number": OTHER, "label": "前台"}], email="li@example.com",
                              invoice={"bank_account": "6222021234567890"})  # fmt: skip
    rule(kit, "customer", "phone", masked=("salesperson",))
    rule(kit, "customer", "phones", masked=("salesperson",))
    rule(kit, "customer", "email", edit=("crm_admin",))
    rule(kit, "customer", "invoice", see=("finance", "crm_admin"), masked=("sales_manager",))
    return made


def _row(kit: Kit, made: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.customers.get(made.id))


def test_each_sees_what_is_for_him(kit: Kit, filled: Any) -> None:
    with kit.unit(read_only=True) as unit:
        mine, listed = unit.customers.get(filled.id), unit.customers.find().items[0]
        sights = {one.field: (one.sight.value, one.editable) for one in unit.privacy.fields("customer")}
    assert mine == listed
    assert (mine.phone, mine.phones[0].number, mine.phones[0].label) == ("138****5678", "139****5678", "前台")
    assert (mine.email, mine.invoice) == ("li@example.com", None)
    assert sights["phone"] == ("masked", False)
    assert sights["email"] == ("open", False)
    assert sights["invoice"] == ("hidden", False)
    assert sights["address"] == ("open", True)
    with kit.unit("manager", read_only=True) as unit:
        account = unit.customers.get(filled.id).invoice
        assert unit.customers.get(filled.id).phone == PHONE
    assert account is not None
    assert account.bank_account == "****7890"
    assert _row(kit, filled).invoice.bank_account == "6222021234567890"


def test_of_several_roles_the_widest_holds(kit: Kit, filled: Any) -> None:
    person = kit.company.people["seller"]
    kit.company.people["seller"] = type(person)(person.id, person.name, "sales", "manager", ("salesperson", "finance"))
    doing(kit, "admin", lambda unit: unit.directory.sync())
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(filled.id).phone == PHONE


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": OTHER}, "phone"),
        ({"phone": "138****5678"}, "phone"),
        ({"phone": None}, "phone"),
        ({"phones": []}, "phones"),
        ({"email": "wu@example.com"}, "email"),
        ({"invoice": None}, "invoice"),
    ],
)
def test_only_who_sees_openly_and_may_edit_writes(kit: Kit, filled: Any, change: Any, field: str) -> None:
    with kit.unit() as unit, invalid(field) as caught:
        unit.customers.update(filled.id, {"expected_version": 1, **change})
    assert caught.value.details["problems"][0]["code"] == "not_yours_to_edit"
    assert _row(kit, filled) == filled


def test_a_new_customer_takes_nothing_from_who_may_not_fill_it_in(kit: Kit, filled: Any) -> None:
    with kit.unit() as unit, invalid("phone", "email"):
        unit.customers.create({"name": "长风物流有限公司", "phone": OTHER, "email": "a@example.com"})
    with kit.unit() as unit, invalid("rows.1.phone"):
        unit.customers.check_many([{"name": "甲"}, {"name": "乙", "phone": PHONE}])
    with kit.unit() as unit, invalid("customer.phone"):
        unit.overrides.request({"customer": {"name": "甲", "phone": PHONE}, "reason": "另一家"})
    with kit.unit() as unit:
        assert unit.customers.create({"name": "长风物流有限公司", "phone": None, "phones": []}).phone is None


def test_an_edit_of_others_keeps_what_one_does_not_see(kit: Kit, filled: Any) -> None:
    with kit.unit() as unit:
        unit.customers.update(filled.id, {"expected_version": 1, "level": "A"})
    after = _row(kit, filled)
    assert (after.phone, after.phones, after.invoice) == (filled.phone, filled.phones, filled.invoice)


@pytest.mark.parametrize(
    "asked", [{"phone": PHONE}, {"phone": OTHER}, {"number": {"scheme": "us.ein", "number": "911144442"}}]
)
def test_what_is_not_seen_openly_finds_nothing(kit: Kit, filled: Any, asked: Any) -> None:
    rule(kit, "customer", "numbers", masked=("salesperson",))
    with kit.unit(read_only=True) as unit, invalid(next(iter(asked))) as caught:
        unit.customers.find(asked)
    assert caught.value.details["problems"][0]["code"] == "masked_field"
    with kit.unit() as unit, invalid(f"where.{next(iter(asked))}"):
        unit.views.save({"name": "视图", "where": asked})


def test_people_are_not_found_by_what_is_masked(kit: Kit) -> None:
    person = kit.given.contact(name="林晓", mobile=PHONE)
    for field in ("name", "mobile"):
        rule(kit, "contact", field, masked=("salesperson",))
    with kit.unit(read_only=True) as unit:
        for asked in ({"name": "林"}, {"phone": PHONE}):
            with invalid(next(iter(asked))):
                unit.contacts.find(asked)
        assert unit.contacts.get(person.id).name == "林**"
        assert unit.contacts.reporting(person.posts[0].customer_id)[0].name == "林**"


def test_whom_somebody_is_like_is_told_masked(kit: Kit) -> None:
    there, elsewhere = kit.given.contact(name="林晓峰"), kit.given.contact(name="林晓峰")
    rule(kit, "contact", "name", masked=("salesperson",))
    with kit.unit() as unit, refused("duplicate_contact", name="林**", summary="林**") as caught:
        unit.contacts.move(elsewhere.id, {"customer_id": there.posts[0].customer_id})
    assert "晓" not in f"{caught.value} {caught.value.as_dict('zh')} {vars(caught.value)}"


@pytest.mark.parametrize(
    ("facts", "hidden"), [({"mobile": PHONE}, "mobile"), ({"emails": ["lin@example.com"]}, "emails"), ({}, "name")]
)
def test_by_what_somebody_is_alike_is_told_to_who_sees_it(kit: Kit, facts: Any, hidden: str) -> None:
    """A number that one may not see is not told to be another's either."""
    names = ("林晓峰", "林晓峰") if hidden == "name" else ("林晓峰", "周明")
    there, elsewhere = (kit.given.contact(name=name, **facts) for name in names)
    move = {"customer_id": there.posts[0].customer_id}
    with kit.unit() as unit, refused("duplicate_contact") as caught:
        unit.contacts.move(elsewhere.id, move)
    assert caught.value.details["found"][0]["same"] == {"mobile": "phone", "emails": "email"}.get(hidden, hidden)
    rule(kit, "contact", hidden, masked=("salesperson",))
    with kit.unit() as unit, refused("duplicate_contact") as caught:
        unit.contacts.move(elsewhere.id, move)
    assert caught.value.details["found"][0]["same"] == "•••"


def test_a_shared_view_tells_no_value_by_which_its_reader_may_not_find(kit: Kit) -> None:
    define(kit, "margin", see=("sales_manager",))
    define(kit, "mobile", masked=("salesperson",))
    for field in ("phone", "phones", "numbers", "email"):
        rule(kit, "customer", field, masked=("salesperson",))
    where = {
        "level": "A", "phone": PHONE, "email": "li@example.com", "custom": {"margin": "12", "mobile": PHONE},
        "number": {"scheme": "us.ein", "number": "911144442"},
    }  # fmt: skip
    wanted = {"name": "视图", "where": where, "shared": "everybody"}
    kept = doing(kit, "manager", lambda unit: unit.views.save(wanted))
    assert kept.where.model_dump(exclude_unset=True) == where
    with kit.unit(read_only=True) as unit:
        (view,) = unit.views.list()
        assert view.where.model_dump(exclude_unset=True) == {
            "level": "A", "phone": "•••", "email": "•••", "custom": {"•••": "•••", "mobile": "•••"},
            "number": {"scheme": "us.ein", "number": "•••"},
        }  # fmt: skip
        with invalid("email", "number", "phone"):
            unit.customers.find(view.where)
        with invalid("custom.•••"):
            unit.customers.find({"custom": {"•••": "•••"}})


@pytest.mark.parametrize("text", ["138****5678", "z***@example.com", "•••"])
def test_a_mask_is_no_value_for_anybody(kit: Kit, filled: Any, text: str) -> None:
    field = {"1": "phone", "z": "email", "•": "address"}[text[0]]
    with kit.unit("admin") as unit, invalid(field) as caught:
        unit.customers.update(filled.id, {"expected_version": 1, field: text})
    assert caught.value.details["problems"][0]["code"] == "is_a_mask"
    assert _row(kit, filled) == filled


def test_a_merge_takes_no_field_from_who_may_not_edit_it(kit: Kit, filled: Any) -> None:
    other = kit.given.customer()
    rule(kit, "customer", "address", edit=("crm_admin",))
    with kit.unit("manager") as unit:
        with invalid("choices.address"):
            unit.merges.preview(filled.id, other.id, choices={"address": "take"})
        with invalid("rows.0.choices.address"):
            unit.merges.merge_many([{"winner_id": filled.id, "loser_id": other.id, "choices": {"address": "take"}}])


def test_reasons_tell_only_of_what_one_sees(kit: Kit) -> None:
    known = kit.given.customer(phone=PHONE)
    with kit.unit() as unit:
        open_report = unit.customers.check({"name": known.name, "phone": PHONE})
    assert "same_phone" in open_report.hits[0].codes
    rule(kit, "customer", "phone", masked=("salesperson",))
    other = doing(kit, "manager", lambda unit: unit.customers.create(
        {"name": "长风物流", "phone": PHONE, "owner_id": "seller"}, override_reason="x"))  # fmt: skip
    with kit.unit() as unit, refused("duplicate_customer") as caught:
        unit.customers.update(other.id, {"expected_version": 1, "name": known.name})
    report = caught.value.details["report"]
    assert report["hits"]
    assert "phone" not in f"{report} {caught.value} {caught.value.as_dict('en')}"
    with kit.unit(read_only=True) as unit:
        assert "phone" not in unit.duplicates.explain(known.id, other.id)


class Strict(DefaultPolicy):
    """An authorizer that also answers for fields."""

    name = "strict"

    @hookimpl
    def provide_authorizer(self) -> "Strict":
        return self

    def field(self, who: Any, kind: str, field: str) -> FieldRight | None:
        return FieldRight(Sight.MASKED) if (kind, field) == ("customer", "phone") else None


def test_the_stricter_of_the_authorizer_and_the_rule_holds(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(Strict(), database=database)
    with kit.unit() as unit, invalid("phone"):
        unit.customers.create({"name": "长风物流", "phone": PHONE})
    rule(kit, "customer", "email", masked=("salesperson",))
    with kit.unit() as unit, invalid("email"):
        unit.customers.create({"name": "长风物流", "email": "a@example.com"})


def test_rules_are_set_changed_and_taken_away(kit: Kit, filled: Any) -> None:
    with refused("stale_version"):
        rule(kit, "customer", "phone", see=("finance",))
    assert rule(kit, "customer", "phone", 1, see=("finance",)).version == 2
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(filled.id).phone is None
    with kit.unit("admin") as unit:
        assert [(one.field, one.version) for one in unit.privacy.rules("customer")] == [
            ("email", 1), ("invoice", 1), ("phone", 2), ("phones", 1)]  # fmt: skip
        with refused("stale_version"):
            unit.privacy.remove_rule("customer", "phone", expected_version=1)
        unit.privacy.remove_rule("customer", "phone", expected_version=2)
        with refused("not_found"):
            unit.privacy.remove_rule("customer", "phone", expected_version=0)
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(filled.id).phone == PHONE


@pytest.mark.parametrize(("kind", "field"), [("customer", "name"), ("kite", "phone"), ("project", "owner_id")])
def test_a_rule_is_about_a_field_that_may_have_one(kit: Kit, kind: str, field: str) -> None:
    with invalid("kind" if kind == "kite" else "field"):
        rule(kit, kind, field)


def test_only_administrators_rule(kit: Kit, filled: Any) -> None:
    with kit.unit("manager") as unit:
        for act in (
            lambda: unit.privacy.rules(),
            lambda: unit.privacy.set_rule({"kind": "customer", "field": "phone", "expected_version": 1}),
            lambda: unit.privacy.remove_rule("customer", "phone", expected_version=1),
        ):
            with refused("forbidden"):
                act()


def test_a_rule_that_is_taken_back_holds_for_nobody(kit: Kit, filled: Any) -> None:
    with kit.unit("admin") as unit:
        with pytest.raises(ZeroDivisionError):
            unit.privacy.act("tests.regret", lambda: _rule_and_fail(unit), given={}, answer=object)  # type: ignore[type-var]
        assert unit.customers.get(filled.id).address is None
    changed = doing(
        kit, "seller", lambda unit: unit.customers.update(filled.id, {"expected_version": 1, "address": "甲"})
    )
    assert changed.address == "甲"


def _rule_and_fail(unit: Any) -> Any:
    unit.privacy.set_rule({"kind": "customer", "field": "address", "see": ["nobody"], "expected_version": 0})
    return 1 // 0


def test_rules_cost_no_statement(kit: Kit) -> None:
    made = kit.given.customer(phone=PHONE)

    def statements() -> int:
        doing(kit, "seller", lambda unit: unit.customers.find())
        with listening(kit.crm.engine) as sent, kit.unit(read_only=True) as unit:
            unit.customers.get(made.id)
            unit.customers.find()
        return len([one for one in sent if one.startswith("SELECT")])

    before = statements()
    rule(kit, "customer", "phone", masked=("salesperson",))
    assert statements() == before


def test_of_many_who_set_one_rule_at_once_one_does(kit: Kit) -> None:
    result = at_once(4, lambda at: rule(kit, "customer", "phone", masked=(f"role {at}",)))
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version", "busy"}
