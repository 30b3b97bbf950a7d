"""People taken out to a file and in again: what was changed in the file changes and nothing else, and a file that
nobody changed changes nothing.
"""

import csv
import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from tests.integration.exchange.tables import book, lines, sheet
from tests.integration.exchange.test_exchange_contacts import QINGSHAN, YUNFAN, contacts_in, held, people
from tests.integration.exchange.test_exchange_contacts_out import people_out
from tests.integration.privacy.ruling import rule
from tests.integration.services.acting import count, doing, listening, rows

from oa_crm import Settings, codes
from oa_crm.exchange import mapping, person_columns, reading, sheets
from oa_crm.exchange.values import Reader
from oa_crm.models import AuditEntry, Contact, ContactPhone, EventRow, Post
from oa_crm.schemas import ContactIn, ContactRow
from oa_crm.schemas.contacts import ContactLine
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

WORDS = ("contacts.create", "contacts.update", "contacts.change_post", "contacts.leave", "contacts.set_primary")


def on_file(kit: Kit) -> dict[str, Any]:
    """All that is kept of people, with versions and stamps, and how often it was said that they changed."""
    phones = ContactPhone.__table__
    with kit.crm.engine.connect() as connection:
        numbers = sorted(map(repr, connection.execute(select(phones))))
    kept = {model.__tablename__: [dict(one) for one in rows(kit, model)] for model in (Contact, Post)}
    said = {word: count(kit, AuditEntry, operation=word) for word in WORDS}
    return {**kept, "phones": numbers, **said, "events": count(kit, EventRow, kind="contact")}


def changed_in(path: Path, at: str, new: dict[str, str]) -> Path:
    """The file in which somebody put other words into one column, by the name of the row."""
    head, *below = sheet(path) if path.suffix == ".xlsx" else lines(path)
    for line in below:
        line[head.index(at)] = new.get(str(line[head.index("姓名")]), line[head.index(at)])
    changed = path.with_stem("changed")
    if path.suffix == ".csv":
        with changed.open("w", encoding="gb18030", newline="") as text:
            csv.writer(text).writerows([head, *below])
    else:
        with sheets.table(changed, "xlsx", head) as table:
            for line in below:
                table.row(line)
    return changed


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_number_that_was_changed_in_the_file_is_changed_and_nothing_else(
    kit: Kit, tmp_path: Path, format: str
) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    boss = kit.given.contact(yunfan, name="许澜", mobile="13700137000", primary=True)
    kit.given.contact(
        yunfan, name="林晓", mobile="13800138000", phones=["0571-88886666转801"], emails=["lin@yunfan.example"],
        wechat="linxiao", birthday="--03-02", notes="=爱喝龙井", title="采购总监", role="influencer",
        reports_to=boss.id, started_on="2021-06-01",
    )  # fmt: skip
    path = tmp_path / f"people.{format}"
    people_out(kit, path)
    before = on_file(kit)
    done = contacts_in(kit, changed_in(path, "手机", {"林晓": "136 0013 6000"}), on_duplicate="update")
    assert (done.created, done.updated, done.asked, done.failed) == (0, 2, 0, 0)
    after = on_file(kit)
    lin, others = before["oa_crm_contact"].pop(), after["oa_crm_contact"].pop()
    differs = {name: one for name, one in others.items() if one != lin[name]}
    assert (differs.pop("mobile"), differs.pop("version")) == ("+8613600136000", 2)
    assert set(differs) <= {"updated_at", "updated_by"}
    assert after.pop("contacts.update") == before.pop("contacts.update") + 1
    assert after.pop("events") == before.pop("events") + 1
    assert [one for one in after.pop("phones") if "13800138000" in one] == []
    before.pop("phones")
    assert after == before


def _company(kit: Kit, chance: random.Random) -> None:
    """People as years leave them: twins, shared numbers, some who left, came back or stand at two customers."""
    firms = [kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)]
    for at in range(9):
        firm = chance.choice(firms)
        there = doing(kit, "seller", lambda unit, firm=firm: unit.contacts.reporting(firm.id))
        superior = chance.choice([None, *(one.contact_id for one in there)])
        person = {
            "customer_id": firm.id, "name": chance.choice(("林晓", "许澜", "周 航", "'陈默", f"=赵敏{at}")),
            "mobile": chance.choice((None, "13800138000", "0571-88886666转801")),
            "phones": chance.choice(((), ("0571-88886666",), ("0571-88886666转8", "+49 30 901820"))),
            "emails": chance.choice(((), ("a@yunfan.example", "B@yunfan.example"))),
            "birthday": chance.choice((None, "1975-03-02", "--02-29")), "gender": chance.choice((None, "other")),
            "notes": chance.choice((None, "第一行\n第二行", "+1; 'x,\"y\"")), "title": chance.choice((None, "-总监")),
            "role": chance.choice((None, "gatekeeper")), "primary": chance.random() < 0.3, "reports_to": superior,
            "started_on": chance.choice((None, date(2021, 6, 1))),
        }  # fmt: skip
        made = doing(kit, "seller", lambda unit, one=person: unit.contacts.create(one, override_reason="同名"))
        _moves_on(kit, made, next(one for one in firms if one.id != firm.id), chance.random())


def _moves_on(kit: Kit, person: Any, other: Any, fate: float) -> None:
    here, there = ({"customer_id": id} for id in (person.posts[0].customer_id, other.id))

    def move(to: dict[str, Any]) -> Any:
        return doing(kit, "seller", lambda unit: unit.contacts.move(person.id, to, override_reason="同名"))

    if fate < 0.3:
        doing(kit, "seller", lambda unit: unit.contacts.leave(person.posts[0].id, {"expected_version": 1}))
    elif fate < 0.6:
        move({**there, "keep_posts": fate < 0.45})
    if 0.52 < fate < 0.6:
        move(here)


@pytest.mark.parametrize("seed", range(6))
def test_what_was_taken_out_and_comes_in_as_it_is_changes_nothing(
    database: Engine, crm_kit: CrmKit, tmp_path: Path, seed: int
) -> None:
    kit = crm_kit(database=database, settings=Settings(exchange=ExchangeSettings(slice=4)))
    chance = random.Random(seed)
    _company(kit, chance)
    path = tmp_path / chance.choice(("people.csv", "people.xlsx"))
    many = people_out(kit, path).rows
    before = on_file(kit)
    for how, outcome in (("update", "updated"), ("skip", "skipped"), ("create", "asked"), ("ask", "asked")):
        reason = {"reason": "核对通讯录"} if how == "create" else {}
        tried = contacts_in(kit, path, on_duplicate=how, dry_run=True, **reason)
        done = contacts_in(kit, path, on_duplicate=how, **reason)
        assert (getattr(tried, outcome), getattr(done, outcome)) == (many, many), held(kit, done)
        assert on_file(kit) == before


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs", "Co")), min_size=1, max_size=30)
_SAID = (_TEXT | st.sampled_from(("=1+1", "'=x", "''-1", "0571", "1e5", "TRUE", "#N/A", "a\r\nb", "x;y,z/1"))).filter(
    lambda one: bool(one.strip()) and one.strip() == one and one.isprintable() | ("\n" in one)
)
_PHONES = st.sampled_from(("13800138000", "0571-88886666转801", "+49 30 901820", "+1 650 253 0000"))
_DAYS = st.dates(date(1900, 1, 1), date(2026, 3, 1))
_FACTS = st.fixed_dictionaries(
    {"name": _SAID},
    optional={
        **dict.fromkeys(("title", "department", "wechat", "salutation", "notes"), _SAID),
        "mobile": _PHONES,
        "phones": st.lists(_PHONES, max_size=3),
        "emails": st.lists(st.sampled_from(("a@b.example", "A+1@b.example", "-x@y.example")), max_size=3),
        "birthday": _DAYS.map(str) | _DAYS.map(lambda day: f"-{str(day)[4:]}"),
        "gender": st.sampled_from(("male", "female", "other")),
        "role": st.sampled_from(("decision_maker", "influencer", "user", "gatekeeper", "other")),
        "started_on": _DAYS,
        "primary": st.booleans(),
    },
)


@given(_FACTS, st.sampled_from(("xlsx", "csv")), st.sampled_from(("zh-CN", "en")), _SAID)
def test_every_fact_of_a_person_is_read_from_a_file_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, facts: dict[str, Any], format: str, locale: str, customer: str
) -> None:
    """Whatever people write, but for control characters."""
    given_ = ContactIn(customer_id=UUID(int=1), **facts)
    path = tmp_path_factory.mktemp("law") / f"a.{format}"
    _write(path, given_, customer, locale)
    read = _read(path)
    assert (read.customer_id, read.post_id, read.customer) == (UUID(int=1), UUID(int=3), customer)
    for name in facts:
        was, now = getattr(given_, name), getattr(read, name)
        assert _dialled(name, now) == _dialled(name, was), name
    assert set(read.model_fields_set) <= {name for name, one in facts.items() if one not in ([], None)} | {
        "customer", "customer_id", "post_id", "status", "primary",
    }  # fmt: skip


def _write(path: Path, facts: ContactIn, customer: str, locale: str) -> None:
    known = facts.model_dump(exclude={"reports_to", "customer_id", "mobile", "phones"})
    numbers = {name: _dialled(name, getattr(facts, name)) for name in ("mobile", "phones")}
    ids = {"post_id": UUID(int=3), "contact_id": UUID(int=2), "customer_id": UUID(int=1)}
    person = ContactLine(**known, **numbers, **ids, customer=customer, reports_to=None, status="active", ended_on=None)
    chosen = [one for one in person_columns.FIXED if one.told]
    with sheets.table(path, path.suffix[1:], [one.heading(locale) for one in chosen]) as table:
        table.row([person_columns.told(one, person, locale) for one in chosen])


def _read(path: Path) -> ContactRow:
    with reading.rows(path, ExchangeSettings()) as found:
        below = list(found)
    plan = mapping.plan(below, person_columns.BY_NAME, {}, ())
    assert set(plan.unknown) <= {"联系人编号", "contact id"}, "no column has to be mapped by hand"
    told = Reader(plan.columns, person_columns.BY_NAME).told(below[1][1])
    assert not told.problems
    return ContactRow(**told.facts)


def _dialled(name: str, value: Any) -> Any:
    """Numbers as they are kept."""
    if name == "phones":
        return tuple(codes.phone(one, "CN") for one in value)
    return codes.phone(value, "CN") if name == "mobile" and value else value


def test_masked_cells_overwrite_nothing(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓", mobile="13800138000", notes="爱喝龙井", title="采购")
    rule(kit, "contact", "notes", masked=("salesperson",))
    people_out(kit, tmp_path / "a.csv")
    before = on_file(kit)
    for actor in ("seller", "manager"):
        job = contacts_in(kit, tmp_path / "a.csv", actor, on_duplicate="update")
        assert [(row, outcome, at) for row, outcome, at, _ in held(kit, job, actor)] == [(2, "failed", "备注")]
    rule(kit, "contact", "mobile", masked=("salesperson",))
    rule(kit, "contact", "name", masked=("salesperson",))
    people_out(kit, tmp_path / "b.csv")
    job = contacts_in(kit, tmp_path / "b.csv", "manager", on_duplicate="create", reason="名单")
    assert {at for _, _, at, _ in held(kit, job, "manager")} == {"姓名", "手机", "备注"}
    assert on_file(kit) == before


def test_who_does_not_see_all_changes_what_he_sees(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    kit.given.contact(yunfan, name="林晓", mobile="13800138000", notes="爱喝龙井", title="采购")
    rule(kit, "contact", "notes", masked=("salesperson",))
    rule(kit, "contact", "mobile", see=("sales_manager",))
    fields = tuple(one.name for one in person_columns.FIXED if one.told and one.name != "notes")
    people_out(kit, tmp_path / "a.csv", fields=fields)
    job = contacts_in(kit, changed_in(tmp_path / "a.csv", "职务", {"林晓": "采购总监"}), on_duplicate="update")
    assert (job.updated, job.failed) == (1, 0)
    (kept,) = rows(kit, Contact)
    assert (kept["mobile"], kept["notes"]) == ("+8613800138000", "爱喝龙井")
    assert people(kit, yunfan)["林晓"].posts[0].title == "采购总监"


def test_of_two_who_look_the_same_the_one_who_is_meant_is_changed(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    landline, ids = "0571-88886666", []
    for title in ("总监", "司机"):
        twin = {"customer_id": yunfan.id, "name": "林晓", "title": title, "phones": [landline]}
        made = doing(kit, "seller", lambda unit, one=twin: unit.contacts.create(one, override_reason="同名"))
        ids.append(made.posts[0].id)
    head = ("任职编号", "客户", "姓名", "部门")
    job = contacts_in(
        kit, book(tmp_path / "a.xlsx", [(str(ids[1]), YUNFAN, "林 晓", "车队")], head), on_duplicate="update"
    )
    assert (job.updated, job.asked) == (1, 0)
    assert {one["title"]: one["department"] for one in rows(kit, Post)} == {"总监": None, "司机": "车队"}


def test_an_id_that_does_not_fit_its_row_keeps_it_out(kit: Kit, tmp_path: Path) -> None:
    yunfan, qingshan = kit.given.customer(name=YUNFAN), kit.given.customer(name=QINGSHAN)
    lin, zhou = (kit.given.contact(yunfan, name=name).posts[0] for name in ("林晓", "周航"))
    kit.given.contact(qingshan, name="林晓")
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    other = doing(kit, "colleague", lambda unit: unit.contacts.create({"customer_id": theirs.id, "name": "许澜"}))
    doing(kit, "seller", lambda unit: unit.contacts.leave(zhou.id, {"expected_version": 1}))
    head = ("任职编号", "客户", "姓名", "手机", "状态")
    given_ = [
        (str(lin.id), YUNFAN, "周航", "13800138000", ""),
        (str(lin.id), QINGSHAN, "林晓", "13800138000", ""),
        (str(other.posts[0].id), YUNFAN, "许澜", "13800138000", ""),
        (str(zhou.id), YUNFAN, "周航", "13800138000", "在职"),
        ("七号", YUNFAN, "林晓", "13800138000", ""),
    ]
    before = on_file(kit)
    path = book(tmp_path / "a.xlsx", given_, head)
    tried, job = (contacts_in(kit, path, on_duplicate="update", dry_run=dry) for dry in (True, False))
    assert tried.failed == job.failed == 5
    assert [(row, at) for row, _, at, _ in held(kit, job)] == [
        (2, "姓名"), (3, "任职编号"), (4, "任职编号"), (5, "状态"), (6, "任职编号"),
    ]  # fmt: skip
    assert on_file(kit) == before
    again = contacts_in(kit, book(tmp_path / "b.xlsx", [(str(lin.id), YUNFAN, "林晓")], head[:3]))
    assert [one[2:] for one in held(kit, again)] == [("任职编号", "这就是已有联系人 林晓")]


def test_who_is_said_to_have_left_is_not_taken_for_whoever_shares_his_number(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    gone = kit.given.contact(yunfan, name="林晓", mobile="13900139000", phones=["0571-88886666"])
    doing(kit, "seller", lambda unit: unit.contacts.leave(gone.posts[0].id, {"expected_version": 1}))
    kit.given.contact(yunfan, name="周航", phones=["0571-88886666"])
    people_out(kit, tmp_path / "a.csv")
    job = contacts_in(kit, changed_in(tmp_path / "a.csv", "微信", {"林晓": "linxiao"}), on_duplicate="update")
    assert (job.updated, job.failed) == (2, 0)
    now = people(kit, yunfan)
    assert (now["周航"].posts[0].status, now["周航"].mobile) == ("active", None)
    assert (now["林晓"].posts[0].status, now["林晓"].wechat) == ("left", "linxiao")


def test_what_is_not_changed_costs_no_writing(kit: Kit, tmp_path: Path) -> None:
    yunfan = kit.given.customer(name=YUNFAN)
    for at in range(5):
        kit.given.contact(yunfan, name=f"林晓{at}", mobile=f"1380013800{at}")
    people_out(kit, tmp_path / "a.csv")
    with listening(kit.crm.engine) as sent:
        assert contacts_in(kit, tmp_path / "a.csv", on_duplicate="update").updated == 5
    wrote = [one for one in sent if one.startswith(("UPDATE", "INSERT", "DELETE"))]
    assert [one for one in wrote if "oa_crm_contact" in one or "oa_crm_post" in one] == []
