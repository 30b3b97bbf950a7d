"""The room of erasures: what tells of a person goes, what happened stays.

`subjects` finds the person in every file that is his, `known` what tells of him in the midst of words, `places` every
table that may, `plans` puts together what would change and writes it, `requests` keeps that it was done. Which columns
there are stands on the models (`models/personal.py`).
"""

from oa_crm.services.erasing.requests import erase, find, preview

__all__ = ["erase", "find", "preview"]
