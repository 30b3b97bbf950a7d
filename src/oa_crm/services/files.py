"""Files: attached to a thing, seen by whoever sees it. The content is written first, under a key of its own; the row
then commits with everything else. What has no row is swept away later (`crm.files.sweep()`)."""

import logging
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import and_, update

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.hooks.payloads import FileAttached, FileRemoved
from oa_crm.hooks.ports import FileStore
from oa_crm.ids import new_id
from oa_crm.models import File, table_of
from oa_crm.schemas import FileIn, FileOut, Page
from oa_crm.services import pages
from oa_crm.services.attachments import Download, intake, names, types
from oa_crm.services.attachments.intake import Content, Intake
from oa_crm.services.base import Service, as_id, given, must_be, shown, words
from oa_crm.services.kinds import holder_of

log = logging.getLogger("oa_crm.files")


class _Opened(BaseModel):
    file: FileOut
    key: str


class Files(Service):
    """Attachments of customers, contacts, follow-ups, projects, contracts and expenses."""

    def attach(self, data: FileIn | dict[str, Any], content: Content, *, idempotency_key: str | None = None) -> FileOut:
        """Attach a file to a thing that the actor may write to. `content` is an open binary file, or chunks of bytes;
        it is read once, in chunks.

        Raises `invalid_input` for a name that could mislead, a type that is not taken or that the content gainsays,
        and for more than `settings.files.largest` bytes. Nothing is kept then.
        """
        wanted, written = given(FileIn, data), list[str]()
        try:
            return self.act(
                "files.attach",
                lambda: self._attach(wanted, content, written),
                given=wanted,
                answer=FileOut,
                key=idempotency_key,
            )
        except BaseException:
            self._forget(written)
            raise

    def get(self, id: UUID) -> FileOut:
        """One file, without its content; also one that was removed."""
        return shown(FileOut, self.one(File, id))

    def of(self, kind: str, thing_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FileOut]:
        """The files of a thing that the actor may see, newest first, without those that were removed."""
        thing = self.one(holder_of(kind), thing_id)
        table = table_of(File)
        query = self.company_wide(File).where(
            table.c.kind == kind, table.c.thing_id == thing.id, table.c.removed_at.is_(None)
        )
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), FileOut, "newest")

    def open(self, id: UUID) -> Download:
        """The content of a file, in chunks. Each opening is kept in the audit of the file, so it needs a unit that may
        write. Raises `illegal_state` for a file that was removed."""
        store = self._store("content")
        row = self.act("files.open", lambda: self._open(as_id(id)), given={"id": id}, answer=_Opened)
        return Download(row.file, store, row.key)

    def remove(self, id: UUID, *, reason: str) -> FileOut:
        """Remove a file from a thing that the actor may write to. Its content is kept for
        `settings.files.keep_removed`, its row for ever."""
        why = words("reason", reason, "removal_without_reason")
        return self.act(
            "files.remove", lambda: self._remove(as_id(id), why), given={"id": id, "reason": why}, answer=FileOut
        )

    def _attach(self, data: FileIn, content: Content, written: list[str]) -> FileOut:
        thing = self.one(holder_of(data.kind), data.thing_id, "write")
        settings = self.work.runtime.settings.files
        name = names.safe(data.name)
        extension = names.extension(name)
        types.allowed(extension, settings.extensions)
        id, now = new_id(), self.work.journal.now()
        key, incoming = intake.store_key(self.work.scope.tenant, now, id), Intake(content, extension, settings.largest)
        written.append(key)
        self._store("content").write(key, incoming)
        facts = {
            "kind": data.kind,
            "thing_id": thing.id,
            "name": name,
            "media_type": incoming.media_type,
            "size": incoming.size,
            "sha256": incoming.sha256,
        }
        row = {"id": id, **facts, "created_at": now, "created_by": self.work.scope.actor.id}
        self.add(File, **row, store_key=key, removed_at=None, removed_by=None, sweep_at=None)
        self._told("files.attach", data.kind, thing.id, {"file": [None, id], "name": [None, name]}, None)
        self.work.journal.record("files.attach", "file", id, {name: [None, value] for name, value in facts.items()})
        told = {name: facts[name] for name in ("media_type", "size", "sha256")}
        self.work.journal.emit(FileAttached, file_id=id, of=data.kind, of_id=thing.id, **told)
        return FileOut(**row, removed_at=None, removed_by=None)

    def _open(self, id: UUID) -> _Opened:
        row = self.one(File, id)
        must_be("file", _state(row), "kept")
        self.work.journal.record("files.open", "file", id, {"of": [row.kind, str(row.thing_id)]})
        return _Opened(file=shown(FileOut, row), key=row.store_key)

    def _remove(self, id: UUID, why: str) -> FileOut:
        row = self.one(File, id, "write")
        table, now = table_of(File), self.work.journal.now()
        kept = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == id, table.c.removed_at.is_(None))
        values = {"removed_at": now, "removed_by": self.work.scope.actor.id}
        sweep_at = now + self.work.runtime.settings.files.keep_removed
        if self.work.connection.execute(update(table).where(kept).values(**values, sweep_at=sweep_at)).rowcount != 1:
            raise IllegalState(kind="file", state="removed", allowed=("kept",))
        self._told("files.remove", row.kind, row.thing_id, {"file": [id, None], "name": [row.name, None]}, why)
        self.work.journal.record("files.remove", "file", id, {"state": ["kept", "removed"]}, why)
        self.work.journal.emit(FileRemoved, file_id=id, of=row.kind, of_id=row.thing_id)
        return shown(FileOut, row, **values)

    def _told(self, operation: str, kind: str, id: UUID, changes: dict[str, list[Any]], why: str | None) -> None:
        """Say it in the audit of the thing as well."""
        self.work.journal.record(operation, kind, id, changes, why)

    def _store(self, field: str) -> FileStore:
        store = self.work.runtime.ports.file_store
        if store is None:
            raise InvalidInput.of(field, "no_file_store")
        return store

    def _forget(self, written: list[str]) -> None:
        """What an act wrote that did not happen. The sweep does it otherwise."""
        for key in written:
            try:
                self._store("content").delete(key)
            except Exception:
                log.warning("the content under %s could not be taken back; the sweep will", key, exc_info=True)


def _state(row: Any) -> str:
    return "kept" if row.removed_at is None else "removed"
