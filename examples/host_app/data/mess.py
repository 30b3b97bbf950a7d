"""How people type: the ways in which one customer is written twice, and the noise on every row.

A change in PLANTED makes a second row of the same customer; one in NEAR_MISSES makes another customer who only
looks alike. Noise never changes who a row is.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from invent import CITIES, TRADES, Customer, chinese, phone

Change = Callable[[Random, Customer], Customer]

_TRADITIONAL = str.maketrans(
    "术软机设备电气医疗贸进饮流应链筑饰计传环节务广宁苏团责业资颂蔚砺浔",
    "術軟機設備電氣醫療貿進飲流應鏈築飾計傳環節務廣寧蘇團責業資頌蔚礪潯",
)
_HOMOPHONES = str.maketrans("岚砚蘅颂穗朔筠瓒霁珂澄棠黛砺琢蔚", "兰燕恒宋岁硕云赞季科诚唐代厉卓卫")
_OTHER_FORM = {
    "有限公司": "有限责任公司", "股份有限公司": "有限公司", "有限责任公司": "有限公司",
    "集团有限公司": "集团股份有限公司",
}  # fmt: skip


def fullwidth(text: str) -> str:
    """ASCII in its fullwidth forms."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _traditional(_: Random, one: Customer) -> Customer:
    return replace(one, name=one.name.translate(_TRADITIONAL))


def _other_form(_: Random, one: Customer) -> Customer:
    return replace(one, name=one.name.removesuffix(one.form) + _OTHER_FORM[one.form])


def _form_missing(_: Random, one: Customer) -> Customer:
    return replace(one, name=one.name.removesuffix(one.form))


def _region_bracketed(_: Random, one: Customer) -> Customer:
    return replace(one, name=f"{one.brand}{one.trade}（{one.city}）{one.form}")


def _region_missing(_: Random, one: Customer) -> Customer:
    return replace(one, name=one.name.removeprefix(one.city))


def _province_added(_: Random, one: Customer) -> Customer:
    return replace(one, name=f"{CITIES[one.city][0]}省{one.city}市{one.name.removeprefix(one.city)}")


def _short(_: Random, one: Customer) -> Customer:
    return replace(one, name=one.brand + (one.trade if len(one.trade) == 3 else one.trade[:2]))


def _spaces(_: Random, one: Customer) -> Customer:
    return replace(one, name=f" {one.city} {one.brand}\n{one.trade}　{one.form}")


def _extra_character(_: Random, one: Customer) -> Customer:
    return replace(one, name=f"{one.city}{one.brand}{one.trade[0]}{one.trade}{one.form}")


def _swapped(_: Random, one: Customer) -> Customer:
    return replace(one, name=f"{one.city}{one.brand[0]}{one.trade[0]}{one.brand[1]}{one.trade[1:]}{one.form}")


def _homophone(_: Random, one: Customer) -> Customer:
    return replace(one, name=f"{one.city}{one.brand.translate(_HOMOPHONES)}{one.trade}{one.form}")


def _renamed(random: Random, one: Customer) -> Customer:
    return replace(one, name=f"{one.city}{random.choice('鹭鹮鸢')}鸣{one.trade}{one.form}", code=one.code.lower())


def _latin_case(_: Random, one: Customer) -> Customer:
    return replace(one, name=fullwidth(one.name.upper()).replace("．", "."))


PLANTED: tuple[tuple[str, int, Change], ...] = (
    ("traditional", 4, _traditional), ("other_form", 4, _other_form), ("form_missing", 4, _form_missing),
    ("region_bracketed", 5, _region_bracketed), ("region_missing", 4, _region_missing),
    ("province_added", 3, _province_added), ("short_name", 4, _short), ("spaces", 3, _spaces),
    ("extra_character", 2, _extra_character), ("swapped", 2, _swapped), ("homophone", 2, _homophone),
    ("renamed_same_code", 2, _renamed), ("latin_case", 2, _latin_case),
)  # fmt: skip


def _other_trade(random: Random, one: Customer) -> Customer:
    trades = [trade for trade, industry in TRADES.items() if industry != one.industry]
    return chinese(random, one.brand, trade=random.choice(trades), city=one.city)


def _other_region(random: Random, one: Customer) -> Customer:
    cities = [city for city, (province, *_) in CITIES.items() if province != CITIES[one.city][0]]
    return chinese(random, one.brand, trade=one.trade, city=random.choice(cities))


def _other_brand(random: Random, one: Customer) -> Customer:
    return chinese(random, one.brand[0] + "篁", trade=one.trade, city=one.city)


NEAR_MISSES: tuple[tuple[str, int, Change], ...] = (
    ("same_brand_other_trade", 4, _other_trade), ("same_name_other_region", 4, _other_region),
    ("brand_one_character", 2, _other_brand),
)  # fmt: skip


def retyped(random: Random, kind: str, one: Customer) -> Customer:
    """The other cells of a second row: another salesman, often no code and another phone."""
    code = one.code if kind == "renamed_same_code" or random.random() < 0.25 else ""
    kept = one.phone if random.random() < 0.3 else phone(random, one.city)
    return replace(one, code=code, phone=kept, note="")


def noisy(random: Random, one: Customer) -> Customer:
    """The row with the noise that any row may have."""
    return replace(
        one,
        name=_noisy_name(random, one.name),
        code=_noisy_code(random, one.code),
        phone=_noisy_phone(random, str(one.phone)),
        owner=random.choice((one.owner,) * 8 + (f" {one.owner} ", one.owner.title())),
        industry=random.choice((one.industry,) * 6 + (f"{one.industry} ", "")),
    )


def region_cell(random: Random, city: str) -> str:
    """The region as this salesman writes it."""
    if not city:
        return random.choice(("海外", "境外", ""))
    province = CITIES[city][0]
    return random.choice((city, f"{city}市", f"{province}-{city}", f"{province} {city}", province, ""))


def _noisy_name(random: Random, name: str) -> str:
    return random.choice((name,) * 8 + (f"{name} ", f"　{name}", f"{name}\n", name.replace("（", "(")))


def _noisy_code(random: Random, code: str) -> str:
    if not code:
        return ""
    return random.choice((code,) * 6 + (code.lower(), f" {code}", fullwidth(code), f"{code[:8]} {code[8:]}"))


def _noisy_phone(random: Random, number: str) -> str | float:
    if not number.startswith("1"):
        return random.choice((number, number.replace("-", ""), fullwidth(number), f"{number}转801")) if number else ""
    spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
    return random.choice(
        (
            number,
            number,
            float(number),
            spaced,
            spaced.replace(" ", "-"),
            f"+86{number}",
            f"86-{number}",
            fullwidth(number),
        )
    )
