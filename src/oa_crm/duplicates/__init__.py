"""Is this customer on file already? Pure functions; who stores and probes keys is the service above.

The way of a check: `normalise` takes a name apart, `keys` turns a customer into hashes to store and to
probe, the customers who share a key are candidates, `score` judges each and says why. A row keeps
NORMALISER_VERSION: when it is raised, keys are rebuilt. `clean` tells whether a Unified
Social Credit Code can be right. Nothing here knows a database, a tenant's settings, or which verdict
a score leads to.
"""

from oa_crm.duplicates.credit_code import CreditCodeError, check_character, clean
from oa_crm.duplicates.draft import Candidate, Draft
from oa_crm.duplicates.keys import Key, KeyKind, keys
from oa_crm.duplicates.normalise import NORMALISER_VERSION, NormalName, normalise
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.duplicates.score import Score, Tier, score

__all__ = [
    "NORMALISER_VERSION",
    "Candidate",
    "CreditCodeError",
    "Draft",
    "Key",
    "KeyKind",
    "NormalName",
    "Reason",
    "ReasonCode",
    "Score",
    "Tier",
    "check_character",
    "clean",
    "keys",
    "normalise",
    "score",
]
