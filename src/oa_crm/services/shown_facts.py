"""Facts of a customer or a project that one person shows another: a picture of the moment, never a right.

A guarded field is shown only where both see it openly, he who shows and he who is shown to, and later only to who sees
it openly then. Who sees a project and not its customer shows and reads of the customer nothing but the name. Nobody's
phone or mail address is among the facts at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.hooks.ports import Sight, Who
from oa_crm.models import Customer, Project, table_of
from oa_crm.schemas.privacy import FIELDS
from oa_crm.services import access, sights
from oa_crm.services.amounts import money
from oa_crm.services.base import Service
from oa_crm.services.subjects import Subject
from oa_crm.services.work import Work

_CUSTOMER = (
    "name", "short_name", "foreign_name", "kind", "industry", "region", "size", "status", "level", "source",
    "credit_code", "website", "address",
)  # fmt: skip
_PROJECT = ("name", "stage", "state", "expected", "expected_close_on")
FACTS = (*(f"customer.{name}" for name in _CUSTOMER), *(f"project.{name}" for name in _PROJECT))
"""What may be shown."""
_WITH_THE_PROJECT = "customer.name"


def picture(service: Service, subject: Subject, wanted: Iterable[str], to: Who) -> dict[str, str | None]:
    """The facts wanted, as text. Raises `InvalidInput` for what is no fact of this, or not for both to see."""
    chosen = list(dict.fromkeys(wanted))
    if problems := list(_problems(service, subject, chosen, to)):
        raise InvalidInput(problems)
    rows = {kind: _row(service, kind, subject) for kind in {one.split(".")[0] for one in chosen}}
    return {one: _text(rows[one.split(".")[0]], one.split(".")[1]) for one in chosen}


def seen(work: Work, facts: Mapping[str, Any]) -> dict[str, str | None]:
    """What somebody to whom a picture was shown sees openly of it now."""
    return {one: value for one, value in facts.items() if _mine(work, one)}


def seen_of(
    service: Service, rows: Sequence[Any], name: str, to_him: Callable[[Any], bool] = lambda _: False
) -> Callable[[Any], dict[str, str | None]]:
    """What the actor sees of the picture `name` of each of these rows; all of it, where it was shown `to_him`. At most
    one statement for all rows."""
    at = {row.customer_id for row in rows if row.project_id is not None and any(map(_of_customer, getattr(row, name)))}
    theirs = access.seen_among(service.work, Customer, at, service.work.who)

    def facts(row: Any) -> dict[str, str | None]:
        told = seen(service.work, getattr(row, name))
        if row.customer_id not in at or row.customer_id in theirs or to_him(row):
            return told
        return {one: value for one, value in told.items() if not _of_customer(one)}

    return facts


def _problems(service: Service, subject: Subject, chosen: list[str], to: Who) -> Iterator[FieldProblem]:
    work, wanted = service.work, any(map(_of_customer, chosen))
    theirs = (
        subject.project_id is None
        or not wanted
        or bool(access.seen_among(work, Customer, {subject.customer_id}, work.who))
    )
    for at, one in enumerate(chosen):
        if one not in FACTS or (one.startswith("project.") and subject.project_id is None):
            known = (name for name in FACTS if subject.project_id or name.startswith("customer."))
            yield FieldProblem.of(f"show.{at}", "unknown_fact", known=", ".join(known))
        elif (_of_customer(one) and not theirs) or not _for_both(work, one, to):
            yield FieldProblem.of(f"show.{at}", "fact_not_for_both", fact=one)


def _for_both(work: Work, fact: str, to: Who) -> bool:
    return not _guarded(fact) or (_mine(work, fact) and sights.openly(work, to, *fact.split(".")))


def _of_customer(fact: str) -> bool:
    return fact.startswith("customer.") and fact != _WITH_THE_PROJECT


def _guarded(fact: str) -> bool:
    kind, field = fact.split(".")
    return field in FIELDS.get(kind, ())


def _mine(work: Work, fact: str) -> bool:
    return not _guarded(fact) or sights.right(work, *fact.split(".")).sight is Sight.OPEN


def _row(service: Service, kind: str, subject: Subject) -> Any:
    model, id = (Customer, subject.customer_id) if kind == "customer" else (Project, subject.project_id)
    return service.work.connection.execute(service.company_wide(model).where(table_of(model).c.id == id)).one()


def _text(row: Any, field: str) -> str | None:
    if field == "expected":
        return None if row.expected_minor is None else str(money(row.expected_minor, row.currency))
    value = getattr(row, field)
    return None if value is None else str(value)
