"""One sale, from the customer to the settlement, each act as the person who does it.

Everything goes through the CRM's services in units of their own, or through the host's approval page. The
expenses are booked in `book_expenses`, so that the crash test may take the relay away before them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from examples.host_app import approval
from examples.host_app.app import HostApp
from examples.host_app.relay_process import until_quiet
from examples.host_app.story import Story
from oa_crm.errors import DuplicateCustomer, NotFound, Vetoed
from oa_crm.schemas import ExpenseOut, ProfitAndLoss

SALESMAN, MANAGER, FINANCE, COLLEAGUE = "zhang.wei", "he.lin", "tang.xin", "chen.jing"
NAME, OTHER_SPELLING = "杭州砚舸智能装备有限公司", "砚舸智能装备（杭州）有限责任公司"
CREDIT_CODE = "91330106MA7HK9R3QR"
PEOPLE: tuple[dict[str, object], ...] = (
    {"name": "莫若谷", "title": "总经理", "role": "decision_maker", "mobile": "13900005678"},
    {"name": "季闻溪", "title": "生产部长", "role": "influencer", "mobile": "13900001234", "primary": True},
)
TALKS = (
    (40, "visit", "参观车间, 生产部长介绍排产流程", "三个车间各用各的表格, 交期靠电话问"),
    (26, "demo", "演示排产与报工, 总经理在场", "要求与现有 OA 的审批打通"),
    (9, "meeting", "商务谈判, 价格与付款节点谈定", "质保期从一年延长到两年"),
)
CLAIMS = (
    ("travel", "1386.50", "杭州-余姚往返, 两人"),
    ("lodging", "1876.00", "余姚两晚"),
    ("entertainment", "4260.00", "签约前工作餐"),
    ("gifts", "2598.00", "开工纪念品"),
    ("gifts", "2598.00", "开工纪念品"),
    ("exhibition", "16800.00", "装备展联合展位分摊"),
    ("travel", "8214.80", "实施团队差旅"),
    ("lodging", "4752.00", "实施团队住宿四晚"),
    ("other", "1860.15", "标书印制与公证"),
)


@dataclass
class Sale:
    """What the sale has come to so far."""

    customer_id: UUID
    project_id: UUID | None = None
    contract_id: UUID | None = None
    expenses: list[ExpenseOut] = field(default_factory=list)
    result: ProfitAndLoss | None = None

    @property
    def project(self) -> UUID:
        """The project's id, once there is one."""
        assert self.project_id is not None
        return self.project_id

    @property
    def contract(self) -> UUID:
        """The contract's id, once there is one."""
        assert self.contract_id is not None
        return self.contract_id


def meet(app: HostApp, story: Story) -> Sale:
    """A customer is put on file; a colleague meets the clash; legal's hold is respected."""
    story.chapter("A new customer, and a clash", "新客户与撞单")
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        facts = {"name": NAME, "credit_code": CREDIT_CODE, "industry": "制造业", "region": "杭州", "level": "A"}
        customer = unit.customers.create(facts)
        for person in PEOPLE:
            unit.contacts.create({"customer_id": customer.id, **person})
    told = f"credit code {customer.credit_code}, level {customer.level}, and the {len(PEOPLE)} people who decide"
    story.tell(SALESMAN, f"puts {NAME} on file", told)
    with app.crm.begin(app.as_(COLLEAGUE)) as unit:
        refused = _refusal(lambda: unit.customers.create({"name": OTHER_SPELLING}))
        story.tell(COLLEAGUE, f"tries to enter {OTHER_SPELLING}", f"refused: {refused}")
        hidden = _refusal(lambda: unit.customers.get(customer.id))
        story.tell(COLLEAGUE, "tries to open the file by its id", f"refused: {hidden}")
        held = _refusal(lambda: unit.customers.create({"name": "赤霄环宇控股有限公司"}))
        story.tell(COLLEAGUE, "tries to enter 赤霄环宇控股有限公司", f"refused: {held}")
    why = app.crm.explain(app.as_("xu.bo"), "read", "customer", customer.id)
    rule = next(row for row in why.rows if "key_accounts" in row)
    story.tell("xu.bo", "manages the other department and may open it, being level A", rule)
    return Sale(customer.id)


def win(app: HostApp, story: Story, sale: Sale) -> None:
    """The project, its conversations and its stages."""
    story.chapter("The project and what was said", "立项与跟进")
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        hoped = {"customer_id": sale.customer_id, "name": "车间排产一期", "expected": "200000.00"}
        project = unit.projects.create(hoped)
    sale.project_id = project.id
    story.tell(SALESMAN, f"begins the project {project.name}", f"expected {project.expected}, stage {project.stage}")
    _plan(app, story, project.id)
    _help(app, story, project.id)
    for (days, way, outcome, issue), stage in zip(TALKS, ("qualified", "proposal", "negotiation"), strict=True):
        with app.crm.begin(app.as_(SALESMAN)) as unit:
            said = {"customer_id": sale.customer_id, "project_id": project.id, "way": way, "outcome": outcome}
            happened = datetime.now(UTC) - timedelta(days=days)
            unit.followups.log({**said, "key_issue": issue, "happened_at": happened})
            project = unit.projects.move(project.id, {"to": stage, "expected_version": project.version})
        story.tell(SALESMAN, f"{way}: {outcome}", f"key issue: {issue}; stage {project.stage}")


def _plan(app: HostApp, story: Story, project_id: UUID) -> None:
    """How the salesperson means to win it, and that his manager knows."""
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        steps = [{"what": "请厂长看样板车间"}, {"what": "与财务核对回款条件"}]
        plan = unit.strategies.write({"project_id": project_id, "goal": "六月前签约", "steps": steps})
    told = ", ".join(plan.awaited)
    story.tell(SALESMAN, f"writes how he means to win it: {plan.goal}", f"{told} is told and is to acknowledge it")
    with app.crm.begin(app.as_(plan.awaited[0])) as unit:
        unit.strategies.comment(plan.id, {"words": "先问清谁拍板", "mentions": [SALESMAN]})
        unit.strategies.acknowledge(plan.id, number=plan.version)
    story.tell(told, "comments on it and acknowledges version 1")


def _help(app: HostApp, story: Story, project_id: UUID) -> None:
    """A colleague helps with the demonstration, for a fifth of the credit, and sees the project and no more."""
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        seat = {"member_id": COLLEAGUE, "level": "read", "role": "presales"}
        unit.teams.join({"kind": "project", "thing_id": project_id, **seat, "reason": "演示支持"})
        parts = [{"member_id": SALESMAN, "percent": 80}, {"member_id": COLLEAGUE, "percent": 20}]
        split = unit.teams.set_shares(project_id, {"shares": parts, "expected_version": 0})
    told = ", ".join(f"{one.member_id} {one.percent}%" for one in split.shares)
    story.tell(SALESMAN, f"asks {COLLEAGUE} to help with the project", f"credit: {told}")
    with app.crm.begin(app.as_(COLLEAGUE), read_only=True) as unit:
        (mine,) = unit.teams.mine().items
        hidden = _refusal(lambda: unit.customers.get(unit.projects.get(project_id).customer_id))
    story.tell(COLLEAGUE, f"opens {mine.called} of {mine.customer}, and then the customer's file", f"refused: {hidden}")


def sign(app: HostApp, story: Story, sale: Sale) -> None:
    """A contract, withdrawn once, approved by two people, posted by the finance plugin; an annex rejected."""
    with app.crm.begin(app.as_(SALESMAN), read_only=True) as unit:
        told = unit.pool.explain(sale.customer_id)
    story.tell(SALESMAN, "asks how long the customer is his", told.text)
    story.chapter("The contract and its approval", "合同与审批")
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        drawn = {"project_id": sale.project, "title": "车间排产系统一期", "amount": "186400.00"}
        contract = unit.contracts.create(drawn)
        unit.contracts.submit(contract.id, expected_version=contract.version)
    sale.contract_id = contract.id
    story.tell(SALESMAN, f"hands in {contract.number} over {contract.amount}")
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        draft = unit.contracts.withdraw(contract.id, reason="金额漏了安装费尾数")
        patch = {"amount": "186400.50", "expected_version": draft.version}
        contract = unit.contracts.update(contract.id, patch)
        unit.contracts.submit(contract.id, expected_version=contract.version)
    story.tell(SALESMAN, f"takes it back, corrects it to {contract.amount} and hands it in again")
    until_quiet(app)
    for person, words in ((MANAGER, "价格在授权范围内, 质保条款已核对。同意。"), (FINANCE, "付款节点合理, 同意。")):
        said = approval.act(app.engine, app.crm, app.as_(person), contract.id, "agree", words)
        story.tell(person, f"agrees: {words}", f"approval {said.state}")
        until_quiet(app)
    story.tell("oa_ledger", "posts the contract in the books", f"voucher {voucher_of(app, 'contract', contract.id)}")
    _reject_annex(app, story, sale)


def _reject_annex(app: HostApp, story: Story, sale: Sale) -> None:
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        annex = unit.contracts.create({"project_id": sale.project, "title": "补充协议: 加急", "amount": "30000.00"})
        unit.contracts.submit(annex.id, expected_version=annex.version)
    until_quiet(app)
    words = "加急费没有客户盖章的确认单, 不能批。"
    said = approval.act(app.engine, app.crm, app.as_(MANAGER), annex.id, "reject", words)
    story.tell(MANAGER, f"rejects the annex {annex.number} over {annex.amount}: {words}", f"approval {said.state}")
    until_quiet(app)


def book_expenses(app: HostApp, story: Story, sale: Sale) -> None:
    """The claims, one of them twice; a closed month is refused."""
    story.chapter("Expenses", "销售费用")
    today = datetime.now(UTC).date()
    for number, (category, amount, text) in enumerate(CLAIMS):
        claim = {"project_id": sale.project, "category": category, "amount": amount, "description": text}
        with app.crm.begin(app.as_(SALESMAN)) as unit:
            booked = unit.expenses.book({**claim, "occurred_on": today}, idempotency_key=f"claim-{number}")
        sale.expenses.append(booked)
        story.tell(SALESMAN, f"books {booked.amount} for {category}", text)
    old = {"project_id": sale.project, "category": "travel", "amount": "320.00", "occurred_on": _long_ago(today)}
    with app.crm.begin(app.as_(SALESMAN)) as unit:
        refused = _refusal(lambda: unit.expenses.book(old))
    story.tell(SALESMAN, f"books 320.00 CNY of {old['occurred_on']}", f"refused: {refused}")
    _reverse(app, story, sale)


def _reverse(app: HostApp, story: Story, sale: Sale) -> None:
    twice = sale.expenses[4]
    with app.crm.begin(app.as_(FINANCE)) as unit:
        reversal = unit.expenses.reverse(twice.id, {"reason": "同一张发票报了两次"})
    sale.expenses.append(reversal)
    story.tell(
        FINANCE, f"reverses the second {twice.amount} for gifts: 同一张发票报了两次", f"{reversal.amount} booked"
    )


def settle(app: HostApp, story: Story, sale: Sale) -> None:
    """Profit and loss, frozen; the finance plugin closes the project in the books."""
    story.chapter("Profit and loss, settled", "损益与结算")
    with app.crm.begin(app.as_(FINANCE)) as unit:
        before = unit.settlements.preview(sale.project)
        story.tell(FINANCE, f"reads: revenue {before.revenue}, expenses {before.expenses}, profit {before.profit}")
        sale.result = unit.settlements.settle(sale.project)
    story.tell(FINANCE, "settles the project", f"frozen: profit {sale.result.profit}")
    until_quiet(app)
    story.tell("oa_ledger", "closes the project into 本年利润", f"voucher {voucher_of(app, 'project', sale.project)}")


def voucher_of(app: HostApp, kind: str, thing_id: UUID) -> str:
    """The voucher that the finance plugin left as its receipt."""
    with app.crm.begin(app.as_(FINANCE), read_only=True) as unit:
        return next(link.ref for link in unit.links.of(kind, thing_id) if link.label == "voucher")


def _refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except (DuplicateCustomer, NotFound, Vetoed) as refused:
        return refused.text("zh-CN")
    raise AssertionError("this should have been refused")


def _long_ago(today: date) -> date:
    return today - timedelta(days=100)
