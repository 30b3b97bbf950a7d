"""Remits: a company's own data widens and narrows who has to do with which customers, and nothing gets past a limit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from tests.integration.services.acting import SYSTEM, at_once, doing, invalid, listening, refused
from tests.integration.services.plugins import Chart
from tests.integration.services.remit_verbs import east
from tests.integration.services.test_services_sql import without_tenant

from oa_crm.hooks import Department, Member
from oa_crm.models import Contact, Contract, Customer, Expense, File, FollowUp, Project, table_of
from oa_crm.testing import CrmKit, Kit

SELLER, SALES = {"kind": "member", "id": "seller"}, {"kind": "department", "id": "sales"}


def _give(kit: Kit, **facts: Any) -> Any:
    wanted = {"name": f"范围 {uuid4()}", "seat": SELLER, "effect": "grant", **facts}
    return doing(kit, "admin", lambda unit: unit.remits.give(wanted))


def _customer(kit: Kit, by: str = "colleague", **facts: Any) -> Any:
    named = {"name": f"{uuid4().hex[:12]} 有限公司", **facts}
    return doing(kit, by, lambda unit: unit.customers.create(named, override_reason="测试"))


def _seen(kit: Kit, actor: str = "seller") -> set[UUID]:
    return {one.id for one in doing(kit, actor, lambda unit: unit.customers.find(limit=500)).items}


def test_a_limit_by_province_holds_its_districts_and_hides_the_rest(kit: Kit) -> None:
    inside, whole = _customer(kit, region="320106"), _customer(kit, region="江苏省")
    outside, nowhere = _customer(kit, region="330106"), _customer(kit)
    assert _seen(kit, "manager") == {inside.id, whole.id, outside.id, nowhere.id}
    _give(kit, seat={"kind": "member", "id": "manager"}, effect="limit", where={"regions": ["江苏省"]})
    assert _seen(kit, "manager") == {inside.id, whole.id}
    for act in (
        lambda unit: unit.customers.get(outside.id),
        lambda unit: unit.customers.update(outside.id, {"expected_version": 1, "level": "A"}),
        lambda unit: unit.pool.transfer(outside.id, "seller", expected_version=1, reason="换人"),
        lambda unit: unit.customers.file(nowhere.id),
    ):
        with refused("not_found"):
            doing(kit, "manager", act)
    assert _seen(kit, "colleague") == {inside.id, whole.id, outside.id, nowhere.id}, "it is about one person"


def test_a_limit_holds_for_what_is_at_the_customer_and_in_the_pool(kit: Kit) -> None:
    outside = _customer(kit, "seller", region="330106")
    project = doing(kit, "seller", lambda unit: unit.projects.create({"customer_id": outside.id, "name": "P"}))
    lost = _customer(kit, "colleague", region="330106")
    doing(kit, "colleague", lambda unit: unit.pool.release(lost.id, expected_version=1, reason="没有需求"))
    assert [one.id for one in doing(kit, "seller", lambda unit: unit.pool.find()).items] == [lost.id]
    _give(kit, effect="limit", where={"regions": ["320000"]})
    for act in (
        lambda unit: unit.projects.get(project.id),
        lambda unit: unit.pool.claim(lost.id),
        lambda unit: unit.followups.history(outside.id),
    ):
        with refused("not_found"):
            doing(kit, "seller", act)
    assert doing(kit, "seller", lambda unit: unit.pool.find()).items == ()
    assert doing(kit, "seller", lambda unit: unit.projects.find()).items == ()


def test_a_grant_to_read_lets_read_with_all_that_is_there_and_nothing_else(kit: Kit) -> None:
    theirs, other = _customer(kit, industry="I65", level="A"), _customer(kit, industry="C13", level="A")
    project = doing(kit, "colleague", lambda unit: unit.projects.create({"customer_id": theirs.id, "name": "P"}))
    contact = doing(kit, "colleague", lambda unit: unit.contacts.create({"customer_id": theirs.id, "name": "林晓"}))
    _give(kit, where={"industries": ["I"], "levels": ["A", "B"]})
    assert _seen(kit) == {theirs.id}
    assert doing(kit, "seller", lambda unit: unit.projects.get(project.id)).name == "P"
    assert doing(kit, "seller", lambda unit: unit.contacts.get(contact.id)).name == "林晓"
    for act in (
        lambda unit: unit.customers.update(theirs.id, {"expected_version": 1, "level": "B"}),
        lambda unit: unit.pool.release(theirs.id, expected_version=1, reason="没有需求"),
    ):
        with refused("forbidden"):
            doing(kit, "seller", act)
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.customers.get(other.id))


def test_a_grant_to_write_gives_no_act_that_the_role_has_not(kit: Kit) -> None:
    theirs = _customer(kit, source="展会")
    _give(kit, may="write", where={"sources": ["展会"]})
    doing(kit, "seller", lambda unit: unit.customers.update(theirs.id, {"expected_version": 1, "level": "B"}))
    for act in (
        lambda unit: unit.pool.release(theirs.id, expected_version=2, reason="没有需求"),
        lambda unit: unit.pool.lock(theirs.id, expected_version=2),
        lambda unit: unit.pool.transfer(theirs.id, "seller", expected_version=2, reason="换人"),
    ):
        with refused("forbidden"):
            doing(kit, "seller", act)
    _give(kit, seat={"kind": "role", "id": "hr"}, where={"sources": ["展会"]})
    assert not doing(kit, "people", lambda unit: unit.permissions.explain("read", "customer", theirs.id)).allowed


def test_a_department_holds_those_below_it_and_limits_come_last(kit: Kit) -> None:
    both, one = _customer(kit, level="A", region="320106"), _customer(kit, level="A", region="110000")
    _give(kit, seat={"kind": "department", "id": "company"}, where={"levels": ["A"]})
    assert _seen(kit) == {both.id, one.id}
    _give(kit, seat=SALES, effect="limit", where={"regions": ["320000"]})
    assert _seen(kit) == {both.id}
    _give(kit, effect="limit", where={"kinds": ["person"]})
    assert _seen(kit) == set()
    names = [one.effect for one in doing(kit, "seller", lambda unit: unit.remits.mine())]
    assert sorted(names) == ["grant", "limit", "limit"]


def test_explain_names_the_remit_that_gave_and_the_one_that_forbade(kit: Kit) -> None:
    theirs, mine = _customer(kit, level="A"), _customer(kit, "seller", level="B")
    _give(kit, name="重点客户", where={"levels": ["A"]})
    told = doing(kit, "seller", lambda unit: unit.permissions.explain("read", "customer", theirs.id))
    assert (told.allowed, told.rows) == (True, ("within reach: no", "grant remit 重点客户 gives it: levels A"))
    _give(kit, name="江苏", effect="limit", where={"regions": ["江苏省"]})
    told = doing(kit, "seller", lambda unit: unit.permissions.explain("read", "customer", mine.id))
    assert not told.allowed
    assert told.rows[-1] == "limit remit 江苏 forbids it: regions 320000"


def test_a_category_holds_what_is_put_below_it_later_and_a_choice_and_a_pool_count_too(kit: Kit) -> None:
    def define(unit: Any) -> None:
        unit.categories.define_tree({"name": "line", "labels": {"zh": "产品线"}})
        unit.categories.define({"tree": "line", "name": "software", "labels": {"zh": "软件"}})
        options = {"gold": {"zh": "金牌"}, "silver": {"zh": "银牌"}}
        field = {"kind": "customer", "name": "grade", "type": "choice", "label": {"zh": "等级"}, "options": options}
        unit.fields.define(field)

    doing(kit, "admin", define)
    classed, chosen, pooled = _customer(kit), _customer(kit, custom={"grade": "gold"}), _customer(kit)
    silver = _customer(kit, custom={"grade": "silver"})
    _give(kit, where={"categories": {"line": ["software"]}})
    _give(kit, where={"custom": {"grade": ["gold"]}})
    assert _seen(kit) == {chosen.id}
    child = {"tree": "line", "name": "cloud", "parent": "software", "labels": {"zh": "云"}}
    doing(kit, "admin", lambda unit: unit.categories.define(child))
    put = {"expected_version": 1, "categories": {"line": "cloud"}, "reason": "买云"}
    doing(kit, "colleague", lambda unit: unit.customers.classify(classed.id, put))
    assert _seen(kit) == {chosen.id, classed.id}
    released = doing(kit, "colleague", lambda unit: unit.pool.release(pooled.id, expected_version=1, reason="没有需求"))
    _give(kit, where={"pools": [str(released.pool_id)]})
    assert _seen(kit) == {chosen.id, classed.id, pooled.id}
    assert silver.id not in _seen(kit)


def test_what_is_changed_and_withdrawn_holds_from_the_next_unit_and_stays_on_file(kit: Kit) -> None:
    a, b = _customer(kit, level="A"), _customer(kit, level="B")
    remit = _give(kit, name="一类", where={"levels": ["A"]})
    assert _seen(kit) == {a.id}
    changed = doing(
        kit, "admin", lambda unit: unit.remits.redefine(remit.id, {"expected_version": 1, "where": {"levels": ["B"]}})
    )
    assert _seen(kit) == {b.id}
    doing(kit, "admin", lambda unit: unit.remits.withdraw(remit.id, expected_version=changed.version))
    assert _seen(kit) == set()
    assert doing(kit, "admin", lambda unit: unit.remits.list()) == ()
    assert [one.state for one in doing(kit, "admin", lambda unit: unit.remits.list(withdrawn=True))] == ["withdrawn"]
    told = doing(kit, "admin", lambda unit: unit.audit.of("remit", remit.id))
    assert [one.operation for one in told] == ["remits.give", "remits.redefine", "remits.withdraw"]
    with refused("illegal_state"):
        doing(kit, "admin", lambda unit: unit.remits.redefine(remit.id, {"expected_version": 3, "may": "write"}))
    assert _give(kit, name="一类", where={"levels": ["C"]}).version == 1, "its name is free again"


def _regret(unit: Any) -> None:
    unit.remits.give(east(seat=SELLER))
    raise ZeroDivisionError


def test_what_was_taken_back_never_held(kit: Kit) -> None:
    a = _customer(kit, level="A")
    with kit.unit("admin") as unit:
        with pytest.raises(ZeroDivisionError):
            unit.remits.act("tests.regret", lambda: _regret(unit), given={}, answer=object)
        assert unit.remits.list() == ()
    assert a.id not in _seen(kit)
    _customer(kit, "seller")
    assert len(_seen(kit)) == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"where": {}}, "where"),
        ({"where": {"regions": ["桃花源"]}}, "where.regions"),
        ({"where": {"industries": ["Q999"]}}, "where.industries"),
        ({"where": {"categories": {"no": ["x"]}}}, "where.categories.no"),
        ({"where": {"custom": {"no": ["x"]}}}, "where.custom.no"),
        ({"where": {"pools": [str(uuid4())]}}, "where.pools.0"),
        ({"where": {"levels": ["A"]}, "seat": {"kind": "member", "id": "nobody"}}, "seat"),
        ({"where": {"levels": ["A"]}, "seat": {"kind": "department", "id": "moon"}}, "seat"),
    ],
)
def test_a_remit_of_what_is_not_there_is_refused(sqlite_kit: Kit, facts: dict[str, Any], field: str) -> None:
    with invalid(field):
        _give(sqlite_kit, **facts)


def test_only_who_administers_gives_and_a_name_is_taken_once(sqlite_kit: Kit) -> None:
    for actor in ("seller", "manager", "accountant", "people", "chief"):
        with refused("forbidden"):
            doing(sqlite_kit, actor, lambda unit: unit.remits.give(east()))
        with refused("forbidden"):
            doing(sqlite_kit, actor, lambda unit: unit.remits.list())
    _give(sqlite_kit, name="华东", where={"levels": ["A"]})
    with invalid("name"):
        _give(sqlite_kit, name="华东", where={"levels": ["B"]})


def test_of_two_who_change_one_at_once_the_second_is_told(kit: Kit) -> None:
    remit = _give(kit, where={"levels": ["A"]})

    def change(at: int) -> Any:
        patch = {"expected_version": 1, "where": {"levels": ["BC"[at]]}}
        return doing(kit, "admin", lambda unit: unit.remits.redefine(remit.id, patch))

    result = at_once(2, change)
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version", "busy"}


def test_remits_cost_no_statement_once_they_were_read(kit: Kit) -> None:
    def sent() -> int:
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as statements:
            unit.customers.find()
        return len(statements)

    before = sent()
    _give(kit, where={"levels": ["A"]})
    _give(kit, seat=SALES, effect="limit", where={"regions": ["320000"]})
    assert sent() == before + 1, "the first who asks reads them"
    assert sent() == before


def test_a_remit_of_every_kind_names_the_tenant_of_every_table(kit: Kit) -> None:
    pool = doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海"}))

    def define(unit: Any) -> None:
        unit.categories.define_tree({"name": "line", "labels": {"zh": "产品线"}})
        unit.categories.define({"tree": "line", "name": "software", "labels": {"zh": "软件"}})
        options = {"gold": {"zh": "金牌"}}
        unit.fields.define(
            {"kind": "customer", "name": "grade", "type": "choice", "label": {"zh": "等级"}, "options": options}
        )

    doing(kit, "admin", define)
    everything = {
        "regions": ["320000", "CN"], "industries": ["I65"], "sources": ["展会"], "levels": ["A"], "kinds": ["person"],
        "categories": {"line": ["software"]}, "custom": {"grade": ["gold"]}, "pools": [str(pool.id)],
    }  # fmt: skip
    for effect in ("grant", "limit"):
        _give(kit, effect=effect, where=everything)
    with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
        for model in (Customer, Project, Contract, Expense, Contact, File, FollowUp):
            unit.customers.work.connection.execute(unit.customers.select(model))
    assert [line for statement in sent for line in without_tenant(statement)] == []


FACTS = {"region": (None, "320000", "320106", "330106"), "level": (None, "A", "B"), "source": (None, "展会", "官网")}
WHERE = st.fixed_dictionaries(
    {},
    optional={
        "regions": st.lists(st.sampled_from(["320000", "330106", "CN"]), min_size=1, max_size=2, unique=True),
        "levels": st.lists(st.sampled_from(["A", "B"]), min_size=1, max_size=2, unique=True),
        "sources": st.just(["展会"]),
    },
).filter(bool)
SEATS = st.sampled_from([("member", "a"), ("member", "b"), ("department", "top"), ("department", "low"), ("role", "r")])
REMITS = st.lists(st.tuples(SEATS, st.sampled_from(["grant", "limit"]), WHERE), max_size=4)
CUSTOMERS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.fixed_dictionaries({name: st.sampled_from(some) for name, some in FACTS.items()})
    ),
    min_size=1, max_size=8,
)  # fmt: skip
PEOPLE = {"a": ("top", ("salesperson",)), "b": ("low", ("salesperson", "r"))}


def _fits(where: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """In plain words, beside the SQL."""
    region = facts["region"]

    def within(code: str) -> bool:
        return region is not None and (code in ("CN", region) or (code == "320000" and region.startswith("32")))

    if "regions" in where and not any(within(code) for code in where["regions"]):
        return False
    return all(facts[name[:-1]] in where[name] for name in ("levels", "sources") if name in where)


def _about(seat: tuple[str, str], who: str) -> bool:
    department, roles = PEOPLE[who]
    kind, id = seat
    return {"member": id == who, "role": id in roles, "department": id == "top" or department == id}[kind]


@pytest.fixture
def shared_kit(database: Engine, crm_kit: CrmKit) -> Kit:
    chart = Chart()
    chart.known_departments = [Department("top", "Top"), Department("low", "Low", "top")]
    people = [Member(id, id, of, None, roles) for id, (of, roles) in PEOPLE.items()]
    chart.known_members = [*people, Member("admin", "Admin", None, None, ("crm_admin",))]
    return crm_kit(chart, database=database)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(remits=REMITS, customers=CUSTOMERS)
def test_what_is_seen_is_what_the_remits_say_in_plain_words(shared_kit: Kit, remits: Any, customers: Any) -> None:
    kit, tenant = shared_kit, f"t-{uuid4()}"
    doing(kit, SYSTEM, lambda unit: unit.directory.sync(), tenant=tenant)
    for at, ((kind, id), effect, where) in enumerate(remits):
        facts = {"name": str(at), "seat": {"kind": kind, "id": id}, "effect": effect, "where": where}
        doing(kit, "admin", lambda unit, facts=facts: unit.remits.give(facts), tenant=tenant)
    there = [(uuid4(), owner, facts) for owner, facts in customers]
    now = kit.clock.now()
    common = {"tenant_id": tenant, "name": "x", "version": 1, "created_by": "x", "updated_by": "x"}
    with kit.crm.engine.begin() as connection:
        rows = [{**common, "created_at": now, "updated_at": now, "id": id, "owner_id": o, **f} for id, o, f in there]
        connection.execute(insert(table_of(Customer)), rows)
    for who in PEOPLE:
        mine = [(effect, where) for seat, effect, where in remits if _about(seat, who)]
        wanted = {
            id
            for id, owner, facts in there
            if (owner == who or any(_fits(where, facts) for effect, where in mine if effect == "grant"))
            and all(_fits(where, facts) for effect, where in mine if effect == "limit")
        }
        with kit.crm.begin(kit.scope(who, tenant=tenant), read_only=True) as unit:
            assert {one.id for one in unit.customers.find(limit=500).items} == wanted, who
            for id, _, _ in there[:2]:
                assert unit.permissions.explain("read", "customer", id).allowed == (id in wanted)


def test_a_company_without_remits_any_more_is_asked_for_them_once(sqlite_kit: Kit) -> None:
    kit = sqlite_kit
    given = _give(kit, effect="limit", where={"regions": ["320000"]})
    doing(kit, "admin", lambda unit: unit.remits.withdraw(given.id, expected_version=1))
    _seen(kit)
    with listening(kit.crm.engine) as sent:
        assert _seen(kit) == _seen(kit, "manager") == set()
    assert not [one for one in sent if "JOIN main.oa_crm_remit " in one]
