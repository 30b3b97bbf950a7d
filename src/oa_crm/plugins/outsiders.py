"""Outsiders, such as agents: whatever a role reaches, they have their own only, and few acts at all.

Every authorizer is asked through this one, so that neither a host's nor ours can forget it.
"""

from typing import Any

from oa_crm.hooks.ports import Authorizer, Reach, Who

_THEIRS = ("customer", "project", "contract", "expense", "lead")
_ACTS: dict[str, tuple[str, ...]] = {
    "read": (*_THEIRS, "directory"),
    "write": _THEIRS,
    "claim": ("customer",),
    "release": ("customer",),
    "lock": ("customer",),
    "reverse": ("expense",),
}
"""What outsiders may do at all. Whatever is not here, they may not."""


class Bounded:
    """An authorizer whose answers about outsiders go no further than their own."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._asked = authorizer

    def __getattr__(self, name: str) -> Any:
        # What an authorizer may answer besides, such as `field`, is there if it is.
        return getattr(self._asked, name)

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        """As the authorizer says; for outsiders their own at most."""
        reach = self._asked.reach(who, action, kind)
        if not who.external or reach is Reach.NONE:
            return reach
        return Reach.OWN if kind in _ACTS.get(action, ()) else Reach.NONE

    def because(self, who: Who, action: str, kind: str) -> str:
        """The authorizer's rule, and that he is an outsider."""
        rule = self._asked.because(who, action, kind)
        if not who.external:
            return rule
        theirs = "has his own only" if kind in _ACTS.get(action, ()) else f"may not {action} {kind}"
        return f"{rule}; an outsider {theirs}"
