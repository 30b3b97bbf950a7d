"""Customers that rows of a file name: by id, by Unified Social Credit Code or another identity number, or by name.
Nobody learns from it of a customer that he may not write to.
"""

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_

from oa_crm import codes
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, CustomerNumber, table_of
from oa_crm.services.base import Service
from oa_crm.services.coded import coded

_WIDE = {ord("("): "（", ord(")"): "）"}


@dataclass(frozen=True)
class Whom:
    """The customer that a row names. `name_field` is the field that holds the name."""

    id: UUID | None
    credit_code: str | None
    number: str | None
    name: str | None
    name_field: str


class Named:
    """Finds the customers of many rows by one statement, and one more where rows have identity numbers."""

    def __init__(self, service: Service, rows: Iterable[Whom]) -> None:
        self._found: dict[Any, list[UUID]] = {}
        c, wanted = table_of(Customer).c, list(rows)
        numbered = _numbered(service, {one.number for one in wanted if one.number})
        ids = sorted({one.id for one in wanted if one.id} | set(numbered))
        uscc = sorted({_code(one.credit_code) for one in wanted if one.credit_code})
        names = sorted({way for one in wanted if one.name for way in _ways(one.name)})
        if not ids and not uscc and not names:
            return
        asked = or_(c.id.in_(ids), c.credit_code.in_(uscc), c.name.in_(names))
        query = service.select(Customer, "write").where(asked).with_only_columns(c.id, c.name, c.credit_code)
        for row in service.work.connection.execute(query):
            numbers = numbered.get(row.id, ())
            for key in {row.id, ("code", row.credit_code), row.name, ("name", _plain(row.name)), *numbers}:
                self._found.setdefault(key, []).append(row.id)

    @property
    def ids(self) -> set[UUID]:
        """Every customer that was found."""
        return {id for those in self._found.values() for id in those}

    def one(self, whom: Whom) -> UUID:
        """The one that is meant. Raises `InvalidInput` at the field that names none or several, or another customer
        than the field before it."""
        told = list(self._told(whom))
        if not told:
            raise InvalidInput.of(whom.name_field, "no_customer_named")
        field, those = told[0]
        if len(those) != 1:
            raise InvalidInput.of(field, "several_of_that_name" if those else "no_such_customer")
        for field, others in told[1:]:
            # A customer that was renamed is still known by its number; a name of somebody else's is a slip of the row.
            if others and those[0] not in others:
                raise InvalidInput.of(field, "another_customer")
        return those[0]

    def _told(self, whom: Whom) -> Iterable[tuple[str, list[UUID]]]:
        if whom.id is not None:
            yield "customer_id", self._found.get(whom.id, [])
        if whom.credit_code is not None:
            yield "credit_code", self._found.get(("code", _code(whom.credit_code)), [])
        if whom.number is not None:
            yield "number", self._found.get(_identity(whom.number), [])
        if whom.name is not None:
            exact = self._found.get(whom.name, [])
            yield whom.name_field, exact or self._found.get(("name", _plain(whom.name)), [])


def newest(service: Service, most: int) -> list[str]:
    """Names of the newest customers that the actor may write to, at most so many, in order."""
    c = table_of(Customer).c
    query = service.select(Customer, "write").with_only_columns(c.name).order_by(c.id.desc()).limit(most)
    return sorted(set(service.work.connection.scalars(query)))


def _numbered(service: Service, given: Iterable[str]) -> dict[UUID, list[tuple[str, str]]]:
    """The identity numbers, of those that are given, by the customers who have them."""
    wanted = []
    for one in sorted(given):
        with suppress(InvalidInput):  # Its row says so.
            wanted.append(_identity(one))
    if not wanted:
        return {}
    c, found = table_of(CustomerNumber).c, dict[UUID, list[tuple[str, str]]]()
    query = service.company_wide(CustomerNumber, c.scheme, c.number, c.customer_id)
    query = query.where(or_(*(and_(c.scheme == scheme, c.number == number) for scheme, number in wanted)))
    for row in service.work.connection.execute(query):
        found.setdefault(row.customer_id, []).append((row.scheme, row.number))
    return found


def _identity(given: str) -> tuple[str, str]:
    """Its scheme and the number in its one form. Raises `InvalidInput`."""
    scheme, _, number = (part.strip() for part in given.replace("：", ":").partition(":"))
    return scheme, coded("number", partial(codes.number, scheme), number)


def _code(given: str) -> str:
    return "".join(unicodedata.normalize("NFKC", given).split()).upper()


def _ways(name: str) -> set[str]:
    """A name as it may be on file: people write brackets narrow and wide."""
    return {name, _plain(name), _plain(name).translate(_WIDE)}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name)
