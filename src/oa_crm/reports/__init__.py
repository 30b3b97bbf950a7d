"""Documents for people, of what services answered: nothing is read here, so nobody prints more than he may see.

Needs the extra `oa-crm[documents]`, which is imported when a document is made and not before.
"""

from oa_crm.reports.customer_file import customer_file_html, customer_file_pdf
from oa_crm.reports.handover import handover_html, handover_pdf

__all__ = ["customer_file_html", "customer_file_pdf", "handover_html", "handover_pdf"]
