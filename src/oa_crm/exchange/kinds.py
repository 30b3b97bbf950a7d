"""What comes in from a file: of each kind its columns, what a file must have, what people choose from, and who takes a
slice of it in. Everything else about an import is the same for all (`intake.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from oa_crm.exchange import columns, mapping, person_columns, person_order, talk_columns
from oa_crm.exchange.column import Column
from oa_crm.exchange.reading import Cells
from oa_crm.schemas import ImportPlan
from oa_crm.services import people
from oa_crm.services.base import Service
from oa_crm.services.fields import Fields
from oa_crm.services.imports import named, talks
from oa_crm.services.imports.contacts import Contacts
from oa_crm.services.imports.rows import Given, How, Outcome
from oa_crm.services.imports.slices import Slice
from oa_crm.services.work import Work

LISTED = 500
"""At most so many names stand in a template's list."""
_LEVELS = ("A", "B", "C", "D")
Known = Mapping[str, Column]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that comes in from a file. `sheet` is what a template's is called, in Chinese and English."""

    what: str
    sheet: tuple[str, str]
    columns: Callable[[Work], Known]
    needed: tuple[mapping.Needed, ...]
    take: Callable[[Service, Sequence[Given], How], list[Outcome]]
    suggests: Callable[[Work], Mapping[str, Sequence[str]]]
    """Names to choose from, by column, where others may stand as well."""
    behind: Callable[[ImportPlan, Iterable[tuple[int, Cells]]], list[int]] | None = None
    """The rows of a file that are taken in behind all others, in their order."""


def _customer_columns(work: Work) -> Known:
    return columns.all_columns(Fields(work).of("customer"))


def _of_customers(work: Work) -> Mapping[str, Sequence[str]]:
    members = people.names_within(work, "customer", LISTED)
    known = _customer_columns(work).items()
    own = {name: members for name, one in known if one.custom is not None and one.custom.type == "member"}
    return {**own, "owner_id": members, "level": _LEVELS}


def _of_talks(work: Work) -> Mapping[str, Sequence[str]]:
    return {"created_by": people.names_within(work, "customer", LISTED), "name": _customers(work)}


def _of_contacts(work: Work) -> Mapping[str, Sequence[str]]:
    return {"customer": _customers(work)}


def _customers(work: Work) -> Sequence[str]:
    return named.newest(Service(work), LISTED)


CUSTOMERS = Kind(
    "customers",
    ("客户", "customers"),
    _customer_columns,
    (mapping.Needed(("name",), "no_column_for_the_name"),),
    lambda service, rows, how: Slice(service, how.on_duplicate, how.reason, how.seen).take(rows),
    _of_customers,
)
FOLLOW_UPS = Kind(
    "follow_ups",
    ("跟进记录", "follow-ups"),
    lambda work: talk_columns.all_columns(work.runtime.settings),
    (mapping.Needed(("name", "customer_id", "credit_code", "number"), "no_column_for_the_customer"),),
    lambda service, rows, how: talks.take(service, rows, how.import_id, dry=how.dry),
    _of_talks,
)
CONTACTS = Kind(
    "contacts",
    ("联系人", "contacts"),
    lambda _: person_columns.BY_NAME,
    (
        mapping.Needed(("name",), "no_column_for_the_person"),
        mapping.Needed(("customer", "customer_id", "credit_code", "number"), "no_column_for_the_customer"),
    ),
    lambda service, rows, how: Contacts(service, how).take(rows),
    _of_contacts,
    person_order.behind,
)
BY_NAME = {one.what: one for one in (CUSTOMERS, CONTACTS, FOLLOW_UPS)}
