"""What happens to strategies. Their words stay in the file: an event names fields, numbers and people."""

from datetime import date
from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class StrategyEvent(Event):
    """Anything that happened to a strategy. `name` is the customer's, or the project's where it is about one."""

    KIND = "strategy"
    AGGREGATE = "strategy_id"
    strategy_id: UUID
    customer_id: UUID
    project_id: UUID | None
    name: str
    owner_id: str
    number: int


class StrategyChanged(StrategyEvent):
    """A version was written. `what` is written, revised or retired, `managers` are those who are to acknowledge it."""

    HOOK = "on_strategy_changed"
    what: str
    changed: tuple[str, ...]
    review_on: date | None
    managers: tuple[str, ...]


class StrategyCommented(StrategyEvent):
    """Somebody said something to a version; `mentioned` are those whom he named."""

    HOOK = "on_strategy_commented"
    comment_id: UUID
    mentioned: tuple[str, ...]
