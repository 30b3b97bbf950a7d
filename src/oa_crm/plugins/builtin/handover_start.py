"""Who leaves, or goes to another department, and holds something, has a handover due; his superior is told.

Block it by its name where the host starts handovers itself.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from oa_crm.hooks import Delivery, hookimpl
from oa_crm.hooks.payloads import Event, MemberLeft, MemberMoved

if TYPE_CHECKING:
    from sqlalchemy import Connection

Open = Callable[["Connection", Event, str, str, str | None], UUID | None]


class HandoverStart:
    """Opens the handover on the delivery's own connection: it is there exactly when the event is done with."""

    name = "handover_start"

    def __init__(self) -> None:
        self.open: Open | None = None

    @hookimpl
    def on_member_left(self, event: MemberLeft, delivery: Delivery) -> None:
        self._start(event, delivery, event.member_id, "left", event.manager_id)

    @hookimpl
    def on_member_moved(self, event: MemberMoved, delivery: Delivery) -> None:
        self._start(event, delivery, event.member_id, "moved", event.former_manager_id)

    def _start(self, event: Event, delivery: Delivery, member: str, cause: str, superior: str | None) -> None:
        if self.open is not None:
            self.open(delivery.connection, event, member, cause, superior)
