"""`crm.exchange`: files taken in. An import is too long for one unit, so it makes its own, one for each slice."""

from pathlib import Path
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.exchange import kinds, places
from oa_crm.exchange.intake import Intake, OnProgress
from oa_crm.exchange.places import Target
from oa_crm.schemas import ImportOptions, ImportOut
from oa_crm.scope import Scope
from oa_crm.services.base import Service, given
from oa_crm.services.imports import jobs
from oa_crm.services.work import Begin
from oa_crm.settings import ExchangeSettings

Options = ImportOptions | dict[str, Any]


class FileExchange:
    """Imports, for any actor who may write customers, by his rights."""

    def __init__(self, begin: Begin, settings: ExchangeSettings) -> None:
        self._begin, self._settings = begin, settings

    def import_customers(
        self,
        scope: Scope,
        path: Path | str,
        options: Options | None = None,
        *,
        dry_run: bool = False,
        answers: Target | None = None,
        on_progress: OnProgress | None = None,
    ) -> ImportOut:
        """Take in a workbook (xlsx) or CSV file of customers; each row is checked as `customers.create` would be.

        Rows that cannot be taken, and clashes that the options hold back, stay out and are told in `answers`, a
        workbook of them. `on_progress` is called after each slice. A stopped import goes on with the same call.
        Raises `invalid_input` for a file or options that cannot be taken, before anything is written; `forbidden`;
        `busy` when others kept a slice from being written five times; `too_many_searches` like a check.
        """
        intake = self._intake(kinds.CUSTOMERS, scope, path, options)
        return intake.take_in(dry_run=dry_run, answers=answers, on_progress=on_progress)

    def import_contacts(
        self,
        scope: Scope,
        path: Path | str,
        options: Options | None = None,
        *,
        dry_run: bool = False,
        answers: Target | None = None,
        on_progress: OnProgress | None = None,
    ) -> ImportOut:
        """Take in a workbook or CSV file of contacts; each row goes on file as by `contacts.create`, changes whom it
        names, or ends his post, each with its event.

        Each row names a customer whom the actor may write to. Somebody of the same name, number or e-mail address who
        stands there already is what the options' `on_duplicate` is about. Otherwise like `import_customers`.
        """
        intake = self._intake(kinds.CONTACTS, scope, path, options)
        return intake.take_in(dry_run=dry_run, answers=answers, on_progress=on_progress)

    def import_follow_ups(
        self,
        scope: Scope,
        path: Path | str,
        options: Options | None = None,
        *,
        dry_run: bool = False,
        answers: Target | None = None,
        on_progress: OnProgress | None = None,
    ) -> ImportOut:
        """Take in a workbook or CSV file of follow-ups: history with its true authors and times. (Feature 4 of the
        mission: the file is complete.)

        Each row names a customer whom the actor may write to, a time that is past, and an author within his reach,
        himself if it names none. Rows that cannot be taken stay out; what is on file already is skipped. No event
        tells of each follow-up. Of the options, `columns` and `sheet` count. Raises like `import_customers`.
        """
        intake = self._intake(kinds.FOLLOW_UPS, scope, path, options)
        return intake.take_in(dry_run=dry_run, answers=answers, on_progress=on_progress)

    def answers(
        self, scope: Scope, import_id: UUID, path: Path | str, to: Target, options: Options | None = None
    ) -> int:
        """Write the rows of an import that did not simply go on file, with what is wrong in each; how many.

        `path` is the file that was taken in; the CRM does not keep it. Raises `not_found` for another's import.
        """
        with self._begin(scope, read_only=True) as work:
            held = jobs.one(Service(work), import_id)
        return self._intake(kinds.BY_NAME[held.what], scope, path, options).answer(import_id, to)

    def _intake(self, kind: kinds.Kind, scope: Scope, path: Path | str, options: Options | None) -> Intake:
        wanted = given(ImportOptions, options or {})
        if wanted.on_duplicate == "create" and wanted.reason is None:
            raise InvalidInput.of("reason", "create_without_reason")
        return Intake(self._begin, self._settings, kind, scope, places.source(path), wanted)
