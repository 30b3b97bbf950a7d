"""The room of custom fields, for every service whose things have a column `custom`.

    taken = custom.accept(work, kind, values)        # or amend(work, kind, row.custom, values) for an edit
    ... write the row with custom=taken.stored, audit taken.changes ...
    custom.keep(work, kind, [(id, taken)])           # after the row
    query = custom.matching(work, query, Model, wanted)

What people see of it is decided when a service answers, in `services/showing.py`, so nobody can forget it.
"""

from oa_crm.services.custom.accepting import Accepted, accept, amend
from oa_crm.services.custom.definitions import definitions
from oa_crm.services.custom.finding import matching
from oa_crm.services.custom.keeping import keep, reindex
from oa_crm.services.custom.rights import right, shown_fields
from oa_crm.services.custom.sorting import is_custom, key, ordered

__all__ = [
    "Accepted",
    "accept",
    "amend",
    "definitions",
    "is_custom",
    "keep",
    "key",
    "matching",
    "ordered",
    "reindex",
    "right",
    "shown_fields",
]
