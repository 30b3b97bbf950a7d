"""The complete file of a customer: everything in it, nothing that the reader may not see, and always as quick."""

import re
import tracemalloc
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, listening
from tests.integration.services.plugins import Books
from tests.support.thick_files import SECTIONS as FILLED
from tests.support.thick_files import thicken

from oa_crm import Actor, Money
from oa_crm.errors import CustomerMerged, InvalidInput, NotFound
from oa_crm.hooks import Reach, RowRule, hookimpl
from oa_crm.plugins.builtin.policy import DefaultPolicy
from oa_crm.schemas import CustomerFileOut, FileSection
from oa_crm.services.customer_file.sections import SECTIONS
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.company import TENANT

MOST_STATEMENTS = 10


def _file(kit: Kit, id: Any, actor: str = "seller", **more: Any) -> CustomerFileOut:
    with kit.unit(actor, read_only=True) as unit:
        return unit.customers.file(id, **more)


def _sale(kit: Kit) -> Any:
    """A customer with one or more of everything."""
    customer = kit.given.customer(level="A", region="330106", tags=("重点",))
    kit.given.contact(customer, name="林晓", title="采购总监", role="decision_maker", primary=True)
    left = kit.given.contact(customer, name="周航").posts[0]
    project = kit.given.project(customer, name="ERP 一期", expected="500000.00")
    kit.given.follow_up(customer, project_id=project.id, happened_at=datetime(2026, 1, 3, 2, tzinfo=UTC))
    kit.given.follow_up(customer, outcome="要求报价", next_contact_on=date(2026, 3, 9))
    contract = kit.given.approved_contract(kit.given.contract(project, title="ERP 合同", amount="480000.00"))
    kit.given.submitted_contract(kit.given.contract(project, title="补充协议", amount="20000.00"))
    expense = kit.given.expense(project, amount="1280.00")
    kit.given.reversed_expense(kit.given.expense(project, category="gifts", amount="300.00"))
    kit.given.file(customer, name="名片.txt")
    kit.given.file(kind="contract", thing_id=contract.id, name="合同.txt")
    with kit.unit() as unit:
        unit.contacts.leave(left.id, {"expected_version": 1})
        unit.customers.update(customer.id, {"expected_version": 1, "level": "B", "status": "dormant"})
        unit.customers.update(customer.id, {"expected_version": 2, "phone": "0571-88886666"})
    return type("Sale", (), {"customer": customer, "project": project, "contract": contract, "expense": expense})


@pytest.fixture
def sale(sqlite_kit: Kit) -> Any:
    """One sale for all examples of a law."""
    return _sale(sqlite_kit)


def test_every_section_has_its_place_in_the_answer_and_is_filled_by_the_tests() -> None:
    sections = {
        name
        for name, field in CustomerFileOut.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, FileSection)
    }
    assert [one.name for one in SECTIONS] == [name for name in CustomerFileOut.model_fields if name in sections]
    assert {one.name for one in SECTIONS} == sections == set(FILLED)


def test_the_file_has_everything_about_a_customer(kit: Kit) -> None:
    sale = _sale(kit)
    file = _file(kit, sale.customer.id, "manager")
    assert (file.customer.level, file.customer.phone) == ("B", "+8657188886666")
    assert file.owner is not None
    assert (file.owner.name, file.owner.department, file.owner.active) == ("Salesperson", "Sales", True)
    assert [(one.name, one.posts[0].status) for one in file.contacts.items] == [("林晓", "active"), ("周航", "left")]
    assert file.contacts.items[0].posts[0].role == "decision_maker"
    assert [(one.name, one.expected) for one in file.projects.items] == [("ERP 一期", Money(50000000, "CNY"))]
    assert [one.outcome for one in file.follow_ups.items] == ["要求报价", "They will think about it"]
    assert [(one.title, one.state, one.waiting_on) for one in file.contracts.items] == [
        ("补充协议", "in_approval", ("manager",)),
        ("ERP 合同", "approved", ()),
    ]
    assert file.contracts.items[0].waiting_since == kit.clock.now()
    assert [(one.category, one.amount.minor) for one in file.expenses.items] == [
        ("gifts", -30000),
        ("gifts", 30000),
        ("travel", 128000),
    ]
    assert [one.name for one in file.files.items] == ["合同.txt", "名片.txt"]
    assert [one.changes for one in file.history.items] == [
        {"level": ["A", "B"], "status": ["active", "dormant"]},
        {"owner_id": [None, "seller"], "level": [None, "A"], "status": [None, "active"]},
    ]
    assert {one.total for one in (file.follow_ups, file.contracts, file.contacts, file.files, file.history)} == {2}
    assert {"seller", "manager"} <= set(file.people)
    assert file.read_by == "manager"


def test_sums_are_of_everything_and_not_of_what_is_shown(kit: Kit) -> None:
    file = _file(kit, _sale(kit).customer.id, newest=1)
    assert [len(getattr(file, name).items) for name in ("contracts", "expenses", "contacts")] == [1, 1, 1]
    assert [(one.word, one.number, one.amount) for one in file.contracts.sums] == [
        ("approved", 1, Money(48000000, "CNY")),
        ("in_approval", 1, Money(2000000, "CNY")),
    ]
    assert [(one.word, one.number, one.amount) for one in file.expenses.sums] == [
        ("gifts", 2, Money(0, "CNY")),
        ("travel", 1, Money(128000, "CNY")),
    ]
    assert [(one.word, one.number, one.amount) for one in file.contacts.sums] == [
        ("active", 1, None),
        ("left", 1, None),
    ]
    assert (file.expenses.total, file.expenses.left_out) == (3, 2)


def test_amounts_of_two_currencies_are_never_added(kit: Kit) -> None:
    customer = kit.given.customer()
    for currency in ("CNY", "CNY", "JPY"):
        kit.given.project(customer, currency=currency, expected="100")
    sums = _file(kit, customer.id).projects.sums
    assert [(one.word, one.number, one.amount) for one in sums] == [
        ("open", 2, Money(20000, "CNY")),
        ("open", 1, Money(100, "JPY")),
    ]


def test_a_settled_project_stands_there_with_its_result(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(Books(), database=database)
    contract = kit.given.approved_contract()
    with kit.unit("accountant") as unit:
        settled = unit.settlements.settle(contract.project_id)
    file = _file(kit, contract.customer_id, "accountant")
    assert file.settlements.items == (settled,)
    assert [(one.word, one.amount) for one in file.settlements.sums] == [("profit", settled.profit)]


def test_an_empty_file_is_a_file(kit: Kit) -> None:
    file = _file(kit, kit.given.customer().id)
    assert [(getattr(file, one.name).total, getattr(file, one.name).withheld) for one in SECTIONS[:-1]] == [
        (0, False)
    ] * (len(SECTIONS) - 1)
    assert file.history.total == 1


def test_it_takes_as_many_statements_however_long_the_history(kit: Kit) -> None:
    sent = {}
    for number in (0, 1, 1000):
        customer = kit.given.customer()
        thicken(kit.crm.engine, TENANT, "seller", customer.id, number)
        with listening(kit.crm.engine) as statements:
            file = _file(kit, customer.id)
        sent[number] = len([one for one in statements if "oa_crm_" in one])
        for name in FILLED:
            section = getattr(file, name)
            assert section.total == number + (name == "history"), name
            assert len(section.items) == min(20, section.total), name
    assert sent[0] <= sent[1] == sent[1000] <= MOST_STATEMENTS, sent


def test_a_very_long_history_is_counted_and_not_loaded(sqlite_kit: Kit) -> None:
    customer = sqlite_kit.given.customer()
    thicken(sqlite_kit.crm.engine, TENANT, "seller", customer.id, 0, talks=20_000)
    _file(sqlite_kit, customer.id)
    tracemalloc.start()
    try:
        file = _file(sqlite_kit, customer.id)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (file.follow_ups.total, len(file.follow_ups.items)) == (20_000, 20)
    assert most < 2_000_000


def test_custom_fields_cost_no_statement_beyond_the_limit(kit: Kit) -> None:
    grade = {"kind": "customer", "name": "grade", "type": "choice", "label": {"zh": "等级"}}
    with kit.unit("admin") as unit:
        unit.fields.define({**grade, "options": {"gold": {"zh": "金牌"}}})
        unit.fields.define({"kind": "project", "name": "site", "type": "text", "label": {"zh": "地点"}})
    customer = kit.given.customer(custom={"grade": "gold"})
    kit.given.project(customer, custom={"site": "杭州"})
    with listening(kit.crm.engine) as sent:
        file = _file(kit, customer.id)
    assert len([one for one in sent if "oa_crm_" in one]) <= MOST_STATEMENTS
    assert file.labels["grade"].options["gold"] == {"zh": "金牌"}
    assert file.projects.items[0].custom == {"site": "杭州"}


def test_the_newest_of_many_come_newest_first(kit: Kit) -> None:
    customer = kit.given.customer()
    thicken(kit.crm.engine, TENANT, "seller", customer.id, 30)
    file = _file(kit, customer.id, newest=3)
    assert [one.outcome for one in file.follow_ups.items] == ["第29次拜访", "第28次拜访", "第27次拜访"]
    assert [one.name for one in file.projects.items] == ["项目29", "项目28", "项目27"]
    assert [one.name for one in file.files.items] == ["合同29.pdf", "合同28.pdf", "合同27.pdf"]


def test_nothing_of_another_customer_or_company_is_in_it(kit: Kit) -> None:
    one, other = kit.given.customer(), kit.given.customer()
    thicken(kit.crm.engine, TENANT, "seller", other.id, 3)
    thicken(kit.crm.engine, "other", "seller", one.id, 3)
    file = _file(kit, one.id)
    assert {name: getattr(file, name).total for name in FILLED} == {**dict.fromkeys(FILLED, 0), "history": 1}


@given(newest=st.integers(1, 4), reader=st.sampled_from(("seller", "manager", "accountant", "chief", "admin")))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_file_shows_the_beginning_of_what_the_single_lists_show(
    sqlite_kit: Kit, sale: Any, newest: int, reader: str
) -> None:
    id = sale.customer.id
    with sqlite_kit.unit(reader, read_only=True) as unit:
        file, at = unit.customers.file(id, newest=newest), {"customer_id": id}
        projects, contracts = unit.projects.find(at).items, unit.contracts.find(at).items
        expenses = [one for one in unit.expenses.find().items if one.customer_id == id]
        people = {one.id for one in unit.contacts.find(at).items}
        said = sorted(unit.followups.history(id).items, key=lambda one: (one.happened_at, one.id), reverse=True)
        assert file.customer == unit.customers.get(id)
    assert file.projects.items == projects[:newest]
    assert [one.id for one in file.contracts.items] == [one.id for one in contracts[:newest]]
    assert file.expenses.items == tuple(expenses[:newest])
    assert file.follow_ups.items == tuple(said[:newest])
    assert {one.id for one in file.contacts.items} <= people
    totals = (file.projects.total, file.contracts.total, file.expenses.total, file.contacts.total)
    assert totals == (len(projects), len(contracts), len(expenses), len(people))
    assert sum(one.amount.minor for one in file.expenses.sums if one.amount) == sum(
        one.amount.minor for one in expenses
    )


class NoContracts(DefaultPolicy):
    """People who see customers, and neither contracts nor what was spent."""

    name = "no_contracts"

    @hookimpl
    def provide_authorizer(self) -> "NoContracts":
        return self

    def reach(self, who: Any, action: str, kind: str) -> Reach:
        return Reach.NONE if kind in ("contract", "expense") and who.id == "colleague" else Reach.ALL


def test_what_one_person_may_read_is_never_shown_to_another(database: Engine, crm_kit: CrmKit) -> None:
    """Statements are kept by rights: whoever asks first, each sees his own."""
    kit = crm_kit(NoContracts(), database=database)
    customer = _sale(kit).customer
    seen = [
        (_file(kit, customer.id, one).contracts.total, one) for one in ("manager", "colleague", "manager", "seller")
    ]
    assert seen == [(2, "manager"), (0, "colleague"), (2, "manager"), (2, "seller")]
    files = [_file(kit, customer.id, one).files.total for one in ("colleague", "manager", "colleague")]
    assert files == [1, 2, 1]


class ByName(DefaultPolicy):
    """The colleague reads neither projects nor leads, and all else; nobody but the system reads contracts by reach."""

    name = "by_name"

    @hookimpl
    def provide_authorizer(self) -> "ByName":
        return self

    def reach(self, who: Any, action: str, kind: str) -> Reach:
        if action == "read" and (kind == "contract" or (kind in ("project", "lead") and who.id == "colleague")):
            return Reach.ALL if who.id == "seller" else Reach.NONE
        return Reach.ALL


class TitledByReader:
    """A rule that grants each what bears his name, if anything at all does."""

    name = "titled_by_reader"

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        def granted(who: Any, columns: Any) -> Any:
            return columns.title == f"给 {who.id}"

        return [RowRule(kind="contract", effect="grant", name="titled", because="by title", condition=granted)]


def test_names_of_projects_and_files_of_leads_are_not_shown_to_who_asks_second(
    database: Engine, crm_kit: CrmKit
) -> None:
    kit = crm_kit(ByName(), database=database)
    lead = kit.given.lead(company_name="云帆智能科技")
    kit.given.file(kind="lead", thing_id=lead.id, name="线索.txt")
    with kit.unit() as unit:
        done = unit.leads.convert(lead.id, {"expected_version": 1}).lead
        unit.followups.log(
            {"customer_id": done.customer_id, "project_id": done.project_id, "way": "mail", "outcome": "好"}
        )
    first, second = _file(kit, done.customer_id, "manager"), _file(kit, done.customer_id, "colleague")
    assert (len(first.project_names), [one.name for one in first.files.items]) == (1, ["线索.txt"])
    assert (second.project_names, second.files.items, second.files.total) == ({}, (), 0)
    assert _file(kit, done.customer_id, "manager") == first


def test_a_rule_that_depends_on_the_person_is_asked_for_each(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(ByName(), TitledByReader(), database=database)
    project = kit.given.project()
    for reader in ("manager", "accountant"):
        kit.given.contract(project, title=f"给 {reader}", amount="5.00")
    for reader in ("manager", "accountant", "manager"):
        assert [one.title for one in _file(kit, project.customer_id, reader).contracts.items] == [f"给 {reader}"]


class OneContract:
    """A rule that grants the colleague what is titled so."""

    name = "one_contract"

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        def granted(who: Any, columns: Any) -> Any:
            return columns.title == "框架合同" if who.id == "colleague" else None

        return [
            RowRule(kind="contract", effect="grant", name="framework", because="part of the job", condition=granted)
        ]


def test_who_may_not_read_contracts_is_told_so_and_sees_none(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(NoContracts(), database=database)
    file = _file(kit, _sale(kit).customer.id, "colleague")
    held = {one.name for one in SECTIONS if getattr(file, one.name).withheld}
    assert held == {"contracts", "expenses", "settlements"}
    for name in held:
        assert getattr(file, name) == FileSection(withheld=True)
    assert [one.name for one in file.files.items] == ["名片.txt"], "what hangs on a contract is the contract's"
    assert file.files.total == 1
    assert file.projects.total == 1


def test_what_a_rule_grants_is_there_and_nothing_else_of_its_kind(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(NoContracts(), OneContract(), database=database)
    sale = _sale(kit)
    kit.given.contract(sale.project, title="框架合同", amount="5.00")
    contracts = _file(kit, sale.customer.id, "colleague").contracts
    assert ([one.title for one in contracts.items], contracts.total, contracts.withheld) == (["框架合同"], 1, False)


def test_who_does_not_see_the_customer_gets_no_file(kit: Kit) -> None:
    sale = _sale(kit)
    with pytest.raises(NotFound):
        _file(kit, sale.customer.id, "colleague")


def test_a_merged_customers_old_id_leads_to_the_file_that_has_it_all(kit: Kit) -> None:
    one, other = _sale(kit).customer, kit.given.customer()
    with kit.unit("manager") as unit:
        now = unit.customers.get(one.id)
        pair = {"winner_id": other.id, "loser_id": one.id, "winner_version": 1, "loser_version": now.version}
        unit.merges.merge(pair)
    with pytest.raises(CustomerMerged) as told:
        _file(kit, one.id, "manager")
    assert _file(kit, told.value.details["into"], "manager").contracts.total == 2


@pytest.mark.parametrize("newest", [0, -1, 201, True, "20", None])
def test_how_many_is_a_number_from_1_to_200(sqlite_kit: Kit, newest: Any) -> None:
    customer = sqlite_kit.given.customer()
    with pytest.raises(InvalidInput) as told:
        _file(sqlite_kit, customer.id, newest=newest)
    assert [(one.field, one.code) for one in told.value.problems] == [
        ("newest", "newest_limit" if type(newest) is int else "not_whole")
    ]


def test_the_masks_of_custom_fields_hold_in_the_file(sqlite_kit: Kit) -> None:
    secret = {"kind": "customer", "name": "secret", "type": "text", "label": {"zh": "密"}, "see": ["crm_admin"]}
    with sqlite_kit.unit("admin") as unit:
        unit.fields.define({**secret, "masked": ["sales_manager"]})
        customer = unit.customers.create({"name": "云帆智能科技", "owner_id": "seller", "custom": {"secret": "甲"}})
    assert _file(sqlite_kit, customer.id, "admin").customer.custom == {"secret": "甲"}
    assert _file(sqlite_kit, customer.id, "manager").customer.custom == {"secret": "•••"}
    hidden = _file(sqlite_kit, customer.id)
    assert (hidden.customer.custom, hidden.labels) == ({}, {})


@pytest.mark.parametrize("actor", [SYSTEM, "seller"])
def test_nobody_walks_through_the_company_for_one_file(sqlite_kit: Kit, actor: Actor | str) -> None:
    """SQLite without statistics took the index that has the order of a list, or all that a count needs: three seconds
    at a million customers."""
    kit = sqlite_kit
    id = kit.given.customer().id
    with listening(kit.crm.engine) as sent, kit.unit(actor, read_only=True) as unit:
        unit.customers.file(id)
    with kit.crm.engine.connect() as connection:
        asked = [one for one in sent if one.startswith("SELECT")]
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", one.given).all() for one in asked]
    steps = [step[3] for plan in plans for step in plan]
    assert any("oa_crm_expense" in step for step in steps)
    # A company has one row of a set.
    of_many = (step for step in steps if "_set USING" not in step)
    walks = re.compile(r"\(tenant_id=\?( AND state=\?)?\)$|SCAN \S*oa_crm_")
    assert not [step for step in of_many if walks.search(step)]
