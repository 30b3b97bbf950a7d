"""The duplicate check over a company's base: keys kept and probed, candidates judged, the answer told.

`oa_crm.duplicates` judges two customers; here that meets the tables. A check looks at the whole company, since
a clash with a customer one may not see is still a clash; what it tells of that customer is who follows it.
`gate` makes two writers of one name take turns, `keeping` keeps the keys in step, `probe` finds candidates,
`judging` scores them, `verdicts` applies the company's policy, `answer` says what the asker may know.
"""

from oa_crm.services.clashes.answer import blocking, refused, report, reports_of_many
from oa_crm.services.clashes.batch import reports
from oa_crm.services.clashes.facts import as_entrance, credit_code, draft_of, row_draft
from oa_crm.services.clashes.gate import wait_for_equals, wait_for_many
from oa_crm.services.clashes.keeping import forget, forget_many, keep
from oa_crm.services.clashes.suggesting import suggestions
from oa_crm.services.clashes.verdicts import policy_for

__all__ = [
    "as_entrance",
    "blocking",
    "credit_code",
    "draft_of",
    "forget",
    "forget_many",
    "keep",
    "policy_for",
    "refused",
    "report",
    "reports",
    "reports_of_many",
    "row_draft",
    "suggestions",
    "wait_for_equals",
    "wait_for_many",
]
