"""The defaults, as plugins like anybody's. A host's own answer beats each of them."""

from oa_crm.plugins.builtin.approval import ManagerApproval
from oa_crm.plugins.builtin.notices import LogNotices, Notices
from oa_crm.plugins.builtin.numbering import YearlyNumbers
from oa_crm.plugins.builtin.org_chart import LocalOrgChart
from oa_crm.plugins.builtin.policy import DefaultPolicy

__all__ = [
    "DefaultPolicy",
    "LocalOrgChart",
    "LogNotices",
    "ManagerApproval",
    "Notices",
    "YearlyNumbers",
    "builtin_plugins",
]


def builtin_plugins() -> list[object]:
    """A fresh set for one CRM."""
    return [LocalOrgChart(), DefaultPolicy(), ManagerApproval(), LogNotices(), Notices(), YearlyNumbers()]
