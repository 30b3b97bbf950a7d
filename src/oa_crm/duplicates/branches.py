"""Branch offices: another one, or the head office, is another customer; the same may be told in many ways."""

import re

from rapidfuzz.distance import OSA

from oa_crm.duplicates import regions
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

OTHER, _TOLD_OTHERWISE = 0.62, 0.88
_MAY_BE_ONE_BANK, _CERTAIN = 0.82, 0.95
_KIND = re.compile("(?:证券)?(?:分公司|支公司|子公司|分行|支行|营业部|办事处|分店|分部|煤矿)")
_SUFFIX = re.compile("[省市县区镇乡]")
# 贵阳分行 is above 贵阳石桥支行.
_LEVELS = {"分行", "支行"}
_NUMBER = re.compile("[0-9一二三四五六七八九十]")


def weigh(likeness: Likeness, one: NormalName, other: NormalName) -> Likeness:
    """`likeness` of the head offices, held down where the branches are not one, or may not be; one office says more."""
    if not (one.branch and other.branch):
        return likeness.capped(OTHER, Reason(ReasonCode.BRANCH_DIFFERS))
    if one.branch == other.branch:
        return _one_office(likeness, one, other)
    mine, theirs = place(one.branch), place(other.branch)
    same_level = one.branch[-2:] == other.branch[-2:]
    if mine == theirs and mine and same_level:
        return likeness
    if (not same_level and _two_levels(one.branch, other.branch)) or not _may_be_one(mine, theirs):
        return likeness.capped(OTHER, Reason(ReasonCode.BRANCH_DIFFERS))
    branches = " / ".join(sorted((one.branch, other.branch)))
    return likeness.capped(_TOLD_OTHERWISE, Reason(ReasonCode.BRANCH_TOLD_OTHERWISE, {"branches": branches}))


def place(branch: str) -> str:
    """Where a branch is: its tail without kind and without 市 or 区."""
    return _SUFFIX.sub("", _KIND.sub("", branch))


def _one_office(likeness: Likeness, one: NormalName, other: NormalName) -> Likeness:
    """One office by name, of banks that may be one: 望舒农商银行石桥支行 and 望舒农村商业银行石桥支行."""
    banks = one.core.endswith("银行") and other.core.endswith("银行") and likeness.value >= _MAY_BE_ONE_BANK
    return Likeness(max(likeness.value, _CERTAIN), likeness.reasons) if banks else likeness


def _two_levels(one: str, other: str) -> bool:
    """Whether one office of a bank is above the other."""
    return {one[-2:], other[-2:]} == _LEVELS


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
