"""People who move a project while its pipeline is changed: whoever is second waits, and nobody runs into the other."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.services.acting import doing, meanwhile

from oa_crm.schemas import PipelineOut, ProjectOut
from oa_crm.testing import Kit

STAGES = [
    {"key": "contacted", "win_rate": 10},
    {"key": "shown", "win_rate": 30},
    {"key": "offered", "win_rate": 60, "gates": {"approval": True}},
]
_FROM_PROJECTS = re.compile(r"FROM [\w.`\"]*oa_crm_project\b")
_FROM_PIPELINES = re.compile(r"FROM [\w.`\"]*oa_crm_pipeline\b")
SERVERS = pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)


@SERVERS
@pytest.mark.parametrize("act", ["ask", "reopen"])
def test_a_pipeline_changed_while_a_project_of_it_is_held_does_not_end_in_a_deadlock(kit: Kit, act: str) -> None:
    pipeline = doing(kit, "admin", lambda unit: unit.pipelines.define({"name": "direct", "stages": STAGES}))
    project = kit.given.project()
    if act == "reopen":
        lost = {"to": "lost", "expected_version": 1, "reason": "没有预算"}
        doing(kit, "seller", lambda unit: unit.projects.move(project.id, lost))
        kit.given.project()
    with meanwhile(kit, _locks_projects, lambda: _drop(kit, pipeline)) as other:
        _ACTS[act](kit, project)
    assert not other.errors
    assert len(other.answers) == 1


@SERVERS
def test_projects_that_are_moved_both_ways_at_once_do_not_end_in_a_deadlock(kit: Kit) -> None:
    first, second = (
        doing(kit, "admin", lambda unit, name=name: unit.pipelines.define({"name": name, "stages": STAGES}))
        for name in ("direct", "partner")
    )

    def move(one: PipelineOut, other: PipelineOut) -> Any:
        wanted = {"pipeline_id": one.id, "into": other.id, "mapping": {}, "reason": "流程合并"}
        return doing(kit, "admin", lambda unit: unit.pipelines.move_projects(wanted))

    with meanwhile(kit, _locks_pipelines, lambda: move(first, second)) as other:
        move(second, first)
    assert not other.errors
    assert len(other.answers) == 1


def _ask(kit: Kit, project: ProjectOut) -> Any:
    asked = {"to": "offered", "reason": "客户要报价"}
    return doing(kit, "seller", lambda unit: unit.projects.ask_entry(project.id, asked))


def _reopen(kit: Kit, project: ProjectOut) -> Any:
    again = {"expected_version": 2, "reason": "又谈了"}
    return doing(kit, "manager", lambda unit: unit.projects.reopen(project.id, again))


_ACTS: dict[str, Callable[[Kit, ProjectOut], Any]] = {"ask": _ask, "reopen": _reopen}


def _drop(kit: Kit, pipeline: PipelineOut) -> Any:
    """The stage goes in which the projects stand, and they go with it."""
    stages = [{"key": "met", "win_rate": 10}, *STAGES[1:]]
    patch = {"stages": stages, "mapping": {"contacted": "met"}, "expected_version": pipeline.version}
    return doing(kit, "admin", lambda unit: unit.pipelines.redefine(pipeline.id, patch))


def _locks_pipelines(sql: str) -> bool:
    return _FROM_PIPELINES.search(sql) is not None and "FOR UPDATE" in sql


def _locks_projects(sql: str) -> bool:
    return _FROM_PROJECTS.search(sql) is not None and "FOR UPDATE" in sql
