"""Administrative regions as they stand in company names, and whether two of them can be one place.

The regions of GB/T 2260 down to counties, in the forms that names use; 中国 contains everything. A few Latin
spellings lead to the same places. Some county cities are called by words that brands are made of: 瑞金 or 永安 is a
region behind what it lies in and in brackets, elsewhere it may be one.
"""

from collections.abc import Iterable
from functools import cache

from oa_crm.duplicates.tables import lines

EVERYWHERE = "中国"
_WORD = "?"
# Where another law founds companies.
OVERSEAS = frozenset(("香港", "澳门", "台湾"))
# 北京市政 is Beijing's public works, not 政 of 北京市.
_NOT_A_SUFFIX = frozenset(("市政", "市场", "市民", "市容", "市郊", "市区", "省级", "县域", "区域", "区块"))
_LATIN = {
    "china": EVERYWHERE, "prc": EVERYWHERE, "beijing": "北京", "shanghai": "上海", "tianjin": "天津",
    "chongqing": "重庆", "hongkong": "香港", "hk": "香港", "macau": "澳门", "macao": "澳门", "taiwan": "台湾",
    "taipei": "台北", "shenzhen": "深圳", "guangzhou": "广州", "dongguan": "东莞", "foshan": "佛山",
    "zhuhai": "珠海", "huizhou": "惠州", "zhongshan": "中山", "hangzhou": "杭州", "ningbo": "宁波",
    "wenzhou": "温州", "jiaxing": "嘉兴", "suzhou": "苏州", "wuxi": "无锡", "nanjing": "南京",
    "changzhou": "常州", "nantong": "南通", "kunshan": "昆山", "wuhan": "武汉", "changsha": "长沙",
    "chengdu": "成都", "xian": "西安", "xiamen": "厦门", "fuzhou": "福州", "qingdao": "青岛", "jinan": "济南",
    "yantai": "烟台", "dalian": "大连", "shenyang": "沈阳", "harbin": "哈尔滨", "zhengzhou": "郑州",
    "hefei": "合肥", "zhejiang": "浙江", "jiangsu": "江苏", "guangdong": "广东", "shandong": "山东",
    "fujian": "福建", "hebei": "河北", "henan": "河南", "hubei": "湖北", "hunan": "湖南", "anhui": "安徽",
    "sichuan": "四川", "liaoning": "辽宁", "hainan": "海南", "jiangxi": "江西", "yunnan": "云南",
}  # fmt: skip


def leading(text: str) -> tuple[str, str] | None:
    """The region that `text` begins with and the rest of it, or None: 惠州市远山 gives (惠州, 远山)."""
    return _leading(text, _regions(), _lengths())


def leading_in(text: str, outer: str) -> tuple[str, str] | None:
    """The same behind `outer`, for what lies in it: 瑞金远山 behind 江西 gives (瑞金市, 远山), behind 浙江 None."""
    hit = leading(text) or may_lead(text)
    return hit if hit and within(hit[0], outer) else None


def may_lead(text: str) -> tuple[str, str] | None:
    """The city that `text` may begin with, if that is no brand, and the rest: 瑞金远山 gives (瑞金市, 远山)."""
    return _leading(text, _words(), _word_lengths())


def as_brand(region: str) -> str:
    """How a region is called where it is the brand: 瑞金市 is 瑞金, 重庆 stays."""
    return _called().get(region, region)


def _leading(text: str, known: dict[str, str], by_first: dict[str, tuple[int, ...]]) -> tuple[str, str] | None:
    if not (lengths := by_first.get(text[:1])):
        return None
    for length in lengths:
        region = known.get(text[:length])
        if region and text[length - 1 : length + 1] not in _NOT_A_SUFFIX and len(text) >= length:
            return region, text[length:]
    return None


def whole(text: str) -> str | None:
    """The region that `text` is, all of it, in Chinese or Latin; None when it is something else.

    A place may be told from the top: 浙江省杭州市 is 杭州.
    """
    return _regions().get(text) or _words().get(text) or _LATIN.get(text) or _from_the_top(text)


def _from_the_top(text: str) -> str | None:
    inner = None
    while text:
        hit = leading_in(text, inner) if inner else leading(text)
        if hit is None:
            return None
        inner, text = hit
    return inner


def within(inner: str, outer: str) -> bool:
    """Whether `inner` lies in `outer`; where several counties share a name, whether one of them does."""
    return outer == EVERYWHERE or outer in _above(inner)


def narrowest(regions: tuple[str, ...]) -> tuple[str, ...]:
    """`regions` without those that contain another of them, sorted: 广东, 深圳 is 深圳."""
    if len(regions) < 2:
        return regions
    kept = sorted(set(regions))
    return tuple(one for one in kept if not any(within(other, one) for other in kept if other != one))


def agree(one: str | None, other: str | None) -> bool:
    """Whether two names can be in one place: a region agrees with those in it, and with none told."""
    if not one or not other or one == other:
        return True
    if " " not in one and " " not in other:
        return within(one, other) or within(other, one)
    return any(a == b or within(a, b) or within(b, a) for a in one.split() for b in other.split())


@cache
def _regions() -> dict[str, str]:
    """Every form of a region with the one that stands for it."""
    table = {}
    for name, forms, _ in _rows():
        table.update(dict.fromkeys((name, *(form for form in forms.split() if form[0] != _WORD)), name))
    return table


@cache
def _words() -> dict[str, str]:
    """The forms that are words of brands as well."""
    return {form[1:]: name for name, forms, _ in _rows() for form in forms.split() if form[0] == _WORD}


@cache
def _called() -> dict[str, str]:
    return {name: word for word, name in _words().items()}


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    return _by_first(_regions())


@cache
def _word_lengths() -> dict[str, tuple[int, ...]]:
    return _by_first(_words())


def _by_first(forms: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """By first character, how long the forms are that begin with it, longest first."""
    found: dict[str, set[int]] = {}
    for form in forms:
        found.setdefault(form[0], set()).add(len(form))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


@cache
def _parents() -> dict[str, tuple[str, ...]]:
    return {name: tuple(above.split()) for name, _, above in _rows()}


@cache
def _above(region: str) -> frozenset[str]:
    found, new = set[str](), {region}
    while new:
        new = {above for one in new for above in _parents().get(one, ())} - found
        found |= new
    return frozenset(found)


def _rows() -> list[list[str]]:
    return [line.split("\t") for line in lines("regions")]
