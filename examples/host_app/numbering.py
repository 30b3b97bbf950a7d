"""Contract numbers in the house's style: a series per month, such as HZ-XS-202603-001."""

from datetime import date

from oa_crm.hooks import NumberFormat, hookimpl


class Numbering:
    """The numbering port. The counter is the CRM's, so that no number is missing."""

    name = "oa_numbering"

    @hookimpl
    def provide_numbering(self) -> "Numbering":
        return self

    def number_format(self, tenant: str, kind: str, on: date) -> NumberFormat:
        """The format of the next number on that day."""
        letters = {"contract": "XS"}.get(kind, kind[:2].upper())
        return NumberFormat(series=f"{kind}-{on:%Y%m}", prefix=f"HZ-{letters}-{on:%Y%m}-", width=3)
