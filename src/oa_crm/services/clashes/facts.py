"""What the check is told of a customer: from input, and from its row."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, select

from oa_crm import codes
from oa_crm.duplicates import CreditCodeError, Draft, clean
from oa_crm.duplicates.matchers.identity import IDENTITY_NUMBERS
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, Department, DuplicateEntry, Member, table_of
from oa_crm.schemas import CustomerIn, Entrance
from oa_crm.services.prepared import Prepared


def _of_entries(*columns: Any, source: Any = None) -> Prepared:
    """Of the customers that entries lead to; everything is None where one leads to another company's."""
    entry, customer = table_of(DuplicateEntry).alias(), table_of(Customer)
    # An outer join, with the tenant in its condition: else SQLite begins with every customer of the company.
    of = and_(
        customer.c.tenant_id == entry.c.tenant_id,
        customer.c.id == entry.c.customer_id,
        customer.c.tenant_id == bindparam("tenant"),
    )
    wanted = entry.c.id.in_(bindparam("entries", expanding=True))
    joined = entry.outerjoin(customer, of)
    return Prepared(
        select(entry.c.id.label("entry"), *columns).select_from(source(joined) if source else joined).where(wanted)
    )


_MATCHED = tuple(table_of(Customer).c[name] for name in sorted(Customer.MATCHED))
BY_ENTRY = _of_entries(table_of(Customer).c.id, *_MATCHED)
"""The facts that are compared, and whose they are."""
MATCHED = _of_entries(*_MATCHED)
"""The same without the ids, which cost as much as all the rest where thousands are compared."""
_NAMED = ("name", "short_name", "foreign_name", "former_names", "aliases")
NAMES = _of_entries(*(table_of(Customer).c[name] for name in _NAMED))
"""The names alone, to see which of many are worth comparing; no name where an entry leads to another company's."""


# As many as people ask: a statement takes longer to build than to run. A condition is known by its identity.
@lru_cache(maxsize=512)
def with_owner(may_open: ColumnElement[bool]) -> Prepared:
    """The facts that are compared, who follows each, and whether the asker may open it."""
    followed, source = _followed()
    return _of_entries(table_of(Customer).c.id, *_MATCHED, *followed, may_open.label("may_open"), source=source)


def one_with_owner(id: UUID, may_open: ColumnElement[bool]) -> Any:
    """A customer by its id, with who follows it, and whether the asker may open it; the tenant is the caller's part."""
    c, (followed, source) = table_of(Customer).c, _followed()
    asked = select(c.id, c.name, *followed, may_open.label("may_open")).select_from(source(table_of(Customer)))
    return asked.where(c.id == id, c.merged_into.is_(None))


def _followed() -> tuple[tuple[Any, ...], Callable[[Any], Any]]:
    """What says who follows a customer, and the joins that it takes."""
    customer, member, department = table_of(Customer), table_of(Member).alias(), table_of(Department).alias()
    owner = and_(member.c.tenant_id == customer.c.tenant_id, member.c.id == customer.c.owner_id)
    of = and_(department.c.tenant_id == member.c.tenant_id, department.c.id == member.c.department_id)
    names = (member.c.name.label("owner_name"), department.c.name.label("department"))
    told = (customer.c.owner_id, customer.c.last_follow_up_at, *names)
    return told, lambda joined: joined.outerjoin(member, owner).outerjoin(department, of)


def as_entrance(value: Entrance | str) -> Entrance:
    """An entrance by its name; raises `InvalidInput` for what is none."""
    try:
        return Entrance(value)
    except ValueError:
        raise InvalidInput.of("entrance", "unknown_entrance", given=repr(value), known=", ".join(Entrance)) from None


def credit_code(code: str | None) -> str | None:
    """The code in its one written form; raises `InvalidInput` when it cannot be right."""
    if code is None or not code.strip():
        return None
    try:
        return clean(code)
    except CreditCodeError as exc:
        raise InvalidInput.of("credit_code", exc.code, **exc.params) from exc


def draft_of(data: CustomerIn) -> Draft:
    """A customer as somebody gives it; a number that cannot be right identifies nobody."""
    return row_draft({**vars(data), "numbers": list(_right(data))})


def _right(data: CustomerIn) -> Iterator[dict[str, str]]:
    for one in data.numbers:
        with suppress(codes.CodeError):
            yield {"scheme": one.scheme, "number": codes.number(one.scheme, one.number)}


_NO_NUMBERS: dict[str, str] = {}


def row_draft(row: Mapping[Any, Any]) -> Draft:
    """A customer as its row has it."""
    return _draft(*map(row.__getitem__, _IN_ORDER))


def read_draft(row: Any) -> Draft:
    """The same of a row that was read; a slice of an import reads thousands."""
    return _draft(*_HELD(row))


_IN_ORDER = (
    "name", "short_name", "foreign_name", "former_names", "aliases", "credit_code", "numbers", "phone", "phones",
    "email", "website", "address",
)  # fmt: skip
_HELD = attrgetter(*_IN_ORDER)


def _draft(
    name: str, short: str | None, foreign: str | None, former: Any, aliases: Any, code: str | None, numbers: Any,
    phone: str | None, phones: Any, email: str | None, website: str | None, address: str | None,
) -> Draft:  # fmt: skip
    dialled = [one["number"] if isinstance(one, Mapping) else one.number for one in phones or ()]
    others = tuple(aliases or ())
    return Draft(
        name,
        tuple(former or ()),
        code,
        phone and codes.national(phone),
        short,
        (*others, foreign) if foreign else others,
        tuple(map(codes.national, dialled)),
        (email,) if email else (),
        website,
        address,
        {IDENTITY_NUMBERS: " ".join([f"{one['scheme']}:{one['number']}" for one in numbers])}
        if numbers
        else _NO_NUMBERS,
    )
