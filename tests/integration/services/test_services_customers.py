"""Customers: nobody gets one on file past the duplicate check, and nobody's edit overwrites another's."""

import pytest
from tests.integration.services.acting import SYSTEM, count, doing, invalid, refused

from oa_crm.errors import DuplicateCustomer, StaleVersion
from oa_crm.hooks.payloads import CustomerCreated, CustomerUpdated
from oa_crm.models import Customer, DuplicateKey
from oa_crm.schemas import CustomerOut, Verdict
from oa_crm.testing import Kit

FULL, SWAPPED, WITHOUT_FORM = "云帆智能科技(杭州)有限公司", "杭州云帆智能科技有限公司", "云帆智能科技杭州"
CODE, OTHER_CODE = "91350211M000100Y46", "91330106MA27XYBK0W"


@pytest.fixture
def known(kit: Kit) -> CustomerOut:
    """A customer of the seller's, with data that nobody else may see."""
    return kit.given.customer(name=FULL, phone="0571-88886666", industry="software", region="CN-ZJ", source="展会")


def _create(kit: Kit, actor: str = "colleague", *, override_reason: str | None = None, **fields: object) -> CustomerOut:
    return doing(
        kit, actor, lambda unit: unit.customers.create({"name": FULL, **fields}, override_reason=override_reason)
    )


def test_a_new_customer_belongs_to_whoever_creates_it(kit: Kit) -> None:
    made = _create(kit, "seller", credit_code=" 91350211m000100y46 ", level="A")
    assert (made.owner_id, made.version, made.credit_code, made.level) == ("seller", 1, CODE, "A")
    assert made.created_by == made.updated_by == "seller"
    assert made.created_at == made.updated_at == kit.clock.now()
    assert doing(kit, "seller", lambda unit: unit.customers.get(made.id)) == made


@pytest.mark.parametrize(
    "spelling", [FULL, SWAPPED, f"  {FULL} ", "云帆智能科技（杭州）有限公司", "雲帆智能科技(杭州)有限公司"]
)
def test_the_same_customer_however_spelled_is_blocked(kit: Kit, known: CustomerOut, spelling: str) -> None:
    with pytest.raises(DuplicateCustomer) as caught:
        _create(kit, name=spelling)
    hit = caught.value.report.hits[0]
    assert caught.value.report.verdict is Verdict.BLOCK
    assert (hit.name, hit.owner_name, hit.department, hit.tier) == (FULL, "Salesperson", "Sales", "certain")
    assert hit.reasons
    assert count(kit, Customer) == 1


def test_a_likely_clash_warns(kit: Kit, known: CustomerOut) -> None:
    report = doing(kit, "colleague", lambda unit: unit.customers.check({"name": "云帆智能"}))
    assert (report.verdict, report.hits[0].tier) == (Verdict.WARN, "suspected")
    clear = doing(kit, "colleague", lambda unit: unit.customers.check({"name": "长风物流有限公司"}))
    assert (clear.verdict, clear.hits) == (Verdict.CLEAR, ())
    assert count(kit, Customer) == 1, "a check changes nothing"


def test_one_learns_who_follows_a_customer_one_may_not_see_and_no_more(kit: Kit, known: CustomerOut) -> None:
    kit.given.follow_up(known)
    with pytest.raises(DuplicateCustomer) as caught:
        _create(kit)
    (hit,) = caught.value.report.hits
    assert (hit.customer_id, hit.owner_name, hit.last_follow_up_at) == (None, "Salesperson", kit.clock.now())
    told = str(caught.value.as_dict("zh"))
    assert "Salesperson" in told
    for secret in ("88886666", "software", "CN-ZJ", "展会", str(known.id)):
        assert secret not in told
    own = doing(kit, "seller", lambda unit: unit.customers.check({"name": FULL}))
    assert own.hits[0].customer_id == known.id, "who may open the file gets its id"


def test_the_reasons_are_in_the_askers_language(kit: Kit, known: CustomerOut) -> None:
    with kit.crm.begin(kit.scope("colleague", locale="zh-CN")) as unit, pytest.raises(DuplicateCustomer) as caught:
        unit.customers.create({"name": FULL})
    assert caught.value.report.hits[0].reasons == ("名称相同",)
    assert caught.value.text("zh-CN") == f"“{FULL}”疑似已登记客户:{FULL},由Salesperson跟进(名称相同)"
    assert caught.value.as_dict("zh-CN")["details"]["summary"] == f"{FULL},由Salesperson跟进(名称相同)"


def test_a_warning_is_passed_with_a_reason(kit: Kit, known: CustomerOut) -> None:
    for no_reason in (None, "", "   "):
        with refused("duplicate_customer"):
            _create(kit, name="云帆智能", override_reason=no_reason)
    made = _create(kit, name="云帆智能", override_reason="  是另一家公司  ")
    assert [entry.reason for entry in doing(kit, SYSTEM, lambda unit: unit.audit.of("customer", made.id))] == [
        "是另一家公司"
    ]
    kit.relay.drain()
    assert [event.overrode_clash for event in kit.recorder.of(CustomerCreated)] == [None, "是另一家公司"]


def test_a_block_is_passed_by_role_only(kit: Kit, known: CustomerOut) -> None:
    with refused("forbidden", actor="colleague", action="override", kind="customer"):
        _create(kit, override_reason="不是同一家")
    for actor in ("manager", "admin"):
        assert _create(kit, actor, override_reason="不是同一家").name == FULL


def test_an_equal_credit_code_is_never_passed(kit: Kit) -> None:
    kit.given.customer(name=FULL, credit_code=CODE)
    for actor in ("colleague", "manager", "admin", SYSTEM):
        with refused("duplicate_customer" if actor != "colleague" else "forbidden"):
            _create(
                kit,
                actor,
                name="长风物流有限公司",
                credit_code=CODE,
                override_reason="一定要建",
                owner_id="colleague" if actor is SYSTEM else None,
            )
    assert count(kit, Customer) == 1


def test_the_same_credit_code_in_another_company_is_no_clash(kit: Kit) -> None:
    kit.given.customer(name=FULL, credit_code=CODE)
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    made = doing(kit, "seller", lambda unit: unit.customers.create({"name": FULL, "credit_code": CODE}), tenant="other")
    assert made.credit_code == CODE


def test_an_owner_is_named_within_reach(kit: Kit) -> None:
    assert _create(kit, "manager", name="长风物流有限公司", owner_id="seller").owner_id == "seller"
    for actor, owner in (("seller", "colleague"), ("manager", "accountant"), ("manager", "nobody")):
        with invalid("owner_id"):
            _create(kit, actor, owner_id=owner)
    with invalid("owner_id"):
        doing(kit, SYSTEM, lambda unit: unit.customers.create({"name": FULL}))
    assert (
        doing(kit, SYSTEM, lambda unit: unit.customers.create({"name": FULL, "owner_id": "seller"})).created_by
        == "system"
    )


def test_an_edit_changes_what_is_given_and_nothing_else(kit: Kit, known: CustomerOut) -> None:
    kit.clock.advance(hours=2)
    patch = {"expected_version": 1, "level": "A", "phone": None}
    changed = doing(kit, "seller", lambda unit: unit.customers.update(known.id, patch))
    assert changed == known.model_copy(
        update={"level": "A", "phone": None, "version": 2, "updated_at": kit.clock.now()}
    )
    kit.relay.drain()
    (told,) = kit.recorder.of(CustomerUpdated)
    assert (told.changed, told.name, told.owner_id) == (("level", "phone"), FULL, "seller")
    entry = doing(kit, "seller", lambda unit: unit.audit.of("customer", known.id))[-1]
    assert entry.changes == {"level": [None, "A"], "phone": ["+8657188886666", None]}


def test_a_stale_edit_is_refused_with_the_present_state(kit: Kit, known: CustomerOut) -> None:
    doing(kit, "manager", lambda unit: unit.customers.update(known.id, {"expected_version": 1, "level": "A"}))
    with kit.unit("seller") as unit, pytest.raises(StaleVersion) as caught:
        unit.customers.update(known.id, {"expected_version": 1, "level": "B"})
    facts = caught.value.details
    assert (facts["expected"], facts["current"]) == (1, 2)
    state = CustomerOut.model_validate(facts["state"])
    assert state == doing(kit, "seller", lambda unit: unit.customers.get(known.id))
    assert (state.level, state.updated_by) == ("A", "manager")


def test_a_renamed_customer_is_found_by_its_new_name_and_by_the_one_it_bore(kit: Kit, known: CustomerOut) -> None:
    doing(
        kit, "seller", lambda unit: unit.customers.update(known.id, {"expected_version": 1, "name": "长风物流有限公司"})
    )
    check = lambda name: doing(kit, "seller", lambda unit: unit.customers.check({"name": name})).verdict  # noqa: E731
    assert (check("长风物流有限公司"), check(FULL)) == (Verdict.BLOCK, Verdict.WARN)
    keys = count(kit, DuplicateKey)
    doing(kit, "seller", lambda unit: unit.customers.update(known.id, {"expected_version": 2, "level": "B"}))
    assert count(kit, DuplicateKey) == keys


def test_a_clash_that_was_passed_stands_in_the_way_of_no_other_edit(kit: Kit, known: CustomerOut) -> None:
    twin = _create(kit, "manager", name=SWAPPED, override_reason="另一家公司")
    kit.given.customer(name="长风物流有限公司")
    change = lambda **patch: doing(kit, "manager", lambda unit: unit.customers.update(twin.id, patch))  # noqa: E731
    assert change(expected_version=1, phone="0571-88880000", short_name="云帆").version == 2
    with refused("duplicate_customer"):
        change(expected_version=2, name="长风物流有限公司")
    assert change(expected_version=2, name="云帆智能科技（杭州）有限公司").version == 3


def test_an_edit_does_not_make_a_clash(kit: Kit) -> None:
    kit.given.customer(name=FULL, credit_code=CODE)
    mine = kit.given.customer(name="长风物流有限公司", credit_code=OTHER_CODE)
    for patch in ({"name": SWAPPED, "credit_code": None}, {"credit_code": CODE}):
        with refused("duplicate_customer"):
            doing(
                kit,
                "seller",
                lambda unit, patch=patch: unit.customers.update(mine.id, {"expected_version": 1, **patch}),
            )
    same = doing(
        kit, "seller", lambda unit: unit.customers.update(mine.id, {"expected_version": 1, "credit_code": OTHER_CODE})
    )
    assert same.credit_code == OTHER_CODE, "its own code is no clash with itself"


def test_an_edit_of_a_customer_out_of_reach_is_not_found_or_forbidden(kit: Kit, known: CustomerOut) -> None:
    patch = {"expected_version": 1, "level": "A"}
    with refused("not_found", kind="customer"):
        doing(kit, "colleague", lambda unit: unit.customers.update(known.id, patch))
    with refused("forbidden", actor="chief", action="write", kind="customer"):
        doing(kit, "chief", lambda unit: unit.customers.update(known.id, patch))
