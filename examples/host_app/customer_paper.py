"""The complete file of a customer on paper, as the platform's "print" button makes it."""

from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from examples.host_app.app import HostApp
from examples.host_app.org_chart import COMPANY_NAME
from oa_crm.errors import ConfigurationError
from oa_crm.reports import customer_file_html, customer_file_pdf

HTML, PDF = "customer-file.html", "customer-file.pdf"
OFFICE_TIME = ZoneInfo("Asia/Shanghai")


def print_file(app: HostApp, employee: str, customer_id: UUID, folder: Path) -> list[Path]:
    """Write the file as the employee may see it: HTML, and a PDF where the machine can draw one."""
    with app.crm.begin(app.as_(employee), read_only=True) as unit:
        file = unit.customers.file(customer_id)
    written = [folder / HTML]
    page = customer_file_html(file, "zh-CN", zone=OFFICE_TIME, company=COMPANY_NAME)
    written[0].write_text(page, encoding="utf-8")
    try:
        drawn = customer_file_pdf(file, "zh-CN", zone=OFFICE_TIME, company=COMPANY_NAME)
    except ConfigurationError:
        return written
    (folder / PDF).write_bytes(drawn)
    return [*written, folder / PDF]
