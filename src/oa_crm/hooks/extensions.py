"""register_*: what a plugin adds. Every plugin's answers count, once at start, by `name`.

Equal names are an error that names both plugins. A plugin whose answer raises is disabled and reported by
`crm.plugins.report()`; the others stay.
"""

from collections.abc import Iterable

from oa_crm.hooks.answers import ExpenseCategory, RowRule
from oa_crm.hooks.markers import hookspec


class Extensions:
    """The specs of the register family."""

    @hookspec
    def register_row_rules(self) -> Iterable[RowRule]:  # type: ignore[empty-body]
        """More rules about who sees which rows."""

    @hookspec
    def register_expense_categories(self) -> Iterable[ExpenseCategory]:  # type: ignore[empty-body]
        """More categories for sales expenses."""
