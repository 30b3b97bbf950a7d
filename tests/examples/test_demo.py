"""The demo as a user runs it, to its end: what it tells, what it leaves behind, and that it notices a wrong cent."""

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.support.demo import ROOT, end, start


def _entries(database: Path) -> "sqlite3.Connection":
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True)


def test_it_tells_the_whole_story(played: tuple[Path, str]) -> None:
    _, told = played
    chapters = re.findall(r"^\d+\. (.+?) ─", told, re.MULTILINE)
    assert len(chapters) == 14
    for said in (
        "41 duplicates were planted",
        "由张伟跟进",
        "is killed (SIGKILL)",
        "takes over the lease",
        "voucher 记-",
        "会计期间已结账",
        "reverses the second 2,598.00 CNY",
        "profit 144,653.05 CNY",
        "莫若谷 (季闻溪 (阮青禾), 祁望川 (霍知行))",
        "takes 5 people out to address_book.csv",
        "阮青禾 has +8613900004312",
        "entries of 12 kinds",
        "王强 leaves the company; 何琳 is told what he held",
        "conflicts: 0",
        "takes note: 已逐一核对",
        "every figure agrees to the cent",
    ):
        assert said in told


def test_it_prints_the_key_figures(played: tuple[Path, str]) -> None:
    _, told = played
    figures = dict(re.findall(r"│\s+(.+?)\s{2,}(.+?)\s+│", told))
    assert figures["customers on file"] == "246"
    assert figures["contract approved"] == "186,400.50 CNY"
    assert figures["expenses after one reversal"] == "41,747.45 CNY"
    assert figures["profit, settled"] == "144,653.05 CNY"
    assert figures["entries in the books"] == "12"
    assert figures["counts that hold after two kills"] == "6 of 6"
    assert len(set(figures["figures that agree"].split(" of "))) == 1


def test_it_writes_only_its_own_files(played: tuple[Path, str]) -> None:
    out, _ = played
    database, papers = {"oa.db", "oa.db-wal", "oa.db-shm"}, {"customer-file.html", "customer-file.pdf", "handover.html"}
    assert {path.name for path in out.iterdir()} <= {*database, *papers, "address_book.csv", "relay.log", "report.html"}
    assert (out / "report.html").stat().st_size > 50_000


def test_no_voucher_is_missing_or_there_twice(played: tuple[Path, str]) -> None:
    out, _ = played
    with _entries(out / "oa.db") as database:
        vouchers = [voucher for (voucher,) in database.execute("SELECT voucher FROM oa_entry ORDER BY voucher")]
    database.close()
    assert [int(voucher[-4:]) for voucher in vouchers] == list(range(1, 13))


def test_it_can_be_run_again_and_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "oa.db").write_text("left by something that died")
    (tmp_path / "notes.txt").write_text("mine")
    demo = start(tmp_path)
    # The same run is tampered with: a cent on a line that no later act depends on.
    _add_a_cent(tmp_path / "oa.db", demo)
    code, told = end(demo)
    assert code == 1, told
    assert "✗ DIFFERS" in told
    assert "THE FIGURES DO NOT AGREE" in told
    assert (tmp_path / "notes.txt").read_text() == "mine"
    again = [sys.executable, "-m", "examples.host_app.reconcile", str(tmp_path / "oa.db")]
    assert subprocess.run(again, cwd=ROOT, capture_output=True, check=False).returncode == 1


def _add_a_cent(database: Path, demo: "subprocess.Popen[str]") -> None:
    while demo.poll() is None:
        try:
            with sqlite3.connect(database, timeout=30) as books:
                sql = "UPDATE oa_entry_line SET debit_minor = debit_minor + 1 WHERE account_code = '1122'"
                changed = books.execute(sql).rowcount
            books.close()
            if changed:
                return
        except sqlite3.Error:  # not there yet, or still the file that was left
            pass
        time.sleep(0.05)  # another process's rows: nothing to wait on but a look


def test_reconciling_afterwards_agrees_again(played: tuple[Path, str]) -> None:
    out, _ = played
    command = [sys.executable, "-m", "examples.host_app.reconcile", str(out / "oa.db")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0
    assert done.stdout.count("✓ agrees") == 18


def test_it_prints_the_customers_whole_file(played: tuple[Path, str]) -> None:
    out, _ = played
    page = (out / "customer-file.html").read_text(encoding="utf-8")
    for told in (
        "何琳 打印于",
        "杭州砚舸智能装备有限公司",
        "186,400.50 CNY",
        "144,653.05 CNY",
        "莫若谷",
        "归属与分级变更",
    ):
        assert told in page
