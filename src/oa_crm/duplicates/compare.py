"""How alike two names are, from 0 to 1, and why.

Symmetric. The cores are compared first, in the way of their script; then caps hold down what business knows to
be different: another region, another branch.
"""

from oa_crm.duplicates import branches, cores, latin, regions
from oa_crm.duplicates.likeness import NOTHING, Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_OTHER_REGION = 0.72


def compare(one: NormalName, other: NormalName) -> Likeness:
    """How alike two names are. Only an equal name, or one that is written otherwise, reaches certain."""
    if one.full == other.full:
        return Likeness(1.0, (Reason(ReasonCode.SAME_NAME),)) if one.full else NOTHING
    likeness = latin.compare(one, other) if one.words and other.words else cores.compare(one, other)
    if not likeness.value:
        return NOTHING
    if one.branch or other.branch:
        likeness = branches.weigh(likeness, one, other)
    if not regions.agree(one.region, other.region):
        both = " / ".join(sorted((one.region or "", other.region or "")))
        likeness = likeness.capped(_OTHER_REGION, Reason(ReasonCode.REGION_DIFFERS, {"regions": both}))
    return likeness
