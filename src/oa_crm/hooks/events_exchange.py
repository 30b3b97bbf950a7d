"""on_*: what happens to many customers at once."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ExchangeEvents:
    """The event specs of imports and exports."""

    @hookspec
    def on_customers_imported(self, event: payloads.CustomersImported, delivery: Delivery) -> Receipt | None:
        """A file of customers, or of their contacts or follow-ups (`event.what`), was taken in to its end.

        Effect: a returned `Receipt` is kept as a link of the import (`unit.links.of("import", id)`). Each customer
            that went on file has its own `on_customer_created` as well, each contact its `on_contact_added`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the import's last slice. An import that was stopped says nothing until
            it was gone on with.
        Example:
            from oa_crm.hooks import hookimpl

            class ImportDesk:
                name = "import_desk"

                def __init__(self):
                    self.to_decide = {}

                @hookimpl
                def on_customers_imported(self, event, delivery):
                    if event.asked or event.failed:
                        self.to_decide[event.import_id] = (event.actor, event.file_name)
        Since: 0.1
        """

    @hookspec
    def on_customers_exported(self, event: payloads.CustomersExported, delivery: Delivery) -> Receipt | None:
        """Customers, contacts or follow-ups (`event.what`) were taken out.

        Effect: a returned `Receipt` is kept as a link of the export (`unit.links.of("export", id)`). The payload says
            how many and which fields, never whose.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the unit that took them out.
        Example:
            from oa_crm.hooks import hookimpl

            class ExportWatch:
                name = "export_watch"

                def __init__(self):
                    self.large = []

                @hookimpl
                def on_customers_exported(self, event, delivery):
                    if event.rows >= 1000:
                        self.large.append((event.actor, event.rows))
        Since: 0.1
        """
