"""Banks that one word tells apart: 三沙银行 and 三沙农村商业银行 are two."""

from oa_crm.duplicates import regions, trades
from oa_crm.duplicates.normalise import NormalName

BANK = "银行"
_RURAL, _CITY, _TRADING = "农村商业银行", "城市商业银行", "商业银行"
_KINDS = (_RURAL, _CITY, "村镇银行", _TRADING, BANK)
# What one bank is called by turns: city banks have left 商业 out, and many people leave out 农村.
_ONE_KIND = ({BANK, _TRADING}, {BANK, _CITY}, {_TRADING, _CITY}, {_TRADING, _RURAL})
# Where it has a brand, or is called short; but 三沙银行 and its rural neighbour each have an office at one place.
_ONE_KIND_CALLED_SHORT = (*_ONE_KIND, {BANK, _RURAL})


def are_two(one: NormalName, other: NormalName) -> bool:
    """Whether both are banks whose kinds differ, or which are told by place and kind alone and differ in the place."""
    if not (one.core.endswith(BANK) and other.core.endswith(BANK)) or one.core == other.core:
        return False
    (mine, kind), (theirs, other_kind) = _apart(one.core), _apart(other.core)
    brand = not any(map(_says_no_brand, (mine, theirs)))
    if mine == theirs:
        return {kind, other_kind} not in (_ONE_KIND_CALLED_SHORT if brand or _called_short(one, other) else _ONE_KIND)
    return not brand


def _called_short(one: NormalName, other: NormalName) -> bool:
    """Whether a bank itself, no office of it, is told without its legal form."""
    return not (one.branch or other.branch) and not (one.form and other.form)


def _apart(core: str) -> tuple[str, str]:
    """What a bank is called, and the kind of bank that it says it is."""
    kind = next(kind for kind in _KINDS if core.endswith(kind))
    return core[: -len(kind)], kind


def _says_no_brand(text: str) -> bool:
    """Whether `text` is only a region or only words of trades."""
    return regions.whole(text) is not None or trades.only_trades(text)
