"""Laws of contacts from a file: rows fail by themselves at their heading, a dry run decides the same, each is taken in
once whatever happens meanwhile, and the higher come before the lower.
"""

import random
from contextlib import suppress
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from tests.integration.exchange.tables import book, sheet
from tests.integration.exchange.test_exchange_contacts import HEAD, QINGSHAN, YUNFAN, contacts_in, held, people
from tests.integration.privacy.ruling import rule
from tests.integration.services.acting import at_once, count, doing, everything, listening, patiently, rows
from tests.integration.services.test_services_sql import without_tenant
from tests.integration.teams.sitting import seat

from oa_crm import Settings
from oa_crm.errors import CrmError
from oa_crm.exchange import mapping, person_columns
from oa_crm.exchange.person_order import behind
from oa_crm.models import Contact, Post
from oa_crm.schemas import ImportOut
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

SMALL = Settings(exchange=ExchangeSettings(slice=3))
NAMES = [f"{one}{other}" for one in "林周许陈赵钱孙李" for other in "晓航澜默敏"]


@pytest.fixture
def slow_kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """One that takes in three rows at a time."""
    return crm_kit(database=database, settings=SMALL)


@pytest.mark.parametrize(
    ("wrong", "heading", "problem"),
    [
        ({"客户": "没有这家公司"}, "客户", "没有您可写入的该客户"),
        ({"客户": "长风物流有限公司"}, "客户", "没有您可写入的该客户"),
        ({"客户": "晨曦教育有限公司"}, "客户", "有多个同名"),
        ({"客户": ""}, "客户", "未写明客户"),
        ({"姓名": ""}, "姓名", "必填"),
        ({"姓名": "林" * 201}, "姓名", "200"),
        ({"手机": "12"}, "手机", "电话"),
        ({"其他电话": "13800138000;没有"}, "其他电话", "电话"),
        ({"邮箱": "lin@yunfan.example;lin"}, "邮箱", "格式"),
        ({"生日": "春天"}, "生日", "春天"),
        ({"生日": "2091-01-01"}, "生日", "2091"),
        ({"决策角色": "老板"}, "决策角色", "decision_maker"),
        ({"首要联系人": "也许"}, "首要联系人", ""),
        ({"任职日期": "45321"}, "任职日期", "45321"),
    ],
)
def test_a_row_that_cannot_be_taken_stays_out_by_itself_and_names_its_heading(
    kit: Kit, tmp_path: Path, wrong: dict[str, str], heading: str, problem: str
) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    twin = {"name": "晨曦教育有限公司", "owner_id": "seller"}
    for _ in range(2):
        doing(kit, "manager", lambda unit: unit.customers.create(twin, override_reason="同名的另一家"))
    right = dict.fromkeys(
        ("客户", "姓名", "手机", "其他电话", "邮箱", "生日", "决策角色", "首要联系人", "任职日期"), ""
    )
    right |= {"客户": YUNFAN, "姓名": "林晓"}
    lines = [{**right, **wrong}, {**right, "姓名": "许澜"}]
    path = book(tmp_path / "a.xlsx", [tuple(one.values()) for one in lines], tuple(right))
    tried, job = contacts_in(kit, path, dry_run=True), contacts_in(kit, path)
    assert (tried.created, tried.failed) == (job.created, job.failed) == (1, 1)
    ((row, outcome, at, told),) = held(kit, job)
    assert (row, outcome, at) == (2, "failed", heading)
    assert problem in told
    assert set(people(kit, yunfan)) == {"许澜"}


def test_who_may_read_a_customer_and_not_write_puts_nobody_there(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    seat(kit, yunfan, "colleague")
    assert doing(kit, "colleague", lambda unit: unit.customers.get(yunfan.id)).name == YUNFAN
    path = book(tmp_path / "a.xlsx", [(YUNFAN, "林晓")], HEAD[:2])
    job = contacts_in(kit, path, "colleague")
    assert (job.created, job.failed) == (0, 1)
    assert held(kit, job, "colleague")[0][2] == "客户"


def test_a_customer_is_found_by_whatever_number_it_has(kit: Kit, tmp_path: Path) -> None:
    abroad = kit.given.customer(name="Quill Foundry Inc", numbers=[{"scheme": "us.ein", "number": "91-1144442"}])
    theirs = {"name": "Marble Drum Ltd", "numbers": [{"scheme": "us.ein", "number": "04-2103594"}]}
    doing(kit, "colleague", lambda unit: unit.customers.create(theirs))
    head = ("证件号码", "客户编号", "姓名", "上级")
    given_ = [
        ("us.ein：91-1144442", "", "Lin Xiao", "Xu Lan"),
        ("", str(abroad.id), "Xu Lan", ""),
        ("us.ein:04-2103594", "", "Zhou Hang", ""),
        ("us.ein:1", "", "Chen Mo", ""),
        ("91-1144442", "", "Zhao Min", ""),
    ]
    job = contacts_in(kit, book(tmp_path / "a.xlsx", given_, head))
    assert [(row, heading) for row, _, heading, _ in held(kit, job)] == [(row, "证件号码") for row in (4, 5, 6)]
    assert job.created == 2, "also below a superior whose customer is told in another way"
    assert people(kit, abroad)["Lin Xiao"].posts[0].reports_to == people(kit, abroad)["Xu Lan"].id


def test_rights_on_fields_hold_as_anywhere(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="周航", mobile="13900139000")
    rule(kit, "contact", "mobile", edit=("sales_manager",))
    rule(kit, "customer", "credit_code", masked=("salesperson",))
    head = ("客户", "姓名", "手机", "邮箱", "上级", "信用代码")
    given_ = [
        (YUNFAN, "林晓", "13800138000", "", "", ""),
        (YUNFAN, "许澜", "", "", "", "91330106MA2H3C4D5W"),
        (YUNFAN, "陈默", "", "", "周航", ""),
        (YUNFAN, "周航", "", "", "", ""),
        (YUNFAN, "赵敏", "", "zhao@yunfan.example", "", ""),
    ]
    job = contacts_in(kit, book(tmp_path / "a.xlsx", given_, head))
    assert [(row, heading) for row, _, heading, _ in held(kit, job)] == [(2, "手机"), (3, "信用代码"), (5, "姓名")]
    assert (job.created, job.asked, job.failed) == (2, 1, 2)
    rule(kit, "contact", "name", masked=("salesperson",))
    again = contacts_in(kit, book(tmp_path / "c.xlsx", given_[3:], head))
    assert (again.created, again.failed) == (0, 2), "who sees no names gives none, and learns none"
    assert all("周航" not in problem for _, _, _, problem in held(kit, again))
    assert contacts_in(kit, book(tmp_path / "b.xlsx", given_[:1], head), "manager").created == 1


def test_every_statement_of_an_import_of_contacts_names_the_company(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓")
    given_ = [
        (YUNFAN, "林晓", "13800138000", "a@yunfan.example", "", ""),
        (YUNFAN, "周航", "", "", "林晓", "在职"),
        (YUNFAN, "许澜", "", "", "", "离职"),
        ("无", "", "", "", "", ""),
    ]
    path = book(tmp_path / "a.xlsx", given_, HEAD)
    with listening(kit.crm.engine) as sent:
        contacts_in(kit, path, on_duplicate="update")
        contacts_in(kit, path, dry_run=True)
        with kit.unit(read_only=True) as unit:
            unit.exchange.template(to=BytesIO(), what="contacts")
    ours = [statement for statement in sent if "oa_crm_" in statement]
    assert [line for statement in ours for line in without_tenant(statement)] == []


def test_a_slice_of_contacts_costs_as_many_statements_whatever_it_holds(kit: Kit, tmp_path: Path) -> None:
    counts = []
    for at, many in enumerate((10, 40)):
        firm = kit.given.customer()
        given_ = [
            (firm.name, name, f"138{at}{place:07}", f"{name}@a.example", "") for place, name in enumerate(NAMES[:many])
        ]
        path = book(tmp_path / f"{many}.xlsx", given_, HEAD[:5])
        with listening(kit.crm.engine) as sent:
            assert contacts_in(kit, path).created == many
        counts.append(len(sent))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("how", ["ask", "update", "skip"])
def test_a_dry_run_decides_each_row_as_the_import_does_and_writes_nothing(
    slow_kit: Kit, tmp_path: Path, how: str, seed: int
) -> None:
    kit, chance = slow_kit, random.Random(f"{how}{seed}")
    firms = [kit.given.customer(name=name) for name in (YUNFAN, QINGSHAN)]
    known = [kit.given.contact(firms[0], name=name) for name in NAMES[:3]]
    for one in known[:2]:
        _stands_also_at(kit, one, firms[1])
    path = book(tmp_path / "a.xlsx", [_any_row(chance) for _ in range(14)], (*HEAD, "离职日期", "首要联系人"))
    before, answers = everything(kit), [tmp_path / "tried.xlsx", tmp_path / "done.xlsx"]
    tried = contacts_in(kit, path, on_duplicate=how, dry_run=True, answers=answers[0])
    assert everything(kit) == before
    done = contacts_in(kit, path, on_duplicate=how, answers=answers[1])
    assert _counts(tried) == _counts(done)
    assert sorted(map(repr, sheet(answers[0]))) == sorted(map(repr, sheet(answers[1])))
    assert count(kit, Contact) == count(kit, Post) - 2 == 3 + done.created
    assert sum(_counts(done)) == 14


def _stands_also_at(kit: Kit, one: Any, firm: Any) -> None:
    doing(kit, "seller", lambda unit: unit.contacts.move(one.id, {"customer_id": firm.id, "keep_posts": True}))


@pytest.mark.parametrize("slice_", [1, 500])
@pytest.mark.parametrize("by_id", [True, False])
def test_a_dry_run_sees_doubles_wherever_a_person_stands(
    database: Engine, crm_kit: CrmKit, tmp_path: Path, by_id: bool, slice_: int
) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(slice=slice_)))
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    lin, zhao = (kit.given.contact(yunfan, name=name) for name in ("林晓", "赵敏"))
    _stands_also_at(kit, lin, qingshan)
    kit.given.contact(qingshan, name="周航", mobile="13800138000")
    kit.given.contact(yunfan, name="许澜", mobile="13700137000")
    ids = [str(one.posts[0].id) if by_id else "" for one in (lin, lin, lin, zhao)]
    given_ = [
        (ids[0], YUNFAN, "林晓", "13800138000"),  # whom 周航 at the other customer has
        (ids[1], YUNFAN, "林晓", "13900139000"),
        ("", QINGSHAN, "孙立", "13900139000"),  # who is like 林晓 there from now on
        (ids[2], YUNFAN, "林晓", "13900139000"),
        (ids[3], YUNFAN, "赵敏", "13600136000"),
    ]
    path = book(tmp_path / "a.xlsx", given_, ("任职编号", *HEAD[:3]))
    answers = [tmp_path / "tried.xlsx", tmp_path / "done.xlsx"]
    tried = contacts_in(kit, path, on_duplicate="update", dry_run=True, answers=answers[0])
    done = contacts_in(kit, path, on_duplicate="update", answers=answers[1])
    assert _counts(tried) == _counts(done) == (0, 4, 0, 0, 1), (tried, done)
    assert sheet(answers[0]) == sheet(answers[1])
    assert {one["name"]: one["mobile"] for one in rows(kit, Contact)}["林晓"] == "+8613900139000"


def _any_row(chance: random.Random) -> tuple[str, ...]:
    numbers = ("", "", "13800138000", "13900139000", "0571-88886666", "12")
    return (
        chance.choice((YUNFAN, YUNFAN, QINGSHAN, "云帆智能科技（杭州）有限公司", "没有")),
        chance.choice(NAMES[:8]),
        chance.choice(numbers),
        chance.choice(("", "", "a@b.example", "A@B.example;c@b.example", "没有")),
        chance.choice(("", "", *NAMES[:8])),
        chance.choice(("", "在职", "离职")),
        chance.choice(("", "", "2020-01-01")),
        chance.choice(("", "", "是")),
    )


def _counts(job: ImportOut) -> tuple[int, ...]:
    return (job.created, job.updated, job.skipped, job.asked, job.failed)


ODD: tuple[Any, ...] = (
    None, "", "", "林晓", "离职", "是", 13800138000.0, -1.5, 1e300, True, "--02-30", "2月30日", "=1+1", ";；、/",
    "\u202e\u200b", "9" * 400, "林" * 250, "跳过", "💥", "a@b.example", "2024-13-45", "0571-1;0571-88886666转", YUNFAN,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_whatever_stands_in_the_cells_each_row_is_decided_and_nothing_is_half_done(
    sqlite_kit: Kit, tmp_path: Path, seed: int
) -> None:
    kit, chance = sqlite_kit, random.Random(seed)
    kit.given.customer(name=YUNFAN)
    head = [one.zh for one in person_columns.FIXED]
    lines = [["林晓", YUNFAN, *(chance.choice(ODD) for _ in head[2:])] for _ in range(20)]
    for line in lines:
        line[chance.randrange(len(head))] = chance.choice(ODD)
    path = book(tmp_path / "a.xlsx", lines, head)
    done = contacts_in(kit, path, on_duplicate=chance.choice(("ask", "update")))
    assert sum(_counts(done)) == 20
    assert count(kit, Contact) == done.created
    assert {one["contact_id"] for one in rows(kit, Post)} == {one["id"] for one in rows(kit, Contact)}
    for _, outcome, _, problem in held(kit, done):
        assert outcome in ("failed", "asked", "skipped")
        assert problem


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12, unique_by=lambda one: one[0]))
def test_who_waits_comes_behind_his_superior(lines: list[tuple[int, int]]) -> None:
    """The law of the order: but for rings, everybody comes behind whom he reports to, and nobody is lost."""
    cells: list[tuple[int, Any]] = [(at, [YUNFAN, str(name), str(up)]) for at, (name, up) in enumerate(lines, start=2)]
    head: list[tuple[int, Any]] = [(1, ["客户", "姓名", "上级"])]
    plan = mapping.plan([*head, *cells], person_columns.BY_NAME, {}, ())
    last = behind(plan, cells)
    order = [at for at, _ in cells if at not in last] + last
    assert sorted(order) == [at for at, _ in cells]
    at_of, above = {str(name): at for at, (name, _) in enumerate(lines, start=2)}, dict(enumerate(lines, start=2))
    for at in order:
        chain = [at]
        while (up := at_of.get(str(above[chain[-1]][1]))) is not None and up not in chain:
            chain.append(up)
        if up is None:
            places = [order.index(one) for one in chain]
            assert all(mine > his for mine, his in pairwise(places)), (order, chain)


def test_an_import_of_contacts_that_is_stopped_goes_on_where_it_stopped(slow_kit: Kit, tmp_path: Path) -> None:
    kit, firm = slow_kit, slow_kit.given.customer(name=YUNFAN)
    given_ = [(YUNFAN, name, "", "", NAMES[at + 1] if at < 5 else "", "") for at, name in enumerate(NAMES[:10])]
    path = book(tmp_path / "a.xlsx", given_, HEAD)

    class Enough(Exception): ...

    def stop(progress: ImportOut) -> None:
        raise Enough

    done = 0
    for _ in range(3):
        with pytest.raises(Enough):
            contacts_in(kit, path, on_progress=stop)
        assert count(kit, Contact) > done
        done = count(kit, Contact)
    job = contacts_in(kit, path)
    assert (job.created, job.failed, job.asked) == (10, 0, 0)
    now = people(kit, firm)
    ids = {one.id: name for name, one in now.items()}
    assert [ids[now[name].posts[0].reports_to] for name in NAMES[:5]] == NAMES[1:6]


def test_of_two_files_with_the_same_people_each_person_gets_in_once(slow_kit: Kit, tmp_path: Path) -> None:
    kit = slow_kit
    for name in (YUNFAN, QINGSHAN):
        kit.given.customer(name=name)
    given_ = [(firm, name) for name in NAMES[:10] for firm in (YUNFAN, QINGSHAN)]
    paths = [
        book(tmp_path / f"{at}.xlsx", those, HEAD[:2]) for at, those in enumerate((given_, given_[::-1], given_[5:]))
    ]
    actors = ("seller", "manager", "seller")
    result = at_once(3, lambda at: patiently(lambda: contacts_in(kit, paths[at], actors[at], on_duplicate="skip")))
    assert not result.errors
    assert count(kit, Contact) == len(given_) == sum(one.created for one in result.answers)


def test_of_two_who_go_on_with_one_import_of_contacts_no_row_is_taken_twice(slow_kit: Kit, tmp_path: Path) -> None:
    slow_kit.given.customer(name=YUNFAN)
    path = book(tmp_path / "a.xlsx", [(YUNFAN, name) for name in NAMES[:15]], HEAD[:2])
    result = at_once(2, lambda _: patiently(lambda: contacts_in(slow_kit, path, on_duplicate="skip")))
    assert result.codes <= {"illegal_state"}
    contacts_in(slow_kit, path, on_duplicate="skip")
    assert count(slow_kit, Contact) == 15


def test_a_customer_that_is_merged_meanwhile_keeps_its_rows_out_and_no_others(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    path = book(tmp_path / "a.xlsx", [(YUNFAN, "林晓"), (QINGSHAN, "周航"), (QINGSHAN, "许澜")], HEAD[:2])
    merging: list[Any] = [{"winner_id": qingshan.id, "loser_id": yunfan.id, "winner_version": 1, "loser_version": 1}]

    def merge(*_: Any) -> None:
        if merging:
            pair = merging.pop()
            doing(kit, "manager", lambda unit: unit.merges.merge(pair))

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FOR UPDATE" in statement and "oa_crm_customer" in statement:
            merge()

    if kit.crm.engine.dialect.name == "sqlite":
        merge()  # One writer: it was before, or will be after.
    event.listen(kit.crm.engine, "before_cursor_execute", meanwhile)
    try:
        job = contacts_in(kit, path)
    finally:
        event.remove(kit.crm.engine, "before_cursor_execute", meanwhile)
    assert not merging
    assert (job.created, job.failed) == (2, 1)
    assert held(kit, job)[0][0] == 2
    assert {one["name"] for one in rows(kit, Contact)} == {"周航", "许澜"}


def test_a_template_of_contacts_that_was_filled_in_is_taken_in(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    path = tmp_path / "template.xlsx"
    with kit.crm.begin(kit.scope("seller", locale="zh-CN"), read_only=True) as unit:
        unit.exchange.template(to=path, what="contacts")
    (head,) = sheet(path, "联系人")
    choices = sheet(path, "选项")
    offered = {str(row[0]): [cell for cell in row[1:] if cell] for row in zip(*choices, strict=True) if row[0]}
    assert offered["决策角色"] == ["决策人", "影响者", "使用者", "把关人", "其他"]
    assert offered["状态"] == ["在职", "已离职"]
    assert offered["客户名称"] == [YUNFAN], "what he may not write to is not told"
    told = {"姓名": "林晓", "客户名称": YUNFAN, "决策角色": "决策人", "首要联系人": "是", "手机": "13800138000"}
    done = contacts_in(kit, book(tmp_path / "filled.xlsx", [[told.get(str(one)) for one in head]], head))
    assert done.created == 1
    (post,) = people(kit, yunfan)["林晓"].posts
    assert (post.role, post.primary, post.status) == ("decision_maker", True, "active")


def test_answers_to_an_import_of_one_kind_are_read_as_that_kind(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name=YUNFAN)
    path, answers = tmp_path / "talks.csv", tmp_path / "answers.xlsx"
    path.write_text(f"客户名称,跟进时间,跟进方式,跟进内容\n{YUNFAN},去年,拜访,好\n", encoding="utf-8")
    scope = kit.scope("seller", locale="zh-CN")
    job = kit.crm.exchange.import_follow_ups(scope, path, answers=answers)
    assert job.id is not None
    head, told = sheet(answers)
    assert head == ["客户名称", "跟进时间", "跟进方式", "跟进内容", "行号", "结果", "问题说明"], (
        "nothing is to be decided"
    )
    assert str(told[6]).startswith("跟进时间: ")
    assert kit.crm.exchange.answers(scope, job.id, path, tmp_path / "again.xlsx") == 1


def _stands(kit: Kit, person: dict[str, Any]) -> Any:
    """Somebody goes on file by hand."""
    return doing(kit, "seller", lambda unit: unit.contacts.create(person))


def test_a_busy_customer_is_no_reason_to_fail(slow_kit: Kit, tmp_path: Path) -> None:
    """Nobody sees an error who only came at the same moment as others."""
    yunfan = slow_kit.given.customer(name=YUNFAN)
    path = book(tmp_path / "a.xlsx", [(YUNFAN, name) for name in NAMES[:12]], HEAD[:2])

    def act(at: int) -> Any:
        if at == 0:
            return patiently(lambda: contacts_in(slow_kit, path))
        for name in NAMES[20 + at :: 3]:
            with suppress(CrmError):
                patiently(partial(_stands, slow_kit, {"customer_id": yunfan.id, "name": name}))
        return None

    result = at_once(3, act)
    assert not result.errors
    names = [one["name"] for one in rows(slow_kit, Contact)]
    assert len(names) == len(set(names))
    assert set(NAMES[:12]) <= set(names)
