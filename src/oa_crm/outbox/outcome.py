"""What becomes of a delivery after its handler ran: done, again later, or dead. Pure decisions."""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from oa_crm.hooks.answers import GiveUp, RetryLater
from oa_crm.hooks.payloads import UnknownEvent
from oa_crm.outbox.claim import Claimed
from oa_crm.settings import RelaySettings

_LONGEST_ERROR = 500
_PRIVATE = (
    (re.compile(r"(?i)\b(password|passwd|pwd|secret|token|api[_-]?key|authorization)\b(\s*[=:]\s*)\S+"), r"\1\2***"),
    (re.compile(r"://[^/\s:@]+:[^/\s@]+@"), "://***@"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "***@***"),
    (re.compile(r"(?<![\w-])\+?\d[\d -]{9,}\d(?![\w-])"), "***"),
)


@dataclass(frozen=True, slots=True)
class Again:
    """Try again at `at`; `failed` when it counts as a failure."""

    at: datetime
    failed: bool


@dataclass(frozen=True, slots=True)
class Dead:
    """No further try by itself."""


def after_error(
    error: Exception, claimed: Claimed, now: datetime, settings: RelaySettings, chance: random.Random
) -> Again | Dead:
    """What follows from a handler's exception."""
    if isinstance(error, GiveUp):
        return Dead()
    if isinstance(error, RetryLater | UnknownEvent):
        if now - claimed.occurred_at > settings.max_age:
            return Dead()
        seconds = error.seconds if isinstance(error, RetryLater) else 60.0
        return Again(now + timedelta(seconds=seconds), failed=False)
    failures = claimed.failures + 1
    if failures >= settings.max_attempts:
        return Dead()
    return Again(now + backoff(failures, settings, chance), failed=True)


def backoff(failures: int, settings: RelaySettings, chance: random.Random) -> timedelta:
    """Doubling from the first to the longest, varied by the jitter so that retries do not come in step."""
    doubled: timedelta = settings.first_backoff * 2 ** min(failures - 1, 30)
    capped = min(doubled, settings.longest_backoff)
    return capped * (1 + chance.uniform(-settings.jitter, settings.jitter))


def told(error: Exception) -> str:
    """The exception as it may be kept and shown: short, without secrets, addresses and long numbers."""
    text = f"{type(error).__name__}: {error}".replace("\0", "")
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text if len(text) <= _LONGEST_ERROR else text[: _LONGEST_ERROR - 1] + "…"
