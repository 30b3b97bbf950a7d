"""The verbs of pipelines and of how projects move: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.testing import Kit


def _nothing(kit: Kit) -> None:
    return None


def _staged(kit: Kit) -> Any:
    """A project in a pipeline of the company's own, with the pipeline."""
    pipeline = kit.given.pipeline()
    return kit.given.project(type=pipeline.name), pipeline


def a_pipeline(name: str) -> dict[str, Any]:
    return {"name": name, "stages": [{"key": "first", "win_rate": 20}, {"key": "second", "win_rate": 60}]}


def _all_into_settings(pipeline: Any, stage: str) -> dict[str, Any]:
    return {"pipeline_id": pipeline.id, "into": None, "mapping": {"contacted": stage}, "reason": "流程合并"}


def _other(pipeline: Any, stage: str) -> dict[str, Any]:
    return {"pipeline_id": pipeline.id, "to": stage, "expected_version": 1, "reason": "改为续约流程"}


def _entry(reason: str) -> dict[str, Any]:
    return {"to": "offered", "reason": reason}


def _lost(kit: Kit) -> Any:
    project = kit.given.project()
    with kit.unit() as unit:
        return unit.projects.move(project.id, {"to": "lost", "expected_version": 1, "because": "no_budget"})


def _lines(price: str) -> dict[str, Any]:
    return {"lines": [{"code": "A-1", "name": "授权", "unit_price": price}], "expected_version": 1}


def _links(contact: Any, role: str) -> dict[str, Any]:
    return {"links": [{"contact_id": contact.id, "role": role}], "expected_version": 1}


def _with_contact(kit: Kit) -> Any:
    customer = kit.given.customer()
    return kit.given.project(customer), kit.given.contact(customer)


def _competitor(kit: Kit) -> Any:
    project = kit.given.project()
    with kit.unit() as unit:
        return unit.projects.add_competitor(project.id, {"name": "长风软件"})


PROJECT_VERBS = (
    Verb(
        "pipelines.define", "admin", _nothing,
        lambda unit, _: unit.pipelines.define(a_pipeline("direct")),
        lambda unit, _: unit.pipelines.define(a_pipeline("renewal")),
    ),
    Verb(
        "pipelines.redefine", "admin", lambda kit: kit.given.pipeline(),
        lambda unit, it: unit.pipelines.redefine(it.id, {"expected_version": 1, "retired": True}),
        lambda unit, it: unit.pipelines.redefine(it.id, {"expected_version": 1, "position": 3}),
    ),
    Verb(
        "pipelines.move_projects", "admin", _staged,
        lambda unit, it: unit.pipelines.move_projects(_all_into_settings(it[1], "lead")),
        lambda unit, it: unit.pipelines.move_projects(_all_into_settings(it[1], "proposal")),
    ),
    Verb(
        "projects.ask_entry", "seller", _staged,
        lambda unit, it, **key: unit.projects.ask_entry(it[0].id, _entry("客户要报价"), **key),
        lambda unit, it, **key: unit.projects.ask_entry(it[0].id, _entry("已演示"), **key),
    ),
    Verb(
        "projects.grant_entry", "manager", lambda kit: kit.given.entry_request(),
        lambda unit, it: unit.projects.grant_entry(it.id, comment="同意"),
        lambda unit, it: unit.projects.grant_entry(it.id),
    ),
    Verb(
        "projects.refuse_entry", "manager", lambda kit: kit.given.entry_request(),
        lambda unit, it: unit.projects.refuse_entry(it.id, comment="先去演示"),
        lambda unit, it: unit.projects.refuse_entry(it.id),
    ),
    Verb(
        "projects.set_lines", "seller", lambda kit: kit.given.project(),
        lambda unit, it: unit.projects.set_lines(it.id, _lines("80.00")),
        lambda unit, it: unit.projects.set_lines(it.id, _lines("90.00")),
    ),
    Verb(
        "projects.set_chain", "seller", _with_contact,
        lambda unit, it: unit.projects.set_chain(it[0].id, _links(it[1], "user")),
        lambda unit, it: unit.projects.set_chain(it[0].id, _links(it[1], "gatekeeper")),
    ),
    Verb(
        "projects.add_competitor", "seller", lambda kit: kit.given.project(),
        lambda unit, it: unit.projects.add_competitor(it.id, {"name": "长风软件"}),
        lambda unit, it: unit.projects.add_competitor(it.id, {"name": "星河数据"}),
    ),
    Verb(
        "projects.update_competitor", "seller", _competitor,
        lambda unit, it: unit.projects.update_competitor(it.id, {"expected_version": 1, "state": "out"}),
        lambda unit, it: unit.projects.update_competitor(it.id, {"expected_version": 1, "state": "ahead"}),
    ),
    Verb(
        "projects.place", "seller", lambda kit: (kit.given.project(), kit.given.project()),
        lambda unit, it: unit.projects.place(it[0].id, {"below": it[1].id, "expected_version": 1}),
        lambda unit, it: unit.projects.place(it[0].id, {"expected_version": 1}),
    ),
    Verb(
        "forecasts.freeze", "manager", lambda kit: kit.given.project(expected="9.00"),
        lambda unit, it, **key: unit.forecasts.freeze({"name": "一季度"}, **key),
        lambda unit, it, **key: unit.forecasts.freeze({"name": "二季度"}, **key),
    ),
    Verb(
        "projects.reopen", "manager", _lost,
        lambda unit, it, **key: unit.projects.reopen(it.id, {"expected_version": 2, "reason": "预算批了"}, **key),
        lambda unit, it, **key: unit.projects.reopen(it.id, {"expected_version": 2, "reason": "又谈了"}, **key),
    ),
    Verb(
        "projects.change_pipeline", "seller", lambda kit: (kit.given.project(), kit.given.pipeline()),
        lambda unit, it, **key: unit.projects.change_pipeline(it[0].id, _other(it[1], "contacted"), **key),
        lambda unit, it, **key: unit.projects.change_pipeline(it[0].id, _other(it[1], "demonstrated"), **key),
    ),
)  # fmt: skip

PROJECT_KEYLESS = {
    "pipelines.define": "a name is taken once",
    "pipelines.redefine": "a pipeline carries the version that it replaces",
    "pipelines.move_projects": "what was moved is not there any more",
    "projects.set_lines": "lines carry the version of the project that they replace",
    "projects.set_chain": "a chain carries the version of the project that it replaces",
    "projects.add_competitor": "a competitor is noted once by his name",
    "projects.update_competitor": "a competitor carries the version that it replaces",
    "projects.place": "a card is where it was put, however often",
    "projects.grant_entry": "a request is decided once",
    "projects.refuse_entry": "a request is decided once",
}
