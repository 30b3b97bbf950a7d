"""Regions: divisions of China by GB/T 2260 down to districts (`330106`), other countries and their parts by ISO 3166
(`DE`, `US-CA`). Hong Kong, Macao and Taiwan are `810000`, `820000` and `710000`.

A division may be told from the top (浙江省杭州市西湖区), or by a name that only one of them bears.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache

from oa_crm.codes import countries
from oa_crm.codes.errors import CodeError, near
from oa_crm.codes.industries import Name
from oa_crm.codes.tables import rows

_DIVISION = re.compile(r"\d{6}")
_SHORT = re.compile(r"\d{2}|\d{4}")
_NAMELESS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_PEOPLES = (
    "壮族|回族|满族|蒙古族|蒙古|藏族|维吾尔族|维吾尔|苗族|彝族|布依族|侗族|瑶族|白族|朝鲜族|哈尼族|哈萨克族|哈萨克|黎族|傣族|畲族|傈僳族|拉祜族|"
    "佤族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|塔吉克族|塔吉克|"
    "怒族|鄂温克族|保安族|裕固族|独龙族|土家族|各族"
)
_SPECIES = re.compile(f"(?:{_PEOPLES})*自治[区州县旗]$|特别行政区$|地区$|[省市盟区县旗]$")


# As many as a large import names.
@lru_cache(maxsize=4096)
def region(text: str) -> str:
    """The code that is meant. Takes `330106`, `33`, `CN-ZJ`, `US`, `US-CA`, 杭州, 浙江杭州, 美国, Zhejiang, Germany.
    Raises `CodeError`, also for a name that several bear, naming them."""
    asked = text.strip()
    if _DIVISION.fullmatch(asked) or _SHORT.fullmatch(asked):
        if (code := asked.ljust(6, "0")) in _names():
            return code
        raise CodeError("unknown_region", given=repr(text), near="330000, 330100, 330106, CN, US, US-CA")
    if found := _by_iso().get(asked.upper()) or countries.code(asked.upper()):
        return found
    if len(named := _meant(asked)) == 1:
        return named[0]
    if len(named) > 1:
        raise CodeError(
            "ambiguous_region", given=repr(text), near=", ".join(f"{one} {_path(one)}" for one in named[:5])
        )
    if found := countries.by_name(asked):
        return found
    raise CodeError("unknown_region", given=repr(text), near=_near(asked))


def region_name(code: str | None) -> Name | None:
    """The name of a code from the top: 浙江省杭州市西湖区; None for what is no code."""
    if not code:
        return None
    if code in _names():
        return Name(_path(code), _english().get(code) or _path(code))
    return countries.name(code)


def is_division(code: str) -> bool:
    """Whether this is written like a code of GB/T 2260."""
    return bool(_DIVISION.fullmatch(code))


def _near(asked: str) -> str:
    found = near(asked, [*_forms(), *countries.names()])
    told = [f"{code} {_path(code)}" for one in found for code in _forms().get(one, ())]
    told += [one for one in found if one not in _forms()]
    return ", ".join(list(dict.fromkeys(told))[:5]) or "CN, 330000, US"


def _meant(asked: str) -> list[str]:
    """The divisions that the whole of `asked` names; of a province, a city and a county of one name, the widest."""
    plain = re.sub(r"[\s,，/·-]", "", asked)
    for country in ("中华人民共和国", "中国"):
        plain = plain.removeprefix(country) or plain
    found = sorted(_told(plain, ""))
    return [one for one in found if _width(one) == max(map(_width, found))]


def _told(text: str, within: str) -> set[str]:
    found = set()
    for length in range(2, min(len(text), _longest()) + 1):
        for code in _forms().get(text[:length].lower(), ()):
            if within and not _holds(within, code):
                continue
            found |= {code} if length == len(text) else _told(text[length:], code)
    return found


def _holds(upper: str, lower: str) -> bool:
    part = upper[:2] if upper.endswith("0000") else upper[:4] if upper.endswith("00") else upper
    return lower.startswith(part) and lower != upper


def _width(code: str) -> int:
    return 2 if code.endswith("0000") else 1 if code.endswith("00") else 0


def _path(code: str) -> str:
    levels = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    told = (_names()[one] for one in levels if one in _names())
    return "".join(name for name in told if name not in _NAMELESS)


@cache
def _names() -> dict[str, str]:
    return {code: name for code, name, *_ in rows("divisions")}


@cache
def _english() -> dict[str, str]:
    return {code: english for code, _, _, english in rows("divisions") if english}


@cache
def _by_iso() -> dict[str, str]:
    """CN-ZJ is 330000; HK, MO and TW are parts of China as well."""
    found = {iso: code for code, _, iso, _ in rows("divisions") if iso}
    return {**found, **{iso[3:]: code for iso, code in found.items() if code[0] in "78"}}


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """How a division may be called, with all that are."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, name, _, english in rows("divisions"):
        if name not in _NAMELESS:
            bare = _SPECIES.sub("", name)
            for form in (name, bare if len(bare) > 1 else name, english.replace(" ", "").lower()):
                found[form].add(code)
    found.pop("", None)
    return {form: tuple(sorted(codes)) for form, codes in found.items()}


@cache
def _longest() -> int:
    return max(map(len, _forms()))
