"""The room of rights on built-in fields: who sees which, how, and who may fill it in or ask by it.

    sights.right(work, "customer", "phone")     # how the actor has the field
    sights.dimmed(work, CustomerOut)            # of an output, the fields that he does not see openly
    sights.fit(work, given)                     # refuses an input that names a field he may not

Services need none of these: what goes in passes `asking.py`, what goes out `services/showing.py`, both around every
public method. Rows and events hold what is true.
"""

from oa_crm.services.sights.asking import asked, fit
from oa_crm.services.sights.dimming import dimmed, facts_seen, open_facts, shown_as
from oa_crm.services.sights.reasons import reasons_seen
from oa_crm.services.sights.rights import openly, right, strictest

__all__ = [
    "asked",
    "dimmed",
    "facts_seen",
    "fit",
    "open_facts",
    "openly",
    "reasons_seen",
    "right",
    "shown_as",
    "strictest",
]
