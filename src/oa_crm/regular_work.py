"""`crm.classes` and `crm.digests`: what cron does for a whole company. Each slice is a transaction of its own.

What was done stays done when a run is stopped; running again finds the rest, and does nothing twice.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from oa_crm.schemas import ClassRun
from oa_crm.scope import Scope
from oa_crm.services import access, plain
from oa_crm.services.base import Service
from oa_crm.services.classes import applying
from oa_crm.services.digesting import building
from oa_crm.services.work import Begin
from oa_crm.whole_base import Progress

OnRun = Callable[[ClassRun], object]
_MEMBERS = 50


class ClassWork:
    """Applies the rules that class customers, within the reach of the scope's actor."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def apply(
        self,
        scope: Scope,
        *,
        trees: Sequence[str] | None = None,
        dry_run: bool = False,
        slice: int = 500,
        on_slice: OnRun | None = None,
    ) -> Progress:
        """Class every customer that the actor may write to; `on_slice` gets what each slice changes, or would.

        `done` are the customers that were looked at, `found` the changes. Raises `forbidden`, and `invalid_input` for
        a tree that is none.
        """
        plain.above_zero("slice", slice)
        done = found = 0
        after: str | None = None
        while True:
            with self._begin(scope, read_only=dry_run) as work:
                access.require(work, "write", "customer")
                run = applying.run(Service(work), applying.Asked(trees, None, after, slice, dry_run))
            done, found, after = done + run.looked_at, found + len(run.changes), run.next
            if on_slice is not None:
                on_slice(run)
            if after is None:
                return Progress(done, found, finished=True)


class DigestWork:
    """Builds digests for a scope whose actor may administer digests: a CRM administrator, or the system."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def build(self, scope: Scope) -> Progress:
        """The digest of every subscriber of the company, each in a transaction of its own.

        `done` are the subscribers, `found` the digests; where nothing is new there is none. Raises `forbidden`.
        """
        done = found = 0
        after: UUID | None = None
        while some := self._next(scope, after):
            for id in some:
                with self._begin(scope) as work:
                    found += building.build(work, id) is not None
            done, after = done + len(some), some[-1]
        return Progress(done, found, finished=True)

    def _next(self, scope: Scope, after: UUID | None) -> list[UUID]:
        with self._begin(scope, read_only=True) as work:
            access.require(work, "administer", "digest")
            return [row.id for row in building.subscribed(work, after, _MEMBERS)]
