"""People who move a project while its pipeline is changed: whoever is second waits, and nobody runs into the other."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from tests.integration.services.acting import at_once, doing

from oa_crm.schemas import PipelineOut, ProjectOut
from oa_crm.testing import Kit

STAGES = [
    {"key": "contacted", "win_rate": 10},
    {"key": "shown", "win_rate": 30},
    {"key": "offered", "win_rate": 60, "gates": {"approval": True}},
]
_FROM_PROJECTS = re.compile(r"FROM [\w.`\"]*oa_crm_project\b")
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
    with _first_holds_a_project_when_second_comes(kit) as second:
        result = at_once(2, lambda number: _drop(kit, pipeline, second) if number else _ACTS[act](kit, project))
    assert not result.errors
    assert len(result.answers) == 2


def _ask(kit: Kit, project: ProjectOut) -> Any:
    asked = {"to": "offered", "reason": "客户要报价"}
    return doing(kit, "seller", lambda unit: unit.projects.ask_entry(project.id, asked))


def _reopen(kit: Kit, project: ProjectOut) -> Any:
    again = {"expected_version": 2, "reason": "又谈了"}
    return doing(kit, "manager", lambda unit: unit.projects.reopen(project.id, again))


_ACTS: dict[str, Callable[[Kit, ProjectOut], Any]] = {"ask": _ask, "reopen": _reopen}


def _drop(kit: Kit, pipeline: PipelineOut, second: threading.Event) -> Any:
    """The stage goes in which the projects stand, and they go with it."""
    assert second.wait(timeout=10)
    patch = {"stages": [{"key": "met", "win_rate": 10}, *STAGES[1:]], "mapping": {"contacted": "met"}}
    patch["expected_version"] = pipeline.version
    threading.current_thread().name = "second"
    return doing(kit, "admin", lambda unit: unit.pipelines.redefine(pipeline.id, patch))


@contextmanager
def _first_holds_a_project_when_second_comes(kit: Kit) -> Iterator[threading.Event]:
    """Whoever has locked a project goes on when the other asks for the same lock, or cannot come that far."""
    held, wanted = threading.Event(), threading.Event()

    def before(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if _locks_projects(sql) and threading.current_thread().name == "second":
            wanted.set()

    def after(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if _locks_projects(sql) and threading.current_thread().name != "second":
            held.set()
            wanted.wait(timeout=1)

    event.listen(kit.crm.engine, "before_cursor_execute", before)
    event.listen(kit.crm.engine, "after_cursor_execute", after)
    try:
        yield held
    finally:
        event.remove(kit.crm.engine, "before_cursor_execute", before)
        event.remove(kit.crm.engine, "after_cursor_execute", after)


def _locks_projects(sql: str) -> bool:
    return _FROM_PROJECTS.search(sql) is not None and "FOR UPDATE" in sql
