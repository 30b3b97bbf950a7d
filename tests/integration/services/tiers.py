"""A company for the matrix of permissions: one person of each role, and things of everybody around them.

`oracle` of the matrix, in plain words: how far each role reaches, and which relations lie within a reach.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.integration.services.acting import SYSTEM, doing
from tests.integration.services.plugins import Books, Chart

from oa_crm import Unit
from oa_crm.hooks import Department, Member, Reach, Who, hookimpl
from oa_crm.ids import new_id
from oa_crm.models import Handover
from oa_crm.plugins.builtin.policy import DefaultPolicy
from oa_crm.services.base import Service
from oa_crm.testing import Kit

DAY = date(2026, 3, 2)
ROLES = {
    "salesperson": "salesperson", "teamlead": "sales_manager", "head": "sales_manager",
    "sales_manager": "sales_manager",
    "finance": "finance", "hr": "hr", "executive": "executive", "crm_admin": "crm_admin", "gardener": "gardener",
    "agent": "salesperson", "partner": "crm_admin",
}  # fmt: skip
"""Who asks, and the role of the default policy that he has. The lead of a team and the head of a department are
managers of a host that lets them reach less far; agent and partner are outsiders."""
NARROW = {"teamlead": Reach.TEAM, "head": Reach.DEPARTMENT}
OUTSIDERS = ("agent", "partner")
RELATIONS = ("own", "team", "department", "below", "elsewhere", "pool")
WITHIN = {
    "none": (), "own": ("own",), "team": ("own", "team"), "department": ("own", "department", "pool"),
    "subtree": ("own", "department", "below", "pool"), "all": RELATIONS,
}  # fmt: skip
_DEALS = "project contract expense"
_WORK = f"customer lead {_DEALS}"
_MANAGES = "transfer:customer release:customer lock:customer merge:customer extend:customer strike:customer"
POLICY = {
    "salesperson": f"own read:{_WORK}; own write:{_WORK}; own claim:customer lead; own release:customer; "
    "own hand_over:customer; own lock:customer; own team:customer project; own reverse:expense; all read:directory",
    "sales_manager": f"subtree read:{_WORK}; subtree write:{_WORK}; subtree claim:customer lead; "
    "subtree assign:customer; subtree override:customer; subtree reverse:expense; subtree settle:project; "
    "all read:directory; subtree reopen:project; subtree freeze:project; subtree approve:project; "
    "subtree hand_over:customer; subtree team:customer project; "
    + "; ".join(f"subtree {one}" for one in _MANAGES.split()),
    "finance": f"all read:{_WORK} directory delivery; all write:expense; all reverse:expense; all settle:project",
    "hr": "all read:project contract directory",
    "executive": f"all read:{_WORK} directory; all override:customer; all freeze:project",
    "crm_admin": f"all read:{_WORK} directory delivery; all write:{_WORK}; all claim:customer lead; "
    "all assign:customer; all override:customer; all reverse:expense; all settle:project; "
    "all administer:directory plugin duplicate field category digest pool protection privacy remit pipeline handover; "
    "all reopen:project; all freeze:project; all approve:project; all hand_over:customer; all team:customer project; "
    + "; ".join(f"all {one}" for one in _MANAGES.split()),
    "gardener": "",
}
"""From what the roles are for, written beside the code and not read from it."""
for _role in set(POLICY) - {"gardener"}:
    POLICY[_role] += "; all see:forecast pipeline"  # the house's own: no outsider sees it
_OUTSIDERS_MAY = {
    "read": f"{_WORK} directory", "write": _WORK, "claim": "customer", "release": "customer", "lock": "customer",
    "reverse": "expense",
}  # fmt: skip
THROUGH_CUSTOMERS = (
    "contact", "post", "file", "follow_up", "plan", "matter", "need", "strategy", "share", "help_request", "seat",
)  # fmt: skip
"""What is of a customer is as far as the customer is."""


def reach(actor: str, action: str, kind: str) -> str:
    """How far he reaches, from the table."""
    found = "none"
    for cell in filter(None, POLICY[ROLES[actor]].split("; ")):
        far, rest = cell.split(" ", 1)
        act, kinds = rest.split(":")
        if act == action and kind in kinds.split():
            found = far
    if actor in OUTSIDERS and found != "none":
        return "own" if kind in _OUTSIDERS_MAY.get(action, "").split() else "none"
    return NARROW[actor].value if actor in NARROW and found == "subtree" else found


def may(actor: str, action: str, kind: str, relation: str) -> bool:
    """Whether he may do it with a thing of that kind of somebody who stands so to him."""
    if kind == "handover":
        return _may_hand_over(actor, action, relation)
    if kind == "competitor":
        kind = "project"
    if kind in THROUGH_CUSTOMERS:
        kind = "customer"
    far = reach(actor, action, kind)
    if relation in WITHIN[far]:
        return True
    return kind in _DEALS.split() and far != "none" and relation in WITHIN[reach(actor, action, "customer")]


def _may_hand_over(actor: str, action: str, relation: str) -> bool:
    """Of a handover that is due: he looks at his own, and at those of whom he may hand over; he runs these, and his own
    only as one of them; and nobody takes note of what he did not receive."""
    far = reach(actor, "hand_over", "customer")
    reached = far != "own" and relation in WITHIN[far]
    return (action == "read" and (relation == "own" or reached)) or (action == "run" and reached)


class Narrowed(DefaultPolicy):
    """The default policy of a host where a lead reaches his team and a head his department."""

    name = "narrowed"

    @hookimpl
    def provide_authorizer(self) -> "Narrowed":
        return self

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        far = super().reach(who, action, kind)
        return NARROW[who.id] if who.id in NARROW and far is Reach.SUBTREE else far


class Tiers(Chart):
    """The org chart: everybody who asks sits in the north; each has somebody who reports to him, in the west."""

    name = "tiers"

    def __init__(self) -> None:
        super().__init__()
        above = ("north", "west", "hall")
        self.known_departments = [
            *(Department(id, id.title()) for id in above),
            Department("nook", "Nook", "north"),
        ]
        self.known_members = [
            *(Member(id, id, "north", None, (role,), external=id in OUTSIDERS) for id, role in ROLES.items()),
            *(Member(f"of-{id}", f"of {id}", "west", id, ("salesperson",)) for id in ROLES),
            Member("peer", "Peer", "north", None, ("salesperson",)),
            Member("junior", "Junior", "nook", None, ("salesperson",)),
            Member("stranger", "Stranger", "hall", None, ("salesperson",)),
            Member("seller", "Seller", "hall", None, ("salesperson",)),
            Member("root", "Root", None, None, ("crm_admin",)),
            Member("boss", "Boss", None, None, ("sales_manager", "crm_admin")),
        ]


@dataclass
class Things:
    """What one person has, by kind."""

    ids: dict[str, UUID] = field(default_factory=dict)


def owner_of(actor: str, relation: str) -> str:
    """Who stands so to him."""
    owners = {"own": actor, "team": f"of-{actor}", "department": "peer", "below": "junior", "elsewhere": "stranger"}
    return owners.get(relation, relation)


def build(kit: Kit) -> dict[str, Things]:
    """One thing of each kind for everybody, and for the pool. Put on file by the system, as an import would."""
    owners = [*ROLES, *(f"of-{one}" for one in ROLES), "peer", "junior", "stranger"]
    made = {
        **{one: doing(kit, SYSTEM, lambda unit, one=one: _things(unit, one)) for one in owners},
        "pool": _pooled(kit),
    }
    doing(kit, "root", lambda unit: [_asked(unit, at) for at in made.values()])
    return {**made, "company": doing(kit, "root", _companys)}


def plugins() -> tuple[object, ...]:
    return Tiers(), Narrowed(), Books()


def _things(unit: Unit, owner: str) -> Things:
    customer = unit.customers.create({"name": f"{uuid4().hex} 公司", "owner_id": owner}, override_reason="测试")
    project = unit.projects.create({"customer_id": customer.id, "name": "P", "owner_id": owner})
    contract = unit.contracts.create({"project_id": project.id, "title": "甲", "amount": "1", "owner_id": owner})
    expense = {"project_id": project.id, "category": "travel", "amount": "1", "occurred_on": DAY, "claimant_id": owner}
    contact = unit.contacts.create({"customer_id": customer.id, "name": "林晓"})
    return Things(
        {
            "customer": customer.id,
            "project": project.id,
            "contract": contract.id,
            "expense": unit.expenses.book(expense).id,
            "contact": contact.id,
            "post": contact.posts[0].id,
            **_beside(unit, customer.id, owner),
            "competitor": unit.projects.add_competitor(project.id, {"name": "长风软件"}).id,
            "handover": _due(unit, owner),
            "lead": unit.leads.create({"company_name": f"{uuid4().hex} 厂", "owner_id": owner}).id,
        }
    )


def _beside(unit: Unit, customer: UUID, owner: str) -> dict[str, UUID]:
    """What is of a customer, whoever has it."""
    note = {"kind": "customer", "thing_id": customer, "name": "甲.txt"}
    at: dict[str, Any] = {"customer_id": customer}
    step = {"what": "演示"}
    call = {"way": "phone", "purpose": "问进度", "due_at": datetime(2030, 1, 1, tzinfo=UTC), "assignee_id": "root"}
    return {
        "file": unit.files.attach(note, [b"1"]).id,
        "follow_up": unit.followups.log({**at, "way": "visit", "outcome": "好"}).id,
        "plan": unit.plans.plan({**at, **call}).id,
        "matter": unit.issues.open({**at, "words": "价格"}).id,
        "need": unit.needs.open({**at, "words": "接口"}).id,
        "strategy": unit.strategies.write({**at, "goal": "签约", "steps": [step], "owner_id": owner}).id,
    }


def _asked(unit: Unit, at: Things) -> None:
    """What somebody gives and asks at a customer, of one who is nobody's here. A customer in a pool has no team."""
    customer = {"customer_id": at.ids["customer"]}
    given = {**customer, "receiver_id": "boss", "title": "华东", "show": ["customer.name"]}
    asked = {**customer, "member_id": "boss", "title": "接口", "due_on": date(2030, 1, 1)}
    at.ids |= {"share": unit.shares.give(given).id, "help_request": unit.help.ask(asked).id}
    if "project" in at.ids:
        seat = {"kind": "customer", "thing_id": at.ids["customer"], "member_id": "boss"}
        at.ids["seat"] = unit.teams.join(seat).id


def _due(unit: Unit, leaver: str) -> UUID:
    """A handover that is due and names no superior."""
    service, id = Service(unit._work), new_id()
    names = ("event_id", "clock", "counts", "reason", "executed_at", "executed_by", "undo_until", "closed_at",
             "closed_by", "closed_because", "superior_id")  # fmt: skip
    facts = {"leaver_id": leaver, "cause": "left", "state": "due", "due_mark": leaver}
    service.add(Handover, id=id, **dict.fromkeys(names), **facts, **service.stamps())
    unit._work.journal.record("handover.open", "handover", id)
    return id


def _companys(unit: Unit) -> Things:
    """What is the whole company's."""
    stages = [{"key": "contacted", "win_rate": 9}, {"key": "proposal", "win_rate": 50}]
    return Things(
        {
            "pipeline": unit.pipelines.define({"name": "tiers", "types": ["tiers"], "stages": stages}).id,
            "forecast": unit.forecasts.freeze({"name": "一季度"}).id,
            "pool": unit.pools.open({"name": "北区公海"}).id,
            "tree": unit.categories.define_tree({"name": "size", "labels": {"zh": "规模"}}).id,
            "class_rule": unit.class_rules.define({"name": "all", "tree": "level", "gives": "C"}).id,
            "field": unit.fields.define(
                {"kind": "customer", "name": "grade", "type": "text", "label": {"zh": "级"}}
            ).id,
        }
    )


def _pooled(kit: Kit) -> Things:
    """A customer that nobody has any more, with what is at it, and a lead that nobody has."""

    def lose(unit: Unit) -> Things:
        customer = unit.customers.create(
            {"name": f"{uuid4().hex} 公司", "owner_id": "stranger"}, override_reason="测试"
        )
        contact = unit.contacts.create({"customer_id": customer.id, "name": "林晓"})
        beside = _beside(unit, customer.id, "stranger")
        unit.pool.release(customer.id, expected_version=customer.version, reason="没有需求")
        lead = unit.leads.create({"company_name": f"{uuid4().hex} 厂", "pool": True})
        at = {"customer": customer.id, "contact": contact.id, "post": contact.posts[0].id, **beside, "lead": lead.id}
        return Things(at)

    return doing(kit, SYSTEM, lose)
