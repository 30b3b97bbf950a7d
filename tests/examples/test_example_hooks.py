"""The example host is the real plugin of every hook, and it plugs in through public names only."""

import ast
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

import pytest
from examples.host_app import renewals
from examples.host_app.app import HostApp, build, install
from examples.host_app.morning import morning, set_up
from examples.host_app.tables import Activity, Base, Employee
from examples.host_app.tickets import open_ticket, tickets_of
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from oa_crm import include_name
from oa_crm.hooks import EVENTS, Delivery, GiveUp, capabilities, checks, events, extensions, hookimpl
from oa_crm.hooks.payloads import CustomerCreated
from tests.examples import given

PUBLIC = ("oa_crm", "oa_crm.hooks", "oa_crm.schemas", "oa_crm.reports", "oa_crm.errors")
HOST = Path(__file__).parents[2] / "examples" / "host_app"
FAMILIES = ("provide_", "register_", "check_", "on_")


def _hooks() -> list[str]:
    specs = (capabilities.Capabilities, extensions.Extensions, checks.Checks, events.Events)
    return [name for spec in specs for name in dir(spec) if name.startswith(FAMILIES)]


@pytest.mark.parametrize("hook", _hooks())
def test_every_hook_has_an_implementer_in_the_example_host(host: HostApp, hook: str) -> None:
    ours = [one for one in host.crm.plugins.implementers(hook) if not one.builtin]
    assert ours, f"no plugin of the example host implements {hook}"


def test_no_event_lacks_a_spec() -> None:
    assert set(EVENTS) == {hook for hook in _hooks() if hook.startswith("on_")}


@pytest.mark.parametrize("file", sorted(HOST.glob("*.py")), ids=lambda file: file.name)
def test_the_host_imports_public_names_only(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            private = any(part.startswith("_") for part in module.split(".")[1:])
            public = module in PUBLIC or (module.startswith("oa_crm.hooks.") and not private)
            assert not module.startswith("oa_crm") or public, f"{file.name} imports {module}"


def test_the_hosts_tables_and_the_crms_do_not_meet(host: HostApp) -> None:
    names = set(Base.metadata.tables)
    assert all(name.startswith("oa_") and not name.startswith("oa_crm_") for name in names)
    assert all(include_name(name, "table", {}) for name in names)


class Broken:
    """A plugin whose remote side refuses for good."""

    name = "broken"

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        raise GiveUp("no such account")


def _goes_through_the_pool(host: HostApp, customer_id: UUID) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        version = unit.customers.get(customer_id).version
        unit.pool.release(customer_id, expected_version=version, reason="暂无需求")
        unit.pool.claim(customer_id)


def _asks_to_pass_a_clash(host: HostApp, customer_id: UUID) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        twin = {"name": unit.customers.get(customer_id).name}
        asked = unit.overrides.request({"customer": twin, "reason": "另一家同名公司"})
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.overrides.refuse(asked.id, comment="就是同一家")


def _knows_somebody(host: HostApp, customer_id: UUID) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        contact = unit.contacts.create({"customer_id": customer_id, "name": "林晓", "role": "decision_maker"})
        unit.contacts.update(contact.id, {"expected_version": 1, "mobile": "138 0013 8000"})
        unit.contacts.leave(contact.posts[0].id, {"expected_version": 1})
        note = unit.files.attach({"kind": "contact", "thing_id": contact.id, "name": "名片.txt"}, [b"13800138000"])
        unit.files.remove(note.id, reason="名片已过期")


def _merges_and_splits(host: HostApp) -> None:
    one, other = given.customer(host, "杭州云帆智能科技有限公司"), given.customer(host, "长风物流有限公司")
    ids = {"winner_id": one.id, "loser_id": other.id, "winner_version": one.version, "loser_version": other.version}
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        done = unit.merges.merge(ids)
        unit.merges.split(done.id, reason="两家公司")


def test_tickets_follow_their_customer_into_a_merge_and_out_of_it(host: HostApp) -> None:
    one, other = given.customer(host), given.customer(host, "长风物流有限公司")
    open_ticket(host.engine, one.id, "无法登录")
    open_ticket(host.engine, other.id, "报表打不开")
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        preview = unit.merges.preview(one.id, other.id)
        assert preview.moves["service_tickets"] == 1
        versions = {"winner_version": preview.winner_version, "loser_version": preview.loser_version}
        done = unit.merges.merge({"winner_id": one.id, "loser_id": other.id, **versions})
    assert tickets_of(host.engine, one.id) == ["无法登录", "报表打不开"]
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.merges.split(done.id, reason="两家公司")
    assert tickets_of(host.engine, other.id) == ["报表打不开"]


def _forgets_somebody(host: HostApp) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        lead = unit.leads.create({"company_name": "碧海食品有限公司", "person_name": "林晓峰"})
    with host.crm.begin(host.as_system()) as unit:
        unit.privacy.erase({"kind": "lead", "thing_id": lead.id, "reason": "来函 2026-17"})


def _takes_a_file_in_and_out(host: HostApp) -> None:
    with NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write("客户名称,电话\n金石建材有限公司,0571-88886666\n")
        file.flush()
        host.crm.exchange.import_customers(host.as_(given.SALESMAN), file.name)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.exchange.export_customers(to=BytesIO(), format="csv")


def _protects_and_recycles(host: HostApp) -> None:
    """Two rules of the company: one that warns a month ahead, then one that takes without a word."""
    soon = {"name": "试行", "when": {"what": "held", "days": 1}}
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        mine = unit.customers.create({"name": "碧海食品有限公司"})
        asked = unit.pool.extend({"customer_id": mine.id, "days": 10, "reason": "下月开标"})
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.pool.refuse_extension(asked.id, comment="先去拜访")
    for version, warnings in enumerate(([{"days": 30}], [])):
        with host.crm.begin(host.as_system()) as unit:
            rules = {"rules": [soon], "warnings": warnings}
            unit.pool.set_protection({"rules": rules, "expected_version": version})
        taken = host.crm.pool.sweep(host.as_system()).recycled
        ago = datetime.now(UTC) - timedelta(days=9)
        with host.engine.begin() as connection:
            had = text("UPDATE oa_crm_customer SET owner_since = :ago, sweep_at = :ago WHERE name = '碧海食品有限公司'")
            connection.execute(had, {"ago": ago.replace(tzinfo=None).isoformat(" ")})
    assert taken == 1


def _plans(host: HostApp) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        mine = unit.customers.create({"name": "白鹭仪表有限公司"})
        plan = unit.strategies.write({"customer_id": mine.id, "goal": "进入短名单", "steps": [{"what": "演示"}]})
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.strategies.comment(plan.id, {"words": "谁拍板?", "mentions": [given.SALESMAN]})
        unit.strategies.acknowledge(plan.id, number=1)
        ask = {"customer_id": mine.id, "member_id": given.SALESMAN, "title": "接口", "due_on": date(2099, 1, 1)}
        asked = unit.help.ask(ask)
        share = {"customer_id": mine.id, "receiver_id": given.SALESMAN, "title": "客户", "show": ["customer.name"]}
        unit.shares.give(share)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.help.answer(asked.id, "可以")


def _renews(host: HostApp, customer_id: UUID) -> None:
    """A renewal asks to be offered, and is not let in."""
    renewals.set_up(host)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        project = unit.projects.create({"customer_id": customer_id, "name": "年度续约", "type": "renewal"})
        asked = unit.projects.ask_entry(project.id, {"to": "offered", "reason": "客户要报价"})
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.projects.refuse_entry(asked.id, comment="先去拜访")
        lost = unit.projects.move(project.id, {"to": "lost", "expected_version": 1, "because": "postponed"})
        unit.projects.reopen(project.id, {"expected_version": lost.version, "reason": "客户又来电话"})


def _reminds(host: HostApp) -> None:
    """Calls that were due two days ago and two hours hence, and a customer that was forgotten."""
    now = datetime.now(UTC)
    host.crm.reminders.run(host.as_system())
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        mine = unit.customers.create({"name": "百川能源有限公司"})
        call = {"customer_id": mine.id, "way": "phone", "purpose": "问进度", "remind_before": 240}
        late, _ = (unit.plans.plan({**call, "due_at": now + timedelta(hours=2)}) for _ in range(2))
    with host.engine.begin() as connection:
        ago = {"late": (now - timedelta(days=2)).replace(tzinfo=None).isoformat(" "), "id": late.id.bytes}
        connection.execute(text("UPDATE oa_crm_plan SET due_at = :late, remind_at = :late WHERE id = :id"), ago)
        ago = {"at": (now - timedelta(days=7)).replace(tzinfo=None).isoformat(" ")}
        connection.execute(text("UPDATE oa_crm_customer SET owner_since = :at WHERE name = '百川能源有限公司'"), ago)
        connection.execute(text("UPDATE oa_crm_reminder_policy SET told_to = date(told_to, '-1 day')"))
    told = host.crm.reminders.run(host.as_system())
    assert (told.due >= 1, told.overdue, told.neglected) == (True, 1, 1)


def _works_together(host: HostApp, project_id: UUID) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        seat = unit.teams.join(
            {"kind": "project", "thing_id": project_id, "member_id": "chen.jing", "level": "write", "role": "presales"}
        )
        parts = [{"member_id": given.SALESMAN, "percent": 70}, {"member_id": "chen.jing", "percent": 30}]
        unit.teams.set_shares(project_id, {"shares": parts, "expected_version": 0})
        whole = {"shares": [{"member_id": given.SALESMAN, "percent": 100}], "expected_version": 1}
        unit.teams.leave(seat.id, {"reason": "方案已交付", "split": whole})


def _works_leads(host: HostApp) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        lead = unit.leads.create({"company_name": "青山造纸有限公司", "source": "展会", "region": "330106"})
        assert {one.rule for one in unit.leads.explain(lead.id).reasons} == {"met_at_a_fair", "close_by"}
        lead = unit.leads.update(lead.id, {"expected_version": 1, "need": "仓库管理系统"})
        unit.followups.log({"lead_id": lead.id, "way": "phone", "outcome": "有兴趣"})
        unit.leads.convert(lead.id, {"expected_version": lead.version})
        none = unit.leads.create({"company_name": "铁流机械有限公司"})
        unit.leads.invalidate(none.id, {"because": "unreachable", "expected_version": 1})


def _wakes_up(host: HostApp) -> None:
    set_up(host)
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        unit.digests.subscribe({"reach": "subtree"})
    assert morning(host)[1] in (0, 1)


def test_a_won_project_makes_a_partner_and_the_manager_reads_of_it(host: HostApp) -> None:
    _wakes_up(host)
    project = given.project(host)
    given.approved(host, project.id)
    assert morning(host) == (1, 1)
    assert morning(host) == (0, 0)
    with host.crm.begin(host.as_(given.MANAGER)) as unit:
        (digest,) = unit.digests.find(acknowledged=False).items
        (line,) = unit.digests.read(digest.id).items
        assert (line.field, line.after, line.reason) == ("category.cooperation", "partner", "partner")
        unit.digests.acknowledge(digest.id)


def test_customers_of_one_old_number_are_one_whatever_their_names(host: HostApp) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.customers.create({"name": "云帆智能科技有限公司", "aliases": ["KH-004711"]})
        report = unit.customers.check({"name": "长风物流有限公司", "aliases": ["KH-004711"]})
    assert (report.verdict, report.hits[0].reasons[0]) == ("block", "原系统编号相同（KH-004711）")


def test_the_partner_fields_of_the_host_are_on_every_customer(host: HostApp) -> None:
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        graded = unit.customers.create({"name": "云帆智能科技有限公司", "custom": {"partner_grade": "strategic"}})
        assert unit.customers.find({"custom": {"partner_grade": "strategic"}}).items == (graded,)
        editable = {field.name: field.editable for field in unit.fields.of("customer")}
    assert editable == {"partner_grade": True, "credit_line": False}


def test_every_event_that_the_news_listens_to_leaves_one_line(url: str) -> None:
    host = build(url, more=[Broken()])
    install(host)
    project = given.project(host)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        said = unit.followups.log({"customer_id": project.customer_id, "way": "visit", "outcome": "谈妥"})
        unit.followups.comment(said.id, {"words": "请尽快报价", "mentions": [given.MANAGER]})
        due = datetime.now(UTC) + timedelta(days=3)
        unit.plans.plan({"customer_id": project.customer_id, "way": "visit", "purpose": "送报价", "due_at": due})
        unit.issues.open({"customer_id": project.customer_id, "words": "工期"})
        unit.customers.update(project.customer_id, {"level": "B", "expected_version": 1})
        unit.projects.update(project.id, {"expected": "90000.00", "expected_version": project.version})
        unit.projects.move(project.id, {"to": "proposal", "expected_version": project.version + 1})
    drawn = given.contract(host, project.id)
    with host.crm.begin(host.as_(given.SALESMAN)) as unit:
        unit.contracts.withdraw(drawn.id, reason="金额有误")
    given.says(host, given.MANAGER, given.contract(host, project.id).id, "reject", "太低")
    given.approved(host, project.id)
    _asks_to_pass_a_clash(host, project.customer_id)
    _knows_somebody(host, project.customer_id)
    _goes_through_the_pool(host, project.customer_id)
    _merges_and_splits(host)
    _works_together(host, project.id)
    _works_leads(host)
    _plans(host)
    _renews(host, project.customer_id)
    _wakes_up(host)
    morning(host)
    _forgets_somebody(host)
    _takes_a_file_in_and_out(host)
    _protects_and_recycles(host)
    _reminds(host)
    _hands_over(host)
    _leaves(host, "zhao.min")
    with host.crm.begin(host.as_(given.FINANCE)) as unit:
        unit.settlements.settle(project.id)
    host.crm.relay.drain()
    with host.engine.connect() as connection:
        heard = list(connection.scalars(select(Activity.hook)))
    watch = next(one for one in host.crm.plugins.loaded if one.name == "oa_watch")
    assert set(heard) == {hook for hook in watch.hooks if hook.startswith("on_")}
    assert len(heard) == len(host.crm.relay.deliveries("done", plugin="oa_watch", limit=1000))
    assert not host.crm.relay.deliveries("dead", plugin="oa_watch")
    host.close()


def _hands_over(host: HostApp) -> None:
    """The salesman goes to another department, his manager hands over what he had, and back again."""
    with Session(host.engine) as session, session.begin():
        mover = session.get(Employee, given.SALESMAN)
        assert mover is not None
        there, mover.department_id = mover.department_id, "sales-2"
    _synced_and_told(host)
    wanted = {"leaver_id": given.SALESMAN, "rest_to": "zhao.min"}
    with host.crm.begin(host.as_system()) as unit:
        (due,) = unit.handover.find(state="due").items
        done = unit.handover.execute(wanted, fingerprint=unit.handover.preview(wanted).fingerprint)
        assert done.id == due.id
    with host.crm.begin(host.as_("zhao.min")) as unit:
        unit.handover.acknowledge(done.id)
    with host.crm.begin(host.as_system()) as unit:
        unit.handover.undo(done.id, reason="仍由原负责人跟进")
    with Session(host.engine) as session, session.begin():
        back = session.get(Employee, given.SALESMAN)
        assert back is not None
        back.department_id = there
    _synced_and_told(host)


def _synced_and_told(host: HostApp) -> None:
    with host.crm.begin(host.as_("deng.kai")) as unit:
        unit.directory.sync()
    host.crm.relay.drain()


def _leaves(host: HostApp, employee: str) -> None:
    with Session(host.engine) as session, session.begin():
        left = session.get(Employee, employee)
        assert left is not None
        left.active = False
    with host.crm.begin(host.as_("deng.kai")) as unit:
        assert unit.directory.sync().left == (employee,)
