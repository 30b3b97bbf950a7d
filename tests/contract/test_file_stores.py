"""The stores that come with the library keep the laws of a file store, and what else they promise."""

from pathlib import Path
from uuid import uuid4

import pytest
from examples.host_app.documents import Documents
from sqlalchemy import create_engine

from oa_crm.contrib.fsspec_store import FsspecStore
from oa_crm.hooks import FileStore
from oa_crm.plugins.builtin.files import FolderStore
from oa_crm.testing import FileStoreContract, MemoryFiles


class TestAFolder(FileStoreContract):
    def store(self, folder: Path) -> FileStore:
        return FolderStore(folder)

    @pytest.mark.parametrize(
        "key", ["../secret", "/etc/passwd", "a/../../b", "", "a//b", "a\\b", "A", "a.part", "a/", "a\0b", "甲"]
    )
    def test_no_key_leads_out_of_it(self, kept: FileStore, tmp_path: Path, key: str) -> None:
        for act in (lambda: kept.write(key, [b"x"]), lambda: list(kept.read(key)), lambda: kept.delete(key)):
            with pytest.raises(ValueError, match="no key of ours"):
                act()
        assert list(tmp_path.rglob("*")) == []

    def test_what_a_killed_process_left_is_listed_and_deleted(self, kept: FileStore, tmp_path: Path) -> None:
        kept.write("day/a/1", [b"x"])
        (tmp_path / "files/day/a/2.part").write_bytes(b"half")
        assert list(kept.keys("day/")) == ["day/a/1", "day/a/2"]
        kept.delete("day/a/2")
        assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == ["1"]


class TestFsspecOnAFolder(FileStoreContract):
    def store(self, folder: Path) -> FileStore:
        return FsspecStore(f"file://{folder}")


class TestFsspecInMemory(FileStoreContract):
    in_memory = True

    def store(self, folder: Path) -> FileStore:
        return FsspecStore(f"memory://{uuid4().hex}")


class TestTheStoreOfKits(FileStoreContract):
    in_memory = True

    def store(self, folder: Path) -> FileStore:
        return MemoryFiles()


class TestTheExampleHostsDocuments(FileStoreContract):
    def store(self, folder: Path) -> FileStore:
        return Documents(create_engine(f"sqlite:///{folder}.db"))
