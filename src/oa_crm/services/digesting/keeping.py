"""Key changes, found among the changes that the audit is told of. So no act can forget to keep one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from oa_crm.ids import new_id
from oa_crm.models import kind_of
from oa_crm.services.digesting.kinds import CHANGE_KINDS, ChangeKind
from oa_crm.settings import Settings

Steps = Mapping[str, tuple[str, ...]]


def key_changes(entries: Iterable[Mapping[str, Any]], settings: Settings, steps: Steps) -> list[dict[str, Any]]:
    """The rows for the key changes among audit entries. `steps` are the stages of projects in other pipelines than
    that of the settings, in order."""
    return [row for entry in entries if not _begins(entry) for row in _of(entry, settings, steps)]


def _begins(entry: Mapping[str, Any]) -> bool:
    """What a thing goes on file with is no change: it had no name before."""
    name = entry["changes"].get("name")
    return name is not None and name[0] is None


def _of(entry: Mapping[str, Any], settings: Settings, steps: Steps) -> Iterator[dict[str, Any]]:
    stages = steps.get(entry["thing_id"], settings.stages)
    for field, (before, after) in entry["changes"].items():
        kind = _kind(entry["kind"], field)
        if kind is not None and before != after and kind.matters(stages, before, after):
            yield {
                "id": new_id(),
                "tenant_id": entry["tenant_id"],
                "what": kind.name,
                "kind": entry["kind"],
                "thing_id": UUID(entry["thing_id"]),
                "field": field,
                "before": _plain(before),
                "after": _plain(after),
                "reason": entry["reason"],
                "at": entry["at"],
                "by": entry["actor_id"],
            }


@lru_cache(maxsize=1024)
def _kind(of: str, field: str) -> ChangeKind | None:
    return next((one for one in CHANGE_KINDS if kind_of(one.model) == of and one.covers(field)), None)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
