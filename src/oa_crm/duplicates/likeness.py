"""A value with the reasons for and against it; caps and floors add theirs."""

from typing import NamedTuple

from oa_crm.duplicates.reasons import Reason


class Likeness(NamedTuple):
    """A value from 0 to 1 and what speaks for and against it."""

    value: float
    reasons: tuple[Reason, ...]

    def capped(self, limit: float, reason: Reason) -> "Likeness":
        """At most `limit`, because of `reason`."""
        return Likeness(min(self.value, limit), (*self.reasons, reason))


NOTHING = Likeness(0.0, ())
