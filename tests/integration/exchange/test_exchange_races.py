"""Two at once, and a run that is stopped: no customer gets in twice, and no row is taken in twice."""

import multiprocessing
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.exchange.tables import book, taken_in
from tests.integration.services.acting import at_once, count, doing, patiently, refused, rows

from oa_crm import CRM, Settings
from oa_crm.errors import CrmError
from oa_crm.models import AuditEntry, Customer, EventRow, Import
from oa_crm.schemas import ImportOut
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.company import KitCompany

LETTERS = "云帆启明瑞远恒泰鼎盛嘉和锦程博雅正阳凌志宏图天翼佳诚昊宇晨曦朗润致信达通卓越"
FIRMS = [(f"{one}{other}{one}实业有限公司",) for one, other in zip(LETTERS, reversed(LETTERS), strict=True)]
SETTINGS = Settings(exchange=ExchangeSettings(slice=4))


@pytest.fixture
def slow_kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """One that takes in four rows at a time."""
    return crm_kit(database=database, settings=SETTINGS)


def test_of_two_imports_of_the_same_firms_each_firm_gets_in_once(slow_kit: Kit, tmp_path: Path) -> None:
    paths = [book(tmp_path / "a.xlsx", FIRMS, ("name",)), book(tmp_path / "b.xlsx", FIRMS[::-1], ("name",))]
    result = at_once(2, lambda number: _patient(slow_kit, paths[number], ("manager", "seller")[number]))
    assert not result.errors
    names = [one["name"] for one in rows(slow_kit, Customer)]
    assert sorted(names) == sorted({name for (name,) in FIRMS})
    assert sum(one.created for one in result.answers) == len(FIRMS) == sum(one.skipped for one in result.answers)


def _patient(kit: Kit, path: Path, actor: str) -> ImportOut:
    return patiently(lambda: taken_in(kit, path, actor, on_duplicate="skip"))


def test_an_import_and_people_who_enter_the_same_firms(slow_kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", FIRMS, ("name",))

    def act(number: int) -> Any:
        if number == 0:
            return _patient(slow_kit, path, "manager")
        made = 0
        for (name,) in FIRMS[number::3]:
            try:
                patiently(lambda: doing(slow_kit, "seller", lambda unit: unit.customers.create({"name": name})))  # noqa: B023
                made += 1
            except CrmError as error:
                assert error.code == "duplicate_customer"
        return made

    result = at_once(4, act)
    assert not result.errors
    names = [one["name"] for one in rows(slow_kit, Customer)]
    assert len(names) == len(set(names)) == len(FIRMS)


def test_of_two_who_go_on_with_one_import_no_row_is_taken_twice(slow_kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", FIRMS, ("name",))
    result = at_once(2, lambda _: _patient(slow_kit, path, "manager"))
    assert result.codes <= {"illegal_state"}
    taken_in(slow_kit, path, on_duplicate="skip")
    assert count(slow_kit, Customer) == len(FIRMS)
    assert count(slow_kit, AuditEntry, operation="customers.create") == len(FIRMS)


def test_an_import_that_is_stopped_goes_on_where_it_stopped(slow_kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [*FIRMS[:9], ("", "x"), *FIRMS[9:]], ("name", "phone"))

    class Enough(Exception): ...

    def stop(progress: ImportOut) -> None:
        if progress.position >= 12:
            raise Enough

    with pytest.raises(Enough):
        slow_kit.crm.exchange.import_customers(slow_kit.scope("manager"), path, on_progress=stop)
    (job,) = rows(slow_kit, Import)
    assert (job["state"], job["position"], job["created"], job["failed"]) == ("running", 13, 11, 1)
    assert count(slow_kit, Customer) == 11
    assert count(slow_kit, EventRow, hook="on_customers_imported") == 0
    seen: list[int] = []
    answers = tmp_path / "answers.xlsx"
    done = slow_kit.crm.exchange.import_customers(
        slow_kit.scope("manager"), path, answers=answers, on_progress=lambda one: seen.append(one.position)
    )
    assert (done.id, done.state, done.created, done.failed) == (job["id"], "finished", len(FIRMS), 1)
    assert seen[0] == 17
    assert count(slow_kit, Customer) == len(FIRMS)
    from tests.integration.exchange.tables import sheet

    assert [row[-3] for row in sheet(answers)[1:]] == [11.0], "also what the first run held back"


def _work(url: str, path: Path) -> None:
    crm = CRM(url, plugins=[KitCompany()], settings=SETTINGS)

    def killed(progress: ImportOut) -> None:
        if progress.position > 10:
            os.kill(os.getpid(), signal.SIGKILL)

    crm.exchange.import_customers(crm.scope(tenant="acme", actor="manager"), path, on_progress=killed)


@pytest.mark.faults
def test_a_process_that_is_killed_leaves_an_import_that_goes_on(database_url: str, tmp_path: Path) -> None:
    kit = Kit(database_url, [], SETTINGS)
    path = book(tmp_path / "a.xlsx", FIRMS, ("name",))
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(database_url, path))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    (job,) = rows(kit, Import)
    assert (job["state"], job["created"]) == ("running", 12)
    assert count(kit, Customer) == 12
    done = taken_in(kit, path)
    assert (done.id, done.created, done.asked) == (job["id"], len(FIRMS), 0)
    assert count(kit, Customer) == len(FIRMS)
    kit.close()


def test_another_persons_run_of_the_same_file_is_another_import(slow_kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", FIRMS[:2], ("name",))
    ours, theirs = taken_in(slow_kit, path), taken_in(slow_kit, path, "seller", on_duplicate="skip")
    assert ours.id != theirs.id
    assert theirs.skipped == 2


@pytest.mark.parametrize("to_its_end", [False, True])
def test_a_slice_that_another_process_took_is_taken_back(slow_kit: Kit, tmp_path: Path, to_its_end: bool) -> None:
    path, scope = book(tmp_path / "a.xlsx", FIRMS, ("name",)), slow_kit.scope("manager")
    met: list[int] = []

    class Enough(Exception): ...

    def stop(_: ImportOut) -> None:
        if not to_its_end:
            raise Enough

    def meddle(progress: ImportOut) -> None:
        if not met:
            met.append(progress.position)
            with suppress(Enough):
                slow_kit.crm.exchange.import_customers(scope, path, on_progress=stop)

    with refused("illegal_state"):
        slow_kit.crm.exchange.import_customers(scope, path, on_progress=meddle)
    assert count(slow_kit, Customer) == (len(FIRMS) if to_its_end else 8)
    done = taken_in(slow_kit, path)
    assert (done.created, done.asked) == ((0, len(FIRMS)) if to_its_end else (len(FIRMS), 0))
