"""What each post may do in the CRM, as the platform's own permission table says, with a rule about rows and one about
fields.

The CRM asks for a reach per action and kind, and turns it into SQL itself: no query here, no row by row.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from oa_crm.hooks import FieldRight, Reach, RowRule, Sight, Who, hookimpl


class Grant(NamedTuple):
    """A post, actions and kinds apart by a space, and how far it reaches."""

    post: str
    actions: str
    kinds: str
    reach: Reach


_FILE = "customer lead project contract expense"
GRANTS = (
    Grant("salesperson", "read write", _FILE, Reach.OWN),
    Grant("salesperson", "claim", "lead customer", Reach.OWN),
    Grant("salesperson", "release lock hand_over", "customer", Reach.OWN),
    Grant("salesperson", "team", "customer project", Reach.OWN),
    Grant("salesperson", "reverse", "expense", Reach.OWN),
    Grant("sales_manager", "read write", _FILE, Reach.SUBTREE),
    Grant("sales_manager", "claim", "lead customer", Reach.SUBTREE),
    Grant(
        "sales_manager",
        "assign transfer release lock hand_over merge override extend strike",
        "customer",
        Reach.SUBTREE,
    ),
    Grant("sales_manager", "team", "customer project", Reach.SUBTREE),
    Grant("sales_manager", "reverse", "expense", Reach.SUBTREE),
    Grant("sales_manager", "approve reopen settle freeze", "project", Reach.SUBTREE),
    Grant("finance", "read", f"{_FILE} delivery", Reach.ALL),
    Grant("finance", "write reverse", "expense", Reach.ALL),
    Grant("finance", "settle", "project", Reach.ALL),
    Grant("hr", "read", "project contract", Reach.ALL),
    Grant("executive", "read", _FILE, Reach.ALL),
    Grant("executive", "override", "customer", Reach.ALL),
    Grant("crm_admin", "read write", _FILE, Reach.ALL),
    Grant("crm_admin", "claim", "lead customer", Reach.ALL),
    Grant("crm_admin", "assign transfer release lock hand_over merge override extend strike", "customer", Reach.ALL),
    Grant("crm_admin", "team", "customer project", Reach.ALL),
    Grant("crm_admin", "reverse", "expense", Reach.ALL),
    Grant("crm_admin", "approve reopen settle freeze", "project", Reach.ALL),
    Grant("crm_admin", "read", "delivery", Reach.ALL),
    Grant("crm_admin", "administer", "directory plugin pool protection privacy pipeline handover remit", Reach.ALL),
    *(
        Grant(post, "read", "directory", Reach.ALL)
        for post in ("salesperson", "sales_manager", "finance", "hr", "executive", "crm_admin")
    ),
)
_CALLERS = {"salesperson", "sales_manager", "crm_admin"}
"""Posts that call people. All others see masks of telephone numbers."""
_NUMBERS = {"customer.phone", "customer.phones", "contact.mobile", "contact.phones", "lead.phone"}
_WIDTH = {reach: width for width, reach in enumerate(Reach)}


class Permissions:
    """The authorizer port and a row rule."""

    name = "oa_permissions"

    def __init__(self) -> None:
        self._table = {
            (grant.post, action, kind): grant.reach
            for grant in GRANTS
            for action in grant.actions.split()
            for kind in grant.kinds.split()
        }

    @hookimpl
    def provide_authorizer(self) -> "Permissions":
        return self

    @hookimpl
    def register_row_rules(self) -> Iterable[RowRule]:
        return [
            RowRule(
                "key_accounts",
                "customer",
                "grant",
                _key_accounts,
                "sales managers see every A-level customer, whoever follows it",
            )
        ]

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        """The widest reach of the person's posts; the system reaches everything."""
        return self._widest(who, action, kind)[0]

    def because(self, who: Who, action: str, kind: str) -> str:
        """The line of the permission table that decided."""
        reach, post = self._widest(who, action, kind)
        return f"post {post or '-'}: {action} {kind}: {reach.value}"

    def field(self, who: Who, kind: str, field: str) -> FieldRight | None:
        """Telephone numbers are for those who call."""
        if f"{kind}.{field}" in _NUMBERS and not _CALLERS & set(who.roles):
            return FieldRight(Sight.MASKED)
        return None

    def _widest(self, who: Who, action: str, kind: str) -> tuple[Reach, str]:
        if who.is_system:
            return Reach.ALL, "system"
        offers = [(self._table.get((post, action, kind), Reach.NONE), post) for post in who.roles]
        return max(offers, key=lambda offer: _WIDTH[offer[0]], default=(Reach.NONE, ""))


def _key_accounts(who: Who, customer: Any) -> Any:
    return customer.level == "A" if "sales_manager" in who.roles else None
