"""That a customer exists, for who may not open it: as much as the company's policy of duplicates tells, by its id.

Whoever learns of a file so is kept with the searches and counts against their limit, so that nobody lists the base.
"""

from uuid import UUID

from oa_crm.errors import NotFound
from oa_crm.models import Customer, kind_of
from oa_crm.schemas import CustomerCard, Entrance
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.clashes import searches
from oa_crm.services.clashes.answer import follower, masked
from oa_crm.services.clashes.facts import one_with_owner
from oa_crm.services.clashes.verdicts import policy_for


def card(service: Service, id: UUID) -> CustomerCard:
    """A customer's card. Raises `NotFound` where the policy lets nobody know of it."""
    work = service.work
    access.require(work, "read", kind_of(Customer))
    asked = one_with_owner(id, access.allowed_rows(work, work.who, Customer, "read"))
    row = work.connection.execute(asked.where(Customer.tenant_id == work.scope.tenant)).one_or_none()
    if row is None:
        service.one(Customer, id)
        raise NotFound(kind_of(Customer), id)
    policy, name = policy_for(work, Entrance.CARD).policy, row.name
    if not row.may_open:
        if policy.cards == "nothing" or work.who.external:
            raise NotFound(kind_of(Customer), id)
        searches.within_limit(work, Entrance.CARD)
        searches.note_card(work, name)
        name = masked(name) if policy.cards == "masked" else name
    return CustomerCard(customer_id=row.id, may_open=bool(row.may_open), name=name, **follower(work, policy, row))
