"""The complete file of a customer, as one answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from oa_crm.money import Money
from oa_crm.schemas.base import Out, Shows
from oa_crm.schemas.contacts import ContactOut
from oa_crm.schemas.contracts import ContractOut
from oa_crm.schemas.customers import CustomerOut
from oa_crm.schemas.expenses import ExpenseOut
from oa_crm.schemas.files import FileOut
from oa_crm.schemas.followups import FollowUpOut
from oa_crm.schemas.help import HelpInFile
from oa_crm.schemas.matters import MatterOut
from oa_crm.schemas.plans import PlanOut
from oa_crm.schemas.projects import ProfitAndLoss, ProjectOut
from oa_crm.schemas.records import AuditOut
from oa_crm.schemas.strategies import StrategyInFile
from oa_crm.schemas.teams import TeamSeatOut

T = TypeVar("T", bound=Out)


class FileMember(Out):
    """A member whom the file names. One who left is not `active`."""

    id: str
    name: str
    department: str | None
    active: bool


class FieldLabel(Out):
    """What a custom field and its options are called, by language."""

    label: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]


class FileSum(Out):
    """How many there are of a state or category, and what they come to; `amount` is None where there is no
    money, and for those who may not see one of the amounts that sums tell of."""

    word: str
    number: int
    amount: Annotated[Money | None, Shows.of("project.expected", "contract.amount", "expense.amount")] = None


class FileSection(Out, Generic[T]):
    """One section: its newest rows, how many there are in all, and sums over all of them.

    `withheld`: the reader may not see things of this kind; whether there are any is not said.
    """

    withheld: bool = False
    total: int = 0
    items: tuple[T, ...] = ()
    sums: tuple[FileSum, ...] = ()

    @property
    def left_out(self) -> int:
        """How many are not among `items`."""
        return self.total - len(self.items)


class ContractInFile(ContractOut):
    """A contract, with whom it waits on since when, if it is in approval."""

    waiting_on: tuple[str, ...]
    waiting_since: datetime | None


class CustomerFileOut(Out):
    """Everything about a customer that the reader may see, at one moment.

    `people` names everybody who is mentioned by an id, `project_names` the projects that are and that he sees.
    `contacts` has one entry for each post at this customer; `files` are those of the customer and of everything at it;
    `team` are those who help with it now; `plans` are those to come, `matters` key issues and needs; `history` is who
    had it and what it was held for.
    """

    customer: CustomerOut
    owner: FileMember | None
    contacts: FileSection[ContactOut]
    team: FileSection[TeamSeatOut]
    projects: FileSection[ProjectOut]
    strategies: FileSection[StrategyInFile]
    help_requests: FileSection[HelpInFile]
    follow_ups: FileSection[FollowUpOut]
    plans: FileSection[PlanOut]
    matters: FileSection[MatterOut]
    contracts: FileSection[ContractInFile]
    expenses: FileSection[ExpenseOut]
    settlements: FileSection[ProfitAndLoss]
    files: FileSection[FileOut]
    history: FileSection[AuditOut]
    labels: Mapping[str, FieldLabel]
    people: Mapping[str, FileMember]
    project_names: Mapping[UUID, str]
    newest: int
    read_at: datetime
    read_by: str
