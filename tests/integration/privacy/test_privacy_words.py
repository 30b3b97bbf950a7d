"""A person who is named in reasons at the customers where he stands: after his erasure he is named nowhere.

Whatever takes a reason or a comment is told of him here, by name and by a number that people space as they like.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.integration.services.acting import SYSTEM, doing, rows

from oa_crm import hookimpl
from oa_crm.models import Base, Customer, Ownership, table_of
from oa_crm.services.erasing.known import Known
from oa_crm.testing import CrmKit, Kit

NAME, MOBILE, SPACED = "雀舌儿", "13933334444", "139 3333 4444"
FIRM = "长风雀舌儿茶业有限公司"
WHY = f"{NAME}来电 {SPACED}"
SAID = "[erased]来电 [erased]"


class Failing:
    name = "failing"

    @hookimpl
    def on_customer_owner_changed(self, event: Any, delivery: Any) -> None:
        raise ValueError(f"no such person: {event.reason}")


@pytest.fixture
def kit(database: Any, crm_kit: CrmKit) -> Kit:
    return crm_kit(Failing(), database=database)


def told_in(kit: Kit, *texts: str) -> dict[str, set[str]]:
    """Which columns of which rows hold one of the texts, however it is spaced."""
    found: dict[str, set[str]] = {}
    with kit.crm.engine.connect() as connection:
        for table in (table for mapper in Base.registry.mappers for table in mapper.tables):
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    said = str(value)
                    if any(text in said or text in said.replace(" ", "") for text in texts):
                        found.setdefault(table.name.removeprefix("oa_crm_"), set()).add(name)
    return found


def released(kit: Kit, it: Any) -> None:
    version = _version(kit, it)
    doing(kit, "seller", lambda unit: unit.pool.release(it["firm"], expected_version=version, reason=WHY))
    doing(kit, "manager", lambda unit: unit.pool.assign(it["firm"], "seller", reason=WHY))


def transferred(kit: Kit, it: Any) -> None:
    give = {"expected_version": _version(kit, it), "reason": WHY}
    doing(kit, "manager", lambda unit: unit.pool.transfer(it["firm"], "colleague", **give))


def classified(kit: Kit, it: Any) -> None:
    change = {"level": "A", "reason": WHY, "expected_version": _version(kit, it)}
    doing(kit, "seller", lambda unit: unit.customers.classify(it["firm"], change))


def extended(kit: Kit, it: Any) -> None:
    ask = {"customer_id": it["firm"], "days": 20, "reason": WHY}
    asked = doing(kit, "seller", lambda unit: unit.pool.extend(ask, idempotency_key="more"))
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(asked.id, comment=WHY))


def struck(kit: Kit, it: Any) -> None:
    talk = kit.given.follow_up(it["customer"], outcome=WHY)
    doing(kit, "manager", lambda unit: unit.pool.strike(talk.id, reason=WHY))


def moved(kit: Kit, it: Any) -> None:
    project = kit.given.project(it["customer"])
    move = {"to": "lost", "expected_version": 1, "reason": WHY}
    doing(kit, "seller", lambda unit: unit.projects.move(project.id, move))


def withdrawn(kit: Kit, it: Any) -> None:
    contract = kit.given.contract(kit.given.project(it["customer"]))
    kit.given.submitted_contract(contract)
    doing(kit, "seller", lambda unit: unit.contracts.withdraw(contract.id, reason=WHY))


def asked_to_pass(kit: Kit, it: Any) -> None:
    same = {"name": FIRM, "region": "330106"}
    asked = doing(kit, "colleague", lambda unit: unit.overrides.request({"customer": same, "reason": WHY}))
    doing(kit, "manager", lambda unit: unit.overrides.refuse(asked.id, comment=WHY))


def merged(kit: Kit, it: Any) -> None:
    other = kit.given.customer()
    pair = {"winner_id": it["firm"], "loser_id": other.id, "winner_version": _version(kit, it), "loser_version": 1}
    doing(kit, "manager", lambda unit: unit.merges.merge({**pair, "reason": WHY}))


def merged_away(kit: Kit, it: Any) -> None:
    """What the ledger says stays with the old id, and the person goes along."""
    released(kit, it)
    other = kit.given.customer()
    pair = {"winner_id": other.id, "loser_id": it["firm"], "winner_version": 1, "loser_version": _version(kit, it)}
    doing(kit, "manager", lambda unit: unit.merges.merge(pair))


def replaced(kit: Kit, it: Any) -> None:
    other = kit.given.contact(it["customer"], name="周航远", mobile="13800001111")
    doing(kit, "seller", lambda unit: unit.contacts.leave(other.posts[0].id, {"expected_version": 1, "reason": WHY}))


def exported(kit: Kit, it: Any) -> None:
    doing(kit, "manager", lambda unit: unit.exchange.export_customers({"phone": MOBILE}, to=BytesIO()))


def people_exported(kit: Kit, it: Any) -> None:
    where = {"phone": MOBILE, "name": NAME}
    doing(kit, "manager", lambda unit: unit.exchange.export_contacts(where, to=BytesIO()))


def looked_for(kit: Kit, it: Any) -> None:
    with kit.unit("manager") as unit:
        unit.privacy.because(WHY)
        unit.customers.get(it["firm"])
        unit.customers.find({"phone": "13800001111"})


def imported(kit: Kit, it: Any) -> None:
    path: Path = it["folder"] / "a.csv"
    path.write_text(f"客户名称,行业\n碧海食品有限公司,{WHY}\n", encoding="utf-8")
    kit.crm.exchange.import_customers(kit.scope("manager", locale="zh-CN"), path)


def imported_beside_others(kit: Kit, it: Any) -> None:
    path: Path = it["folder"] / "a.csv"
    path.write_text(f"客户,姓名,手机,生日\n{FIRM},{NAME},{MOBILE},\n{FIRM},林晓,,{WHY}\n", encoding="utf-8")
    job = kit.crm.exchange.import_contacts(kit.scope("manager", locale="zh-CN"), path)
    assert (job.asked, job.failed) == (1, 1)


SAYING: dict[str, tuple[Callable[[Kit, Any], None], set[str]]] = {
    "released and assigned": (released, {"ownership", "audit", "event", "delivery"}),
    "transferred": (transferred, {"ownership", "audit", "event", "delivery"}),
    "classified": (classified, {"class_change", "audit", "event", "key_change"}),
    "extended": (extended, {"protection_extension", "audit", "event", "idempotency"}),
    "struck out": (struck, {"struck_follow_up", "follow_up", "audit"}),
    "a project lost": (moved, {"stage_change", "audit", "event", "key_change"}),
    "a contract withdrawn": (withdrawn, {"audit"}),
    "a clash to be passed": (asked_to_pass, {"duplicate_override", "audit", "event"}),
    "merged": (merged, {"merge", "audit"}),
    "merged into another": (merged_away, {"ownership", "audit", "event"}),
    "a colleague who left": (replaced, {"audit"}),
    "exported": (exported, {"audit"}),
    "people exported": (people_exported, {"audit"}),
    "looked at": (looked_for, {"look"}),
    "imported": (imported, {"import_row"}),
    "imported beside others": (imported_beside_others, {"import_row"}),
}


@pytest.mark.parametrize(("say", "where"), SAYING.values(), ids=SAYING)
def test_who_is_named_in_a_reason_is_named_nowhere_afterwards(
    kit: Kit, tmp_path: Path, say: Callable[[Kit, Any], None], where: set[str]
) -> None:
    firm = kit.given.customer(name=FIRM)
    person = kit.given.contact(firm, name=NAME, mobile=MOBILE, phones=[], emails=[])
    say(kit, {"firm": firm.id, "customer": firm, "folder": tmp_path})
    kit.relay.drain()
    assert where <= set(told_in(kit, MOBILE, f"{NAME}来电")), "else this proves nothing"
    customers, terms = rows(kit, Customer), rows_of_ledger(kit)
    _erase(kit, person.id)
    assert told_in(kit, MOBILE, f"{NAME}来电") == {}
    # What the company is called is the company's.
    assert {name for columns in told_in(kit, NAME).values() for name in columns} <= COMPANYS
    assert [dict(one) for one in rows(kit, Customer)] == [dict(one) for one in customers]
    assert rows_of_ledger(kit) == [[*one[:-1], one[-1] and one[-1].replace(WHY, SAID)] for one in terms]


COMPANYS = {
    "name", "draft", "report", "changes", "payload", "answer", "key", "facts", "winner", "loser", "prefix", "typed",
    "winner_name", "loser_name", "former_names",
}  # fmt: skip


def test_a_namesake_at_the_same_customer_keeps_his_facts(kit: Kit) -> None:
    firm = kit.given.customer(name=FIRM)
    one = kit.given.contact(firm, name=NAME, mobile=MOBILE, phones=[], emails=[])
    other = kit.given.contact(kit.given.customer(), name=NAME, mobile="13800001111", phones=[], emails=[])
    doing(kit, "seller", lambda unit: unit.contacts.move(other.id, {"customer_id": firm.id}, override_reason="同名"))
    before = doing(kit, "manager", lambda unit: unit.audit.of("contact", other.id))
    _erase(kit, one.id)
    assert doing(kit, "seller", lambda unit: unit.contacts.get(other.id)).name == NAME
    assert doing(kit, "manager", lambda unit: unit.audit.of("contact", other.id)) == before


def test_twice_changes_nothing_more(kit: Kit) -> None:
    firm = kit.given.customer(name=FIRM)
    person = kit.given.contact(firm, name=NAME, mobile=MOBILE, phones=[], emails=[])
    released(kit, {"firm": firm.id})
    assert _erase(kit, person.id).erased["ownership.reason"] == 2
    left = doing(kit, "admin", lambda unit: unit.privacy.preview_erasure("contact", person.id))
    assert left.erased == {}


@given(st.lists(st.sampled_from(["", " ", "-", "  "]), min_size=10, max_size=10), st.sampled_from(["", "+86", "86 "]))
@settings(max_examples=60)
def test_a_number_is_found_however_it_is_spaced(between: list[str], country: str) -> None:
    typed = country + "".join(f"{digit}{gap}" for digit, gap in zip(MOBILE, [*between, ""], strict=True))
    assert Known(["+8613933334444"]).words(f"电话{typed}。") == "电话[erased]。"


def _erase(kit: Kit, id: Any) -> Any:
    given = {"kind": "contact", "thing_id": id, "reason": "来函 2026-17"}
    return doing(kit, "admin", lambda unit: unit.privacy.erase(given))


def rows_of_ledger(kit: Kit) -> list[list[Any]]:
    c = table_of(Ownership).c
    mine = select(c.customer_id, c.number, c.owner_id, c.pool_id, c.since, c.reason).order_by(c.customer_id, c.number)
    with kit.crm.engine.connect() as connection:
        return [list(row) for row in connection.execute(mine)]


def _version(kit: Kit, it: Any) -> int:
    return doing(kit, SYSTEM, lambda unit: unit.customers.get(it["firm"])).version
