"""一笔销售:撞单、合同驳回与再报、费用、结算。 The sale of the mission, told once in the words of those who make it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from oa_crm import CRM, Actor, Money, Unit
from oa_crm.errors import DuplicateCustomer, IllegalState, NotFound
from oa_crm.hooks import (
    ApprovalFacts,
    Decision,
    Delivery,
    Department,
    Judgement,
    Member,
    Opinion,
    Posting,
    Receipt,
    hookimpl,
)
from oa_crm.hooks.payloads import ContractApproved, ExpenseBooked, ExpenseReversed
from oa_crm.schemas import ExpenseOut, Verdict

COMPANY = "东方办公"


class Office:
    """东方办公的 OA: its people, its approval route (sales manager, then finance), its books and its inbox."""

    name = "office"

    def __init__(self) -> None:
        self.books: dict[object, Posting] = {}
        self.notes: list[tuple[str, str]] = []

    @hookimpl
    def provide_org_chart(self) -> "Office":
        return self

    @hookimpl
    def provide_workflow(self) -> "Office":
        return self

    @hookimpl
    def provide_ledger(self) -> "Office":
        return self

    @hookimpl
    def provide_notifier(self) -> "Office":
        return self

    def departments(self, tenant: str) -> list[Department]:
        return [
            Department("总部", "总部"),
            Department("销售部", "销售部", "总部"),
            Department("财务部", "财务部", "总部"),
        ]

    def members(self, tenant: str) -> list[Member]:
        return [
            Member("zhang.wei", "张伟", "销售部", "liu.yang", ("salesperson",)),
            Member("li.na", "李娜", "销售部", "liu.yang", ("salesperson",)),
            Member("liu.yang", "刘洋", "销售部", None, ("sales_manager",)),
            Member("chen.jing", "陈静", "财务部", None, ("finance",)),
        ]

    def judge(self, facts: ApprovalFacts, opinions: list[Opinion]) -> Judgement:
        if any(one.decision is Decision.REJECT for one in opinions):
            return Judgement.rejected()
        left = [one for one in ("liu.yang", "chen.jing") if one not in {opinion.member_id for opinion in opinions}]
        return Judgement.waiting(left[0]) if left else Judgement.approved()

    def postings(self, tenant: str, document_ids: list[object]) -> list[Posting]:
        return [self.books[id] for id in document_ids if id in self.books]

    def notify(self, message: object, *, key: str) -> None:
        self.notes.append((message.to, message.topic))

    def _post(self, kind: str, document: object, amount: Money) -> Receipt:
        self.books[document] = Posting(kind, document, amount, f"记-{len(self.books) + 1:04d}")
        return Receipt(self.books[document].voucher, label="凭证")

    @hookimpl
    def on_contract_approved(self, event: ContractApproved, delivery: Delivery) -> Receipt:
        return self._post("contract", event.contract_id, event.amount)

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> Receipt:
        return self._post("expense", event.expense_id, event.amount)

    @hookimpl
    def on_expense_reversed(self, event: ExpenseReversed, delivery: Delivery) -> Receipt:
        return self._post("expense", event.reversal_id, -event.amount)


class Story:
    """Who does what, in the words of the people who do it."""

    def __init__(self, crm: CRM) -> None:
        self.crm = crm

    def as_(self, actor: str) -> "Story._Unit":
        return self._Unit(self.crm, actor)

    class _Unit:
        def __init__(self, crm: CRM, actor: str) -> None:
            self._block = crm.begin(crm.scope(tenant=COMPANY, actor=actor, locale="zh-CN"))

        def __enter__(self) -> Unit:
            return self._block.__enter__()

        def __exit__(self, *error: object) -> bool | None:
            return self._block.__exit__(*error)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def story(database_url: str, office: Office) -> Iterator[Story]:
    """The company on a database of its own, its people brought in from the OA."""
    crm = CRM(database_url, plugins=[office])
    with crm.begin(crm.scope(tenant=COMPANY, actor=Actor.system())) as unit:
        assert unit.directory.sync().added == 4
    yield Story(crm)
    crm.close()


def _book(unit: Unit, project: UUID, category: str, amount: str, words: str) -> ExpenseOut:
    facts = {"category": category, "amount": amount, "occurred_on": date(2026, 11, 3), "description": words}
    return unit.expenses.book({"project_id": project, **facts}, idempotency_key=words)


def test_one_sale_from_the_customer_to_the_settlement(story: Story, office: Office) -> None:
    # 张伟登记新客户,拜访并立项
    with story.as_("zhang.wei") as unit:
        assert unit.customers.check({"name": "云帆智能科技(杭州)有限公司"}).verdict is Verdict.CLEAR
        customer = unit.customers.create(
            {"name": "云帆智能科技(杭州)有限公司", "industry": "软件", "region": "浙江", "phone": "0571-88880000"}
        )
        project = unit.projects.create({"customer_id": customer.id, "name": "云帆 ERP 一期", "expected": "300000"})
        unit.followups.log(
            {"customer_id": customer.id, "project_id": project.id, "way": "visit", "outcome": "见了技术总监,认可方案",
             "key_issue": "要求年底前上线", "next_contact_on": date(2026, 12, 1)})  # fmt: skip
        project = unit.projects.move(project.id, {"to": "proposal", "expected_version": 1})

    # 李娜把同一家客户写成另一个样子,当场知道张伟在跟
    with story.as_("li.na") as unit:
        with pytest.raises(DuplicateCustomer) as clash:
            unit.customers.create({"name": "杭州云帆智能科技有限公司"})
        told = clash.value.text("zh-CN")
        assert "疑似已登记客户" in told
        assert "由张伟跟进" in told
        assert "0571" not in str(clash.value.as_dict("zh-CN"))
        with pytest.raises(NotFound):
            unit.customers.get(customer.id)

    # 合同报批,刘洋嫌价低驳回;改价再报,刘洋、陈静先后同意
    with story.as_("zhang.wei") as unit:
        contract = unit.contracts.create(
            {"project_id": project.id, "title": "云帆 ERP 销售合同", "amount": "268000.00"}
        )
        first = unit.contracts.submit(contract.id, expected_version=1)
    with story.as_("liu.yang") as unit:
        rejected = unit.approvals.decide(first.id, {"decision": "reject", "words": "低于底价,请按 28.8 万重报"})
    assert rejected.state == "rejected"
    with story.as_("zhang.wei") as unit:
        contract = unit.contracts.get(contract.id)
        assert contract.state == "rejected"
        contract = unit.contracts.update(contract.id, {"expected_version": contract.version, "amount": "288000.50"})
        second = unit.contracts.submit(contract.id, expected_version=contract.version)
    with story.as_("liu.yang") as unit:
        assert [one.id for one in unit.approvals.waiting()] == [second.id]
        second = unit.approvals.decide(second.id, {"decision": "agree", "words": "价格合适,同意"})
    assert (second.state, second.waiting_on) == ("waiting", ("chen.jing",))
    with story.as_("chen.jing") as unit:
        second = unit.approvals.decide(second.id, {"decision": "agree", "words": "回款条件可以,同意"})
    assert second.state == "approved"
    with story.as_("zhang.wei") as unit:
        assert [one.words for one in unit.approvals.get(first.id).opinions] == ["低于底价,请按 28.8 万重报"]
        assert [one.words for one in second.opinions] == ["价格合适,同意", "回款条件可以,同意"]
        assert unit.contracts.get(contract.id).number.endswith("-0001")
        assert unit.projects.get(project.id).state == "won"

    # 报销差旅、招待;一笔记错,冲销
    with story.as_("zhang.wei") as unit:
        trip = _book(unit, project.id, "travel", "1280.50", "杭州往返高铁")
        dinner = _book(unit, project.id, "entertainment", "860.00", "客户午餐")
        mistake = _book(unit, project.id, "gifts", "99.99", "记错项目")
        unit.expenses.reverse(mistake.id, {"reason": "应记在另一个项目"})
    story.crm.relay.drain()
    assert story.crm.relay.deliveries("dead") == ()
    assert len(office.books) == 5

    # 陈静对账,一分不差;刘洋结算,从此不再变
    with story.as_("chen.jing") as unit:
        books = unit.settlements.reconcile(project.id)
        assert (books.matched, books.agrees) == (5, True)
        assert unit.links.of("expense", trip.id)[0].ref.startswith("记-")
    with story.as_("liu.yang") as unit:
        result = unit.settlements.settle(project.id)
    assert result.revenue == Money.of("288000.50", "CNY")
    assert result.by_category["travel"] == trip.amount
    assert result.by_category["entertainment"] == dinner.amount
    assert result.by_category["gifts"].minor == 0
    assert result.profit == Money.of("285860.00", "CNY")
    assert result.profit.minor == sum(
        posting.amount.minor * (1 if posting.document_kind == "contract" else -1) for posting in office.books.values()
    )
    with story.as_("zhang.wei") as unit, pytest.raises(IllegalState):
        unit.expenses.reverse(dinner.id, {"reason": "晚了"})

    # 该知道的人都收到了消息
    story.crm.relay.drain()
    assert office.notes == [
        ("liu.yang", "approval_requested"),
        ("zhang.wei", "contract_rejected"),
        ("liu.yang", "approval_requested"),
        ("chen.jing", "approval_requested"),
        ("zhang.wei", "contract_approved"),
    ]
