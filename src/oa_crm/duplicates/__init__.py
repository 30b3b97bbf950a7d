"""Is this customer on file already? Pure functions; who stores and probes keys is the service above.

The way of a check: `normalise` takes a name apart, `keys` turns a customer into hashes to store and to
probe, the customers who share a key are candidates, `score` judges each and says why. An entry keeps
the versions of the matchers: when one is raised, keys are rebuilt. `clean` tells whether a Unified
Social Credit Code can be right. Nothing here knows a database, a tenant's settings, or which verdict
a score leads to.
"""

from collections.abc import Callable

from oa_crm.duplicates import explain as _explaining
from oa_crm.duplicates.credit_code import CreditCodeError, check_character, clean
from oa_crm.duplicates.draft import Candidate, Draft
from oa_crm.duplicates.engine import Engine
from oa_crm.duplicates.keys import Key
from oa_crm.duplicates.matchers import BUILT_IN
from oa_crm.duplicates.name_keys import KeyKind
from oa_crm.duplicates.normalise import NORMALISER_VERSION, NormalName, normalise
from oa_crm.duplicates.promise import most_promising
from oa_crm.duplicates.reasons import Reason, ReasonCode
from oa_crm.duplicates.score import Score, Tier, tier_of

default_engine = Engine(BUILT_IN)
keys: Callable[[Candidate, str], frozenset[Key]] = default_engine.keys
race_keys: Callable[[Candidate, str], frozenset[int]] = default_engine.race_keys
score: Callable[[Candidate, Candidate], Score] = default_engine.score
parts: Callable[[Candidate, Candidate], dict[str, float]] = default_engine.parts


def explain(one: Candidate | str, other: Candidate | str, locale: str = "en") -> str:
    """Both names taken apart, the score and every reason, as lines that a person can read."""
    return _explaining.explain(default_engine, one, other, locale)


__all__ = [
    "BUILT_IN",
    "NORMALISER_VERSION",
    "Candidate",
    "CreditCodeError",
    "Draft",
    "Engine",
    "Key",
    "KeyKind",
    "NormalName",
    "Reason",
    "ReasonCode",
    "Score",
    "Tier",
    "check_character",
    "clean",
    "default_engine",
    "explain",
    "keys",
    "most_promising",
    "normalise",
    "parts",
    "race_keys",
    "score",
    "tier_of",
]
