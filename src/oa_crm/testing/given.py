"""Given: things that are simply there when a test begins, made through the services like anybody's."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from oa_crm.hooks import Decision
from oa_crm.schemas import (
    ApprovalOut,
    CategoryIn,
    CategoryOut,
    ContactIn,
    ContactOut,
    ContractIn,
    ContractOut,
    CustomerIn,
    CustomerOut,
    DecisionIn,
    ExpenseIn,
    ExpenseOut,
    FileOut,
    FollowUpIn,
    FollowUpOut,
    HelpIn,
    HelpOut,
    LeadIn,
    LeadOut,
    OverrideIn,
    OverrideOut,
    PipelineIn,
    PipelineOut,
    ProjectIn,
    ProjectOut,
    ReversalIn,
    ShareIn,
    ShareOut,
    StageRequestOut,
    StepIn,
    StrategyIn,
    StrategyOut,
    TreeIn,
)

if TYPE_CHECKING:
    from oa_crm.testing.kit import Kit


class Given:
    """Each method makes one thing, and what it needs, by the kit's salesperson. Keyword arguments are the
    fields of the thing's input schema."""

    def __init__(self, kit: "Kit") -> None:
        self._kit = kit
        self._count = 0

    def customer(self, **fields: Any) -> CustomerOut:
        """A customer that nothing on file resembles."""
        data = CustomerIn(**{"name": self._unlike_any(), **fields})
        with self._kit.unit("seller") as unit:
            return unit.customers.create(data)

    def category(self, **fields: Any) -> CategoryOut:
        """A category, in a tree of its own unless `tree` names one."""
        self._count += 1
        labels = {"en": f"Category {self._count}"}
        with self._kit.unit("admin") as unit:
            if "tree" not in fields:
                fields["tree"] = unit.categories.define_tree(TreeIn(name=f"tree_{self._count}", labels=labels)).name
            return unit.categories.define(CategoryIn(**{"name": f"category_{self._count}", "labels": labels, **fields}))

    def contact(self, customer: CustomerOut | None = None, **fields: Any) -> ContactOut:
        """A person who stands at a customer."""
        customer = customer or self.customer()
        self._count += 1
        data = ContactIn(**{"customer_id": customer.id, "name": f"Contact {self._count}", **fields})
        with self._kit.unit("seller") as unit:
            return unit.contacts.create(data)

    def file(self, customer: CustomerOut | None = None, **fields: Any) -> FileOut:
        """A note that is attached to a customer."""
        customer = customer or self.customer()
        content = fields.pop("content", b"They will think about it")
        data = {"kind": "customer", "thing_id": customer.id, "name": "note.txt", **fields}
        with self._kit.unit("seller") as unit:
            return unit.files.attach(data, [content])

    def lead(self, **fields: Any) -> LeadOut:
        """A lead that the salesperson follows; with `pool` one that nobody has."""
        data = LeadIn(**{"company_name": self._unlike_any(), **fields})
        with self._kit.unit("seller") as unit:
            return unit.leads.create(data)

    def project(self, customer: CustomerOut | None = None, **fields: Any) -> ProjectOut:
        """An open project."""
        customer = customer or self.customer()
        data = ProjectIn(**{"name": "A sale", "customer_id": customer.id, **fields})
        with self._kit.unit("seller") as unit:
            return unit.projects.create(data)

    def pipeline(self, **fields: Any) -> PipelineOut:
        """A pipeline of three stages for projects of a type of its own; the last one needs a grant to enter."""
        self._count += 1
        keys, rates = ("contacted", "demonstrated", "offered"), (10, 40, 70)
        stages = [{"key": key, "win_rate": rate, "max_days": 30} for key, rate in zip(keys, rates, strict=True)]
        stages[-1]["gates"] = {"approval": True}
        name = f"pipeline_{self._count}"
        data = PipelineIn(**{"name": name, "types": (name,), "stages": stages, **fields})
        with self._kit.unit("admin") as unit:
            return unit.pipelines.define(data)

    def entry_request(self, project: ProjectOut | None = None) -> StageRequestOut:
        """The salesperson's request to let a project enter the stage that needs a grant."""
        project = project or self.project(type=self.pipeline().name)
        with self._kit.unit("seller") as unit:
            return unit.projects.ask_entry(project.id, {"to": "offered", "reason": "They asked for an offer"})

    def follow_up(self, customer: CustomerOut | None = None, **fields: Any) -> FollowUpOut:
        """A phone call with a customer."""
        customer = customer or self.customer()
        data = FollowUpIn(
            **{"customer_id": customer.id, "way": "phone", "outcome": "They will think about it", **fields}
        )
        with self._kit.unit("seller") as unit:
            return unit.followups.log(data)

    def strategy(self, customer: CustomerOut | None = None, **fields: Any) -> StrategyOut:
        """The strategy of a customer, or with `project_id` of that project."""
        if "project_id" not in fields:
            fields["customer_id"] = (customer or self.customer()).id
        data = StrategyIn(**{"goal": "They buy by summer", "steps": [StepIn(what="Show them the plant")], **fields})
        with self._kit.unit("seller") as unit:
            return unit.strategies.write(data)

    def help_request(self, customer: CustomerOut | None = None, **fields: Any) -> HelpOut:
        """The salesperson asks the colleague about a customer, or with `project_id` about that project."""
        if "project_id" not in fields:
            fields["customer_id"] = (customer or self.customer()).id
        if not {"department_id", "role"} & set(fields):
            fields.setdefault("member_id", "colleague")
        due = self._kit.clock.now().date() + timedelta(days=7)
        data = HelpIn(**{"title": "Can we deliver in June?", "due_on": due, "show": ("customer.name",), **fields})
        with self._kit.unit("seller") as unit:
            return unit.help.ask(data)

    def share(self, customer: CustomerOut | None = None, **fields: Any) -> ShareOut:
        """Facts of a customer, or with `project_id` of that project, shared with the manager."""
        if "project_id" not in fields:
            fields["customer_id"] = (customer or self.customer()).id
        facts = {"receiver_id": "manager", "title": "A customer in your region", "show": ("customer.name",)}
        with self._kit.unit("seller") as unit:
            return unit.shares.give(ShareIn(**{**facts, **fields}))

    def contract(self, project: ProjectOut | None = None, **fields: Any) -> ContractOut:
        """A draft contract."""
        project = project or self.project()
        data = ContractIn(**{"project_id": project.id, "title": "A contract", "amount": "10000.00", **fields})
        with self._kit.unit("seller") as unit:
            return unit.contracts.create(data)

    def submitted_contract(self, contract: ContractOut | None = None) -> ApprovalOut:
        """A contract in approval, waiting for the sales manager."""
        contract = contract or self.contract()
        with self._kit.unit("seller") as unit:
            return unit.contracts.submit(contract.id, expected_version=contract.version)

    def approved_contract(self, contract: ContractOut | None = None) -> ContractOut:
        """A contract to which everybody agreed who was asked; its project is won."""
        approval = self.submitted_contract(contract)
        while approval.waiting_on:
            with self._kit.unit(approval.waiting_on[0]) as unit:
                decision = DecisionIn(decision=Decision.AGREE, words="Agreed")
                approval = unit.approvals.decide(approval.id, decision)
        with self._kit.unit("seller", read_only=True) as unit:
            return unit.contracts.get(approval.thing_id)

    def expense(self, project: ProjectOut | None = None, **fields: Any) -> ExpenseOut:
        """A booked expense."""
        project = project or self.project()
        defaults = {"category": "travel", "amount": "100.00", "occurred_on": date(2026, 3, 2)}
        data = ExpenseIn(**{"project_id": project.id, **defaults, **fields})
        with self._kit.unit("seller") as unit:
            return unit.expenses.book(data)

    def reversed_expense(self, expense: ExpenseOut | None = None) -> ExpenseOut:
        """The reversal of a booked expense."""
        expense = expense or self.expense()
        with self._kit.unit("seller") as unit:
            return unit.expenses.reverse(expense.id, ReversalIn(reason="Booked by mistake"))

    def override_request(self, **fields: Any) -> OverrideOut:
        """The colleague's request to put a customer on file under the name of one that the salesperson follows."""
        twin = CustomerIn(**{"name": self.customer().name, **fields})
        with self._kit.unit("colleague") as unit:
            return unit.overrides.request(OverrideIn(customer=twin, reason="Another company of that name"))

    def _unlike_any(self) -> str:
        # Syllables far enough apart that the duplicate check has nothing to say.
        self._count += 1
        syllables = ("bra", "dox", "fen", "gul", "hix", "jom", "kep", "lur", "mav", "nyt", "pof", "quz", "ril", "sab")
        name, number = "", self._count
        for _ in range(4):
            name += syllables[(number * 5 + len(name)) % len(syllables)]
            number = number // 3 + self._count * 7
        return f"{name.title()} {self._count}"
