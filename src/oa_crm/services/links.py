"""Where our things are known elsewhere: the receipts that plugins returned, such as voucher numbers."""

from typing import Any
from uuid import UUID

from oa_crm.errors import NotFound
from oa_crm.models import (
    Base,
    DeliveryRow,
    Digest,
    DuplicateOverride,
    Erasure,
    Handover,
    Import,
    Link,
    Member,
    Reminder,
    table_of,
)
from oa_crm.schemas import LinkOut
from oa_crm.services import access
from oa_crm.services.base import Service, shown
from oa_crm.services.kinds import model_of

# Things that no row rule knows, and what one must be allowed to see theirs. An export has no row of its own.
_BY_RIGHT: dict[str, tuple[str, str, type[Base] | None]] = {
    "member": ("read", "directory", Member),
    "delivery": ("read", "delivery", DeliveryRow),
    "override": ("read", "customer", DuplicateOverride),
    "digest": ("read", "customer", Digest),
    "import": ("read", "customer", Import),
    "export": ("read", "customer", None),
    "reminder": ("read", "customer", Reminder),
    "handover": ("hand_over", "customer", Handover),
    "erasure": ("administer", "privacy", Erasure),
}


class Links(Service):
    """Receipts, by the thing they are about."""

    def of(self, kind: str, thing_id: UUID | str | int) -> tuple[LinkOut, ...]:
        """The links of a customer, project, contract or expense that the actor may see, oldest first.

        A reversal's receipt hangs on the expense that it reverses. Those of `on_member_left` are found by
        kind "member" and the member's id, for who may read the directory; those of `on_delivery_dead` by kind
        "delivery" and the id of the dead letter, for who may read deliveries; those about a request to pass a clash by
        kind "override", of a digest, an import or an export by their kinds, for who may read customers; those of an
        erasure by kind "erasure", for who administers privacy; those of a handover by kind "handover", for who may
        hand over. Raises `not_found`.
        """
        if kind in _BY_RIGHT:
            return self._by_right(kind, str(thing_id))
        row = self.one(model_of(kind, *_BY_RIGHT), thing_id)  # type: ignore[arg-type]
        return self._found(kind, str(row.id))

    def _by_right(self, kind: str, id: str) -> tuple[LinkOut, ...]:
        action, of, model = _BY_RIGHT[kind]
        access.require(self.work, action, of)
        if self.work.who.external:
            # None of these is known to be his own.
            raise access.out_of_reach(self.work, action, of)
        wanted = _as_stored(kind, id)
        found = self._found(kind, id)
        # A receipt outlives its delivery, which is cleared away after a while.
        if not found and (model is None or not self._is_there(model, wanted)):
            raise NotFound(kind, id)
        return found

    def _is_there(self, model: type[Base], id: Any) -> bool:
        by_id = self.company_wide(model).where(table_of(model).c.id == id)
        return self.work.connection.execute(by_id).first() is not None

    def _found(self, kind: str, id: str) -> tuple[LinkOut, ...]:
        table = table_of(Link)
        query = self.company_wide(Link).where(table.c.kind == kind, table.c.thing_id == id)
        return tuple(shown(LinkOut, row) for row in self.work.connection.execute(query.order_by(table.c.id)))


def _as_stored(kind: str, id: str) -> Any:
    """The id as its table has it. Raises `NotFound` for what no database of ours can hold."""
    if kind == "delivery":
        if not (id.isascii() and id.isdecimal() and len(id) < 19):
            raise NotFound(kind, id)
        return int(id)
    if kind in ("override", "digest", "import", "reminder", "erasure", "handover"):
        return _uuid(kind, id)
    if "\0" in id:
        raise NotFound(kind, id)
    return id


def _uuid(kind: str, id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError:
        raise NotFound(kind, id) from None
