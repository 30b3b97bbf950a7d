"""How the facts of a person are kept: numbers as E.164, and the keys by which he is found."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert

from oa_crm import codes
from oa_crm.errors import InvalidInput
from oa_crm.models import ContactPhone, table_of
from oa_crm.services.coded import coded
from oa_crm.services.work import Work


def phone(work: Work, field: str, given: str) -> str:
    """The number as E.164, an extension behind it as RFC 3966 writes it (";ext=801"). Raises `InvalidInput`."""
    return coded(field, lambda text: codes.phone(text, work.runtime.settings.phone_region), given)


def person(work: Work, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a person as they are kept, of whatever was given."""
    kept = dict(given)
    if kept.get("mobile") is not None:
        kept["mobile"] = phone(work, "mobile", kept["mobile"])
    if kept.get("phones"):
        kept["phones"] = [phone(work, f"phones.{at}", one) for at, one in enumerate(kept["phones"])]
    _born(work, kept.get("birthday"))
    for field in {"phones", "emails"} & set(kept):
        kept[field] = list(dict.fromkeys(kept[field] or ()))
    return kept


def name_key(name: str) -> str:
    """What is equal in all ways of writing a name: no case, no blanks, one width."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


def phone_keys(mobile: str | None, phones: Iterable[str] | None) -> list[str]:
    """By which numbers a person is found; whoever sits behind an extension shares the number with others."""
    return sorted({number for number in (mobile, *(phones or ())) if number is not None and ";" not in number})


def email_keys(emails: Iterable[str] | None) -> list[str]:
    """By which addresses two people are alike, whatever their case."""
    return sorted({one.casefold() for one in emails or ()})


def keep_phones(work: Work, contact_id: UUID, before: list[str], after: list[str]) -> None:
    """Keep by which numbers the person is found now."""
    table = table_of(ContactPhone)
    if gone := sorted(set(before) - set(after)):
        mine = (table.c.tenant_id == work.scope.tenant) & (table.c.contact_id == contact_id)
        work.connection.execute(delete(table).where(mine, table.c.phone.in_(gone)))
    if new := sorted(set(after) - set(before)):
        same = {"tenant_id": work.scope.tenant, "contact_id": contact_id}
        work.connection.execute(insert(table), [{**same, "phone": one} for one in new])


def add_phones(work: Work, numbers: Mapping[UUID, Iterable[str]]) -> None:
    """Keep by which numbers people who are new are found."""
    table, tenant = table_of(ContactPhone), work.scope.tenant
    rows = [{"tenant_id": tenant, "contact_id": id, "phone": one} for id, those in numbers.items() for one in those]
    if rows:
        work.connection.execute(insert(table), rows)


def _born(work: Work, birthday: str | None) -> None:
    if birthday is not None and not birthday.startswith("--") and birthday > f"{work.journal.now():%Y-%m-%d}":
        raise InvalidInput.of("birthday", "day_to_come", day=birthday)
