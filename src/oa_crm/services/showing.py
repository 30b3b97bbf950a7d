"""What leaves a unit, seen with the eyes of who asked. The one place where fields are hidden and masked.

Every public method of every service answers through `seen`, and its errors through `seen_error`: a service, a schema
or a list cannot leak a field by forgetting it. What comes in passes `sights.asked` in the same place.
Whatever is stored and whatever plugins get stays as it is.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, wraps
from threading import get_ident
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from oa_crm.errors import ConfigurationError, CrmError, DuplicateContact, DuplicateCustomer, StaleVersion
from oa_crm.hooks.ports import Sight
from oa_crm.money import Money
from oa_crm.schemas.base import Out
from oa_crm.schemas.contracts import ApprovalOut
from oa_crm.schemas.custom_types import converted
from oa_crm.schemas.customer_lists import CustomerFilter
from oa_crm.schemas.digests import DigestLineOut
from oa_crm.schemas.duplicates import DuplicatePairOut, Hit
from oa_crm.schemas.merges import MergedField
from oa_crm.schemas.records import AuditOut
from oa_crm.schemas.timeline import FactsThen, TimelineEntry
from oa_crm.services import access, custom, sights
from oa_crm.services.work import Work

MASK = "•••"
_PLAIN = {str, int, float, bool, bytes, type(None), UUID, date, datetime, Decimal, Money}
_OF_ANOTHER = {"custom", "winner", "loser", "result", "changes", "facts", "before", "after", "snapshot"}
"""Fields that tell facts of another thing, or values whose meaning stands elsewhere."""
_SAME = {"name": ("contact.name",), "phone": ("contact.mobile", "contact.phones"), "email": ("contact.emails",)}
"""By what two people are alike, and what one must see to be told."""
_SETTLED = ("revenue_minor", "expenses_minor", "by_category")
"""What a settlement tells of in the audit of its project."""


def through(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method: its inputs as far as they are the actor's, its answer and its errors as he may see them."""

    @wraps(method)
    def shown(self: Any, *args: Any, **kwargs: Any) -> Any:
        work: Work = self.work
        if work.inside is not None:
            _one_at_a_time(work)
            return method(self, *args, **kwargs)
        work.inside = get_ident()
        try:
            args, named = sights.asked(work, method, args, kwargs)
            return seen(work, method(self, *args, **named))
        except CrmError as error:
            seen_error(work, error)
            raise
        finally:
            work.inside = None

    return shown


def _one_at_a_time(work: Work) -> None:
    """A second thread would meet the first one's transaction half-way, and pass by what hides fields."""
    if work.inside != get_ident():
        raise ConfigurationError("a unit is for one thread at a time; open one for each, by crm.begin() or crm.join()")


def seen(work: Work, answer: Any) -> Any:
    """The same answer without what the actor may not see. Whatever shows rows without a service passes here itself."""
    if isinstance(answer, tuple):
        return tuple(seen(work, one) for one in answer)
    if isinstance(answer, list):
        return [seen(work, one) for one in answer]
    if not isinstance(answer, BaseModel):
        return answer
    if isinstance(answer, CustomerFilter):
        return _asked_for(work, answer)
    if isinstance(answer, Hit | DuplicatePairOut):
        answer = sights.reasons_seen(work, answer)
    kind: type[BaseModel] = type(answer)
    dimmed = sights.dimmed(work, kind)
    changed = {
        name: new
        for name in {*dimmed, *_looked_into(kind)}
        if (new := _seen_field(work, answer, name, dimmed)) is not getattr(answer, name)
    }
    return answer.model_copy(update=changed) if changed else answer


def seen_error(work: Work, error: CrmError) -> None:
    """Take out of an error's details what the actor may not see."""
    if isinstance(error, StaleVersion):
        error.details["state"] = seen_facts(work, error.details["kind"], error.details["state"])
    if isinstance(error, DuplicateCustomer):
        error.tell(seen(work, error.report))
    if isinstance(error, DuplicateContact):
        _names_seen(work, error)


def seen_facts(work: Work, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a thing by their column, custom values included, as the actor may see them."""
    seen_ones = sights.facts_seen(work, kind, facts)
    return {**seen_ones, "custom": shown_custom(work, kind, facts["custom"])} if facts.get("custom") else seen_ones


def _names_seen(work: Work, error: DuplicateContact) -> None:
    """Tell the names of those alike, and what is the same, as far as the actor sees it."""
    found = [sights.facts_seen(work, "contact", one) for one in error.details["found"]]
    for one in found:
        if sights.strictest(work, _SAME[one["same"]]) is not Sight.OPEN:
            one["same"] = MASK
    error.details["found"] = found
    error.details["summary"] = ", ".join(one.get("name", MASK) for one in found)
    error.details["name"] = sights.facts_seen(work, "contact", {"name": error.details["name"]}).get("name", MASK)
    error.args = (error.text(),)


def shown_custom(work: Work, kind: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values of custom fields that the actor sees, masked ones as a mask, in the fields' order."""
    fields = custom.shown_fields(work, custom.definitions(work, kind).active)
    return {
        name: MASK if custom.right(work, one).sight is Sight.MASKED else converted(one.facts, stored[name])
        for name, one in fields.items()
        if name in stored
    }


def _seen_field(work: Work, of: BaseModel, name: str, dimmed: Mapping[str, tuple[Any, Sight]]) -> Any:
    value = getattr(of, name)
    return sights.shown_as(*dimmed[name], value) if name in dimmed else _seen_value(work, of, name, value)


@cache
def _looked_into(kind: type[BaseModel]) -> tuple[str, ...]:
    """The fields that may hold something not everybody sees, or a model in which there is such a field: all but those
    that are plain by their type. A page has thousands of fields, and hardly any is not."""
    fields = kind.model_fields.items()
    return tuple(name for name, field in fields if name in _OF_ANOTHER or not _plain(field.annotation))


def _plain(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) is Literal or annotation is Ellipsis:
        return True
    if inside := get_args(annotation):
        return all(map(_plain, inside))
    return annotation in _PLAIN or (isinstance(annotation, type) and issubclass(annotation, Enum))


def _seen_value(work: Work, of: BaseModel, name: str, value: Any) -> Any:
    if name == "custom" and value and isinstance(of, Out) and of.KIND:
        return shown_custom(work, of.KIND, value)
    if name in ("winner", "loser", "result") and isinstance(of, MergedField):
        return _merged(work, of.field, value)
    if name == "changes" and isinstance(of, AuditOut):
        return _audited(work, of.kind, value)
    if name == "changes" and isinstance(of, TimelineEntry):
        return _audited(work, of.thing_kind, value)
    if name == "facts" and isinstance(of, TimelineEntry | FactsThen):
        kind = of.thing_kind if isinstance(of, TimelineEntry) else of.kind
        return seen_facts(work, kind, value)
    if name in ("before", "after") and isinstance(of, DigestLineOut):
        return sights.facts_seen(work, of.kind, {of.field: value}).get(of.field)
    if name == "snapshot" and isinstance(of, ApprovalOut):
        return sights.facts_seen(work, of.thing_kind, value)
    if isinstance(value, BaseModel):
        return seen(work, value)
    if isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        return seen(work, value)
    return value


def _merged(work: Work, field: str, value: Any) -> Any:
    if field == "custom":
        return value and shown_custom(work, "customer", value)
    return sights.facts_seen(work, "customer", {field: value}).get(field)


def _asked_for(work: Work, where: CustomerFilter) -> CustomerFilter:
    """What a view of somebody else's asks. A value that one may not find by is a mask, which finds nothing."""
    hidden = {
        name: MASK if isinstance(value, str) else value.model_copy(update={"number": MASK})
        for name, fields in where.FOUND_BY.items()
        if (value := getattr(where, name)) and sights.strictest(work, fields) is not Sight.OPEN
    }
    if where.custom:
        active = custom.definitions(work, "customer").active
        rights = {one.name: custom.right(work, one).sight for one in active}
        told = {
            MASK if rights.get(name) is Sight.HIDDEN else name: value
            if rights.get(name, Sight.OPEN) is Sight.OPEN
            else MASK
            for name, value in where.custom.items()
        }
        hidden |= {"custom": told} if told != where.custom else {}
    return where.model_copy(update=hidden) if hidden else where


def _without_settlement(work: Work, kind: str, changes: dict[str, list[object]]) -> dict[str, list[object]]:
    """The changes of a project without what it came to, for who may not ask for that either."""
    if kind != "project" or not access.reads_none(work, work.who, "expense"):
        return changes
    return {name: values for name, values in changes.items() if name not in _SETTLED}


def _audited(work: Work, kind: str, changes: dict[str, list[object]]) -> dict[str, list[object]]:
    """The changes of an audit entry; those of a field that is hidden are left out."""
    changes = sights.facts_seen(work, kind, _without_settlement(work, kind, changes))
    if "custom" in changes:
        whole = [isinstance(one, dict) and shown_custom(work, kind, one) for one in changes["custom"]]
        changes = {**changes, "custom": [one or None for one in whole]}
    names = {name: name.removeprefix("custom.") for name in changes if name.startswith("custom.")}
    if not names:
        return changes
    fields = custom.shown_fields(work, custom.definitions(work, kind).active)
    told: dict[str, list[object]] = {}
    for name, values in changes.items():
        if name not in names:
            told[name] = values
        elif (one := fields.get(names[name])) is not None:
            masked = custom.right(work, one).sight is Sight.MASKED
            told[name] = [value and MASK for value in values] if masked else values
    return told
