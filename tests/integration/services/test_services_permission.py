"""Permission: each role's reach, and that reach in SQL is reach in plain words, on any org chart."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from tests.integration.services.acting import SYSTEM, doing, refused
from tests.integration.services.oracle import REACHES, Company, Person, Row
from tests.integration.services.plugins import Chart, NoChart
from tests.integration.services.verbs import VERBS

from oa_crm.hooks import Department, Member, Reach, Who, hookimpl
from oa_crm.models import Base, Contract, Customer, Expense, Project, table_of
from oa_crm.plugins.builtin.policy import POLICY, DefaultPolicy
from oa_crm.testing import CrmKit, Kit

KINDS = ("customer", "project", "contract", "expense", "directory", "plugin", "delivery")
MODELS: dict[str, type[Base]] = {"customer": Customer, "project": Project, "contract": Contract, "expense": Expense}
OTHER_ACTIONS = ("decide", "override", "reverse", "settle", "administer", "fly")

# From what the policy's roles are for: read and write by kind, then whatever else the role may do.
ROLES: dict[str, dict[str, str]] = {
    "salesperson": {
        "read": "customer own, project own, contract own, expense own, directory all",
        "write": "customer own, project own, contract own, expense own",
        "reverse": "expense own",
    },
    "sales_manager": {
        "read": "customer subtree, project subtree, contract subtree, expense subtree, directory all",
        "write": "customer subtree, project subtree, contract subtree, expense subtree",
        "override": "customer subtree",
        "reverse": "expense subtree",
        "settle": "project subtree",
    },
    "finance": {
        "read": "customer all, project all, contract all, expense all, directory all, delivery all",
        "write": "expense all",
        "reverse": "expense all",
        "settle": "project all",
    },
    "hr": {"read": "project all, contract all, directory all"},
    "executive": {
        "read": "customer all, project all, contract all, expense all, directory all",
        "override": "customer all",
    },
    "crm_admin": {
        "read": "customer all, project all, contract all, expense all, directory all, delivery all",
        "write": "customer all, project all, contract all, expense all",
        "override": "customer all",
        "reverse": "expense all",
        "settle": "project all",
        "administer": "directory all, plugin all",
    },
    "gardener": {},
}
ACTOR_OF = {
    "salesperson": "seller",
    "sales_manager": "manager",
    "finance": "accountant",
    "hr": "people",
    "executive": "chief",
    "crm_admin": "admin",
    "gardener": "gardener",
}


def _expected(role: str, action: str, kind: str) -> str:
    cells = [cell.split() for cell in ROLES[role].get(action, "").split(", ") if cell]
    return dict(cells).get(kind, "none")


@pytest.mark.parametrize("role", ROLES)
def test_the_reach_of_each_role(sqlite: Engine, crm_kit: CrmKit, role: str) -> None:
    chart = Chart()
    chart.known_members.append(Member("gardener", "Gardener", "company", "chief", ("gardener",)))
    kit = crm_kit(chart, database=sqlite)
    with kit.unit(ACTOR_OF[role], read_only=True) as unit:
        for action in ("read", "write", *OTHER_ACTIONS):
            for kind in KINDS:
                told = unit.permissions.explain(action, kind)
                assert told.reach == _expected(role, action, kind), (action, kind)
                assert told.allowed == (told.reach != "none")


class _Asked(DefaultPolicy):
    """The default policy, which keeps what it was asked."""

    name = "asked"

    def __init__(self) -> None:
        self.questions: set[tuple[str, str]] = set()

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        self.questions.add((action, kind))
        return super().reach(who, action, kind)


def test_the_policy_holds_what_services_ask_and_nothing_else(sqlite: Engine, crm_kit: CrmKit) -> None:
    asked = _Asked()
    kit, local = crm_kit(asked, database=sqlite), crm_kit(asked, NoChart(), database=sqlite)
    for verb in VERBS.values():
        there = local if verb.local else kit
        thing = verb.ready(there)
        _outcome(there, verb.by, lambda unit, verb=verb, thing=thing: verb(unit, thing))
    contract = kit.given.approved_contract()
    clash = {"name": kit.given.customer(name="星河数据(北京)有限公司").name}
    for act in (
        lambda unit: unit.customers.create(clash, override_reason="另一家"),
        lambda unit: unit.contracts.get(contract.id),
        lambda unit: unit.expenses.find(),
        lambda unit: unit.directory.members(),
        lambda unit: unit.links.of("delivery", 1),
        lambda unit: unit.plugins.list(),
        lambda unit: unit.duplicates.searches(),
        lambda unit: unit.handover.execute({"leaver_id": "seller", "over_limits": True}, fingerprint="0" * 64),
    ):
        _outcome(kit, "seller", act)
    kit.crm.digests.build(kit.scope("admin"))
    known = {(action, kind) for role in POLICY.values() for action, kinds in role.items() for kind in kinds}
    assert known - asked.questions == set(), "what nobody asks is a promise that nothing keeps"
    # A host may give these, and then they reach through the customer; no role of ours has them.
    through_customers = {
        ("freeze", "customer"),
        ("reopen", "customer"),
        ("reverse", "customer"),
        ("settle", "customer"),
    }
    assert asked.questions - known == through_customers


def test_of_several_roles_the_widest_counts(sqlite: Engine, crm_kit: CrmKit) -> None:
    chart = Chart()
    chart.known_members.append(Member("both", "Both", "sales", None, ("gardener", "salesperson", "hr")))
    kit = crm_kit(chart, database=sqlite)
    with kit.unit("both", read_only=True) as unit:
        reaches = [unit.permissions.explain("read", kind).reach for kind in ("customer", "project", "expense")]
    assert reaches == ["own", "all", "own"]


def test_what_each_role_meets_at_another_persons_things(kit: Kit) -> None:
    """Seen and done, seen and not done, not seen: for one customer, project and expense of the seller's."""
    expense = kit.given.expense()
    project, customer = expense.project_id, expense.customer_id
    acts: dict[str, Any] = {
        "see customer": lambda unit: unit.customers.get(customer),
        "edit customer": lambda unit: unit.customers.update(customer, {"expected_version": 1, "level": "A"}),
        "log": lambda unit: unit.followups.log({"customer_id": customer, "way": "phone", "outcome": "好"}),
        "see project": lambda unit: unit.projects.get(project),
        "move": lambda unit: unit.projects.move(project, {"to": "proposal", "expected_version": 1}),
        "settle": lambda unit: unit.settlements.settle(project),
        "see expense": lambda unit: unit.expenses.get(expense.id),
        "reverse": lambda unit: unit.expenses.reverse(expense.id, {"reason": "错"}),
    }
    expected = {
        "colleague": dict.fromkeys(acts, "not_found"),
        "manager": {"settle": "illegal_state"},
        "accountant": dict.fromkeys(("edit customer", "log", "move"), "forbidden") | {"settle": "illegal_state"},
        "people": {
            **dict.fromkeys(("see customer", "edit customer", "log", "see expense", "reverse"), "not_found"),
            **dict.fromkeys(("move", "settle"), "forbidden"),
        },
        "chief": dict.fromkeys(("edit customer", "log", "move", "settle", "reverse"), "forbidden"),
        "admin": {"settle": "illegal_state"},
    }
    for actor, refusals in expected.items():
        for name, act in acts.items():
            assert _outcome(kit, actor, act) == refusals.get(name, "done"), (actor, name)


class _ThinkBetter(Exception):
    pass


def _outcome(kit: Kit, actor: str, act: Any) -> str:
    """The error's code, or "done"; what was done is taken back for the next one."""

    def try_it(unit: Any) -> None:
        act(unit)
        raise _ThinkBetter

    try:
        doing(kit, actor, try_it)
    except _ThinkBetter:
        return "done"
    except Exception as error:
        return str(getattr(error, "code", repr(error)))
    return "nothing"


@pytest.mark.parametrize("actor", ["nobody", "Seller", "seller ", "SELLER", "", "gone"])
def test_an_actor_whom_the_directory_does_not_know_may_nothing(kit: Kit, actor: str) -> None:
    if not actor:
        with pytest.raises(ValueError, match="1 to 64"):
            kit.scope(actor)
        return
    for act in (
        lambda unit: unit.customers.find(),
        lambda unit: unit.customers.check({"name": "甲"}),
        lambda unit: unit.customers.create({"name": "甲"}),
        lambda unit: unit.approvals.waiting(),
        lambda unit: unit.directory.sync(),
        lambda unit: unit.plugins.list(),
        lambda unit: unit.permissions.explain("read", "customer"),
    ):
        with refused("unknown_actor", actor=actor):
            doing(kit, actor, act)


@pytest.mark.parametrize("tenant", ["acme ", "ACME", "Acme", "acmé"])
def test_a_company_with_a_similar_name_is_another_company(kit: Kit, tenant: str) -> None:
    kit.given.customer()
    with refused("unknown_actor", tenant=tenant):
        doing(kit, "seller", lambda unit: unit.customers.find(), tenant=tenant)
    assert doing(kit, SYSTEM, lambda unit: unit.customers.find(), tenant=tenant).items == ()


def test_the_systems_name_is_kept_for_the_system(kit: Kit) -> None:
    with pytest.raises(ValueError, match="kept for the system"):
        kit.scope("system")


class _ByRole:
    """Reach straight from role names such as "project:team", whatever the action."""

    name = "by_role"

    @hookimpl
    def provide_authorizer(self) -> "_ByRole":
        return self

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        wanted = dict(role.split(":") for role in who.roles if ":" in role)
        return Reach.ALL if who.is_system else Reach(wanted.get(kind, "none"))

    def because(self, who: Who, action: str, kind: str) -> str:
        return "by role"


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[str, str | None], list[Person], list[tuple[str | None, list[str]]]]:
    """Departments with their parents, people, and customers: an owner, and owners of what hangs on it."""
    ids = [f"d{'/%_ '[n % 4]}{n}" for n in range(draw(st.integers(1, 5)))]
    parents = {id: draw(st.sampled_from([None, *ids[:n]])) for n, id in enumerate(ids)}
    names = [f"m{n}" for n in range(draw(st.integers(2, 6)))]
    reach = st.fixed_dictionaries({kind: st.sampled_from(REACHES) for kind in MODELS})
    people = [
        Person(name, draw(st.sampled_from([None, *ids])), draw(st.sampled_from([None, *names])), draw(reach))
        for name in names
    ]
    owner = st.sampled_from([*names, "long-gone"])
    things = st.lists(owner, min_size=3, max_size=3)
    customers = draw(st.lists(st.tuples(st.one_of(st.none(), owner), things), min_size=1, max_size=6))
    return parents, people, customers


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=companies())
def test_reach_in_sql_is_reach_in_plain_words(shared_kit: Kit, company: Any) -> None:
    parents, people, customers = company
    tenant = f"t-{uuid4()}"
    _chart(shared_kit).known_departments = [Department(id, id, parent) for id, parent in parents.items()]
    _chart(shared_kit).known_members = [
        Member(one.id, one.id, one.department, one.manager, tuple(f"{k}:{r}" for k, r in one.reach.items()))
        for one in people
    ]
    doing(shared_kit, SYSTEM, lambda unit: unit.directory.sync(), tenant=tenant)
    there = _fill(shared_kit, tenant, customers)
    oracle = Company(parents, {one.id: one for one in people})
    for who in people:
        with shared_kit.crm.begin(shared_kit.scope(who.id, tenant=tenant), read_only=True) as unit:
            for kind, rows in there.items():
                wanted = {row.id for row in rows if oracle.may(who, kind, row)}
                assert {one.id for one in getattr(unit, f"{kind}s").find(limit=500).items} == wanted, (who, kind)
                acted_on = unit.customers.select(MODELS[kind], "write")
                assert set(unit.customers.work.connection.scalars(select(acted_on.subquery().c.id))) == wanted
                for row in rows[:1]:
                    assert unit.permissions.explain("read", kind, row.id).allowed == (row.id in wanted)


@pytest.fixture
def shared_kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """One kit for all examples; each is a company of its own."""
    chart = Chart()
    kit = crm_kit(chart, _ByRole(), database=database)
    kit.company = chart  # type: ignore[assignment]
    return kit


def _chart(kit: Kit) -> Chart:
    return kit.company  # type: ignore[return-value]


def _fill(kit: Kit, tenant: str, customers: Any) -> dict[str, list[Row]]:
    """Rows with any owner, also owners who left and none at all, which no service would let us make."""
    there: dict[str, list[Row]] = {kind: [] for kind in MODELS}
    now = kit.clock.now()
    common = {"tenant_id": tenant, "created_at": now, "created_by": "x"}
    versioned = {**common, "version": 1, "updated_at": now, "updated_by": "x"}
    money = {"currency": "CNY", "amount_minor": 1}
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in MODELS}
    for owner, (of_project, of_contract, of_expense) in customers:
        ids = {kind: uuid4() for kind in MODELS}
        customer = Row(ids["customer"], owner)
        there["customer"].append(customer)
        owners = {"project": of_project, "contract": of_contract, "expense": of_expense}
        for kind, one in owners.items():
            there[kind].append(Row(ids[kind], one, customer))
        on = {"customer_id": ids["customer"], "project_id": ids["project"]}
        rows["customer"].append({**versioned, "id": ids["customer"], "name": "x", "owner_id": owner})
        rows["project"].append(
            {
                **versioned,
                "id": ids["project"],
                "name": "x",
                "customer_id": ids["customer"],
                "owner_id": of_project,
                "stage": "lead",
                "state": "open",
                "currency": "CNY",
            }
        )
        rows["contract"].append(
            {
                **versioned,
                **money,
                **on,
                "id": ids["contract"],
                "number": str(ids["contract"]),
                "title": "x",
                "owner_id": of_contract,
                "state": "draft",
            }
        )
        rows["expense"].append(
            {**common, **money, **on, "id": ids["expense"], "owner_id": of_expense, "category": "travel",
             "occurred_on": now.date(), "description": ""})  # fmt: skip
    with kit.crm.engine.begin() as connection:
        for kind, some in rows.items():
            connection.execute(insert(table_of(MODELS[kind])), some)
    return there


def test_the_pool_belongs_to_whoever_reaches_a_department(kit: Kit) -> None:
    ((pooled,),) = (_fill(kit, "acme", [(None, ["seller", "seller", "seller"])])["customer"],)
    for actor, sees in (("seller", False), ("manager", True), ("chief", True), ("people", False), ("accountant", True)):
        found = [one.id for one in doing(kit, actor, lambda unit: unit.customers.find()).items]
        assert found == ([pooled.id] if sees else []), actor
