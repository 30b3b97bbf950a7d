"""Renewals go by a pipeline of their own, in which nobody offers a price before he was there and may do so."""

from examples.host_app.app import HostApp
from examples.host_app.sale import MANAGER, SALESMAN, Sale
from examples.host_app.story import Story
from oa_crm.errors import GatesClosed

RENEWALS = {
    "name": "renewal",
    "labels": {"zh": "续约流程", "en": "Renewals"},
    "types": ["renewal"],
    "stages": [
        {"key": "reviewed", "labels": {"zh": "回访"}, "win_rate": 50, "max_days": 30},
        {
            "key": "offered",
            "labels": {"zh": "续约报价"},
            "win_rate": 80,
            "max_days": 14,
            "gates": {"fields": ["expected", "expected_close_on"], "ways": ["visit"], "approval": True},
        },
    ],
}


def set_up(app: HostApp) -> None:
    """The company's own pipeline, for projects of one type."""
    with app.crm.begin(app.as_system()) as unit:
        unit.pipelines.define(RENEWALS)


def renew(app: HostApp, story: Story, sale: Sale) -> None:
    """A renewal that cannot pretend to be further than it is."""
    story.chapter("The next sale cannot pretend", "续约项目与阶段门槛")
    set_up(app)
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        begun = {"customer_id": sale.customer_id, "name": "车间排产年度续约", "type": "renewal"}
        project = unit.projects.create(begun)
        try:
            unit.projects.move(project.id, {"to": "offered", "expected_version": project.version})
        except GatesClosed as closed:
            gates = unit.projects.gates(project.id, "offered")
            story.tell(SALESMAN, f"would offer at once, and finds {len(gates)} gates closed", closed.text("zh"))
        visit = {"customer_id": sale.customer_id, "project_id": project.id, "way": "visit", "outcome": "愿意续约两年"}
        unit.followups.log(visit)
        years = {"code": "PP-SVC", "name": "年度维护", "product_line": "服务", "quantity": 2, "unit_price": "32000.00"}
        lines = {"lines": [{**years, "discount": "6.25"}], "expected_version": project.version}
        project = unit.projects.set_lines(project.id, lines)
        unit.projects.add_competitor(project.id, {"name": "远航软件", "strengths": "报价低"})
        day = {"expected_close_on": "2027-03-31", "expected_version": project.version}
        project = unit.projects.update(project.id, day)
        asked = unit.projects.ask_entry(project.id, {"to": "offered", "reason": "客户要书面报价"})
    with app.crm.begin(app.as_(MANAGER)) as unit:
        unit.projects.grant_entry(asked.id, comment="同意报价")
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        project = unit.projects.move(project.id, {"to": "offered", "expected_version": project.version})
    with app.crm.begin(app.as_(MANAGER)) as unit:
        unit.forecasts.freeze({"name": "2027 Q1", "closes_from": "2027-01-01", "closes_to": "2027-03-31"})
        for one in unit.forecasts.show({"by": "stage", "closes_to": "2027-03-31"}):
            story.tell(
                MANAGER, f"forecasts {one.key}: {one.projects} projects", f"{one.expected}, weighted {one.weighted}"
            )
    story.tell(MANAGER, "lets it in", f"{project.name} stands at {project.stage}, expected {project.expected}")
