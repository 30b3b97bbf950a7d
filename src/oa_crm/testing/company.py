"""The small company of every kit: two salespeople and their manager, finance, HR, the chief, the administrator."""

from collections.abc import Iterable

from oa_crm.hooks import Department, Member, hookimpl

TENANT = "acme"

DEPARTMENTS = (
    Department("company", "Example Company", manager_id="chief"),
    Department("sales", "Sales", parent_id="company", manager_id="manager"),
    Department("finance", "Finance", parent_id="company", manager_id="accountant"),
)
MEMBERS = (
    Member("chief", "Chief Executive", "company", None, ("executive",)),
    Member("manager", "Sales Manager", "sales", "chief", ("sales_manager",)),
    Member("seller", "Salesperson", "sales", "manager", ("salesperson",)),
    Member("colleague", "Other Salesperson", "sales", "manager", ("salesperson",)),
    Member("accountant", "Accountant", "finance", "chief", ("finance",)),
    Member("people", "Human Resources", "company", "chief", ("hr",)),
    Member("admin", "Administrator", "company", "chief", ("crm_admin",)),
)


class KitCompany:
    """An org chart held in memory; a test may change `members` and sync again."""

    name = "kit_company"

    def __init__(self) -> None:
        self._departments = list(DEPARTMENTS)
        self.people: dict[str, Member] = {member.id: member for member in MEMBERS}

    @hookimpl
    def provide_org_chart(self) -> "KitCompany":
        return self

    def departments(self, tenant: str) -> Iterable[Department]:
        return self._departments

    def members(self, tenant: str) -> Iterable[Member]:
        return self.people.values()
