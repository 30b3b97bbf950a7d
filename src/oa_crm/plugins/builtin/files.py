"""Attachments without a host's store: a folder on this machine.

A file appears under its key only when it is whole: it is written beside it, and then renamed.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from oa_crm.hooks import hookimpl

_KEY = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*")
_PART = ".part"
_CHUNK = 2**18


class FolderStore:
    """A `FileStore` in a folder, which is made when it is first needed. Needs a file system that renames at once."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + _PART)
        try:
            with part.open("wb") as out:
                for chunk in chunks:
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def read(self, key: str) -> Iterator[bytes]:
        with self._path(key).open("rb") as kept:
            while chunk := kept.read(_CHUNK):
                yield chunk

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        path.with_name(path.name + _PART).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        start = self._path(prefix.rstrip("/"))
        for path in sorted(start.rglob("*")) if start.is_dir() else ():
            if path.is_file():
                yield path.relative_to(self._folder).as_posix().removesuffix(_PART)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of ours")
        return self._folder / key


class LocalFiles:
    """Answers with a folder where the settings name one, else not at all."""

    name = "local_files"

    def __init__(self, folder: str | None) -> None:
        self._folder = folder

    @hookimpl
    def provide_file_store(self) -> FolderStore | None:
        return None if self._folder is None else FolderStore(self._folder)
