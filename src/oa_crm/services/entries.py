"""Entries of the audit that are not for everybody who sees what they are about."""

from sqlalchemy import ColumnElement, or_

from oa_crm.models import AuditEntry, table_of
from oa_crm.services.work import Work

OWN = ("customers.favour", "customers.unfavour")
"""Acts on a person's own list, which nobody else sees."""


def for_others(work: Work) -> ColumnElement[bool]:
    """The entries without those about another person's own list."""
    c = table_of(AuditEntry).c
    return or_(c.operation.not_in(OWN), c.actor_id == work.scope.actor.id)
