"""A plugin that hears everything, so that a test can ask what was announced."""

from collections.abc import Callable
from typing import Any, TypeVar

from oa_crm.hooks import EVENTS, Delivery, Event, hookimpl

Kind = TypeVar("Kind", bound=Event)


class Recorder:
    """Listens to every event hook. Deliveries of the same event are recorded once each."""

    name = "recorder"

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.keys: list[str] = []

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The recorded events of one kind, in the order of delivery."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def hooks(self) -> list[str]:
        """The hooks that were called, in order."""
        return [event.HOOK for event in self.events]

    def _keep(self, event: Event, delivery: Delivery) -> None:
        self.events.append(event)
        self.keys.append(delivery.key)


def _listener(hook: str) -> Callable[..., Any]:
    def listen(self: Recorder, event: Event, delivery: Delivery) -> None:
        self._keep(event, delivery)

    listen.__name__ = hook
    return hookimpl(listen)


for _hook in EVENTS:
    setattr(Recorder, _hook, _listener(_hook))
