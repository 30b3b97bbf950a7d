"""Where our things are known elsewhere: the receipts that plugins returned, such as voucher numbers."""

from uuid import UUID

from oa_crm.models import Link, table_of
from oa_crm.schemas import LinkOut
from oa_crm.services.base import Service, shown
from oa_crm.services.kinds import model_of


class Links(Service):
    """Receipts, by the thing they are about."""

    def of(self, kind: str, thing_id: UUID) -> tuple[LinkOut, ...]:
        """The links of a customer, project, contract or expense that the actor may see, oldest first.

        A reversal's receipt hangs on the expense that it reverses.
        """
        self.one(model_of(kind), thing_id)
        table = table_of(Link)
        query = self.company_wide(Link).where(table.c.kind == kind, table.c.thing_id == str(thing_id))
        return tuple(shown(LinkOut, row) for row in self.work.connection.execute(query.order_by(table.c.id)))
