"""register_*: what a plugin adds. Every plugin's answers count, once at start, by `name`.

Equal names are an error that names both plugins. A plugin that cannot answer is disabled for every later call
and named, with the reason, in `crm.plugins.disabled`; the others stay. One that has row rules or merge links is
never just disabled, since its limits, or its rows' survivors, would go with it: there the start fails. Registrations
hold for every tenant.
"""

from collections.abc import Iterable

from oa_crm.hooks.answers import ExpenseCategory, MergeLink, RowRule
from oa_crm.hooks.custom import CustomField
from oa_crm.hooks.markers import hookspec
from oa_crm.hooks.matching import DuplicateMatcher
from oa_crm.hooks.scoring import LeadRule


class Extensions:
    """The specs of the register family."""

    @hookspec
    def register_row_rules(self) -> Iterable[RowRule]:  # type: ignore[empty-body]
        """More rules about who sees which rows.

        Effect: a `grant` adds rows to what the authorizer's reach gives (OR), a `limit` takes rows away from
            everybody but the system (AND). Both become part of every query of that kind, for every action.
        Errors: two rules of one name are `configuration`, naming both plugins. If the hook raises, or answers
            anything but rules of a known kind and effect, the start fails with `plugin_refused`; so it does if
            another `register_*` hook of the same plugin fails. What a rule's `condition` raises later ends the
            act that asked, and undoes it.
        Timing: the hook once, in `CRM(...)`; `condition` whenever a query of the kind is built. It builds an SQL
            expression and runs none.
        Example:
            from oa_crm.hooks import RowRule, hookimpl

            def key_accounts(who, customer):
                return customer.level == "A" if "sales_manager" in who.roles else None

            class KeyAccounts:
                name = "key_accounts"

                @hookimpl
                def register_row_rules(self):
                    because = "sales managers see every A-level customer"
                    return [RowRule("key_accounts", "customer", "grant", key_accounts, because)]
        Since: 0.1
        """

    @hookspec
    def register_expense_categories(self) -> Iterable[ExpenseCategory]:  # type: ignore[empty-body]
        """More categories for sales expenses.

        Effect: `ExpenseIn.category` takes these names beside those of `settings.expense_categories`, and a
            profit and loss sums them on lines of their own.
        Errors: a name that is taken, by another plugin or by the settings, is `configuration`, naming both. If
            the hook raises or answers anything but categories, the plugin is disabled and reported; if it
            has row rules as well, the start fails with `plugin_refused`.
        Timing: once, in `CRM(...)`.
        Example:
            from oa_crm.hooks import ExpenseCategory, hookimpl

            class TradeFairs:
                name = "trade_fairs"

                @hookimpl
                def register_expense_categories(self):
                    return [ExpenseCategory("exhibition", "展会费")]
        Since: 0.1
        """

    @hookspec
    def register_custom_fields(self) -> Iterable[CustomField]:  # type: ignore[empty-body]
        """Custom fields in code, for every company: the same shape as those that a company defines itself.

        Effect: things of the kind take, keep and show the field in `custom`; it is found and sorted by like any other.
            A company cannot change it. When its type or decimals change with a new version of the plugin, run
            `unit.fields.rebuild` for each company.
        Errors: two fields of one kind and name are `configuration`, naming both plugins; one that a company has
            already is `configuration` at its first use there, naming both. If the hook raises or answers anything but
            sound fields of a known kind, the plugin is disabled and reported.
        Timing: once, in `CRM(...)`.
        Example:
            from oa_crm.hooks import CustomField, hookimpl

            class Grades:
                name = "grades"

                @hookimpl
                def register_custom_fields(self):
                    options = {"gold": {"en": "Gold", "zh": "金牌"}, "silver": {"en": "Silver", "zh": "银牌"}}
                    label = {"en": "Partner grade", "zh": "伙伴等级"}
                    return [CustomField("customer", "partner_grade", "choice", label, options=options)]
        Since: 0.1
        """

    @hookspec
    def register_duplicate_matchers(self) -> Iterable[DuplicateMatcher]:  # type: ignore[empty-body]
        """More ways in which two customers may turn out to be one.

        Effect: the matcher's keys are stored with every customer and probed in every check, its opinion takes
            part in every score, and a company's policy may name it in a condition. Customers that are on
            file already get its keys by `crm.duplicates.rebuild()`.
        Errors: a name that is taken, by another plugin or a built-in matcher, is `configuration`, naming both.
            If the hook raises or answers anything but matchers, the plugin is disabled and reported. What a
            matcher raises later is `plugin_refused`, naming the plugin, and undoes the act that asked.
        Timing: the hook once, in `CRM(...)`; `keys` and `compare` in every check, some fifty times: they must be
            pure, quick and symmetric.
        Example:
            from oa_crm.hooks import DuplicateMatcher, Match, MatchKey, MatchReason, hookimpl

            def house_number(customer):
                return (customer.short_name or "").partition("#")[2]

            def keys(customer):
                if number := house_number(customer):
                    yield MatchKey("house_number", number, weight=8, strong=True)

            def compare(one, other):
                if house_number(one) and house_number(one) == house_number(other):
                    reason = MatchReason("house_number", "same house number", "内部编号相同")
                    return Match(1.0, "decides", (reason,))
                return None

            class HouseNumbers:
                name = "house_numbers"

                @hookimpl
                def register_duplicate_matchers(self):
                    return [DuplicateMatcher("house_number", 1, keys, compare)]
        Since: 0.1
        """

    @hookspec
    def register_merge_links(self) -> Iterable[MergeLink]:  # type: ignore[empty-body]
        """Tables of the host's own whose rows name customers, to follow when one is merged into another.

        Effect: `merges.merge` leads the rows of the loser to the survivor, in its own transaction, and `merges.split`
            leads them back; a preview counts them. What must not be there twice, by a unique key that the table
            declares, is laid aside and put back by a split. For tables in another database, use
            `on_customer_merged` and `on_customer_split`.
        Errors: two links of one name are `configuration`, naming both plugins. If the hook raises, or answers
            anything but links to a table with a primary key and such a column, the start fails with `plugin_refused`.
            A table that is not in the CRM's database fails the merge that asks for it, and undoes it.
        Timing: once, in `CRM(...)`.
        Example:
            from sqlalchemy import Column, Integer, MetaData, String, Table

            from oa_crm.hooks import MergeLink, hookimpl

            metadata = MetaData()
            tickets = Table(
                "tickets",
                metadata,
                Column("id", Integer, primary_key=True),
                Column("customer_id", String(36), index=True),
                Column("about", String(200)),
            )

            class Tickets:
                name = "tickets"

                @hookimpl
                def register_merge_links(self):
                    return [MergeLink("tickets", tickets, "customer_id")]
        Since: 0.1
        """

    @hookspec
    def register_lead_rules(self) -> Iterable[LeadRule]:  # type: ignore[empty-body]
        """More rules by which leads are scored.

        Effect: a lead's score is the sum of the points of all rules that hold, those of the built-in plugin
            `lead_rules` included; `leads.explain(id)` names each with its reason. The sum is kept with the lead
            and made anew whenever the lead changes.
        Errors: a name that is taken is `configuration`, naming both plugins. If the hook raises or answers anything but
            lead rules, the plugin is disabled and reported. What a rule raises later is `plugin_refused`,
            naming the plugin, and undoes the act that asked.
        Timing: the hook once, in `CRM(...)`; `holds` in every act that changes a lead. It must be pure and quick.
        Example:
            from oa_crm.hooks import LeadRule, hookimpl

            def from_a_fair(lead):
                return lead.source == "fair"

            class TradeFairLeads:
                name = "trade_fair_leads"

                @hookimpl
                def register_lead_rules(self):
                    return [LeadRule("from_a_fair", 25, from_a_fair, "met at a trade fair", "展会上认识")]
        Since: 0.1
        """
