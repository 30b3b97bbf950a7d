"""People: the mirror of the host's org chart, and the local one for a company without a host's."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, count, doing, invalid, refused, rows
from tests.integration.services.plugins import Chart

from oa_crm.hooks import Department, Member
from oa_crm.hooks.payloads import MemberLeft
from oa_crm.models import AuditEntry
from oa_crm.models import Department as DepartmentRow
from oa_crm.models import Member as MemberRow
from oa_crm.schemas import MemberOut, SyncReport
from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def chart() -> Chart:
    return Chart()


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit, chart: Chart) -> Kit:
    """A kit whose org chart the test changes."""
    return crm_kit(chart, database=database)


def _sync(kit: Kit, actor: object = "admin") -> SyncReport:
    return doing(kit, actor, lambda unit: unit.directory.sync())


def _paths(kit: Kit) -> dict[str, str]:
    return {row["id"]: row["path"] for row in rows(kit, DepartmentRow)}


def _change(chart: Chart, id: str, **facts: object) -> None:
    chart.known_members = [replace(one, **facts) if one.id == id else one for one in chart.known_members]


def _members(kit: Kit, **how: bool) -> dict[str, MemberOut]:
    with kit.unit("people", read_only=True) as unit:
        return {one.id: one for one in unit.directory.members(**how)}


def test_the_mirror_is_as_the_host_has_it(kit: Kit, chart: Chart) -> None:
    assert _paths(kit) == {"company": "company/", "sales": "company/sales/", "finance": "company/finance/"}
    mirrored = _members(kit)
    assert set(mirrored) == {one.id for one in chart.known_members}
    for one in chart.known_members:
        it = mirrored[one.id]
        assert (it.name, it.department_id, it.manager_id, it.roles) == (
            one.name,
            one.department_id,
            one.manager_id,
            one.roles,
        )
    assert _sync(kit) == SyncReport(departments=0, added=0, changed=0, left=()), "nothing new"


def test_whoever_is_gone_or_inactive_has_left(kit: Kit, chart: Chart) -> None:
    chart.known_members = [one for one in chart.known_members if one.id != "colleague"]
    _change(chart, "people", active=False)
    report = _sync(kit)
    assert set(report.left) == {"colleague", "people"}
    with kit.unit("manager", read_only=True) as unit:
        assert {"colleague", "people"} & {one.id for one in unit.directory.members()} == set()
        gone = {one.id for one in unit.directory.members(active_only=False) if not one.active}
    assert gone == {"colleague", "people"}, "their names stay on what they did"
    kit.relay.drain()
    left = {event.member_id: event for event in kit.recorder.of(MemberLeft)}
    assert set(left) == gone
    assert (left["colleague"].manager_id, left["colleague"].department_id) == ("manager", "sales")
    for actor in gone:
        with refused("unknown_actor", actor=actor):
            doing(kit, actor, lambda unit: unit.customers.find())
    assert _sync(kit).left == (), "one leaves once"


def test_whoever_comes_back_is_let_in_again(kit: Kit, chart: Chart) -> None:
    everybody = chart.known_members
    chart.known_members = [one for one in everybody if one.id != "colleague"]
    _sync(kit)
    chart.known_members = everybody
    assert _sync(kit) == SyncReport(departments=0, added=0, changed=1, left=())
    assert doing(kit, "colleague", lambda unit: unit.customers.find()).items == ()


def test_a_changed_department_takes_its_reach_along(kit: Kit, chart: Chart) -> None:
    customer = kit.given.customer()
    chart.known_departments.append(Department("north", "North", "sales"))
    _change(chart, "seller", department_id="north")
    report = _sync(kit)
    assert (report.departments, report.changed) == (1, 1), "one is new"
    assert _paths(kit)["north"] == "company/sales/north/"
    assert doing(kit, "manager", lambda unit: unit.customers.get(customer.id)) == customer, "below sales still"
    chart.known_departments = [
        replace(one, parent_id="finance") if one.id == "north" else one for one in chart.known_departments
    ]
    _sync(kit)
    assert _paths(kit)["north"] == "company/finance/north/"
    with refused("not_found"):
        doing(kit, "manager", lambda unit: unit.customers.get(customer.id))
    entry = doing(kit, "chief", lambda unit: unit.customers.get(customer.id))
    assert entry == customer


def test_a_role_changes_at_the_next_sync(kit: Kit, chart: Chart) -> None:
    customer = kit.given.customer()
    _change(chart, "colleague", roles=("sales_manager", "salesperson", "salesperson"))
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.customers.get(customer.id))
    _sync(kit)
    assert _members(kit)["colleague"].roles == ("sales_manager", "salesperson")
    assert doing(kit, "colleague", lambda unit: unit.customers.get(customer.id)) == customer


@pytest.mark.parametrize(
    "departments",
    [
        [Department("a", "A", "a")],
        [Department("a", "A", "b"), Department("b", "B", "a")],
        [Department("top", "T"), Department("a", "A", "b"), Department("b", "B", "c"), Department("c", "C", "a")],
        [Department("a", "A", "missing")],
        [Department(f"{n:0>60}", "deep", f"{n - 1:0>60}" if n else None) for n in range(12)],
    ],
    ids=["itself", "a pair", "a ring", "unknown parent", "too deep"],
)
def test_a_chart_that_is_no_tree_changes_nothing(kit: Kit, chart: Chart, departments: list[Department]) -> None:
    paths, people = _paths(kit), _members(kit)
    chart.known_departments = departments
    chart.known_members = []
    with invalid("parent_id"):
        _sync(kit)
    assert (_paths(kit), _members(kit)) == (paths, people)


def test_a_member_of_an_unknown_department_or_under_an_unknown_manager_is_named(kit: Kit, chart: Chart) -> None:
    before = _members(kit)
    _change(chart, "seller", department_id="slaes")
    _change(chart, "colleague", manager_id="nobody")
    with invalid("department_id", "manager_id") as caught:
        _sync(kit)
    assert "seller is in slaes, which is unknown" in str(caught.value)
    assert "colleague reports to nobody, who is unknown" in str(caught.value)
    assert "seller 所在的部门 slaes 不存在" in caught.value.text("zh-CN")
    assert _members(kit) == before


def test_a_chart_comes_in_any_order_and_may_name_those_who_left(kit: Kit, chart: Chart) -> None:
    below = Member("junior", "Junior", "north", "senior", ("salesperson",))
    chart.known_members = [below, Member("senior", "Senior", "north", "manager"), *chart.known_members]
    chart.known_departments.append(Department("north", "North", "sales"))
    assert _sync(kit).added == 2
    chart.known_members = [one for one in chart.known_members if one.id != "senior"]
    chart.known_departments = [one for one in chart.known_departments if one.id != "north"]
    assert _sync(kit).left == ("senior",), "his people are still under him, and nobody's sync stops for it"


def test_departments_come_in_any_order_and_with_any_id(kit: Kit, chart: Chart) -> None:
    chart.known_departments += [
        Department("a/b", "Slash", "销售 部"),
        Department("销售 部", "Words", "company"),
        Department("%_", "Wild"),
    ]
    _sync(kit)
    paths = _paths(kit)
    assert paths["a/b"].startswith(paths["销售 部"])
    assert paths["a/b"].count("/") == 3, "a slash in an id is no step in the tree"
    assert not paths["sales"].startswith(paths["%_"])


@pytest.mark.parametrize("field", ["name", "department"])
def test_a_host_with_longer_names_than_ours_is_told_so(kit: Kit, chart: Chart, field: str) -> None:
    if field == "name":
        _change(chart, "seller", name="长" * 201)
    else:
        chart.known_departments.append(Department("long", "长" * 201))
    before = _members(kit)
    with refused("invalid_input"):
        _sync(kit)
    assert _members(kit) == before


def test_only_an_administrator_syncs(kit: Kit) -> None:
    for actor in ("seller", "manager", "accountant", "people", "chief"):
        with refused("forbidden", actor=actor, action="administer", kind="directory"):
            _sync(kit, actor)
    assert _sync(kit, SYSTEM).added == 0


def test_a_hosts_people_are_changed_at_the_host(kit: Kit) -> None:
    with invalid("directory"):
        doing(kit, "admin", lambda unit: unit.directory.save_member({"id": "x", "name": "X"}))
    with invalid("directory"):
        doing(kit, "admin", lambda unit: unit.directory.save_department({"id": "x", "name": "X"}))


def test_each_company_has_its_own_people(kit: Kit, chart: Chart) -> None:
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    assert count(kit, MemberRow, tenant_id="other") == len(chart.known_members)
    chart.known_members = []
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    assert len(_members(kit)) == 7


def test_a_local_company_is_written_down(local_kit: Kit) -> None:
    kit = local_kit
    with kit.unit(SYSTEM) as unit:
        save, member = unit.directory.save_department, unit.directory.save_member
        save({"id": "hq", "name": "总部"})
        save({"id": "east", "name": "华东", "parent_id": "hq"})
        member({"id": "wang", "name": "王总", "department_id": "hq", "roles": ("sales_manager",)})
        saved = member(
            {"id": "li", "name": "李娜", "department_id": "east", "manager_id": "wang", "roles": ("salesperson",)}
        )
    assert saved.active
    customer = doing(kit, "li", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    assert doing(kit, "wang", lambda unit: unit.customers.get(customer.id)).owner_id == "li"
    doing(kit, SYSTEM, lambda unit: unit.directory.save_department({"id": "east", "name": "华东大区"}))
    assert _paths(kit) == {"hq": "hq/", "east": "east/"}, "it has no parent any more"
    with refused("not_found"):
        doing(kit, "wang", lambda unit: unit.customers.get(customer.id))


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        (None, "members", "NoneType"),
        ("zhang", "members", "str"),
        ([None], "members.0", "None is no Member"),
        ([{"id": "zhang", "name": "张伟"}], "members.0", "a Member of oa_crm.hooks"),
        ([Department("sales", "Sales")], "members.0", "is no Member"),
        ([Member("zhang", "张伟"), Member("li", "")], "members.li.name", "at least 1 character"),
        ([Member("zhang", "张伟", roles="salesperson")], "members.zhang.roles", "tuple"),
        ([Member("z" * 65, "张伟")], f"members.{'z' * 64}.id", "64"),
        (
            [Member("zhang", "张伟"), Member("li", "李娜"), Member("zhang", "张三")],
            "members.2.id",
            "zhang is there twice",
        ),
        ([Member("system", "系统")], "id", "the CRM itself"),
    ],
)
def test_an_org_chart_that_cannot_be_read_is_told_with_whose_entry_it_is(
    crm_kit: CrmKit, wrong: Any, field: str, told: str
) -> None:
    chart = Chart()
    kit = crm_kit(chart)
    chart.members = lambda tenant: wrong
    before = count(kit, MemberRow)
    with invalid(field) as caught:
        _sync(kit)
    assert told in caught.value.text("en")
    assert count(kit, MemberRow) == before


def test_the_systems_id_is_no_members(local_kit: Kit) -> None:
    with invalid("id"):
        doing(local_kit, SYSTEM, lambda unit: unit.directory.save_member({"id": "system", "name": "系统"}))


def test_a_local_member_names_a_department_and_a_manager_who_are_there(local_kit: Kit) -> None:
    kit = local_kit
    person = {"id": "li", "name": "李娜"}
    with invalid("department_id", "manager_id") as caught:
        doing(kit, SYSTEM, lambda unit: unit.directory.save_member({**person, "department_id": "x", "manager_id": "y"}))
    assert "a known department, or none" in str(caught.value)
    assert count(kit, MemberRow) == 0
    with kit.unit(SYSTEM) as unit:
        unit.directory.save_department({"id": "x", "name": "X", "manager_id": "y"})
        unit.directory.save_member({"id": "y", "name": "Y", "department_id": "x"})
        unit.directory.save_member({**person, "department_id": "x", "manager_id": "y"})
        unit.directory.save_member({"id": "y", "name": "Y", "active": False})
        unit.directory.save_member({**person, "department_id": "x", "manager_id": "y", "roles": ("salesperson",)})


def test_a_moved_department_takes_those_below_along(local_kit: Kit) -> None:
    kit = local_kit
    with kit.unit(SYSTEM) as unit:
        for id, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", None)):
            unit.directory.save_department({"id": id, "name": id, "parent_id": parent})
        unit.directory.save_department({"id": "b", "name": "b", "parent_id": "d"})
        with invalid("parent_id"):
            unit.directory.save_department({"id": "d", "name": "d", "parent_id": "c"})
        with invalid("parent_id"):
            unit.directory.save_department({"id": "e", "name": "e", "parent_id": "nowhere"})
    assert _paths(kit) == {"a": "a/", "b": "d/b/", "c": "d/b/c/", "d": "d/"}


def test_a_local_member_leaves(local_kit: Kit) -> None:
    kit = local_kit
    person = {"id": "li", "name": "李娜", "roles": ("salesperson",)}
    doing(kit, SYSTEM, lambda unit: unit.directory.save_member(person))
    for _ in range(2):
        doing(kit, SYSTEM, lambda unit: unit.directory.save_member({**person, "active": False}))
    kit.relay.drain()
    assert [event.member_id for event in kit.recorder.of(MemberLeft)] == ["li"]
    with refused("unknown_actor", actor="li"):
        doing(kit, "li", lambda unit: unit.customers.find())
    assert doing(kit, SYSTEM, lambda unit: unit.directory.sync()) == SyncReport(
        departments=0, added=0, changed=0, left=()
    )


def test_a_member_who_is_named_anew_is_audited(kit: Kit, chart: Chart) -> None:
    _change(chart, "seller", name="王五")
    _sync(kit)
    entries = [row for row in rows(kit, AuditEntry) if row["kind"] == "member" and row["thing_id"] == "seller"]
    assert entries[-1]["changes"] == {"name": ["Salesperson", "王五"]}
