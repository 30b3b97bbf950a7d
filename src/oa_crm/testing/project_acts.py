"""What makes the events of projects and their stages happen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oa_crm.testing.kit import Kit


def _refuse_entry(kit: "Kit") -> object:
    asked = kit.given.entry_request()
    with kit.unit("manager") as unit:
        return unit.projects.refuse_entry(asked.id, comment="Show it to them first")


def _reopen(kit: "Kit") -> object:
    project = kit.given.project()
    with kit.unit() as unit:
        move = {"to": "lost", "expected_version": project.version, "because": "no_budget"}
        lost = unit.projects.move(project.id, move)
    with kit.unit("manager") as unit:
        again = {"expected_version": lost.version, "reason": "There is money now"}
        return unit.projects.reopen(project.id, again)


PROJECT_MAKERS: dict[str, Callable[["Kit"], object]] = {
    "on_project_reopened": _reopen,
    "on_stage_entry_requested": lambda kit: kit.given.entry_request(),
    "on_stage_entry_decided": _refuse_entry,
}
