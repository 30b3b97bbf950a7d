"""Follow-ups out to a file and in from one: with true authors and times, each once, by the rights of who does it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.integration.services.acting import at_once, count, doing, everything, listening, patiently, refused

from oa_crm.hooks.payloads import CustomersExported, CustomersImported, FollowUpLogged
from oa_crm.models import AuditEntry, FollowUp
from oa_crm.services import exports
from oa_crm.services.imports import talks
from oa_crm.testing import Kit

HEAD = "客户名称,跟进时间,跟进人,跟进方式,跟进内容,跟进结果,下次联系\n"


def _file(folder: Path, *rows: str, name: str = "history.csv") -> Path:
    (path := folder / name).write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def _import(kit: Kit, path: Path, actor: str = "manager", **more: Any) -> Any:
    return kit.crm.exchange.import_follow_ups(kit.scope(actor), path, **more)


def _held(kit: Kit, job: Any, actor: str = "manager") -> list[Any]:
    return doing(kit, actor, lambda unit: list(unit.exchange.held_back(job.id)))


def _history(kit: Kit, customer: Any) -> Any:
    return doing(kit, "manager", lambda unit: unit.followups.find({"customer_id": customer.id})).items


def test_history_keeps_its_authors_and_times(kit: Kit, tmp_path: Path) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    path = _file(
        tmp_path,
        "云帆智能科技有限公司,2021/3/5 14:30,Salesperson,拜访,看了演示,有意向,",
        "云帆智能科技有限公司,2023-11-02,colleague,phone,谈了价格,,2023-11-20",
        f"{customer.id},2023-11-02,,电话,没有写明客户名称,,",
    )
    job = _import(kit, path)
    assert (job.created, job.failed, job.state, job.what) == (2, 1, "finished", "follow_ups")
    last, first = _history(kit, customer)
    assert (first.created_by, first.happened_at) == ("seller", datetime(2021, 3, 5, 6, 30, tzinfo=UTC))
    assert (first.way, first.result, first.outcome) == ("visit", "interested", "看了演示")
    assert (last.created_by, last.way, last.next_contact_on) == ("colleague", "phone", date(2023, 11, 20))
    assert {first.import_id, last.import_id} == {job.id}
    assert first.created_at == kit.clock.now()
    with kit.unit(read_only=True) as unit:
        assert unit.customers.get(customer.id).last_follow_up_at == last.happened_at
        assert unit.followups.find({"created_by": "colleague"}).items == (last,)
    assert count(kit, AuditEntry, operation="exchange.import_follow_ups", actor_id="manager") == 3
    kit.relay.drain()
    assert kit.recorder.of(FollowUpLogged) == []
    assert [(one.what, one.created, one.actor) for one in kit.recorder.of(CustomersImported)] == [
        ("follow_ups", 2, "manager")
    ]


def test_what_is_on_file_already_is_not_there_twice(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name="云帆智能科技有限公司")
    row = "云帆智能科技有限公司,2021-03-05 14:30,seller,visit,看了演示,,"
    assert _import(kit, _file(tmp_path, row, row)).created == 1
    again = _import(kit, _file(tmp_path, row, row.replace("演示", "样机"), name="more.csv"))
    assert (again.created, again.skipped) == (1, 1)
    assert count(kit, FollowUp) == 2


@pytest.mark.parametrize(
    ("actor", "row", "what"),
    [
        ("seller", "云帆智能科技有限公司,2021-03-05,colleague,visit,好,,", "within your reach"),
        ("colleague", "云帆智能科技有限公司,2021-03-05,,visit,好,,", "no such customer"),
        ("seller", "青山造纸有限公司,2021-03-05,,visit,好,,", "no such customer"),
        ("seller", "云帆智能科技有限公司,2091-03-05,,visit,好,,", "future"),
        ("seller", "云帆智能科技有限公司,去年,,visit,好,,", "datetime"),
        ("seller", "云帆智能科技有限公司,2021-03-05,,pigeon,好,,", "no way of a follow-up"),
        ("seller", "云帆智能科技有限公司,2021-03-05,,visit,,,", "required"),
    ],
)
def test_a_row_that_cannot_be_taken_stays_out_and_says_why(
    kit: Kit, tmp_path: Path, actor: str, row: str, what: str
) -> None:
    kit.given.customer(name="云帆智能科技有限公司")
    job = _import(kit, _file(tmp_path, row), actor)
    assert (job.created, job.failed) == (0, 1)
    (held,) = _held(kit, job, actor)
    assert what in held.problems[0].problem
    assert count(kit, FollowUp) == 0


def test_a_row_names_its_customer_by_number_or_name_and_by_one_alone(kit: Kit, tmp_path: Path) -> None:
    code = "91330106MA2H3C4D5W"
    yunfan = kit.given.customer(name="云帆智能科技(杭州)有限公司", credit_code=code)
    kit.given.customer(name="青山造纸有限公司")
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    twin = {"name": "晨曦教育有限公司", "owner_id": "seller"}
    for _ in range(2):
        doing(kit, "manager", lambda unit: unit.customers.create(twin, override_reason="同名的另一家"))
    (path := tmp_path / "history.csv").write_text(
        "客户编号,信用代码,客户,跟进时间,跟进方式,跟进内容\n"
        f"{yunfan.id},,,2021-03-01,visit,编号\n"
        f",{code.lower()},,2021-03-02,visit,代码\n"
        ",,云帆智能科技（杭州）有限公司,2021-03-03,visit,宽括号\n"
        f",{code},云帆智能（改名前）,2021-03-04,visit,改过名\n"
        f"{yunfan.id},,青山造纸有限公司,2021-03-05,visit,串行\n"
        f",{code[:-1]}X,,2021-03-06,visit,代码不对\n"
        ",,长风物流有限公司,2021-03-07,visit,别人的\n"
        ",,晨曦教育有限公司,2021-03-08,visit,两家\n"
        ",,,2021-03-09,visit,没写\n",
        encoding="utf-8",
    )
    job = _import(kit, path, "seller")
    assert (job.created, job.failed) == (4, 5)
    assert {one.outcome for one in _history(kit, yunfan)} == {"编号", "代码", "宽括号", "改过名"}
    told = [(one.problems[0].heading, one.problems[0].problem) for one in _held(kit, job, "seller")]
    assert told == [
        ("客户", "it is another customer than the row's number says"),
        ("信用代码", "there is no such customer that you may write to"),
        ("客户", "there is no such customer that you may write to"),
        ("客户", "several are called so"),
        ("客户", "no customer is named"),
    ]


def test_a_file_may_name_its_customers_by_number_alone(kit: Kit, tmp_path: Path) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    (path := tmp_path / "a.csv").write_text(
        f"客户编号,时间,方式,内容\n{customer.id},2021-03-01,visit,好\n", encoding="utf-8"
    )
    assert _import(kit, path).created == 1
    (path := tmp_path / "b.csv").write_text("时间,方式,内容\n2021-03-01,visit,好\n", encoding="utf-8")
    with refused("invalid_input") as caught:
        _import(kit, path)
    assert caught.value.details["problems"][0]["code"] == "no_column_for_the_customer"


def test_who_may_not_write_customers_takes_nothing_in(kit: Kit, tmp_path: Path) -> None:
    with refused("forbidden"):
        _import(kit, _file(tmp_path, "云帆,2021-03-05,,visit,好,,"), "chief")


def test_a_dry_run_decides_the_same_and_writes_nothing(kit: Kit, tmp_path: Path) -> None:
    kit.given.customer(name="云帆智能科技有限公司")
    path = _file(tmp_path, "云帆智能科技有限公司,2021-03-05,,visit,好,,", "没有这家,2021-03-05,,visit,好,,")
    before = everything(kit)
    tried = _import(kit, path, dry_run=True)
    assert everything(kit) == before
    done = _import(kit, path)
    assert (tried.created, tried.failed) == (done.created, done.failed) == (1, 1)


def test_a_stopped_import_goes_on_where_it_stopped(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    path = _file(tmp_path, *(f"云帆智能科技有限公司,2021-03-{day:02},,visit,第 {day} 次,," for day in range(1, 13)))
    real, left = talks.take, [1]

    def killed(*given: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(*given, **more)

    small = kit.crm.settings.exchange.model_copy(update={"slice": 5})
    monkeypatch.setattr(kit.crm.exchange, "_settings", small)
    monkeypatch.setattr(talks, "take", killed)
    with pytest.raises(KeyboardInterrupt):
        _import(kit, path)
    assert len(_history(kit, customer)) == 5
    monkeypatch.setattr(talks, "take", real)
    assert _import(kit, path).created == 12
    assert [one.outcome for one in reversed(_history(kit, customer))] == [f"第 {day} 次" for day in range(1, 13)]


def test_imported_history_puts_off_the_clock_as_any_follow_up(kit: Kit, tmp_path: Path) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    kit.clock.advance(days=100)
    before = doing(kit, "seller", lambda unit: unit.pool.explain(customer.id)).protected_until
    at = (kit.clock.now()).date().isoformat()
    _import(kit, _file(tmp_path, f"云帆智能科技有限公司,{at},,visit,好,,"))
    assert doing(kit, "seller", lambda unit: unit.pool.explain(customer.id)).protected_until > before


def test_what_was_taken_out_can_be_taken_in_elsewhere(kit: Kit, tmp_path: Path) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    kit.clock.advance(microseconds=123_457)
    for way in ("visit", "phone"):
        kit.given.follow_up(customer, way=way, outcome=f"=1+1 {way}", key_issue="价格", place="西溪园区")
    kit.given.follow_up()
    path = tmp_path / "out.csv"
    with kit.crm.begin(kit.scope("seller", locale="zh-CN")) as unit:
        written = unit.exchange.export_follow_ups({"customer_id": customer.id}, to=path, format="csv")
    assert (written.rows, written.fields[0]) == (2, "name")
    text = path.read_text(encoding="utf-8-sig")
    assert "拜访" in text
    assert "Salesperson" in text
    assert ",=1" not in text
    with kit.unit("colleague") as unit:
        assert unit.exchange.export_follow_ups(to=tmp_path / "none.csv", format="csv").rows == 0
    kit.relay.drain()
    assert [(one.what, one.rows) for one in kit.recorder.of(CustomersExported)] == [
        ("follow_ups", 2),
        ("follow_ups", 0),
    ]
    back = _import(kit, path)
    assert (back.created, back.skipped, back.failed) == (0, 2, 0), "what is on file is known again"


def test_an_export_of_many_holds_each_once_in_their_order(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    for at in range(7):
        kit.given.follow_up(customer, outcome=f"第 {at} 次")
        kit.clock.advance(minutes=at % 2)
    monkeypatch.setattr(exports, "_AT_ONCE", 2)
    path = tmp_path / "out.csv"
    with kit.unit() as unit:
        assert unit.exchange.export_follow_ups(to=path, fields=("outcome",), format="csv").rows == 7
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == [f"第 {at} 次" for at in range(7)]


@pytest.mark.parametrize("when", ["1700000000", "45321", "45321.5", "20210305", "1821-03-05", "2921/3/5"])
def test_what_is_no_time_or_of_no_time_of_ours_is_refused(kit: Kit, tmp_path: Path, when: str) -> None:
    kit.given.customer(name="云帆智能科技有限公司")
    job = _import(kit, _file(tmp_path, f"云帆智能科技有限公司,{when},,visit,好,,"))
    assert (job.created, job.failed) == (0, 1)
    assert [one.heading for one in _held(kit, job)[0].problems] == ["跟进时间"]


def test_of_two_files_that_hold_the_same_talks_each_is_taken_in_once(kit: Kit, tmp_path: Path) -> None:
    customer = kit.given.customer(name="云帆智能科技有限公司")
    rows = [f"云帆智能科技有限公司,2021-03-{day:02},seller,visit,第 {day} 次,," for day in range(1, 29)]
    files = [_file(tmp_path, *rows, *[rows[0]] * at, name=f"{at}.csv") for at in range(3)]
    result = at_once(3, lambda at: patiently(lambda: _import(kit, files[at])))
    assert not result.errors
    assert sum(one.created for one in result.answers) == count(kit, FollowUp, customer_id=customer.id) == 28


def test_an_export_reads_no_notes_that_it_does_not_write(kit: Kit, tmp_path: Path) -> None:
    said = kit.given.follow_up(kit.given.customer())
    doing(kit, "seller", lambda unit: unit.followups.add_to(said.id, "更正"))
    with kit.unit() as unit, listening(kit.crm.engine) as sent:
        assert unit.exchange.export_follow_ups(to=tmp_path / "out.csv", format="csv").rows == 1
    assert [one for one in sent if "oa_crm_follow_up_note" in one] == []
