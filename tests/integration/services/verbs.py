"""Every verb that writes, with what it needs and how it is called: one table for the general proofs.

`ready` makes what the verb acts on; `act` does it; `other` does the same verb with other input, for the
proof that one idempotency key is one input. `key` is left out for verbs that take none.
"""

from datetime import date
from io import BytesIO
from typing import Any

from tests.integration.services.acting import SYSTEM
from tests.integration.services.class_verbs import CLASS_KEYLESS, CLASS_VERBS
from tests.integration.services.clock_verbs import CLOCK_KEYLESS, CLOCK_VERBS
from tests.integration.services.handover_verbs import HANDOVER_KEYLESS, HANDOVER_VERBS
from tests.integration.services.help_verbs import HELP_KEYLESS, HELP_VERBS
from tests.integration.services.pool_verbs import POOL_ALSO, POOL_KEYLESS, POOL_VERBS
from tests.integration.services.project_verbs import PROJECT_KEYLESS, PROJECT_VERBS
from tests.integration.services.remit_verbs import REMIT_KEYLESS, REMIT_VERBS
from tests.integration.services.strategy_verbs import STRATEGY_KEYLESS, STRATEGY_VERBS
from tests.integration.services.talk_verbs import TALK_KEYLESS, TALK_VERBS
from tests.integration.services.team_verbs import TEAM_VERBS
from tests.integration.services.verb import Verb

from oa_crm.ids import new_id
from oa_crm.schemas import ApprovalOut
from oa_crm.testing import Kit

DAY = date(2026, 3, 2)
PHONE = "138 0013 8000"


def _nothing(kit: Kit) -> None:
    return None


def _won_project(kit: Kit) -> Any:
    return kit.given.approved_contract()


def _in_approval(kit: Kit) -> ApprovalOut:
    return kit.given.submitted_contract()


def _request(kit: Kit) -> Any:
    return kit.given.override_request()


def _view(kit: Kit) -> Any:
    with kit.unit() as unit:
        return unit.views.save({"name": f"视图 {new_id()}", "where": {"level": "A"}})


def _invalid_lead(kit: Kit) -> Any:
    lead = kit.given.lead()
    with kit.unit("seller") as unit:
        return unit.leads.invalidate(lead.id, _none("no_need"))


def _pair(kit: Kit) -> Any:
    known = kit.given.customer()
    with kit.unit("manager") as unit:
        unit.customers.create({"name": known.name}, override_reason="另一家公司")
    kit.crm.duplicates.scan(kit.scope(SYSTEM))
    with kit.unit("manager") as unit:
        return unit.duplicates.pairs().items[0]


def _two(kit: Kit) -> Any:
    return kit.given.customer(), kit.given.customer()


def _merge(pair: Any, **more: Any) -> dict[str, Any]:
    winner, loser = pair
    return {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1, **more}


def _pairs(pair: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"winner_id": pair[0].id, "loser_id": pair[1].id, **more}]


def _merged(kit: Kit) -> Any:
    pair = _two(kit)
    with kit.unit("manager") as unit:
        return unit.merges.merge(_merge(pair))


def _grade(name: str) -> dict[str, Any]:
    options = {"gold": {"zh": "金牌"}, "silver": {"zh": "银牌"}}
    return {"kind": "customer", "name": name, "type": "choice", "label": {"zh": "等级"}, "options": options}


def _field(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.fields.define(_grade(f"grade_{new_id().hex}"))


def _retired_field(kit: Kit) -> Any:
    field = _field(kit)
    with kit.unit("admin") as unit:
        return unit.fields.retire(field.id, expected_version=1)


def _masked_phone(expected_version: int = 0, **more: Any) -> dict[str, Any]:
    rule = {"kind": "customer", "field": "phone", "masked": ["salesperson"], "expected_version": expected_version}
    return {**rule, **more}


def _rule(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.privacy.set_rule(_masked_phone())


def _policy(suspected: str) -> dict[str, Any]:
    return {"entrance": "import", "policy": {"suspected": suspected}, "expected_version": 0}


VERBS = {
    verb.name: verb
    for verb in (
        *CLASS_VERBS,
        *POOL_VERBS,
        *CLOCK_VERBS,
        *TALK_VERBS,
        *STRATEGY_VERBS,
        *REMIT_VERBS,
        *PROJECT_VERBS,
        *HELP_VERBS,
        *HANDOVER_VERBS,
        *TEAM_VERBS,
        Verb(
            "customers.create", "seller", _nothing,
            lambda unit, _, **key: unit.customers.create({"name": "云帆智能科技(杭州)有限公司"}, **key),
            lambda unit, _, **key: unit.customers.create({"name": "长风物流有限公司"}, **key),
        ),
        Verb(
            "customers.update", "seller", lambda kit: kit.given.customer(),
            lambda unit, it, **key: unit.customers.update(it.id, {"expected_version": 1, "level": "A"}, **key),
            lambda unit, it, **key: unit.customers.update(it.id, {"expected_version": 1, "level": "B"}, **key),
        ),
        Verb(
            "customers.favour", "seller", lambda kit: kit.given.customer(),
            lambda unit, it: unit.customers.favour(it.id),
            lambda unit, it: unit.customers.favour(it.id),
        ),
        Verb(
            "customers.unfavour", "seller", lambda kit: kit.given.customer(),
            lambda unit, it: unit.customers.unfavour(it.id),
            lambda unit, it: unit.customers.unfavour(it.id),
        ),
        Verb(
            "views.save", "seller", _nothing,
            lambda unit, _, **key: unit.views.save({"name": "重点客户", "where": {"level": "A"}}, **key),
            lambda unit, _, **key: unit.views.save({"name": "重点客户", "where": {"level": "B"}}, **key),
        ),
        Verb(
            "views.update", "seller", _view,
            lambda unit, it, **key: unit.views.update(it.id, {"expected_version": 1, "name": "一类客户"}, **key),
            lambda unit, it, **key: unit.views.update(it.id, {"expected_version": 1, "shared": "everybody"}, **key),
        ),
        Verb(
            "views.delete", "seller", _view,
            lambda unit, it: unit.views.delete(it.id, expected_version=1),
            lambda unit, it: unit.views.delete(it.id, expected_version=2),
        ),
        Verb(
            "overrides.request", "colleague", lambda kit: kit.given.customer(),
            lambda unit, it, **key: unit.overrides.request(_twin(it, "另一家公司"), **key),
            lambda unit, it, **key: unit.overrides.request(_twin(it, "同名不同人"), **key),
        ),
        Verb(
            "overrides.grant", "manager", _request,
            lambda unit, it: unit.overrides.grant(it.id, comment="确为另一家"),
            lambda unit, it: unit.overrides.grant(it.id),
        ),
        Verb(
            "overrides.refuse", "manager", _request,
            lambda unit, it: unit.overrides.refuse(it.id, comment="同一家"),
            lambda unit, it: unit.overrides.refuse(it.id),
        ),
        Verb(
            "duplicates.set_policy", "admin", _nothing,
            lambda unit, _: unit.duplicates.set_policy(_policy("warn")),
            lambda unit, _: unit.duplicates.set_policy(_policy("block")),
        ),
        Verb(
            "duplicates.dismiss", "manager", _pair,
            lambda unit, it: unit.duplicates.dismiss(it.one_id, it.other_id, because="两家公司"),
            lambda unit, it: unit.duplicates.dismiss(it.one_id, it.other_id, because="母子公司"),
        ),
        Verb(
            "merges.merge", "manager", _two,
            lambda unit, it, **key: unit.merges.merge(_merge(it), **key),
            lambda unit, it, **key: unit.merges.merge(_merge(it, reason="同一家"), **key),
        ),
        Verb(
            "merges.merge_many", "manager", _two,
            lambda unit, it, **key: unit.merges.merge_many(_pairs(it), **key),
            lambda unit, it, **key: unit.merges.merge_many(_pairs(it, choices={"phone": "take"}), **key),
        ),
        Verb(
            "merges.split", "manager", _merged,
            lambda unit, it, **key: unit.merges.split(it.id, reason="两家公司", **key),
            lambda unit, it, **key: unit.merges.split(it.id, reason="并错了", **key),
        ),
        Verb(
            "fields.define", "admin", _nothing,
            lambda unit, _: unit.fields.define(_grade("grade")),
            lambda unit, _: unit.fields.define(_grade("rank")),
        ),
        Verb(
            "fields.redefine", "admin", _field,
            lambda unit, it: unit.fields.redefine(it.id, {"expected_version": 1, "required": True}),
            lambda unit, it: unit.fields.redefine(it.id, {"expected_version": 1, "group": "分级"}),
        ),
        Verb(
            "fields.retire", "admin", _field,
            lambda unit, it: unit.fields.retire(it.id, expected_version=1),
            lambda unit, it: unit.fields.retire(it.id, expected_version=2),
        ),
        Verb(
            "fields.revive", "admin", _retired_field,
            lambda unit, it: unit.fields.revive(it.id, expected_version=2),
            lambda unit, it: unit.fields.revive(it.id, expected_version=1),
        ),
        Verb(
            "fields.rebuild", "admin", _field,
            lambda unit, it: unit.fields.rebuild("customer", it.name),
            lambda unit, it: unit.fields.rebuild("customer", it.name, slice=1),
        ),
        Verb(
            "privacy.set_rule", "admin", _nothing,
            lambda unit, _: unit.privacy.set_rule(_masked_phone()),
            lambda unit, _: unit.privacy.set_rule(_masked_phone(see=["finance"])),
        ),
        Verb(
            "privacy.remove_rule", "admin", _rule,
            lambda unit, _: unit.privacy.remove_rule("customer", "phone", expected_version=1),
            lambda unit, _: unit.privacy.remove_rule("customer", "phone", expected_version=2),
        ),
        Verb(
            "privacy.erase", "admin", lambda kit: kit.given.contact(),
            lambda unit, it, **key: unit.privacy.erase(_person(it, "来函一"), **key),
            lambda unit, it, **key: unit.privacy.erase(_person(it, "来函二"), **key),
        ),
        Verb(
            "leads.create", "seller", _nothing,
            lambda unit, _, **key: unit.leads.create({"company_name": "云帆智能"}, **key),
            lambda unit, _, **key: unit.leads.create({"company_name": "长风物流"}, **key),
        ),
        Verb(
            "leads.update", "seller", lambda kit: kit.given.lead(),
            lambda unit, it, **key: unit.leads.update(it.id, {"expected_version": 1, "need": "系统"}, **key),
            lambda unit, it, **key: unit.leads.update(it.id, {"expected_version": 1, "need": "设备"}, **key),
        ),
        Verb(
            "leads.claim", "seller", lambda kit: (kit.given.lead(pool=True), kit.given.lead(pool=True)),
            lambda unit, it, **key: unit.leads.claim(it[0].id, **key),
            lambda unit, it, **key: unit.leads.claim(it[1].id, **key),
        ),
        Verb(
            "leads.assign", "manager", lambda kit: kit.given.lead(),
            lambda unit, it, **key: unit.leads.assign(it.id, "colleague", expected_version=1, **key),
            lambda unit, it, **key: unit.leads.assign(it.id, "seller", expected_version=1, **key),
        ),
        Verb(
            "leads.release", "seller", lambda kit: kit.given.lead(),
            lambda unit, it, **key: unit.leads.release(it.id, reason="忙", expected_version=1, **key),
            lambda unit, it, **key: unit.leads.release(it.id, reason="出差", expected_version=1, **key),
        ),
        Verb(
            "leads.invalidate", "seller", lambda kit: kit.given.lead(),
            lambda unit, it, **key: unit.leads.invalidate(it.id, _none("no_need"), **key),
            lambda unit, it, **key: unit.leads.invalidate(it.id, _none("other"), **key),
        ),
        Verb(
            "leads.revive", "seller", _invalid_lead,
            lambda unit, it, **key: unit.leads.revive(it.id, reason="有预算了", expected_version=2, **key),
            lambda unit, it, **key: unit.leads.revive(it.id, reason="又来电话", expected_version=2, **key),
        ),
        Verb(
            "leads.convert", "seller", lambda kit: kit.given.lead(person_name="林晓"),
            lambda unit, it, **key: unit.leads.convert(it.id, {"expected_version": 1}, **key),
            lambda unit, it, **key: unit.leads.convert(it.id, {"expected_version": 1, "project": False}, **key),
        ),
        Verb(
            "contacts.create", "seller", lambda kit: kit.given.customer(),
            lambda unit, it, **key: unit.contacts.create({"customer_id": it.id, "name": "林晓"}, **key),
            lambda unit, it, **key: unit.contacts.create({"customer_id": it.id, "name": "周航"}, **key),
        ),
        Verb(
            "contacts.update", "seller", lambda kit: kit.given.contact(),
            lambda unit, it, **key: unit.contacts.update(it.id, {"expected_version": 1, "mobile": PHONE}, **key),
            lambda unit, it, **key: unit.contacts.update(it.id, {"expected_version": 1, "name": "周航"}, **key),
        ),
        Verb(
            "contacts.change_post", "seller", lambda kit: kit.given.contact().posts[0],
            lambda unit, it, **key: unit.contacts.change_post(it.id, {"expected_version": 1, "role": "user"}, **key),
            lambda unit, it, **key: unit.contacts.change_post(it.id, {"expected_version": 1, "title": "总监"}, **key),
        ),
        Verb(
            "contacts.move", "seller", lambda kit: (kit.given.contact(), kit.given.customer()),
            lambda unit, it, **key: unit.contacts.move(it[0].id, {"customer_id": it[1].id}, **key),
            lambda unit, it, **key: unit.contacts.move(it[0].id, {"customer_id": it[1].id, "primary": True}, **key),
        ),
        Verb(
            "contacts.leave", "seller", lambda kit: kit.given.contact().posts[0],
            lambda unit, it, **key: unit.contacts.leave(it.id, {"expected_version": 1}, **key),
            lambda unit, it, **key: unit.contacts.leave(it.id, {"expected_version": 1, "reason": "离职"}, **key),
        ),
        Verb(
            "contacts.set_primary", "seller", lambda kit: kit.given.contact().posts[0],
            lambda unit, it, **key: unit.contacts.set_primary(it.id, **key),
            lambda unit, it, **key: unit.contacts.set_primary(it.contact_id, **key),
        ),
        Verb(
            "exchange.export_customers", "seller", lambda kit: kit.given.customer(),
            lambda unit, it: unit.exchange.export_customers(to=BytesIO()),
            lambda unit, it: unit.exchange.export_customers({"level": "A"}, to=BytesIO()),
        ),
        Verb(
            "exchange.export_contacts", "seller", lambda kit: kit.given.contact(),
            lambda unit, it: unit.exchange.export_contacts(to=BytesIO()),
            lambda unit, it: unit.exchange.export_contacts({"role": "user"}, to=BytesIO()),
        ),
        Verb(
            "files.attach", "seller", lambda kit: kit.given.customer(),
            lambda unit, it, **key: unit.files.attach(_file(it, "报价单.txt"), [b"1280.00"], **key),
            lambda unit, it, **key: unit.files.attach(_file(it, "合同.txt"), [b"1280.00"], **key),
        ),
        Verb(
            "files.open", "seller", lambda kit: kit.given.file(),
            lambda unit, it: unit.files.open(it.id),
            lambda unit, it: unit.files.open(it.thing_id),
        ),
        Verb(
            "files.remove", "seller", lambda kit: kit.given.file(),
            lambda unit, it: unit.files.remove(it.id, reason="传错了"),
            lambda unit, it: unit.files.remove(it.id, reason="已更新"),
        ),
        Verb(
            "projects.create", "seller", lambda kit: kit.given.customer(),
            lambda unit, it, **key: unit.projects.create({"customer_id": it.id, "name": "ERP", "expected": "9"}, **key),
            lambda unit, it, **key: unit.projects.create({"customer_id": it.id, "name": "MES"}, **key),
        ),
        Verb(
            "projects.update", "seller", lambda kit: kit.given.project(),
            lambda unit, it, **key: unit.projects.update(it.id, {"expected_version": 1, "expected": "8.00"}, **key),
            lambda unit, it, **key: unit.projects.update(it.id, {"expected_version": 1, "name": "MES"}, **key),
        ),
        Verb(
            "projects.move", "seller", lambda kit: kit.given.project(),
            lambda unit, it, **key: unit.projects.move(it.id, {"to": "qualified", "expected_version": 1}, **key),
            lambda unit, it, **key: unit.projects.move(it.id, {"to": "proposal", "expected_version": 1}, **key),
        ),
        Verb(
            "contracts.create", "seller", lambda kit: kit.given.project(),
            lambda unit, it, **key: unit.contracts.create({"project_id": it.id, "title": "甲", "amount": "1"}, **key),
            lambda unit, it, **key: unit.contracts.create({"project_id": it.id, "title": "甲", "amount": "2"}, **key),
        ),
        Verb(
            "contracts.update", "seller", lambda kit: kit.given.contract(),
            lambda unit, it, **key: unit.contracts.update(it.id, {"expected_version": 1, "amount": "7.50"}, **key),
            lambda unit, it, **key: unit.contracts.update(it.id, {"expected_version": 1, "title": "乙"}, **key),
        ),
        Verb(
            "contracts.submit", "seller", lambda kit: kit.given.contract(),
            lambda unit, it, **key: unit.contracts.submit(it.id, expected_version=1, **key),
            lambda unit, it, **key: unit.contracts.submit(it.id, expected_version=2, **key),
        ),
        Verb(
            "contracts.withdraw", "seller", _in_approval,
            lambda unit, it, **key: unit.contracts.withdraw(it.thing_id, reason="价格有误", **key),
            lambda unit, it, **key: unit.contracts.withdraw(it.thing_id, reason="另有方案", **key),
        ),
        Verb(
            "approvals.decide", "manager", _in_approval,
            lambda unit, it, **key: unit.approvals.decide(it.id, {"decision": "agree", "words": "同意"}, **key),
            lambda unit, it, **key: unit.approvals.decide(it.id, {"decision": "reject", "words": "太低"}, **key),
        ),
        Verb(
            "expenses.book", "seller", lambda kit: kit.given.project(),
            lambda unit, it, **key: unit.expenses.book(_expense(it, "80.00"), **key),
            lambda unit, it, **key: unit.expenses.book(_expense(it, "80.01"), **key),
        ),
        Verb(
            "expenses.reverse", "seller", lambda kit: kit.given.expense(),
            lambda unit, it, **key: unit.expenses.reverse(it.id, {"reason": "重复"}, **key),
            lambda unit, it, **key: unit.expenses.reverse(it.id, {"reason": "记错"}, **key),
        ),
        Verb(
            "settlements.settle", "manager", _won_project,
            lambda unit, it, **key: unit.settlements.settle(it.project_id, **key),
            lambda unit, it, **key: unit.settlements.settle(it.id, **key),
        ),
        Verb(
            "directory.sync", "admin", _nothing,
            lambda unit, _, **key: unit.directory.sync(**key),
            lambda unit, _, **key: unit.directory.sync(**key),
        ),
        Verb(
            "directory.save_department", SYSTEM, _nothing,
            lambda unit, _: unit.directory.save_department({"id": "hq", "name": "总部"}),
            lambda unit, _: unit.directory.save_department({"id": "hq", "name": "本部"}),
            local=True,
        ),
        Verb(
            "directory.save_member", SYSTEM, _nothing,
            lambda unit, _: unit.directory.save_member({"id": "li", "name": "李娜", "roles": ("salesperson",)}),
            lambda unit, _: unit.directory.save_member({"id": "li", "name": "李娜", "active": False}),
            local=True,
        ),
        Verb(
            "plugins.switch", "admin", _nothing,
            lambda unit, _: unit.plugins.switch("notices", enabled=False),
            lambda unit, _: unit.plugins.switch("notices", enabled=True),
        ),
    )
}  # fmt: skip

ALSO = {
    "leads.convert": {"customers.create", "contacts.create", "projects.create"},
    **POOL_ALSO,
    "pool.sweep": {"pools.open"},
}
"""Verbs that do others on their way, each with its own line of the audit."""

KEYLESS = {
    **CLASS_KEYLESS,
    **POOL_KEYLESS,
    **CLOCK_KEYLESS,
    **STRATEGY_KEYLESS,
    **REMIT_KEYLESS,
    **PROJECT_KEYLESS,
    **HELP_KEYLESS,
    **TALK_KEYLESS,
    **HANDOVER_KEYLESS,
    "exchange.export_contacts": "each export is one more line of the audit, and counts",
    "exchange.export_customers": "each export is one more line of the audit, and counts",
    "files.open": "each opening is one more line of the audit",
    "files.remove": "a file is removed once",
    "customers.favour": "at hand is at hand, however often it is said",
    "customers.unfavour": "no longer at hand, however often it is said",
    "views.delete": "it carries the version that it deletes",
    "overrides.grant": "a request is decided once",
    "overrides.refuse": "a request is decided once",
    "duplicates.set_policy": "a policy carries the version that it replaces",
    "duplicates.dismiss": "a pair that is dismissed stays so",
    "fields.define": "a name is taken once",
    "fields.redefine": "a definition carries the version that it replaces",
    "fields.retire": "a definition carries the version that it replaces",
    "fields.revive": "a definition carries the version that it replaces",
    "fields.rebuild": "it goes on where the last call stopped",
    "privacy.set_rule": "a rule carries the version that it replaces",
    "privacy.remove_rule": "a rule carries the version that it removes",
    "directory.save_department": "it says how the department is; saying it twice changes nothing more",
    "directory.save_member": "it says how the member is; saying it twice changes nothing more",
    "plugins.switch": "on is on, however often it is said",
}


def _twin(customer: Any, reason: str) -> dict[str, Any]:
    return {"customer": {"name": customer.name}, "reason": reason}


def _person(contact: Any, reason: str) -> dict[str, Any]:
    return {"kind": "contact", "thing_id": contact.id, "reason": reason}


def _file(customer: Any, name: str) -> dict[str, Any]:
    return {"kind": "customer", "thing_id": customer.id, "name": name}


def _none(because: str) -> dict[str, Any]:
    return {"because": because, "expected_version": 1}


def _expense(project: Any, amount: str) -> dict[str, Any]:
    return {"project_id": project.id, "category": "travel", "amount": amount, "occurred_on": DAY}
