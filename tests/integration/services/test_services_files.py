"""Files: attached to things, seen by whoever sees those, safe by name and type, in step with the store."""

import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update
from tests.integration.services.acting import at_once, count, doing, invalid, patiently, refused

from oa_crm import CRM, Settings
from oa_crm.errors import FileDamaged, InvalidInput
from oa_crm.hooks.payloads import FileAttached, FileRemoved
from oa_crm.models import Customer, File, table_of
from oa_crm.plugins.builtin.files import FolderStore
from oa_crm.schemas import CustomerOut, FileOut
from oa_crm.services.attachments import names, types
from oa_crm.settings import FileSettings
from oa_crm.testing import CrmKit, Kit

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def _office() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
    return kept.getvalue()


def _attach(kit: Kit, to: Any, name: str, content: Any, actor: str = "seller", kind: str = "customer") -> FileOut:
    data = {"kind": kind, "thing_id": to.id, "name": name}
    return doing(kit, actor, lambda unit: unit.files.attach(data, content))


@pytest.fixture
def customer(kit: Kit) -> CustomerOut:
    return kit.given.customer()


@pytest.fixture
def mine(sqlite_kit: Kit) -> CustomerOut:
    return sqlite_kit.given.customer()


def test_a_file_is_kept_with_what_it_is_and_comes_back_to_the_byte(kit: Kit, customer: CustomerOut) -> None:
    content = PDF + bytes(range(256)) * 4000
    file = _attach(kit, customer, "  报价单 v2.PDF ", io.BytesIO(content))
    assert (file.name, file.media_type, file.size) == ("报价单 v2.PDF", "application/pdf", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    with kit.unit() as unit:
        download = unit.files.open(file.id)
        assert unit.files.of("customer", customer.id).items == (file,)
        assert unit.files.get(file.id) == file
    assert download.read() == content, "also after the unit has ended"
    (key,) = kit.files.kept
    assert "报价单" not in key
    assert customer.id.hex not in key
    kit.relay.drain()
    (event,) = kit.recorder.of(FileAttached)
    assert (event.of, event.of_id, event.media_type) == ("customer", customer.id, "application/pdf")


def test_each_opening_is_in_the_audit_and_needs_a_unit_that_writes(kit: Kit, customer: CustomerOut) -> None:
    file = _attach(kit, customer, "a.txt", [b"x"])
    for actor in ("manager", "seller"):
        doing(kit, actor, lambda unit: unit.files.open(file.id))
    with kit.unit(read_only=True) as unit:
        entries = [(one.operation, one.actor_id) for one in unit.audit.of("file", file.id)]
        with refused("read_only"):
            unit.files.open(file.id)
    assert entries == [("files.attach", "seller"), ("files.open", "manager"), ("files.open", "seller")]


def test_a_file_hangs_on_whatever_may_hold_one_and_is_seen_with_it(kit: Kit, customer: CustomerOut) -> None:
    project = kit.given.project(customer)
    held = {
        "customer": customer,
        "contact": kit.given.contact(customer),
        "follow_up": kit.given.follow_up(customer),
        "project": project,
        "contract": kit.given.contract(project),
        "expense": kit.given.expense(project),
    }
    files = {kind: _attach(kit, thing, f"{kind}.txt", [b"x"], kind=kind) for kind, thing in held.items()}
    for kind, file in files.items():
        with kit.unit(read_only=True) as unit:
            assert [one.name for one in unit.files.of(kind, held[kind].id).items] == [f"{kind}.txt"]
        with refused("not_found", kind="file"):
            doing(kit, "colleague", lambda unit, file=file: unit.files.open(file.id))
        with refused("not_found"):
            doing(kit, "colleague", lambda unit, kind=kind: unit.files.of(kind, held[kind].id))
    with refused("forbidden"):
        doing(kit, "accountant", lambda unit: unit.files.remove(files["customer"].id, reason="x"))
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table_of(Customer)).values(owner_id="colleague"))
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.files.open(files["follow_up"].id))
    assert doing(kit, "colleague", lambda unit: unit.files.open(files["contact"].id)).read() == b"x"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd.txt", "file_name_character"), ("C:\\a.txt", "file_name_character"),
        ("offer\u202efdp.txt", "file_name_character"), ("a\u2066b.txt", "file_name_character"),
        ("a\u200bb.txt", "file_name_character"), ("a\nb.txt", "file_name_character"),
        ("a\x7f.txt", "file_name_character"),
        ("a?.txt", "file_name_character"), ("CON.txt", "file_name_reserved"), ("lpt1.tar.txt", "file_name_reserved"),
        ("nul .txt", "file_name_reserved"), ("x" * 10_000 + ".txt", "file_name_too_long"), ("", "file_name_empty"),
        ("  ", "file_name_empty"), (".txt", "file_name_empty"), ("...txt", "file_name_empty"),
        ("a.", "file_name_empty"),
        ("a\0.txt", "zero_character"), ("a.exe", "file_type_unknown"), ("a.pdf.html", "file_type_unknown"),
        ("a.svg", "file_type_unknown"), ("noextension", "file_type_unknown"),
        ("a.txt" + "x" * 150, "file_type_unknown"),
        ("\ud800.txt", "half_a_character"), ("a.docm", "file_type_unknown"),
    ],
)  # fmt: skip
def test_a_name_that_could_mislead_is_refused(sqlite_kit: Kit, mine: CustomerOut, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _attach(sqlite_kit, mine, name, [b"x"])
    assert [one.code for one in caught.value.problems] == [code]
    assert len(caught.value.text("zh-CN")) < 700
    assert (count(sqlite_kit, File), sqlite_kit.files.kept) == (0, {})


@given(st.text(max_size=230))
@settings(max_examples=300)
def test_a_name_that_is_taken_is_taken_again_and_holds_nothing_that_misleads(name: str) -> None:
    try:
        safe = names.safe(name)
    except InvalidInput:
        return
    assert names.safe(safe) == safe
    assert safe == safe.strip()
    assert 0 < len(safe) <= names.LONGEST
    assert not set(safe) & set('\\/:*?"<>|\u202e\u2066\u200f\0\n')
    assert Path(safe).name == safe


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.pdf", PDF, "application/pdf"), ("a.png", PNG, "image/png"), ("a.doc", OLE, "application/msword"),
        ("a.xlsx", _office(), types.TYPES["xlsx"][0]), ("a.zip", _office(), "application/zip"),
        ("a.csv", "姓名,电话".encode("gb18030"), "text/csv"), ("a.txt", "谈妥了".encode() * 3000, "text/plain"),
        ("a.txt", "谈".encode("utf-16"), "text/plain"), ("a.wps", OLE, "application/vnd.ms-works"),
        ("a.png", PDF, None), ("a.pdf", b"MZ\x90\0" + b"\0" * 99, None), ("a.txt", b"MZ\x90\0" + b"\0" * 99, None),
        ("a.jpg", PNG, None), ("a.docx", OLE, None), ("a.xlsx", PDF, None), ("a.txt", b"\x7fELF\2\1", None),
        ("a.docx", b"hello", None), ("a.csv", PNG, None), ("a.pdf", b"<html><script>", None),
    ],
)  # fmt: skip
def test_the_content_must_be_what_the_name_says(
    sqlite_kit: Kit, mine: CustomerOut, name: str, content: bytes, kept: str | None
) -> None:
    if kept is not None:
        assert _attach(sqlite_kit, mine, name, [content]).media_type == kept
        return
    with pytest.raises(InvalidInput) as caught:
        _attach(sqlite_kit, mine, name, [content])
    assert [one.code for one in caught.value.problems] == ["file_type_mismatch"]
    assert sqlite_kit.files.kept == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([], "file_empty"), ([b"", b""], "file_empty"), (io.BytesIO(b""), "file_empty"), ("text", "content_not_bytes"),
        (b"bytes", "content_not_bytes"), (["text"], "content_not_bytes"), (io.StringIO("text"), "content_not_bytes"),
        (7, "content_not_bytes"), (None, "content_not_bytes"), ([b"a", None], "content_not_bytes"),
    ],
)  # fmt: skip
def test_content_that_is_none_is_refused(sqlite_kit: Kit, mine: CustomerOut, content: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _attach(sqlite_kit, mine, "a.txt", content)
    assert [one.code for one in caught.value.problems] == [code]
    assert (count(sqlite_kit, File), sqlite_kit.files.kept) == (0, {})


def test_a_huge_file_is_refused_as_soon_as_it_is_too_large(crm_kit: CrmKit, sqlite: Engine, tmp_path: Path) -> None:
    limits = FileSettings(folder=str(tmp_path / "files"), largest=5 * 2**20)
    kit = crm_kit(database=sqlite, settings=Settings(files=limits))
    given_out = []

    def endless() -> Iterator[bytes]:
        while True:
            given_out.append(1)
            yield b"x" * 2**20

    with invalid("content"):
        _attach(kit, kit.given.customer(), "a.txt", endless())
    assert len(given_out) == 6
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_large_file_flows_through_without_being_held(crm_kit: CrmKit, sqlite: Engine, tmp_path: Path) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(files=FileSettings(folder=str(tmp_path / "files"))))
    customer = kit.given.customer()
    tracemalloc.start()
    try:
        file = _attach(kit, customer, "a.txt", (b"x" * 2**20 for _ in range(64)))
        with kit.unit() as unit:
            download = unit.files.open(file.id)
        assert sum(map(len, download)) == 64 * 2**20
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_only_what_the_settings_name_is_taken(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(files=FileSettings(extensions=(".PDF", "exe"))))
    customer = kit.given.customer()
    assert _attach(kit, customer, "a.pdf", [PDF]).size == len(PDF)
    for name in ("a.txt", "a.exe"):
        with pytest.raises(InvalidInput, match="one of pdf"):
            _attach(kit, customer, name, [b"x"])


def test_an_act_that_fails_leaves_no_content(kit: Kit, customer: CustomerOut) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"x" * 10_000
        raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        _attach(kit, customer, "a.txt", breaks())
    assert (count(kit, File), kit.files.kept) == (0, {})
    with refused("not_found"):
        _attach(kit, customer, "a.txt", [b"x"], actor="colleague")
    with invalid("kind"):
        _attach(kit, customer, "a.txt", [b"x"], kind="member")


def test_a_removed_file_is_gone_from_lists_and_its_content_later(kit: Kit, customer: CustomerOut) -> None:
    file = _attach(kit, customer, "a.txt", [b"x"])
    gone = doing(kit, "seller", lambda unit: unit.files.remove(file.id, reason="已更新"))
    assert (gone.removed_by, gone.removed_at) == ("seller", kit.clock.now())
    with kit.unit() as unit:
        assert unit.files.of("customer", customer.id).items == ()
        assert unit.files.get(file.id) == gone
        with refused("illegal_state", kind="file", state="removed"):
            unit.files.open(file.id)
        assert unit.audit.of("customer", customer.id)[-1].reason == "已更新"
    kit.clock.advance(days=29)
    assert kit.crm.files.sweep().removed == 0
    kit.clock.advance(days=2)
    swept = kit.crm.files.sweep()
    assert (swept.orphans, swept.removed, kit.files.kept, count(kit, File)) == (0, 1, {}, 1)
    assert kit.crm.files.sweep().removed == 0
    kit.relay.drain()
    assert len(kit.recorder.of(FileRemoved)) == 1
    with invalid("reason"):
        doing(kit, "seller", lambda unit: unit.files.remove(file.id, reason=" "))


def test_many_who_remove_a_file_at_once_remove_it_once(kit: Kit, customer: CustomerOut) -> None:
    file = _attach(kit, customer, "a.txt", [b"x"])
    remove = lambda unit: unit.files.remove(file.id, reason="已更新")  # noqa: E731
    result = at_once(6, lambda _: patiently(lambda: doing(kit, "seller", remove)))
    assert (len(result.answers), result.codes) == (1, {"illegal_state"})


def test_what_a_rolled_back_unit_left_is_swept_after_the_grace_period_and_nothing_else(
    kit: Kit, customer: CustomerOut
) -> None:
    kept = _attach(kit, customer, "kept.txt", [b"kept"])
    with pytest.raises(KeyError), kit.unit() as unit:
        data = {"kind": "customer", "thing_id": customer.id, "name": "lost.txt"}
        unit.files.attach(data, [b"lost"])
        raise KeyError("the host thought better of it")
    foreign = f"{kit.clock.now():%Y-%m-%d}/0123456789abcdef/readme"
    kit.files.kept[foreign] = b"not ours"
    assert sorted(kit.files.kept.values()) == [b"kept", b"lost", b"not ours"]
    kit.clock.advance(days=2)
    assert kit.crm.files.sweep().orphans == 0, "a unit may still be at work"
    kit.clock.advance(days=1)
    assert kit.crm.files.sweep().orphans == 1
    assert sorted(kit.files.kept.values()) == [b"kept", b"not ours"]
    assert doing(kit, "seller", lambda unit: unit.files.open(kept.id)).read() == b"kept"
    kit.clock.advance(days=60)
    assert kit.crm.files.sweep().orphans == kit.crm.files.sweep(days=90).orphans == 0
    with invalid("days"):
        kit.crm.files.sweep(days=0)


def test_content_that_is_lost_or_changed_is_told(kit: Kit, customer: CustomerOut) -> None:
    file = _attach(kit, customer, "a.txt", [b"the truth"])
    download = doing(kit, "seller", lambda unit: unit.files.open(file.id))
    (key,) = kit.files.kept
    kit.files.kept[key] = b"something else"
    with pytest.raises(FileDamaged):
        download.read()
    kit.files.delete(key)
    with pytest.raises(FileDamaged) as caught:
        list(download)
    assert "a.txt" in caught.value.text("zh-CN")


def test_without_a_store_nothing_can_be_attached(tmp_path: Path, crm_kit: CrmKit) -> None:
    kit = crm_kit()
    customer = kit.given.customer()
    crm = CRM(kit.crm.engine, clock=kit.clock)
    scope = crm.scope(tenant="acme", actor="seller")
    with crm.begin(scope) as unit, invalid("content"):
        unit.files.attach({"kind": "customer", "thing_id": customer.id, "name": "a.txt"}, [b"x"])
    with invalid("content"):
        crm.files.sweep()


def test_the_folder_of_the_settings_is_made_when_it_is_first_needed(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    crm = CRM("sqlite://", settings=Settings(files=FileSettings(folder=str(folder))))
    assert not folder.exists()
    store = crm._runtime.ports.file_store
    assert isinstance(store, FolderStore)
    store.write("2026-03-02/a/1", [b"x"])
    assert folder.exists()
    crm.close()


def test_a_grace_of_less_than_a_day_is_no_setting() -> None:
    with pytest.raises(ValueError, match="grace"):
        FileSettings(grace=timedelta(hours=23))


def test_a_repeated_attachment_is_one_and_its_content_is_not_read_again(kit: Kit, customer: CustomerOut) -> None:
    data = {"kind": "customer", "thing_id": customer.id, "name": "a.txt"}
    first = doing(kit, "seller", lambda unit: unit.files.attach(data, [b"x"], idempotency_key="k"))
    again = doing(kit, "seller", lambda unit: unit.files.attach(data, [b"y"], idempotency_key="k"))
    assert first == again
    assert list(kit.files.kept.values()) == [b"x"]
