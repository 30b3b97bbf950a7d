"""Somebody leaves: what happened is read as one stream, and everything that he held goes to others in one act."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import update

from examples.host_app.app import HostApp
from examples.host_app.customer_paper import OFFICE_TIME
from examples.host_app.org_chart import COMPANY_NAME, NAMES
from examples.host_app.sale import MANAGER, Sale
from examples.host_app.story import Story
from examples.host_app.tables import Employee
from oa_crm.reports import handover_html
from oa_crm.schemas import HandoverPreview

LEAVER, SUCCESSOR, PAPER = "wang.qiang", "li.na", "handover.html"


def look_back(app: HostApp, story: Story, sale: Sale) -> None:
    """The manager reads everything that happened with the customer, and how the file stood when it began."""
    story.chapter("What happened, in one stream", "时间线")
    with app.crm.begin(app.as_(MANAGER), read_only=True) as unit:
        page = unit.timeline.of_customer(sale.customer_id, limit=100)
        talks = unit.timeline.of_customer(sale.customer_id, kinds=["follow_up", "stage"]).items
    kinds = {one.kind for one in page.items}
    story.tell(MANAGER, "reads the customer's timeline", f"{len(page.items)} entries of {len(kinds)} kinds")
    for one in talks[:3]:
        story.tell(one.by, f"{one.at:%Y-%m-%d} {one.title}", _told(one.facts))


def leave(app: HostApp, story: Story, folder: Path) -> None:
    """The OA knows that somebody left; his superior is told, looks, and hands over; the successor gets it on paper and
    takes note."""
    story.chapter("Somebody leaves, and nothing falls through", "离职交接")
    with app.engine.begin() as connection:
        connection.execute(update(Employee).where(Employee.id == LEAVER).values(active=False))
    with app.crm.begin(app.as_system()) as unit:
        unit.directory.sync()
    app.crm.relay.drain()
    wanted = {
        "leaver_id": LEAVER,
        "rules": [{"kinds": ["customer"], "levels": ["A"], "to": [MANAGER]}],
        "rest_to": SUCCESSOR,
        "reason": "离职",
    }
    with app.crm.begin(app.as_(MANAGER)) as unit:
        (due,) = unit.handover.find(state="due").items
        held = ", ".join(f"{one.title} {one.count}" for one in unit.handover.plan(LEAVER).holdings if one.count)
        story.tell(LEAVER, f"leaves the company; {NAMES[due.superior_id or '']} is told what he held", held)
        preview = unit.handover.preview(wanted)
        story.tell(MANAGER, "looks at who would get what", f"{_shares(preview)}; conflicts: {len(preview.conflicts)}")
        done = unit.handover.execute(wanted, fingerprint=preview.fingerprint)
    _on_paper(app, story, done.id, folder)
    _take_note(app, story, done.id)


def _on_paper(app: HostApp, story: Story, id: UUID, folder: Path) -> None:
    with app.crm.begin(app.as_(SUCCESSOR), read_only=True) as unit:
        document = unit.handover.document(id)
    page = handover_html(document, "zh-CN", zone=OFFICE_TIME, company=COMPANY_NAME)
    (folder / PAPER).write_text(page, encoding="utf-8")
    story.tell(SUCCESSOR, f"prints what is hers now: {len(document.customers)} customers on the first page", PAPER)


def _take_note(app: HostApp, story: Story, id: UUID) -> None:
    with app.crm.begin(app.as_(SUCCESSOR)) as unit:
        done = unit.handover.acknowledge(id, comment="已逐一核对")
        first = unit.handover.items(id, limit=1).items[0]
        before = unit.pool.history(first.id).items[1].owner_id or ""
    (mine,) = (one for one in done.receivers if one.member_id == SUCCESSOR)
    story.tell(
        SUCCESSOR, f"takes note: {mine.words}", f"{_counted(mine.counts)}; the first was {NAMES[before]}'s before"
    )
    app.crm.relay.drain()


def _shares(preview: HandoverPreview) -> str:
    return "; ".join(f"{NAMES[one.member_id]} {_counted(one.counts)}" for one in preview.receivers)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{kind} {many}" for kind, many in counts.items())


def _told(facts: object) -> str:
    assert isinstance(facts, dict)
    return str(facts.get("outcome") or f"{facts.get('before') or '(new)'} → {facts.get('after')}")
