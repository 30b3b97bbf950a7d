"""The defaults, as plugins like anybody's. A host's own answer beats each of them."""

from oa_crm.plugins.builtin.approval import ManagerApproval
from oa_crm.plugins.builtin.files import LocalFiles
from oa_crm.plugins.builtin.handover_start import HandoverStart
from oa_crm.plugins.builtin.lead_rules import LeadRules
from oa_crm.plugins.builtin.notices import LogNotices, Notices
from oa_crm.plugins.builtin.numbering import YearlyNumbers
from oa_crm.plugins.builtin.org_chart import LocalOrgChart
from oa_crm.plugins.builtin.policy import DefaultPolicy

__all__ = [
    "DefaultPolicy",
    "HandoverStart",
    "LeadRules",
    "LocalFiles",
    "LocalOrgChart",
    "LogNotices",
    "ManagerApproval",
    "Notices",
    "YearlyNumbers",
    "builtin_plugins",
]


def builtin_plugins(folder: str | None = None) -> list[object]:
    """A fresh set for one CRM; `folder` is where attachments lie without a host's store."""
    people, documents = [LocalOrgChart(), DefaultPolicy()], [YearlyNumbers(), LocalFiles(folder)]
    return [*people, ManagerApproval(), LogNotices(), Notices(), HandoverStart(), LeadRules(), *documents]
