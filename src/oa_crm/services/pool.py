"""The pool: customers that nobody has, and how one comes to somebody and back.

The rooms beside this file do the work: `holding` is who has what, with the ledger and the limits.
"""

from oa_crm.services.base import Service


class Pool(Service):
    """What people do with customers that nobody has."""
