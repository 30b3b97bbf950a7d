"""Whom a thing is given to: what names nobody is told by its field, the same on every database."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import count, doing, invalid, refused

from oa_crm import Unit
from oa_crm.models import Ownership
from oa_crm.testing import CrmKit, Kit

NOBODY = {
    "none": None, "empty": "", "a zero character": "p\x001", "too long": "p" * 65, "half a character": "p\ud800",
    "a number": 7, "a list": ["seller"],
}  # fmt: skip
UNKNOWN = {
    "unknown": "nobody", "with a space": " colleague", "a space after": "colleague ",
    "capitals": "COLLEAGUE", "a pattern": "%",
}  # fmt: skip


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


Give = Callable[[Unit, Any, Any, str | None], Any]
WAYS: dict[str, Give] = {
    "pool.assign": lambda unit, it, to, key: unit.pool.assign(it["pooled"].id, to, idempotency_key=key),
    "pool.transfer": lambda unit, it, to, key: unit.pool.transfer(
        it["owned"].id, to, expected_version=1, reason="换人", idempotency_key=key
    ),
    "leads.assign": lambda unit, it, to, key: unit.leads.assign(
        it["lead"].id, to, expected_version=1, idempotency_key=key
    ),
}


@pytest.fixture
def it(kit: Kit) -> dict[str, Any]:
    pooled, owned = kit.given.customer(), kit.given.customer(name="长风物流有限公司")
    doing(kit, "seller", lambda unit: unit.pool.release(pooled.id, expected_version=1, reason="没有需求"))
    return {"pooled": pooled, "owned": owned, "lead": kit.given.lead()}


@pytest.mark.parametrize("key", [None, "once"])
@pytest.mark.parametrize("give", WAYS.values(), ids=WAYS)
def test_who_is_nobody_gets_nothing(kit: Kit, it: dict[str, Any], give: Give, key: str | None) -> None:
    before = count(kit, Ownership)
    for name, to in {**NOBODY, **UNKNOWN}.items():
        with invalid("to"):
            once = key and f"{key} {name}"
            doing(kit, "manager", lambda unit, to=to, once=once: give(unit, it, to, once))
    assert count(kit, Ownership) == before


def test_a_batch_for_nobody_is_refused_as_a_whole(kit: Kit, it: dict[str, Any]) -> None:
    for to in NOBODY.values():
        with invalid("to"):
            doing(kit, "manager", lambda unit, to=to: unit.pool.assign_many([it["pooled"].id], to))
    # Somebody who might exist is asked for, customer by customer.
    told = doing(kit, "manager", lambda unit: unit.pool.assign_many([it["pooled"].id], "nobody"))
    assert [one.problem for one in told.answers] == ["invalid_input"]


def test_what_nobody_holds_is_not_asked_for(kit: Kit) -> None:
    for named, member in NOBODY.items():
        if named != "none":
            with invalid("member_id"):
                doing(kit, "manager", lambda unit, member=member: unit.pool.holding(member))
    for member in UNKNOWN.values():
        with kit.unit("manager") as unit, refused("not_found"):
            unit.pool.holding(member)


@pytest.mark.parametrize("wrong", NOBODY.values(), ids=NOBODY)
def test_a_new_thing_belongs_to_nobody_unnamed(kit: Kit, wrong: Any) -> None:
    if wrong is None:
        return  # left out, it is the actor's
    project = kit.given.project()
    for create in (
        lambda unit: unit.customers.create({"name": "碧海食品有限公司", "owner_id": wrong}),
        lambda unit: unit.leads.create({"company_name": "碧海食品", "owner_id": wrong}),
        lambda unit: unit.projects.create({"customer_id": project.customer_id, "name": "乙", "owner_id": wrong}),
        lambda unit: unit.contracts.create(
            {"project_id": project.id, "title": "合同", "amount": "1", "owner_id": wrong}
        ),
    ):
        with invalid("owner_id"):
            doing(kit, "manager", create)
