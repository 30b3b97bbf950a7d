"""A file of customers taken in: what goes on file, what stays out and why, and who decides."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.custom.defining import define
from tests.integration.exchange.tables import FIRMS, HEADINGS, book, sheet, taken_in
from tests.integration.services.acting import count, doing, everything, invalid, refused, rows

from oa_crm import Actor, Settings
from oa_crm.hooks import Objection, hookimpl
from oa_crm.models import AuditEntry, Customer, EventRow, Import
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

TWIN = ("雲帆智能科技(杭州)有限公司", "", "", "", "", "", "")


def _names(kit: Kit) -> list[str]:
    return sorted(str(one["name"]) for one in rows(kit, Customer))


def _held_back(kit: Kit, id: Any, actor: str = "manager") -> list[Any]:
    return doing(kit, actor, lambda unit: list(unit.exchange.held_back(id)))


def test_rows_become_customers_by_the_rules_of_every_entrance(kit: Kit, tmp_path: Path) -> None:
    done = taken_in(kit, book(tmp_path / "firms.xlsx", FIRMS))
    assert (done.state, done.created, done.position) == ("finished", 3, 4)
    found = {one["name"]: one for one in rows(kit, Customer)}
    yunfan, qingshan = found[FIRMS[0][0]], found[FIRMS[2][0]]
    assert (yunfan["phone"], yunfan["industry"], yunfan["region"]) == ("+8657188886666", "I65", "330100")
    assert yunfan["tags"] == ["重点", "展会"]
    assert (yunfan["owner_id"], qingshan["owner_id"]) == ("manager", "seller"), "by the member's name"
    assert count(kit, EventRow, hook="on_customer_created") == 3
    (told,) = rows(kit, EventRow, hook="on_customers_imported")
    assert told["payload"]["created"] == 3


def test_what_is_wrong_with_a_row_keeps_that_row_out_and_says_which_cell(kit: Kit, tmp_path: Path) -> None:
    wrong = [
        ("", "", "0571-88886666", "", "", "", ""),
        ("松岭医药有限公司", "91330106MA2H3C4D5X", "12", "没有的行业", "", "没有的人", ""),
        *FIRMS,
    ]
    path = book(tmp_path / "firms.xlsx", wrong)
    answers = tmp_path / "answers.xlsx"
    done = kit.crm.exchange.import_customers(kit.scope("manager", locale="zh-CN"), path, answers=answers)
    assert (done.created, done.failed) == (3, 2)
    nameless, senseless = _held_back(kit, done.id)
    assert [one.heading for one in nameless.problems] == ["客户名称"]
    assert {one.heading for one in senseless.problems} == {"负责人"}, "who it is for comes first"
    head, *told = sheet(answers)
    assert head == [*HEADINGS, "处理方式", "行号", "结果", "问题说明"]
    assert [(row[8], row[9]) for row in told] == [(2.0, "有误"), (3.0, "有误")]
    assert told[0][2] == "0571-88886666"
    assert told[0][10].startswith("客户名称: ")
    assert "没有的人" in told[1][10]
    right = [("松岭医药有限公司", "", "12", "没有的行业", "", "", "")]
    again = taken_in(kit, book(tmp_path / "again.xlsx", right))
    assert {one.heading for one in _held_back(kit, again.id)[0].problems} == {"行业", "电话"}


@pytest.mark.parametrize(
    ("how", "outcome", "customers"),
    [("skip", "skipped", 1), ("ask", "asked", 1), ("create", "created", 2), ("update", "updated", 1)],
)
def test_a_clash_is_decided_as_the_import_says(
    kit: Kit, tmp_path: Path, how: str, outcome: str, customers: int
) -> None:
    kit.given.customer(name=FIRMS[0][0], phone="13900139000")
    rows_ = [(*TWIN[:4], "上海", "", "新的")]
    reason = {"reason": "同一集团的另一家"} if how == "create" else {}
    done = taken_in(kit, book(tmp_path / "twin.xlsx", rows_), on_duplicate=how, **reason)
    assert getattr(done, outcome) == 1
    assert count(kit, Customer) == customers
    known = next(one for one in rows(kit, Customer) if one["name"] == FIRMS[0][0])
    assert (known["region"], known["tags"]) == (("310000", ["新的"]) if how == "update" else (None, []))
    assert known["phone"] == "+8613900139000", "an empty cell takes nothing away"
    if how == "create":
        reasons = {one["reason"] for one in rows(kit, AuditEntry, operation="customers.create")}
        assert reasons == {None, reason["reason"]}
    if how in ("skip", "ask"):
        (held,) = _held_back(kit, done.id)
        assert FIRMS[0][0] in held.problems[0].problem


def test_a_rule_of_the_companys_holds_back_a_row_that_has_another_number(kit: Kit, tmp_path: Path) -> None:
    """Two numbers that differ hold the score down, but a rule may be about less than the score."""
    name, code, phone = "松岭医药有限公司", FIRMS[2][1], FIRMS[0][2]
    kit.given.customer(name=name, credit_code="91110108MA01K7X3PH", phone=phone)
    rule = {"verdict": "block", "all_of": [{"matcher": "phone", "at_least": 1}]}
    change = {"entrance": "import", "policy": {"rules": [rule]}, "expected_version": 0}
    path = book(tmp_path / "number.xlsx", [("远山动力科技有限公司", code, phone)])
    tried = kit.crm.exchange.import_customers(kit.scope("manager"), path, dry_run=True)
    assert (tried.created, tried.asked) == (1, 0), "the numbers alone tell them apart"
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy(change))
    done = taken_in(kit, path)
    assert (done.created, done.asked) == (0, 1)
    (held,) = _held_back(kit, done.id)
    assert name in held.problems[0].problem


def test_who_may_not_pass_a_block_passes_none_by_a_file(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name=FIRMS[0][0])
    path = book(tmp_path / "twin.xlsx", [(*TWIN[:6], "")])
    done = taken_in(kit, path, "seller", on_duplicate="create", reason="另一家")
    assert (done.created, done.failed) == (0, 1)
    assert count(kit, Customer) == 1
    tried = kit.crm.exchange.import_customers(
        kit.scope("seller"), path, {"on_duplicate": "create", "reason": "另一家"}, dry_run=True
    )
    assert (tried.created, tried.failed) == (0, 1)


def test_a_persons_answer_in_the_annotated_workbook_is_taken_in(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name=FIRMS[0][0])
    answers = tmp_path / "answers.xlsx"
    path = book(tmp_path / "twin.xlsx", [TWIN])
    kit.crm.exchange.import_customers(kit.scope("manager", locale="zh-CN"), path, answers=answers)
    head, asked = sheet(answers)
    decided = ["新建" if name == "处理方式" else cell for name, cell in zip(head, asked, strict=True)]
    done = taken_in(kit, book(tmp_path / "answered.xlsx", [decided], head))
    assert (done.created, done.asked) == (1, 0)
    assert _names(kit) == sorted([FIRMS[0][0], TWIN[0]])


def test_rows_of_one_file_are_compared_with_each_other(kit: Kit, tmp_path: Path) -> None:
    done = taken_in(kit, book(tmp_path / "firms.xlsx", [*FIRMS, TWIN, FIRMS[1]]))
    assert (done.created, done.asked) == (3, 2)
    sea_twice = [("碧海食品有限公司",), ("碧海食品公司", "", "13700137000")]
    done = taken_in(kit, book(tmp_path / "more.xlsx", sea_twice), on_duplicate="update")
    assert (done.created, done.updated) == (1, 1)
    (sea,) = rows(kit, Customer, name="碧海食品有限公司")
    assert sea["phone"] == "+8613700137000"


def test_of_two_rows_with_one_credit_code_one_goes_on_file_whatever_the_policy(kit: Kit, tmp_path: Path) -> None:
    policy = {"certain": "clear", "suspected": "clear"}
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy(
        {"entrance": "import", "policy": policy, "expected_version": 0}))  # fmt: skip
    code = FIRMS[2][1]
    given = [*FIRMS, ("另一家公司", code), ("第三家公司",)]
    done = taken_in(kit, book(tmp_path / "codes.xlsx", given))
    assert (done.created, done.failed) == (4, 1)
    assert "另一家公司" not in _names(kit)


def test_the_same_file_again_is_the_checks_to_judge(kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "firms.xlsx", FIRMS)
    first, second = taken_in(kit, path, on_duplicate="skip"), taken_in(kit, path, on_duplicate="skip")
    assert first.id != second.id
    assert (second.created, second.skipped) == (0, 3)


def test_a_dry_run_decides_the_same_and_writes_nothing(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name=FIRMS[0][0])
    given = [TWIN, *FIRMS[1:], ("", "", "1"), FIRMS[1], ("碧海食品有限公司",)]
    path = book(tmp_path / "firms.xlsx", given)
    for how in ("skip", "ask", "update"):
        before, answers = everything(kit), tmp_path / f"{how}.xlsx"
        scope = kit.scope("manager")
        tried = kit.crm.exchange.import_customers(scope, path, {"on_duplicate": how}, dry_run=True, answers=answers)
        assert everything(kit) == before
        assert (tried.id, tried.state) == (None, "dry_run")
        assert len(sheet(answers)) == 1 + tried.failed + tried.skipped + tried.asked
        assert (tried.created, tried.failed, tried.skipped + tried.asked + tried.updated) == (3, 1, 2)
    done = taken_in(kit, path, on_duplicate="update")
    assert (done.created, done.updated, done.failed) == (tried.created, tried.updated, tried.failed)


def test_a_dry_run_finds_equals_in_far_slices(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(slice=2)))
    path = book(tmp_path / "firms.xlsx", [*FIRMS, FIRMS[0]])
    tried = kit.crm.exchange.import_customers(kit.scope("manager"), path, dry_run=True)
    done = kit.crm.exchange.import_customers(kit.scope("manager"), path)
    assert (tried.created, tried.asked) == (done.created, done.asked) == (3, 1)


def test_field_rights_and_reach_hold_as_anywhere(kit: Kit, tmp_path: Path) -> None:
    define(kit, "margin", "number", edit=("sales_manager",))
    define(kit, "guide", "member")
    define(kit, "medal", "choice")
    headings = ("name", "margin", "medal", "guide", "owner")
    cells = ("云帆智能科技有限公司", 12.5, "金牌", "Other Salesperson", "seller")
    path = book(tmp_path / "own.xlsx", [cells], headings)
    refused_ = taken_in(kit, path, "seller")
    assert [one.heading for one in _held_back(kit, refused_.id, "seller")[0].problems] == ["margin"]
    done = taken_in(kit, path, "manager")
    assert done.created == 1
    (made,) = rows(kit, Customer)
    assert made["custom"] == {"margin": "12.5", "medal": "gold", "guide": "colleague"}
    theirs = book(tmp_path / "theirs.xlsx", [("长风物流有限公司", None, None, None, "colleague")], headings)
    assert taken_in(kit, theirs, "seller").failed == 1
    with refused("forbidden"):
        taken_in(kit, path, "accountant")
    with refused("unknown_actor"):
        taken_in(kit, path, "nobody")


class _Hold:
    name = "hold"

    def __init__(self) -> None:
        self.asked: list[str] = []

    @hookimpl
    def check_customer_creation(self, ctx: Any, customer: Any) -> Objection | None:
        self.asked.append(customer.name)
        return Objection("hold", "on legal hold", "name") if "长风" in customer.name else None


def test_plugins_are_asked_for_each_row(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    hold = _Hold()
    kit = crm_kit(hold, database=database)
    done = taken_in(kit, book(tmp_path / "firms.xlsx", FIRMS))
    assert (done.created, done.failed) == (2, 1)
    assert hold.asked == [name for name, *_ in FIRMS]
    assert "on legal hold" in _held_back(kit, done.id)[0].problems[0].problem


def test_columns_may_be_said_and_left_out(kit: Kit, tmp_path: Path) -> None:
    headings = ("单位", "电话", "Ansprechpartner")
    path = book(tmp_path / "firms.xlsx", [("云帆智能科技有限公司", "not a phone", "林晓")], headings)
    with invalid("file"):
        taken_in(kit, path)
    columns = {"单位": "name", "电话": None}
    plan = doing(kit, "seller", lambda unit: unit.exchange.plan(path, {"columns": columns}))
    assert [one.field for one in plan.columns] == ["name", None, None]
    assert plan.unknown == ("电话", "Ansprechpartner")
    assert plan.sample == (("云帆智能科技有限公司", "not a phone", "林晓"),)
    assert taken_in(kit, path, columns=columns).created == 1
    with invalid("columns.没有", "columns.电话"):
        taken_in(kit, path, columns={"单位": "name", "没有": "phone", "电话": "id"})
    with invalid("columns.name"):
        taken_in(kit, path, columns={"单位": "name", "电话": "name"})
    with invalid("on_duplicate"):
        taken_in(kit, path, on_duplicate="guess")
    with invalid("reason"):
        taken_in(kit, path, on_duplicate="create")
    assert count(kit, Import) == 1


def test_a_template_that_was_filled_in_is_taken_in(kit: Kit, tmp_path: Path) -> None:
    define(kit, "medal", "choice")
    path = tmp_path / "template.xlsx"
    with kit.crm.begin(kit.scope("manager", locale="zh-CN"), read_only=True) as unit:
        unit.exchange.template(to=path)
    (head,) = sheet(path, "客户")
    choices = sheet(path, "选项")
    offered = {str(row[0]): [cell for cell in row[1:] if cell] for row in zip(*choices, strict=True) if row[0]}
    assert offered["客户类型"] == ["企业", "事业单位", "政府机关", "个人"]
    assert offered["medal"] == ["金牌", "银牌", "铜牌"]
    assert {"Salesperson", "Sales Manager"} <= set(offered["负责人"])
    told = {"客户名称": "云帆智能科技有限公司", "客户类型": "政府机关", "medal": "银牌", "负责人": "Salesperson"}
    done = taken_in(kit, book(tmp_path / "filled.xlsx", [[told.get(str(one)) for one in head]], head))
    assert done.created == 1
    (made,) = rows(kit, Customer)
    assert (made["kind"], made["custom"], made["owner_id"]) == ("government", {"medal": "silver"}, "seller")


def test_an_import_is_its_own_persons(kit: Kit, tmp_path: Path) -> None:
    done = taken_in(kit, book(tmp_path / "firms.xlsx", FIRMS))
    assert [one.id for one in doing(kit, "manager", lambda unit: unit.exchange.imports()).items] == [done.id]
    assert doing(kit, "seller", lambda unit: unit.exchange.imports()).items == ()
    assert len(doing(kit, "admin", lambda unit: unit.exchange.imports()).items) == 1
    with refused("not_found"):
        _held_back(kit, done.id, "seller")
    assert doing(kit, Actor.system(), lambda unit: unit.exchange.imports(), tenant="other").items == ()


def test_who_lists_the_base_by_importing_is_stopped(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    kit = crm_kit(database=database, settings=Settings(searches_per_hour=1))
    for name, *_ in FIRMS:
        kit.given.customer(name=name)
    path = book(tmp_path / "firms.xlsx", FIRMS)
    with refused("too_many_searches"):
        taken_in(kit, path, "colleague")
    assert count(kit, Import, state="running") == 1
