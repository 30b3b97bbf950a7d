"""`unit.exchange`: customers, contacts and follow-ups out to a file, the template for a file to take in, and what
became of imports.

An import itself is `crm.exchange`: it is too long for one unit.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.exchange import (
    answer_book,
    columns,
    kinds,
    mapping,
    person_columns,
    places,
    reading,
    sheets,
    talk_columns,
    template_book,
)
from oa_crm.exchange.column import Cell, Column
from oa_crm.exchange.places import Target
from oa_crm.schemas import (
    ContactFilter,
    CustomerFilter,
    ExportOut,
    ImportedRow,
    ImportOptions,
    ImportOut,
    ImportPlan,
    Page,
)
from oa_crm.schemas.exchange import Format
from oa_crm.schemas.followups import FollowUpFilter
from oa_crm.services import access, exports, pages
from oa_crm.services.base import Service, given
from oa_crm.services.imports import jobs
from oa_crm.services.imports.rows import told

_AT_ONCE = 500


class Exchange(Service):
    """Files in and out."""

    def export_customers(
        self,
        where: CustomerFilter | dict[str, Any] | None = None,
        *,
        to: Target,
        fields: tuple[str, ...] | None = None,
        format: str = "xlsx",
    ) -> ExportOut:
        """Write the customers that the actor may see to a file, oldest first, each fact as he sees it.

        `fields` are names of columns, in their order; left out, all of them. `to` is a path or a binary file, `format`
        "xlsx" or "csv". The export is logged and counts towards the person's day, `settings.exchange`. No cell is a
        formula. Raises `forbidden`, `export_limit`, and `invalid_input` for a field that he does not see.
        """
        wanted = given(CustomerFilter, where or {})
        return self.act(
            "exchange.export_customers",
            lambda: self._export(wanted, to, fields, format),
            given={"where": wanted, "fields": fields},
            answer=ExportOut,
        )

    def export_contacts(
        self,
        where: ContactFilter | dict[str, Any] | None = None,
        *,
        to: Target,
        fields: tuple[str, ...] | None = None,
        format: str = "xlsx",
    ) -> ExportOut:
        """Write the people at customers whom the actor may see to a file, one row for what a person is at a customer
        now, or was last, by the rules of `export_customers`. An erased person is not among them.

        The file can be changed and taken in by `crm.exchange.import_contacts` with `on_duplicate` "update": its column
        post_id says who is meant. Of `where`, role, status and customer are those of the row.
        """
        wanted = given(ContactFilter, where or {})
        return self.act(
            "exchange.export_contacts",
            lambda: self._export_contacts(wanted, to, fields, format),
            given={"where": wanted, "fields": fields},
            answer=ExportOut,
        )

    def export_follow_ups(
        self,
        where: FollowUpFilter | dict[str, Any] | None = None,
        *,
        to: Target,
        fields: tuple[str, ...] | None = None,
        format: str = "xlsx",
    ) -> ExportOut:
        """Write the follow-ups that the actor may see to a file, as they were said, by the rules of
        `export_customers`. A file of them can be taken in again by `crm.exchange.import_follow_ups`."""
        wanted = given(FollowUpFilter, where or {})
        return self.act(
            "exchange.export_follow_ups",
            lambda: self._export_follow_ups(wanted, to, fields, format),
            given={"where": wanted, "fields": fields},
            answer=ExportOut,
        )

    def template(self, *, to: Target, what: str = "customers") -> None:
        """Write the workbook that people fill in, headings and notes in the actor's language, with lists to choose
        from. `what` is customers, with the members whom he may give them to; or contacts or follow_ups, with the newest
        customers whom he may write to. Raises `forbidden`, and `invalid_input` for anything else."""
        access.require(self.work, "write", "customer")
        kind = _kind(what)
        suggested, locale = kind.suggests(self.work), self.work.scope.locale
        template_book.write(to, kind.sheet, kind.columns(self.work), suggested, locale)

    def plan(
        self, path: Path | str, options: ImportOptions | dict[str, Any] | None = None, *, what: str = "customers"
    ) -> ImportPlan:
        """How a file would be read: which column holds what, as guessed and as `options.columns` says otherwise, and
        its first rows. `what` is what the file holds, as for `template`. Writes nothing. Raises `invalid_input` for a
        file that cannot be read, and `forbidden`."""
        access.require(self.work, "write", "customer")
        wanted, kind = given(ImportOptions, options or {}), _kind(what)
        with reading.rows(places.source(path), self.work.runtime.settings.exchange, wanted.sheet) as rows:
            first = list(islice(rows, mapping.FIRST))
            return mapping.plan(first, kind.columns(self.work), wanted.columns, kind.needed)

    def imports(self, *, after: str | None = None, limit: int | None = None) -> Page[ImportOut]:
        """The actor's own imports, newest first; those of everybody for who may administer duplicates."""
        rows = jobs.newest(self, after, limit)
        return pages.page(rows, pages.size(self.work, limit), ImportOut, "newest")

    def held_back(self, import_id: UUID) -> Iterator[ImportedRow]:
        """The rows of an import that did not simply go on file, by their number, and why; read as they are asked for.

        Raises `not_found` for an import that is not the actor's.
        """
        held, locale = jobs.one(self, import_id), self.work.scope.locale
        known = kinds.BY_NAME[held.what].columns(self.work)
        return (
            ImportedRow(
                row=row.at_row,
                outcome=row.outcome,
                problems=tuple(answer_book.told(*one, known, locale) for one in told(row.problems, locale)),
            )
            for row in jobs.held_back(self, held.id or import_id)
        )

    def _export(self, wanted: CustomerFilter, to: Target, fields: tuple[str, ...] | None, format: str) -> ExportOut:
        chosen, locale = self._chosen(fields, kinds.CUSTOMERS.columns(self.work), format), self.work.scope.locale
        id, count = exports.begin_customers(self, wanted, tuple(chosen), format)
        rows = (
            [columns.told(one, customer, locale) for one in chosen.values()]
            for customer in exports.customers(self, wanted, count)
        )
        return self._written(id, chosen, rows, to, format)

    def _export_contacts(
        self, wanted: ContactFilter, to: Target, fields: tuple[str, ...] | None, format: str
    ) -> ExportOut:
        chosen, locale = self._chosen(fields, person_columns.BY_NAME, format), self.work.scope.locale
        id, count = exports.begin_contacts(self, wanted, tuple(chosen), format)
        rows = (
            [person_columns.told(one, person, locale) for one in chosen.values()]
            for person in exports.contacts(self, wanted, count)
        )
        return self._written(id, chosen, rows, to, format)

    def _export_follow_ups(
        self, wanted: FollowUpFilter, to: Target, fields: tuple[str, ...] | None, format: str
    ) -> ExportOut:
        chosen = self._chosen(fields, talk_columns.BY_NAME, format)
        id, count = exports.begin_follow_ups(self, wanted, tuple(chosen), format)
        return self._written(id, chosen, self._talks(wanted, count, chosen), to, format)

    def _talks(self, wanted: FollowUpFilter, count: int, chosen: Mapping[str, Column]) -> Iterator[list[Cell]]:
        said, locale = exports.follow_ups(self, wanted, count), self.work.scope.locale
        while some := list(islice(said, _AT_ONCE)):
            names = exports.names(self, some)
            for one in some:
                yield [talk_columns.told(column, one, names, locale) for column in chosen.values()]

    def _written(
        self, id: UUID, chosen: Mapping[str, Column], rows: Iterable[list[Cell]], to: Target, format: str
    ) -> ExportOut:
        locale, written = self.work.scope.locale, 0
        with sheets.table(to, format, [one.heading(locale) for one in chosen.values()]) as table:
            for row in rows:
                table.row(row)
                written += 1
        return ExportOut(id=id, rows=written, fields=tuple(chosen))

    def _chosen(self, fields: tuple[str, ...] | None, known: Mapping[str, Column], format: str) -> dict[str, Column]:
        """The columns to write, in their order. Raises `InvalidInput`, also for a format that is none."""
        if format not in get_args(Format):
            raise InvalidInput.of("format", "unknown_format", given=repr(format), known=", ".join(get_args(Format)))
        names = columns.exported(known)
        if unknown := [one for one in fields or () if one not in names]:
            raise InvalidInput.of("fields", "unknown_column", given=", ".join(unknown), known=", ".join(names))
        return {name: known[name] for name in (names if fields is None else fields)}


def _kind(what: str) -> kinds.Kind:
    if what not in kinds.BY_NAME:
        raise InvalidInput.of("what", "unknown_file", given=repr(what), known=", ".join(kinds.BY_NAME))
    return kinds.BY_NAME[what]
