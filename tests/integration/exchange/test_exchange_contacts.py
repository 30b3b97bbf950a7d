"""A file of contacts taken in: who goes on file, what stays out and why, who stands below whom, and who decides."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.exchange.tables import book, sheet
from tests.integration.services.acting import count, doing, everything, invalid, refused, rows

from oa_crm import Actor, Settings
from oa_crm.hooks.payloads import ContactAdded, ContactLeft, ContactUpdated, CustomersImported
from oa_crm.models import AuditEntry, Contact, ContactPhone, EventRow, Post
from oa_crm.schemas import ImportOut
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

YUNFAN, QINGSHAN = "云帆智能科技(杭州)有限公司", "青山造纸有限公司"
HEAD = ("客户", "联系人", "手机", "邮箱", "上级", "状态")


def contacts_in(kit: Kit, path: Path, actor: str = "seller", **more: Any) -> ImportOut:
    """The file taken in by a person, who reads Chinese."""
    options = {name: more.pop(name) for name in ("on_duplicate", "reason", "columns") if name in more}
    return kit.crm.exchange.import_contacts(kit.scope(actor, locale="zh-CN"), path, options, **more)


def held(kit: Kit, job: ImportOut, actor: str = "seller") -> list[tuple[int, str, str | None, str]]:
    """The rows that stayed out: number, outcome, heading, problem."""
    with kit.crm.begin(kit.scope(actor, locale="zh-CN"), read_only=True) as unit:
        assert job.id is not None
        told = [(row, one) for row in unit.exchange.held_back(job.id) for one in row.problems]
    return [(row.row, row.outcome, one.heading, one.problem) for row, one in told]


def people(kit: Kit, customer: Any) -> dict[str, Any]:
    """Who is at a customer, by name."""
    found = doing(kit, "seller", lambda unit: unit.contacts.find({"customer_id": customer.id})).items
    return {str(one.name): one for one in found}


def test_an_address_book_goes_on_file_with_everything_that_it_says(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    said = {
        "公司名称": YUNFAN, "姓名": "林晓", "职位": "采购总监", "部门": "采购部", "决策角色": "影响者",
        "手机号": 13800138000.0,
        "座机": "0571-88886666转801；13900139000", "电子邮箱": "lin@yunfan.example;LIN2@yunfan.example",
        "微信号": "linxiao", "生日": "3月2日", "性别": "女", "称谓": "林总", "首要联系人": "是", "入职日期": "2021/6/1",
        "备注": "爱喝龙井",
    }  # fmt: skip
    path = book(tmp_path / "book.xlsx", [tuple(said.values())], tuple(said))
    done = contacts_in(kit, path)
    assert (done.state, done.what, done.created, done.position) == ("finished", "contacts", 1, 2)
    lin = people(kit, yunfan)["林晓"]
    assert (lin.mobile, lin.phones) == ("+8613800138000", ("+8657188886666;ext=801", "+8613900139000"))
    assert lin.emails == ("lin@yunfan.example", "LIN2@yunfan.example")
    assert (lin.wechat, lin.birthday, lin.gender, lin.salutation) == ("linxiao", "--03-02", "female", "林总")
    (post,) = lin.posts
    assert (post.title, post.department, post.role, post.primary) == ("采购总监", "采购部", "influencer", True)
    assert (post.started_on, lin.notes) == (date(2021, 6, 1), "爱喝龙井")


def _kept(kit: Kit, tenant: str) -> dict[str, Any]:
    """What a company keeps of its people, without what differs from act to act."""
    own = {"id", "at", "contact_id", "post_id", "customer_id", "tenant_id", "thing_id", "event_id", "lane", "open_lane",
           "request_id", "created_at", "updated_at", "occurred_at", "tenant"}  # fmt: skip
    found: dict[str, Any] = {}
    for model in (Contact, Post, AuditEntry, EventRow, ContactPhone):
        key = model.__tablename__
        table = rows(kit, model, tenant_id=tenant) if model is not ContactPhone else _phones(kit, tenant)
        mine = [dict(one) for one in table if one.get("kind", "contact") in ("contact", "post")]
        for one in mine:
            for inner in ("payload", "changes"):
                if inner in one:
                    one[inner] = {name: value for name, value in one[inner].items() if name not in own}
        found[key] = [{name: value for name, value in one.items() if name not in own} for one in mine]
    return found


def _phones(kit: Kit, tenant: str) -> Any:
    with kit.crm.engine.connect() as connection:
        table = ContactPhone.__table__
        found = connection.execute(table.select().where(table.c.tenant_id == tenant).order_by(table.c.phone))
        return [row._mapping for row in found]


@pytest.mark.parametrize("primary", ["", "是"])
def test_a_contact_from_a_file_is_one_that_was_entered_column_by_column(
    local_kit: Kit, tmp_path: Path, primary: str
) -> None:
    kit = local_kit
    facts = {"name": "林晓", "mobile": "13800138000", "phones": ["0571-88886666"], "emails": ["lin@yunfan.example"],
             "title": "采购总监", "role": "influencer", "birthday": "1985-03-02", "primary": bool(primary)}  # fmt: skip
    boss = {"id": "boss", "name": "Boss", "roles": ("sales_manager",)}
    for tenant in ("acme", "other"):
        doing(kit, Actor.system(), lambda unit: unit.directory.save_member(boss), tenant=tenant)
        made = doing(kit, "boss", lambda unit: unit.customers.create({"name": YUNFAN}), tenant=tenant)
        if tenant == "acme":
            person = {"customer_id": made.id, **facts}
            doing(kit, "boss", lambda unit, person=person: unit.contacts.create(person))
    row = (
        YUNFAN,
        "林晓",
        "13800138000",
        "0571-88886666",
        "lin@yunfan.example",
        "采购总监",
        "影响者",
        "1985/3/2",
        primary,
    )
    head = ("客户", "姓名", "手机", "其他电话", "邮箱", "职务", "决策角色", "生日", "首要联系人")
    done = kit.crm.exchange.import_contacts(kit.scope("boss", tenant="other"), book(tmp_path / "a.xlsx", [row], head))
    assert done.created == 1
    assert _kept(kit, "other") == _kept(kit, "acme")


def test_headings_are_guessed_in_both_languages_and_said_where_they_are_not(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    english = book(
        tmp_path / "a.xlsx", [(YUNFAN, "Lin Xiao", "13800138000")], ("Company", "Contact name", "Mobile phone")
    )
    plan = doing(kit, "seller", lambda unit: unit.exchange.plan(english, what="contacts"))
    assert [one.field for one in plan.columns] == ["customer", "name", "mobile"]
    odd = book(tmp_path / "b.xlsx", [(YUNFAN, "许澜", "花名册")], ("甲方", "人", "备注"))
    with invalid("file", "file"):
        contacts_in(kit, odd)
    done = contacts_in(kit, odd, columns={"甲方": "customer", "人": "name", "备注": None})
    assert done.created == 1
    assert people(kit, yunfan)["许澜"].notes is None
    with invalid("what"):
        doing(kit, "seller", lambda unit: unit.exchange.plan(english, what="projects"))


def test_who_reports_to_whom_is_known_wherever_they_stand_in_the_file(
    database: Engine, crm_kit: CrmKit, tmp_path: Path
) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(slice=2)))
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    boss = kit.given.contact(yunfan, name="许澜")
    given = [
        (YUNFAN, "周航", "", "", "林 晓", ""),
        (YUNFAN, "陈默", "", "", "周航", ""),
        (QINGSHAN, "林晓", "", "", "", ""),
        (YUNFAN, "林晓", "", "", "许澜", ""),
        (YUNFAN, "赵敏", "", "", "林晓", ""),
    ]
    path = book(tmp_path / "a.xlsx", given, HEAD)
    tried, done = contacts_in(kit, path, dry_run=True), contacts_in(kit, path)
    assert (tried.created, tried.failed) == (done.created, done.failed) == (5, 0)
    (top,) = doing(kit, "seller", lambda unit: unit.contacts.reporting(yunfan.id))
    assert (top.contact_id, [one.name for one in top.reports]) == (boss.id, ["林晓"])
    assert {one.name for one in top.reports[0].reports} == {"周航", "赵敏"}
    assert [one.reports[0].name for one in top.reports[0].reports if one.name == "周航"] == ["陈默"]
    assert people(kit, qingshan)["林晓"].posts[0].reports_to is None


def test_a_superior_who_is_not_there_or_not_one_alone_keeps_the_row_out(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    kit.given.contact(qingshan, name="王芳")
    for number in ("13800138000", "13900139000"):
        twin = {"customer_id": yunfan.id, "name": "李强", "mobile": number}
        doing(kit, "seller", lambda unit, twin=twin: unit.contacts.create(twin, override_reason="同名"))
    given = [
        (YUNFAN, "甲", "", "", "王芳", ""),
        (YUNFAN, "乙", "", "", "李强", ""),
        (YUNFAN, "丙", "", "", "丁", ""),
        (YUNFAN, "丁", "", "", "丙", ""),
        (YUNFAN, "戊", "", "", "戊", ""),
        (YUNFAN, "己", "12", "", "庚", ""),
        (YUNFAN, "庚", "", "", "己", ""),
    ]
    path = book(tmp_path / "a.xlsx", given, HEAD)
    tried, job = contacts_in(kit, path, dry_run=True), contacts_in(kit, path)
    assert (tried.created, tried.failed) == (job.created, job.failed) == (0, 7)
    nobody, several = "该客户下没有叫这个名字的在职联系人", "有多个同名"
    superiors = [(row, problem) for row, _, heading, problem in held(kit, job) if heading == "上级"]
    assert superiors == [(2, nobody), (3, several), (4, nobody), (5, nobody), (6, nobody), (7, nobody), (8, nobody)]


SAME = [("林 晓", "", ""), ("林晓明", "138 0013 8000", ""), ("Lin", "", "LIN@yunfan.example")]


@pytest.mark.parametrize("same", SAME, ids=["name", "phone", "e-mail"])
@pytest.mark.parametrize(
    ("how", "outcome", "on_file"),
    [("ask", "asked", 1), ("skip", "skipped", 1), ("update", "updated", 1), ("create", "created", 2)],
)
def test_somebody_who_stands_there_already_is_decided_as_the_import_says(
    kit: Kit, tmp_path: Path, how: str, outcome: str, on_file: int, same: tuple[str, str, str]
) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    known = kit.given.contact(
        yunfan, name="林晓", mobile="13800138000", emails=["lin@yunfan.example"], wechat="linxiao"
    )
    kit.given.contact(name="林晓", mobile="13800138000")
    head = (*HEAD[:4], "职务", "生日")
    path = book(tmp_path / "a.xlsx", [(YUNFAN, *same, "总监", "1985-03-02")], head)
    reason = {"reason": "另有其人"} if how == "create" else {}
    tried = contacts_in(kit, path, on_duplicate=how, dry_run=True, **reason)
    job = contacts_in(kit, path, on_duplicate=how, **reason)
    assert getattr(tried, outcome) == getattr(job, outcome) == 1
    there = doing(kit, "seller", lambda unit: unit.contacts.find({"customer_id": yunfan.id})).items
    assert len(there) == on_file
    if outcome in ("asked", "skipped"):
        assert held(kit, job)[0][1:3] == (outcome, HEAD[1 + SAME.index(same)])
    if how == "update":
        (now,) = there
        assert (now.id, now.name, now.mobile, now.wechat) == (known.id, "林晓", "+8613800138000", "linxiao")
        assert (now.birthday, now.posts[0].title) == ("1985-03-02", "总监")
    if how == "create":
        (told,) = rows(kit, AuditEntry, operation="contacts.create", reason="另有其人")
        assert told["actor_id"] == "seller"


def test_who_is_like_two_people_is_asked_about_and_never_changed(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓", mobile="13800138000")
    kit.given.contact(yunfan, name="周航", mobile="13900139000")
    job = contacts_in(
        kit, book(tmp_path / "a.xlsx", [(YUNFAN, "林晓", "13900139000")], HEAD[:3]), on_duplicate="update"
    )
    assert (job.updated, job.asked) == (0, 1)
    assert [(heading, problem) for _, _, heading, problem in held(kit, job)] == [
        ("联系人", "该客户下已有联系人 林晓"),
        ("手机", "该客户下已有联系人 周航"),
    ]


def test_rows_of_one_file_are_compared_with_each_other(database: Engine, crm_kit: CrmKit, tmp_path: Path) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(slice=2)))
    yunfan = kit.given.customer(name=YUNFAN)
    given = [
        (YUNFAN, "林晓", "13800138000"),
        (YUNFAN, "林 晓", ""),
        (YUNFAN, "周航", ""),
        (YUNFAN, "小林", "13800138000"),
    ]
    path = book(tmp_path / "a.xlsx", given, HEAD[:3])
    for how, counts in (("skip", (2, 0, 2)), ("update", (0, 4, 0))):
        tried, done = contacts_in(kit, path, on_duplicate=how, dry_run=True), contacts_in(kit, path, on_duplicate=how)
        assert (tried.created, tried.updated, tried.skipped) == (done.created, done.updated, done.skipped) == counts
    assert set(people(kit, yunfan)) == {"林晓", "周航"}


def test_a_persons_answer_in_the_annotated_workbook_is_taken_in(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓")
    given = [(YUNFAN, "林晓", "13800138000"), (YUNFAN, "林晓", "13900139000"), (YUNFAN, "周航", "手机待补")]
    answers = tmp_path / "answers.xlsx"
    contacts_in(kit, book(tmp_path / "a.xlsx", given, HEAD[:3]), answers=answers)
    head, *left = sheet(answers)
    assert head == [*HEAD[:3], "处理方式", "行号", "结果", "问题说明"]
    assert [row[5] for row in left] == ["待决定", "待决定", "有误"]
    assert left[2][6].startswith("手机: ")
    left[0][3], left[1][3], left[2][2] = "更新", "跳过", "13700137000"
    again = contacts_in(kit, book(tmp_path / "b.xlsx", left, head))
    assert (again.created, again.updated, again.skipped, again.asked, again.failed) == (1, 1, 1, 0, 0)
    assert {name: one.mobile for name, one in people(kit, yunfan).items()} == {
        "林晓": "+8613800138000",
        "周航": "+8613700137000",
    }


def test_who_left_is_kept_as_left_and_once(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    here = kit.given.contact(yunfan, name="周航")
    below = kit.given.contact(yunfan, name="陈默", reports_to=here.id)
    head = (*HEAD[:2], "状态", "离职日期", "任职日期")
    given = [
        (YUNFAN, "林晓", "离职", "2024/5/1", "2020-01-01"),
        (YUNFAN, "周航", "已离职", "", ""),
        (YUNFAN, "赵敏", "left", "2024-05-01", "2024-06-01"),
        (YUNFAN, "钱进", "在职", "2024-05-01", ""),
        (YUNFAN, "孙立", "left", "2091-05-01", ""),
        (YUNFAN, "李芳", "出差", "", ""),
    ]
    path = book(tmp_path / "a.xlsx", given, head)
    tried, done = (contacts_in(kit, path, on_duplicate="update", dry_run=dry) for dry in (True, False))
    assert (tried.created, tried.updated, tried.failed) == (done.created, done.updated, done.failed) == (1, 1, 4)
    assert [heading for _, _, heading, _ in held(kit, done)] == ["离职日期", "状态", "离职日期", "状态"]
    now = people(kit, yunfan)
    assert [(now[name].posts[0].status, now[name].posts[0].ended_on) for name in ("林晓", "周航")] == [
        ("left", date(2024, 5, 1)),
        ("left", kit.clock.now().date()),
    ]
    assert now["陈默"].posts[0].reports_to is None
    assert now["陈默"].id == below.id
    kit.relay.drain()
    assert sorted(one.ended_on for one in kit.recorder.of(ContactLeft)) == [date(2024, 5, 1), kit.clock.now().date()]
    again = contacts_in(kit, book(tmp_path / "b.xlsx", given[:2], head), on_duplicate="skip")
    assert (again.created, again.skipped) == (0, 2)
    back = contacts_in(kit, book(tmp_path / "c.xlsx", [(YUNFAN, "林晓", "在职")], head[:3]), on_duplicate="skip")
    assert back.created == 1, "as anywhere: who left is asked about nobody"


def test_of_many_who_are_the_one_to_turn_to_the_last_is(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    first = kit.given.contact(yunfan, name="许澜", primary=True)
    given = [(YUNFAN, "林晓", "是"), (YUNFAN, "周航", "否"), (YUNFAN, "周航", "是"), (YUNFAN, "许澜", "")]
    path = book(tmp_path / "a.xlsx", given, (*HEAD[:2], "首要联系人"))
    assert contacts_in(kit, path, on_duplicate="update").failed == 0
    now = people(kit, yunfan)
    assert {name: one.posts[0].primary for name, one in now.items()} == {"许澜": False, "林晓": False, "周航": True}
    assert now["许澜"].id == first.id


def test_each_contact_is_told_as_if_it_were_entered_and_the_file_as_a_whole(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    known = kit.given.contact(yunfan, name="许澜")
    kit.relay.drain()
    given = [(YUNFAN, "林晓", "13800138000"), (YUNFAN, "许澜", "13900139000"), (QINGSHAN, "无", "")]
    contacts_in(kit, book(tmp_path / "a.xlsx", given, HEAD[:3]), on_duplicate="update")
    kit.relay.drain()
    assert len(kit.recorder.of(ContactAdded)) == 2
    assert [one.changed for one in kit.recorder.of(ContactUpdated) if one.contact_id == known.id] == [("mobile",)]
    (told,) = kit.recorder.of(CustomersImported)
    assert (told.what, told.created, told.updated, told.failed, told.actor) == ("contacts", 1, 1, 1, "seller")
    assert count(kit, AuditEntry, operation="exchange.import_contacts", actor_id="seller") == 2


def test_an_import_that_cannot_begin_writes_nothing(kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [(YUNFAN, "林晓")], HEAD[:2])
    before = everything(kit)
    with refused("forbidden"):
        contacts_in(kit, path, "chief")
    with invalid("reason"):
        contacts_in(kit, path, on_duplicate="create")
    with refused("forbidden"), kit.unit("chief", read_only=True) as unit:
        unit.exchange.template(to=tmp_path / "t.xlsx", what="contacts")
    assert everything(kit) == before
