"""How alike two names are, from 0 to 1, and why.

Symmetric. The cores are compared first, in the way of their script; then caps hold down what business knows to
be different: another region, another branch.
"""

from oa_crm.duplicates import branches, cores, latin, regions, tellings
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.readings import with_city
from oa_crm.duplicates.reasons import Reason, ReasonCode

_OTHER_REGION = 0.72
_READ_OTHERWISE, _READ_OTHERWISE_AND_COMMON = 0.92, 0.72


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two names are. Only an equal name, or one that is written otherwise, reaches certain."""
    if one.full == other.full:
        return Likeness(1.0, (Reason(ReasonCode.SAME_NAME),)) if one.full else NOTHING
    if one.words and other.words:
        return _weighed(latin.compare(one, other), one, other)
    return _read_otherwise(_weighed(cores.compare(one, other), one, other), one, other)


def _read_otherwise(likeness: Likeness, one: NormalName, other: NormalName) -> Likeness:
    """The likeness, or that of the names read with the city that one of them may begin with, where that says more."""
    for mine, theirs in ((with_city(one), other), (with_city(other), one)):
        if mine and mine.core == theirs.core:
            told = theirs.region or tellings.distinctive(mine)
            limit = _READ_OTHERWISE if told else _READ_OTHERWISE_AND_COMMON
            otherwise = _weighed(cores.compare(mine, theirs), mine, theirs)
            if min(otherwise.value, limit) > likeness.value:
                likeness = Likeness(min(otherwise.value, limit), otherwise.reasons)
    return likeness


def _weighed(likeness: Likeness, one: NormalName, other: NormalName) -> Likeness:
    """Held down by what business knows to be two: offices, and firms in other regions."""
    if not likeness.value:
        return NOTHING
    if one.branch or other.branch:
        likeness = branches.weigh(likeness, one, other)
    if not regions.agree(one.region, other.region):
        both = " / ".join(sorted((one.region or "", other.region or "")))
        likeness = likeness.capped(_OTHER_REGION, Reason(ReasonCode.REGION_DIFFERS, {"regions": both}))
    return likeness


def at_most(one: NormalName, other: NormalName) -> float:
    """What `compare` cannot exceed, by their regions and branches alone."""
    if one.full == other.full:
        return 1.0
    if bool(one.branch) != bool(other.branch):
        return branches.OTHER
    return 1.0 if regions.agree(one.region, other.region) else _OTHER_REGION
