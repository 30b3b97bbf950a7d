"""The workbook goes on file: each row as the salesperson who follows it, each with its own answer.

A row is one unit, so a refused one takes nothing along. Importing the same workbook again changes nothing: the
row's number and content are its idempotency key. A clash is not overridden here: it goes on a list for people.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from examples.host_app.app import HostApp
from examples.host_app.workbook import COLUMNS, Row, date_in
from oa_crm import Unit
from oa_crm.errors import DuplicateCustomer, InvalidInput, UnknownActor, Vetoed
from oa_crm.schemas import CustomerIn, Hit, Verdict

CREATED, DUPLICATE, SUSPECTED, INVALID = "created", "duplicate", "suspected", "invalid"
_HEADINGS = {column: heading for heading, column in COLUMNS.items()}
# Words that salesmen write where they know no industry or region.
_SAYS_NOTHING = ("", "其他", "海外")
_FACTS = ("name", "credit_code", "industry", "region", "phone", "level", "source")


@dataclass(frozen=True)
class Outcome:
    """What became of a row. `hit` is the customer that it clashes with, `twin` that customer's row."""

    row: Row
    result: str
    customer_id: UUID | None = None
    hit: Hit | None = None
    twin: int | None = None
    field: str = ""
    problem: str = ""


class Import:
    """One run over a workbook; `outcomes` grows row by row."""

    def __init__(self, app: HostApp) -> None:
        self._app = app
        self._row_of: dict[str, int] = {}
        self.outcomes: list[Outcome] = []

    def run(self, rows: Iterable[Row]) -> Iterable[Outcome]:
        """Import the rows, giving each outcome as it is known."""
        for row in rows:
            outcome = self._one(row)
            self.outcomes.append(outcome)
            yield outcome

    def counts(self) -> Counter[str]:
        """How many rows came to which result."""
        return Counter(outcome.result for outcome in self.outcomes)

    def _one(self, row: Row) -> Outcome:
        try:
            with self._app.crm.begin(self._app.as_(row.owner or "?")) as unit:
                customer_id = _put_on_file(unit, row)
        except DuplicateCustomer as clash:
            return self._clash(row, clash)
        except UnknownActor:
            return Outcome(row, INVALID, field="负责人", problem=f"{row.owner or '空'} 不是在职员工")
        except InvalidInput as wrong:
            first = wrong.problems[0]
            return Outcome(
                row, INVALID, field=_HEADINGS.get(first.field, first.field), problem=first.spoken("zh-CN").problem
            )
        except Vetoed as objection:
            return Outcome(row, INVALID, field=_HEADINGS["name"], problem=objection.text("zh-CN"))
        self._row_of[row.name] = row.number
        return Outcome(row, CREATED, customer_id)

    def _clash(self, row: Row, clash: DuplicateCustomer) -> Outcome:
        best = clash.report.hits[0]
        result = DUPLICATE if clash.report.verdict is Verdict.BLOCK else SUSPECTED
        return Outcome(row, result, hit=best, twin=self._row_of.get(best.name))


def _put_on_file(unit: Unit, row: Row) -> UUID:
    told = {name: getattr(row, name) for name in _FACTS}
    facts = {name: None if value in _SAYS_NOTHING else value for name, value in told.items()} | {"name": row.name}
    key = hashlib.sha256(repr(asdict(row)).encode()).hexdigest()[:24]
    customer = unit.customers.create(CustomerIn(**facts), idempotency_key=f"import-{row.number}-{key}")
    if row.note:
        said = {
            "customer_id": customer.id,
            "way": _way(row.note),
            "outcome": row.note,
            "happened_at": date_in(row.note),
        }
        unit.followups.log(said, idempotency_key=f"import-note-{row.number}-{key}")
    return customer.id


def _way(note: str) -> str:
    return "visit" if "访" in note else "wechat" if "微信" in note else "other"
