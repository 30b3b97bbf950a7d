"""One tree of errors with stable codes.

A caller may branch on the class or on `code`; a page shows `error.text(locale)`. Every error carries its
facts in `details`, so a client can be told which field, why, and what would be right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as attribute
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oa_crm.i18n import DEFAULT_LOCALE, field_words, outdated_advice, problem_words, translate

if TYPE_CHECKING:
    from oa_crm.hooks.answers import Objection
    from oa_crm.schemas.duplicates import CheckReport
    from oa_crm.schemas.handovers import HandoverConflict


class CrmError(Exception):
    """Base of all errors that oa_crm raises on purpose."""

    code: str = "configuration"

    def __init__(self, **details: Any) -> None:
        self.details: dict[str, Any] = details
        super().__init__(self.text())

    def text(self, locale: str = DEFAULT_LOCALE) -> str:
        """The message in the reader's language."""
        return translate(self.code, locale, self.details)

    def as_dict(self, locale: str = DEFAULT_LOCALE) -> dict[str, Any]:
        """A body for an API answer: `{"code", "message", "details"}`."""
        return {"code": self.code, "message": self.text(locale), "details": self.details}


class ConfigurationError(CrmError):
    """The CRM was put together or is used wrongly by its host; nearly always raised at start."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)


class PluginRefused(CrmError):
    """A plugin breaks the hook contract (code `plugin_refused`)."""

    code = "plugin_refused"

    def __init__(self, plugin: str, problem: str) -> None:
        super().__init__(plugin=plugin, problem=problem)


class SchemaOutdated(CrmError):
    """The tables are older or newer than the code (code `schema_outdated`)."""

    code = "schema_outdated"

    def __init__(self, found: str | None, needed: str) -> None:
        super().__init__(found=found or "-", needed=needed)

    def text(self, locale: str = DEFAULT_LOCALE) -> str:
        """The message in the reader's language, with what to do: tables are never led back."""
        advice = outdated_advice(locale, newer=self.details["found"] > self.details["needed"])
        return translate(self.code, locale, {**self.details, "advice": advice})


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with the input: which field, why, and what would be right, in English.

    `code` is stable and comes with the facts in `params`; it is ours or pydantic's error type. A plugin's own
    words have none and are shown as they are in every language.
    """

    field: str
    problem: str
    expected: str = ""
    code: str = attribute(default="", compare=False)
    params: Mapping[str, Any] = attribute(default_factory=dict, compare=False)

    @classmethod
    def of(cls, field: str, code: str, /, **params: Any) -> "FieldProblem":
        """One of our own problems; its words are in `oa_crm.i18n.problems`."""
        return cls(field, *problem_words(code, DEFAULT_LOCALE, params), code, params)

    def spoken(self, locale: str) -> "FieldProblem":
        """The same in the reader's language."""
        problem, expected = field_words(self.code, locale, self.params, (self.problem, self.expected))
        return replace(self, problem=problem, expected=expected)

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}" + (f" ({self.expected})" if self.expected else "")


class InvalidInput(CrmError):
    """Input that cannot be taken (code `invalid_input`); `problems` lists every field at once."""

    code = "invalid_input"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(**_told(self.problems))

    @classmethod
    def one(cls, field: str, problem: str, expected: str = "") -> "InvalidInput":
        """A single wrong field, in a plugin's own words."""
        return cls([FieldProblem(field, problem, expected)])

    @classmethod
    def of(cls, field: str, code: str, /, **params: Any) -> "InvalidInput":
        """A single wrong field, by one of our own codes."""
        return cls([FieldProblem.of(field, code, **params)])

    def text(self, locale: str = DEFAULT_LOCALE) -> str:
        """The message in the reader's language, problems included."""
        return translate(self.code, locale, self._details(locale))

    def as_dict(self, locale: str = DEFAULT_LOCALE) -> dict[str, Any]:
        """A body for an API answer; `problem` and `expected` are in the reader's language, too."""
        return {**super().as_dict(locale), "details": self._details(locale)}

    def _details(self, locale: str) -> dict[str, Any]:
        return _told([one.spoken(locale) for one in self.problems])


class GatesClosed(InvalidInput):
    """The project may not enter the stage yet (code `gates_closed`); `problems` lists every closed gate at once, and
    what would open it."""

    code = "gates_closed"


def _told(problems: Sequence[FieldProblem]) -> dict[str, Any]:
    return {"summary": "; ".join(map(str, problems)), "problems": [asdict(one) for one in problems]}


class NotFound(CrmError):
    """Missing, of another tenant, or out of the actor's sight: all three answer alike (code `not_found`)."""

    code = "not_found"

    def __init__(self, kind: str, id: object) -> None:
        super().__init__(kind=kind, id=str(id))


class Forbidden(CrmError):
    """The actor sees the thing but may not do this to it (code `forbidden`)."""

    code = "forbidden"

    def __init__(self, *, actor: str, action: str, kind: str, reason: str) -> None:
        super().__init__(actor=actor, action=action, kind=kind, reason=reason)


class UnknownActor(CrmError):
    """The scope names somebody whom the directory does not know as active (code `unknown_actor`)."""

    code = "unknown_actor"

    def __init__(self, *, actor: str, tenant: str) -> None:
        super().__init__(actor=actor, tenant=tenant)


class Vetoed(CrmError):
    """Plugins object (code `vetoed`); `objections` holds all of them, each with its plugin's name."""

    code = "vetoed"

    def __init__(self, objections: Sequence[tuple[str, "Objection"]]) -> None:
        self.objections = tuple(objections)
        super().__init__(
            plugins=", ".join(dict.fromkeys(plugin for plugin, _ in objections)),
            summary="; ".join(objection.message for _, objection in objections),
            objections=[
                {"plugin": plugin, "code": one.code, "message": one.message, "field": one.field}
                for plugin, one in objections
            ],
        )


class DuplicateCustomer(CrmError):
    """The customer seems to be on file (code `duplicate_customer`); `report` says who follows it."""

    code = "duplicate_customer"

    def __init__(self, name: str, report: "CheckReport") -> None:
        self.report = report
        super().__init__(name=name, summary=report.summary(), report=report.model_dump(mode="json"))

    def tell(self, report: "CheckReport") -> None:
        """Tell this report instead: what of it the actor may see."""
        self.report = report
        self.details |= {"summary": report.summary(), "report": report.model_dump(mode="json")}
        self.args = (self.text(),)

    def text(self, locale: str = DEFAULT_LOCALE) -> str:
        """The message in the reader's language, reasons included."""
        return translate(self.code, locale, self._in(locale))

    def as_dict(self, locale: str = DEFAULT_LOCALE) -> dict[str, Any]:
        """A body for an API answer, its summary in the reader's language."""
        return {**super().as_dict(locale), "details": self._in(locale)}

    def _in(self, locale: str) -> dict[str, Any]:
        return {**self.details, "summary": self.report.summary(locale)}


class DuplicateContact(CrmError):
    """Somebody alike stands at the customer already (code `duplicate_contact`); `details["found"]` says who, and
    whether the name, a number or an e-mail address is the same."""

    code = "duplicate_contact"

    def __init__(self, name: str, found: Sequence[Mapping[str, str]]) -> None:
        super().__init__(name=name, summary=", ".join(one["name"] for one in found), found=[dict(one) for one in found])


class CustomerMerged(CrmError):
    """The customer was merged into another (code `merged`); `details["into"]` is where its file is now."""

    code = "merged"

    def __init__(self, *, id: object, into: object) -> None:
        super().__init__(id=str(id), into=str(into))


class DuplicateKeysMissing(CrmError):
    """Customers on file have no duplicate keys yet, so "nothing like it" would be a lie (code
    `duplicate_keys_missing`); `crm.duplicates.rebuild()` makes them."""

    code = "duplicate_keys_missing"

    def __init__(self, tenant: str) -> None:
        super().__init__(tenant=tenant)


class ExportLimit(CrmError):
    """More than a person may export in a day (code `export_limit`): `asked` rows where `left` of `limit` are left."""

    code = "export_limit"

    def __init__(self, *, actor: str, limit: int, left: int, asked: int) -> None:
        super().__init__(actor=actor, limit=limit, left=left, asked=asked)


class TooManySearches(CrmError):
    """The person asked who is on file more often than the settings allow (code `too_many_searches`)."""

    code = "too_many_searches"

    def __init__(self, *, limit: int, actor: str) -> None:
        super().__init__(limit=limit, actor=actor)


class HoldingLimitReached(CrmError):
    """Somebody would hold more customers than he may (code `holding_limit`); `details["together"]` is true when it is
    the sum of a department."""

    code = "holding_limit"

    def __init__(self, *, owner: str, limit: int, held: int, together: bool) -> None:
        super().__init__(owner=owner, limit=limit, held=held, together=together)


class ClaimQuotaReached(CrmError):
    """Somebody claimed as many customers today as he may (code `claim_quota`), whatever became of them since."""

    code = "claim_quota"

    def __init__(self, *, owner: str, limit: int, claimed: int) -> None:
        super().__init__(owner=owner, limit=limit, claimed=claimed)


class ClaimTooEarly(CrmError):
    """The customer cannot be claimed before `details["until"]` (code `claim_too_early`): it came to the pool just now
    (`because` is waiting), or the actor had it himself (cooldown)."""

    code = "claim_too_early"

    def __init__(self, *, until: datetime, because: str) -> None:
        super().__init__(until=until.isoformat(timespec="minutes"), because=because)


class LockLimitReached(CrmError):
    """Somebody keeps as many customers from being recycled as he may (code `lock_limit`)."""

    code = "lock_limit"

    def __init__(self, *, owner: str, limit: int, locked: int) -> None:
        super().__init__(owner=owner, limit=limit, locked=locked)


class HandoverConflicts(CrmError):
    """Something stands against a handover (code `handover_conflicts`); `details["conflicts"]` holds all of it: each
    with its code, for whom it is, and its sentence."""

    code = "handover_conflicts"

    def __init__(self, conflicts: "Sequence[HandoverConflict]") -> None:
        super().__init__(
            summary="; ".join(one.text for one in conflicts),
            conflicts=[one.model_dump(mode="json") for one in conflicts],
        )


class FileDamaged(CrmError):
    """The content of a file is not in the store, or is not what was put there (code `file_damaged`)."""

    code = "file_damaged"

    def __init__(self, id: object, name: str) -> None:
        super().__init__(id=str(id), name=name)


class StaleVersion(CrmError):
    """Somebody else changed it first (code `stale_version`); `details["state"]` is how it stands now."""

    code = "stale_version"

    def __init__(self, *, kind: str, expected: int | str, current: int | str, state: Mapping[str, Any]) -> None:
        super().__init__(kind=kind, expected=expected, current=current, state=dict(state))


class IllegalState(CrmError):
    """The thing is not in a state that allows this (code `illegal_state`)."""

    code = "illegal_state"

    def __init__(self, *, kind: str, state: str, allowed: Sequence[str]) -> None:
        super().__init__(kind=kind, state=state, allowed=" / ".join(allowed))


class IdempotencyConflict(CrmError):
    """One idempotency key, two different inputs (code `idempotency_conflict`)."""

    code = "idempotency_conflict"

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class UnitClosed(CrmError):
    """The unit was used after its `with` block (code `unit_closed`)."""

    code = "unit_closed"


class Busy(CrmError):
    """The database gave up on a lock or a deadlock (code `busy`); nothing was done, so do the unit again."""

    code = "busy"


class ReadOnlyUnit(CrmError):
    """A write in a unit that was opened with `read_only=True` (code `read_only`)."""

    code = "read_only"

    def __init__(self, operation: str) -> None:
        super().__init__(operation=operation)
