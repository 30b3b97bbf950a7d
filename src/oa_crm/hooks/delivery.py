"""What an event handler gets beside the event: `Delivery`, its one chance to act exactly once.

The relay makes these; a plugin only reads them. The contract is in `docs/hooks/delivery.md`.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Delivery(Protocol):
    """One event on its way to one plugin."""

    @property
    def id(self) -> int:
        """The delivery's own number, as `crm.relay` lists it."""
        ...

    @property
    def key(self) -> str:
        """Stable per event and plugin, over every retry and replay: the key a remote side de-duplicates by."""
        ...

    @property
    def attempt(self) -> int:
        """1 at the first try."""
        ...

    @property
    def connection(self) -> "Connection":
        """A connection to our own database inside the transaction that marks this delivery done.

        What you write through it happens exactly once. Do not commit or roll it back, and do nothing slow
        while you hold it. If you never touch it, no transaction is open while your handler runs.
        """
        ...
