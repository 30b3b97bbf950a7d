"""The platform's documents: a folder beside its database, where the CRM's attachments lie as well."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Engine

from oa_crm.hooks import hookimpl


class Documents:
    """Keeps content as files, whole or not at all."""

    name = "oa_documents"

    def __init__(self, engine: Engine) -> None:
        self.folder = _folder(engine)

    @hookimpl
    def provide_file_store(self) -> "Documents":
        return self

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as out:
                out.writelines(chunks)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink()
            raise

    def read(self, key: str) -> Iterator[bytes]:
        with (self.folder / key).open("rb") as kept:
            while chunk := kept.read(2**18):
                yield chunk

    def delete(self, key: str) -> None:
        (self.folder / key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        for path in (self.folder / prefix).rglob("*"):
            if path.is_file():
                yield path.relative_to(self.folder).as_posix()


def _folder(engine: Engine) -> Path:
    database = engine.url.database or "memory"
    if engine.dialect.name == "sqlite" and database != "memory":
        return Path(f"{database}-documents")
    return Path(tempfile.gettempdir()) / f"oa-documents-{Path(database).name}"
