"""What happens to requests for help. The words stay in the file."""

from datetime import date
from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class HelpEvent(Event):
    """Anything that happened to a request for help. `name` is the customer's, or that of the project it is about."""

    KIND = "help_request"
    AGGREGATE = "help_id"
    help_id: UUID
    customer_id: UUID
    project_id: UUID | None
    name: str
    asked_by: str
    due_on: date


class HelpAsked(HelpEvent):
    """Somebody is asked for help; `asked` are the members whom that means. `again`: it was reopened."""

    HOOK = "on_help_asked"
    to_kind: str
    to_id: str
    asked: tuple[str, ...]
    again: bool = False


class HelpAnswered(HelpEvent):
    """Whoever was asked said something: `what` is accepted, declined or answered."""

    HOOK = "on_help_answered"
    what: str
    helper_id: str
