"""What leaves a unit, seen with the eyes of who asked. The one place where fields are hidden and masked.

Every public method of every service answers through `seen`, and its errors through `seen_error`: a service, a schema
or a list cannot leak a field by forgetting it. Whatever is stored and whatever plugins get stays as it is.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from pydantic import BaseModel

from oa_crm.errors import CrmError, StaleVersion
from oa_crm.hooks.ports import Sight
from oa_crm.schemas.base import Out
from oa_crm.schemas.custom_types import converted
from oa_crm.schemas.merges import MergedField
from oa_crm.schemas.records import AuditOut
from oa_crm.services import custom
from oa_crm.services.work import Work

MASK = "•••"


def through(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, its answer and its errors as the actor may see them."""

    @wraps(method)
    def shown(self: Any, *args: Any, **kwargs: Any) -> Any:
        work: Work = self.work
        if work.inside:
            return method(self, *args, **kwargs)
        work.inside = True
        try:
            return seen(work, method(self, *args, **kwargs))
        except CrmError as error:
            seen_error(work, error)
            raise
        finally:
            work.inside = False

    return shown


def seen(work: Work, answer: Any) -> Any:
    """The same answer without what the actor may not see."""
    if isinstance(answer, tuple):
        return tuple(seen(work, one) for one in answer)
    if isinstance(answer, list):
        return [seen(work, one) for one in answer]
    if not isinstance(answer, BaseModel):
        return answer
    changed = {name: new for name, old in answer if (new := _seen_value(work, answer, name, old)) is not old}
    return answer.model_copy(update=changed) if changed else answer


def seen_error(work: Work, error: CrmError) -> None:
    """Take out of an error's details what the actor may not see."""
    state = error.details.get("state")
    if isinstance(error, StaleVersion) and isinstance(state, dict) and state.get("custom"):
        error.details["state"] = {**state, "custom": shown_custom(work, error.details["kind"], state["custom"])}


def shown_custom(work: Work, kind: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values of custom fields that the actor sees, masked ones as a mask, in the fields' order."""
    fields = custom.shown_fields(work, custom.definitions(work, kind).active)
    return {
        name: MASK if custom.right(work, one).sight is Sight.MASKED else converted(one.facts, stored[name])
        for name, one in fields.items()
        if name in stored
    }


def _seen_value(work: Work, of: BaseModel, name: str, value: Any) -> Any:
    if name == "custom" and value and isinstance(of, Out) and of.KIND:
        return shown_custom(work, of.KIND, value)
    if name in ("winner", "loser", "result") and isinstance(of, MergedField) and of.field == "custom":
        return value and shown_custom(work, "customer", value)
    if name == "changes" and isinstance(of, AuditOut):
        return _audited(work, of.kind, value)
    if isinstance(value, BaseModel):
        return seen(work, value)
    if isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        return seen(work, value)
    return value


def _audited(work: Work, kind: str, changes: dict[str, list[object]]) -> dict[str, list[object]]:
    """The changes of an audit entry; those of a custom field that is hidden are left out."""
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
