"""The host's inbox, where the CRM's messages to people arrive.

The CRM calls `notify` outside of any transaction and may call it again with the same key; a message is kept
once per key.
"""

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from examples.host_app.tables import InboxMessage
from oa_crm.hooks import Message, hookimpl


class Inbox:
    """The notifier port, with a transaction of its own per message."""

    name = "oa_inbox"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @hookimpl
    def provide_notifier(self) -> "Inbox":
        return self

    def notify(self, message: Message, *, key: str) -> None:
        """Put the message into the member's inbox, unless it is there already."""
        note = InboxMessage(
            key=key, employee_id=message.to, topic=message.topic, text=message.text, sent_at=datetime.now(UTC)
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(note)
        except IntegrityError:
            return
