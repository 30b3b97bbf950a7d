"""What happens to many customers at once: a file was taken in, or customers were taken out."""

from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class CustomersImported(Event):
    """A file of customers, or of their contacts or follow-ups (`what`), was taken in to its end. Each customer and
    contact has an event of its own as well; follow-ups that come with a file have none.

    The counts are of rows: `asked` wait for somebody's decision, `failed` could not be taken.
    """

    HOOK = "on_customers_imported"
    KIND = "import"
    AGGREGATE = "import_id"
    import_id: UUID
    file_name: str
    created: int
    updated: int
    skipped: int
    asked: int
    failed: int
    what: str = "customers"


class CustomersExported(Event):
    """Customers, contacts or follow-ups (`what`) were taken out by the event's actor: how many, and which fields of
    each; never whose."""

    HOOK = "on_customers_exported"
    KIND = "export"
    AGGREGATE = "export_id"
    export_id: UUID
    rows: int
    fields: tuple[str, ...]
    format: str
    what: str = "customers"
