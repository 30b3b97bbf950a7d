"""Remits as conditions: what a company's own data adds to a person's reach, and what it takes away. `access.py` alone
asks. They are read once a company and stamp; the stamp comes with who acts, so that they cost no statement more."""

from oa_crm.services.bounds.reading import restamp
from oa_crm.services.bounds.rules import rules

__all__ = ["restamp", "rules"]
