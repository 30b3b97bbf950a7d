"""The room of looks: who was shown personal data, noted while the unit works and written once at its end.

looking.opened(work, ContactOut)             # a single file was shown
looking.searched(work, "contact", ...)       # somebody was looked for by a number
looking.exported(work, "customer", ...)      # rows left as a file: what exchange and documents call
"""

from oa_crm.services.looking.finding import find
from oa_crm.services.looking.noting import exported, opened, searched

__all__ = ["exported", "find", "opened", "searched"]
