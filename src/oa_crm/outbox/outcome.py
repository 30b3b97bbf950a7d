"""What becomes of a delivery after its handler ran: done, again later, or dead. Pure decisions."""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import StatementError

from oa_crm.hooks.answers import GiveUp, RetryLater
from oa_crm.hooks.payloads import UnknownEvent
from oa_crm.outbox.claim import Claimed
from oa_crm.settings import RelaySettings

_LONGEST_ERROR = 500
_LONGEST_READ = 2000
LAPSED = "WorkerLost: the worker died, or took longer than its lease, without an outcome"
_SHORTEST_WAIT = timedelta(seconds=1)
_NAMED = r"(?:password|passwd|passphrase|pwd|secret(?:[_-]?key)?|token|api[_-]?key|authorization|cookie)"
_VALUE = r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"]+)"
_PRIVATE = (
    # A database error in another one's words: PostgreSQL's DETAIL quotes the row, SQLAlchemy adds the parameters.
    (re.compile(r"(?s)\s(?:DETAIL:  |\[SQL: |\[parameters: ).*"), ""),
    (re.compile(r"(?i)((?:duplicate entry|incorrect [\w ]{1,40} value:) )'.*?'(?= for )"), r"\1'***'"),
    (re.compile(rf"(?i)({_NAMED}['\"]?\s*[=:]\s*)(?:(?:bearer|basic|digest|token)\s+)?{_VALUE}"), r"\1***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"://[^/\s@]*:[^/\s]+@"), "://***@"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "***@***"),
    (re.compile(r"(?<![\w-])\+?\d[\d -]{9,}[\dXx](?![\w-])"), "***"),
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
    error: BaseException, claimed: Claimed, now: datetime, settings: RelaySettings, chance: random.Random
) -> Again | Dead:
    """What follows from a handler's exception."""
    if isinstance(error, GiveUp):
        return Dead()
    if isinstance(error, RetryLater | UnknownEvent):
        if now - claimed.opened_at > settings.max_age:
            return Dead()
        seconds = error.seconds if isinstance(error, RetryLater) else 60.0
        return Again(now + _sensible(seconds, settings), failed=False)
    failures = claimed.failures + 1
    if failures >= settings.max_attempts:
        return Dead()
    return Again(now + backoff(failures, settings, chance), failed=True)


def after_lapse(claimed: Claimed, settings: RelaySettings) -> Dead | None:
    """What follows from a claim that ended without an outcome: it counts as a failure, and the last one is final.

    But not the first: it may have been a neighbour in the same claim that took the process along.
    """
    alone_before = (claimed.last_error or "").startswith(LAPSED)
    return Dead() if alone_before and claimed.failures + 1 >= settings.max_attempts else None


def backoff(failures: int, settings: RelaySettings, chance: random.Random) -> timedelta:
    """Doubling from the first to the longest, varied by the jitter so that retries do not come in step."""
    doubled: timedelta = settings.first_backoff * 2 ** min(failures - 1, 30)
    capped = min(doubled, settings.longest_backoff)
    return capped * (1 + chance.uniform(-settings.jitter, settings.jitter))


def _sensible(seconds: float, settings: RelaySettings) -> timedelta:
    """At least a second, so that a drain ends; at most as long as waiting may last. Not a number is a second."""
    if not seconds > _SHORTEST_WAIT.total_seconds():
        return _SHORTEST_WAIT
    return timedelta(seconds=min(seconds, settings.max_age.total_seconds()))


def told(error: BaseException) -> str:
    """The exception as it may be kept and shown: short, without secrets, addresses and long numbers."""
    # Cut first: some of the patterns take time that grows with the square of the length.
    text = f"{type(error).__name__}: {_message(error)}".replace("\0", "")[:_LONGEST_READ]
    text = text.encode(errors="replace").decode()
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text if len(text) <= _LONGEST_ERROR else text[: _LONGEST_ERROR - 1] + "…"


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, StatementError) and error.orig is not None:
            # The driver's own words without SQL and parameters, and without PostgreSQL's DETAIL, which quotes the row.
            return str(error.orig).partition("\n")[0]
        return str(error)
    except Exception:
        return "(its message cannot be read)"
