"""In-process signals after commit: the same payloads as the hooks, for caches and live pages. Never money.

They may be lost (a crash between commit and signal) and reach this process only. Receivers are held weakly;
one that raises is logged and the others still hear.
"""

import logging
from collections.abc import Callable
from difflib import get_close_matches

from blinker import NamedSignal, Namespace

from oa_crm.hooks.payloads import EVENTS, Event

log = logging.getLogger("oa_crm.signals")


class Signals:
    """One signal per event hook, by the hook's name: `crm.signals["on_customer_created"].connect(receiver)`.

    A receiver is called with the event as its only argument.
    """

    def __init__(self) -> None:
        self._signals = Namespace()

    def __getitem__(self, hook: str) -> NamedSignal:
        """The signal of an event's hook. Raises `KeyError` for a name that no event has."""
        if hook not in EVENTS:
            near = get_close_matches(str(hook), EVENTS, n=1)
            raise KeyError(f"no event is called {hook!r}" + (f"; did you mean {near[0]}?" if near else ""))
        return self._signals.signal(hook)

    def send(self, event: Event) -> None:
        """Tell every receiver of the event's signal, each guarded."""
        signal = self._signals.get(event.HOOK)
        if signal is None or not signal.receivers:
            return
        for receiver in list(signal.receivers_for(event.HOOK)):
            _guarded(receiver, event)


def _guarded(receiver: Callable[[Event], object], event: Event) -> None:
    try:
        receiver(event)
    except Exception:
        log.exception("a receiver of %s failed", event.HOOK)
