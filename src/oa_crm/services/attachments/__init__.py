"""Rules about attached files: safe names, what content is, how it comes in and goes out."""

from oa_crm.services.attachments import intake, names, types
from oa_crm.services.attachments.download import Download

__all__ = ["Download", "intake", "names", "types"]
