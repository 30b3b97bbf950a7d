"""Branch offices: another one, or the head office, is another customer; the same may be told in many ways."""

import re

from rapidfuzz.distance import OSA

from oa_crm.duplicates import regions
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

OTHER, _TOLD_OTHERWISE = 0.62, 0.88
_KIND = re.compile("(?:证券)?(?:分公司|支公司|子公司|分行|支行|营业部|办事处|分店|分部|煤矿)")
_SUFFIX = re.compile("[省市县区镇乡]")
_NUMBER = re.compile("[0-9一二三四五六七八九十]")


def weigh(likeness: Likeness, one: NormalName, other: NormalName) -> Likeness:
    """Hold `likeness` of the head offices down where the branches are not one, or may not be."""
    if not (one.branch and other.branch):
        return likeness.capped(OTHER, Reason(ReasonCode.BRANCH_DIFFERS))
    if one.branch == other.branch:
        return likeness
    mine, theirs = place(one.branch), place(other.branch)
    if mine == theirs and mine:
        return likeness
    if not _may_be_one(mine, theirs):
        return likeness.capped(OTHER, Reason(ReasonCode.BRANCH_DIFFERS))
    branches = " / ".join(sorted((one.branch, other.branch)))
    return likeness.capped(_TOLD_OTHERWISE, Reason(ReasonCode.BRANCH_TOLD_OTHERWISE, {"branches": branches}))


def place(branch: str) -> str:
    """Where a branch is: its tail without kind and without 市 or 区."""
    return _SUFFIX.sub("", _KIND.sub("", branch))


def without_region(place: str) -> str:
    """A place without the city it begins with, where something is left: 郑州农业路 is 农业路."""
    found = regions.leading(place)
    return found[1] if found and len(found[1]) > 1 else place


def _may_be_one(one: str, other: str) -> bool:
    """Whether one place has all characters of the other in order, or one is mistyped in a long one."""
    short, long = sorted((one, other), key=lambda place: (len(place), place))
    if len(short) < 2 or _NUMBER.findall(short) != _NUMBER.findall(long) or _other_region(short, long):
        return False
    rest = iter(long)
    return all(character in rest for character in short) or (
        len(short) != len(long) and OSA.distance(short, long, score_cutoff=1) == 1
    )


def _other_region(one: str, other: str) -> bool:
    mine, theirs = regions.leading(one), regions.leading(other)
    return bool(mine and theirs and not regions.agree(mine[0], theirs[0]))
