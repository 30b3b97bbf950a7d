"""Conformance of file stores: inherit, say how one is made, run pytest.

class TestOurBucket(FileStoreContract):
    def store(self, folder):
        return OurBucket("crm-test")
"""

import hashlib
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oa_crm.hooks import FileStore
from oa_crm.ids import new_id

_MIB = 2**20


class FileStoreContract:
    """What a store must keep to. Each test begins with keys that no other test uses."""

    in_memory = False
    """Whether the store keeps everything in memory, as a fake does; then it may not be asked to be frugal."""

    def store(self, folder: Path) -> FileStore:
        """A store; `folder` is empty and this test's alone."""
        raise NotImplementedError("make the store under test here")

    @pytest.fixture
    def kept(self, tmp_path: Path) -> Any:
        """The store under test."""
        return self.store(tmp_path / "files")

    def test_what_was_written_is_read(self, kept: FileStore) -> None:
        """To the byte, in chunks of at most a mebibyte, as often as one likes."""
        key, chunks = _key(), [bytes([number]) * (number * 1000 + 1) for number in range(40)]
        kept.write(key, iter(chunks))
        for _ in range(2):
            read = list(kept.read(key))
            assert b"".join(read) == b"".join(chunks)
            assert max(map(len, read)) <= _MIB

    def test_what_is_not_there_is_said(self, kept: FileStore) -> None:
        """Before anything was written, and for another key than was."""
        with pytest.raises(FileNotFoundError):
            list(kept.read(_key()))
        kept.write(_key(), [b"x"])
        with pytest.raises(FileNotFoundError):
            list(kept.read(_key()))

    def test_a_write_that_breaks_off_leaves_nothing_to_read(self, kept: FileStore) -> None:
        """The exception of the chunks comes out as it is."""
        key = _key()
        with pytest.raises(RuntimeError, match="the line went dead"):
            kept.write(key, _breaking_off())
        with pytest.raises(FileNotFoundError):
            list(kept.read(key))

    def test_what_was_deleted_is_gone(self, kept: FileStore) -> None:
        """Deleting what is not there is no error; the neighbour stays."""
        key, other = _key(), _key()
        for one in (key, other):
            kept.write(one, [b"x"])
        kept.delete(key)
        kept.delete(key)
        with pytest.raises(FileNotFoundError):
            list(kept.read(key))
        assert b"".join(kept.read(other)) == b"x"

    def test_keys_are_found_by_their_prefix(self, kept: FileStore) -> None:
        """Exactly as they were given, whole folders only, and none where there is nothing."""
        day = f"day-{new_id().hex}"
        keys = {f"{day}/{company}/{new_id().hex}" for company in ("a", "b") for _ in range(3)}
        for key in keys | {f"{day}x/a/{new_id().hex}"}:
            kept.write(key, [b"x"])
        assert set(kept.keys(f"{day}/")) == keys
        assert set(kept.keys(f"{day}/a/")) == {key for key in keys if "/a/" in key}
        assert list(kept.keys(f"no-{day}/")) == []

    def test_a_large_file_is_never_whole_in_memory(self, kept: FileStore) -> None:
        """48 MiB go in and come out in less than 16."""
        if self.in_memory:
            pytest.skip("this store keeps everything in memory")
        key, many = _key(), 192
        tracemalloc.start()
        try:
            kept.write(key, (bytes([number % 251]) * (_MIB // 4) for number in range(many)))
            size, digest = 0, hashlib.sha256()
            for chunk in kept.read(key):
                size += len(chunk)
                digest.update(chunk)
            assert tracemalloc.get_traced_memory()[1] < 16 * _MIB
        finally:
            tracemalloc.stop()
        wanted = hashlib.sha256()
        for number in range(many):
            wanted.update(bytes([number % 251]) * (_MIB // 4))
        assert (size, digest.digest()) == (48 * _MIB, wanted.digest())

    def test_many_write_at_once(self, kept: FileStore) -> None:
        """Threads of one process share the store, and a day's folder that is not there yet."""
        day = f"day-{new_id().hex}"
        keys = [f"{day}/a/{new_id().hex}" for _ in range(8)]
        threads = [threading.Thread(target=kept.write, args=(key, [key.encode()] * 50)) for key in keys]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert {key: b"".join(kept.read(key)) for key in keys} == {key: key.encode() * 50 for key in keys}


def _key() -> str:
    return f"2026-03-02/0123456789abcdef/{new_id().hex}"


def _breaking_off() -> Iterator[bytes]:
    yield b"x" * _MIB
    raise RuntimeError("the line went dead")
