"""Document numbers without a host's own: kind, year, counter, starting again each year."""

from datetime import date

from oa_crm.hooks import NumberFormat, hookimpl

_PREFIXES = {"contract": "HT"}


class YearlyNumbers:
    """`HT-2026-0001`, `HT-2026-0002`, ... without gaps."""

    name = "yearly_numbers"

    @hookimpl
    def provide_numbering(self) -> "YearlyNumbers":
        return self

    def number_format(self, tenant: str, kind: str, on: date) -> NumberFormat:
        prefix = _PREFIXES.get(kind, kind.upper())
        return NumberFormat(series=f"{kind}-{on.year}", prefix=f"{prefix}-{on.year}-", width=4)
