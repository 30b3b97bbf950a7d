"""The ways in which people write a company again, each with its kind; what a check must see through.

A slip takes a firm and gives another way to write its name, or None where the kind does not apply to that name.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.firm_words import CHARACTERS, FORMS, LATIN_FORMS, MUNICIPALITIES
from benchmarks.firms import Firm
from benchmarks.slip_tables import LOOK_ALIKE, SOUND_ALIKE, TRADITIONAL

How = Callable[[Firm, random.Random], str | None]
MECHANICAL = (
    "legal form", "region moved", "region missing", "region in brackets", "width", "traditional", "core only",
    "homophone", "industry short",
)  # fmt: skip
"""The kinds that the floor of .98 is about."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`name` is how somebody wrote the firm at place `at` of the base."""

    at: int
    kind: str
    name: str


def slips(firms: Sequence[Firm], each: int, seed: int, kinds: Sequence[str] = ()) -> list[Slip]:
    """`each` slips of every kind (or of `kinds`), of firms drawn from all over the base."""
    chance = random.Random(seed)
    return [slip for kind in kinds or (*CHINESE, *LATIN) for slip in _of(kind, firms, each, chance)]


def _of(kind: str, firms: Sequence[Firm], each: int, chance: random.Random) -> Iterator[Slip]:
    how, latin, left = {**CHINESE, **LATIN}[kind], kind in LATIN, each
    for _ in range(400 * each):
        at = chance.randrange(len(firms))
        firm = firms[at]
        if firm.latin == latin and (name := how(firm, chance)) and name != firm.name:
            yield Slip(at, kind, name)
            left -= 1
        if not left:
            return
    raise AssertionError(f"no firm lends itself to {kind}")


def _form(firm: Firm, chance: random.Random) -> str | None:
    other = chance.choice([one for one in ("有限公司", "有限责任公司", "股份有限公司", "公司") if one != firm.form])
    return None if firm.form not in FORMS or firm.form in ("厂",) or "集团" in firm.form else _with(firm, form=other)


def _region_moved(firm: Firm, chance: random.Random) -> str | None:
    if not firm.place:
        return None
    if firm.bracketed:
        return f"{firm.place}{firm.brand}{firm.trade}{firm.form}"
    left, right = chance.choice(("()", "（）"))
    return f"{firm.brand}{firm.trade}{left}{firm.place}{right}{firm.form}"


def _region_missing(firm: Firm, _: random.Random) -> str | None:
    return f"{firm.brand}{firm.trade}{firm.form}" if firm.place else None


def _region_in_brackets(firm: Firm, chance: random.Random) -> str | None:
    if not firm.place or firm.bracketed:
        return None
    return chance.choice(("({0}){1}", "（{0}）{1}", "{1}（{0}）")).format(
        firm.town or firm.place, firm.brand + firm.trade + firm.form
    )


def _region_longer(firm: Firm, chance: random.Random) -> str | None:
    """The region in another of its lengths: 深圳, 深圳市, 广东深圳, 广东省深圳市."""
    if not firm.town or firm.bracketed:
        return None
    full = firm.town if firm.town == firm.province else f"{firm.province}{firm.town}"
    is_city = firm.town == firm.province if firm.province in MUNICIPALITIES else firm.town != firm.province
    city = f"{firm.town}市" if is_city else firm.town
    others = [one for one in (firm.town, full, city) if one != firm.place]
    return f"{chance.choice(others)}{firm.brand}{firm.trade}{firm.form}" if others else None


def _width(firm: Firm, chance: random.Random) -> str:
    """Stray spaces, full-width letters and brackets, a full stop at the end."""
    name, at = firm.name, chance.randrange(1, len(firm.name))
    spaced = name[:at] + chance.choice((" ", "\u3000", "\u200b", "  ")) + name[at:]
    return spaced.translate(_WIDE) + chance.choice(("", "。", " "))


def _traditional(firm: Firm, _: random.Random) -> str:
    return firm.name.translate(TRADITIONAL)


def _core_only(firm: Firm, _: random.Random) -> str:
    return firm.brand + firm.trade


def _short(firm: Firm, chance: random.Random) -> str | None:
    """What people say: a long brand alone, a short one with the head of its trade."""
    return firm.brand if len(firm.brand) > 2 and chance.random() < 0.5 else firm.brand + firm.trade[:2]


def _homophone(firm: Firm, chance: random.Random) -> str | None:
    return _instead(firm, chance, SOUND_ALIKE)


def _shape(firm: Firm, chance: random.Random) -> str | None:
    return _instead(firm, chance, LOOK_ALIKE)


def _swap(firm: Firm, chance: random.Random) -> str:
    core = firm.brand + firm.trade
    at = chance.randrange(len(core) - 1)
    return _with_core(firm, core[:at] + core[at + 1] + core[at] + core[at + 2 :])


def _insert(firm: Firm, chance: random.Random) -> str:
    core = firm.brand + firm.trade
    at = chance.randrange(1, len(core))
    return _with_core(firm, core[:at] + chance.choice(CHARACTERS) + core[at:])


def _drop(firm: Firm, chance: random.Random) -> str | None:
    core = firm.brand + firm.trade
    at = chance.randrange(len(core))
    return _with_core(firm, core[:at] + core[at + 1 :])


def _industry_short(firm: Firm, _: random.Random) -> str | None:
    return _with(firm, trade=firm.trade[:2]) if len(firm.trade) > 3 else None


def _with(firm: Firm, *, trade: str | None = None, form: str | None = None) -> str:
    return _with_core(firm, firm.brand + (trade or firm.trade), form)


def _with_core(firm: Firm, core: str, form: str | None = None) -> str:
    if firm.bracketed and firm.place:
        return f"{core}({firm.place}){form or firm.form}"
    return f"{firm.place}{core}{form or firm.form}"


def _instead(firm: Firm, chance: random.Random, groups: Sequence[str]) -> str | None:
    """One character of the brand replaced by another of its group."""
    places = [(at, group) for at, one in enumerate(firm.brand) for group in groups if one in group]
    if not places:
        return None
    at, group = chance.choice(places)
    other = chance.choice([one for one in group if one != firm.brand[at]])
    return _with_core(firm, firm.brand[:at] + other + firm.brand[at + 1 :] + firm.trade)


def _la_case(firm: Firm, chance: random.Random) -> str:
    return chance.choice((firm.name.upper(), firm.name.lower()))


def _la_form(firm: Firm, chance: random.Random) -> str:
    form = chance.choice([one for one in LATIN_FORMS if one != firm.form])
    return _without_form(firm, chance) + " " + form


def _la_spelling(firm: Firm, chance: random.Random) -> str:
    """The same form and words with other marks: `CO.,LTD`, a comma before Inc, hyphens."""
    form = chance.choice((firm.form.replace(".", ""), firm.form.replace(" ", ""), firm.form.upper().replace(",", "")))
    return _without_form(firm, chance).replace(" ", chance.choice((" ", "-", "  "))) + chance.choice((", ", " ")) + form


def _without_form(firm: Firm, _: random.Random) -> str:
    return firm.name.removesuffix(firm.form).rstrip()


def _la_order(firm: Firm, chance: random.Random) -> str:
    words = _without_form(firm, chance).split()
    turned = words[1:] + words[:1]
    return " ".join((*turned, firm.form))


def _la_typo(firm: Firm, chance: random.Random) -> str:
    name, at = firm.name, chance.randrange(1, len(firm.brand) - 1)
    at += name.index(firm.brand)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        (name[:at] + letter + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + letter + name[at:])
    )


def _la_joined(firm: Firm, _: random.Random) -> str | None:
    return firm.name.replace(" ", "", 1) if not firm.place else None


def _la_short_trade(firm: Firm, _: random.Random) -> str | None:
    for long, short in (
        ("Technologies", "Tech"),
        ("Technology", "Tech"),
        ("International", "Int'l"),
        ("Electronics", "Electronic"),
    ):
        if long in firm.trade:
            return firm.name.replace(long, short)
    return None


_WIDE = str.maketrans({"(": "（", ")": "）"} | {chr(one): chr(one + 0xFEE0) for one in range(ord("A"), ord("z") + 1)})
CHINESE: dict[str, How] = {
    "legal form": _form, "region moved": _region_moved, "region missing": _region_missing,
    "region in brackets": _region_in_brackets, "region longer": _region_longer, "width": _width,
    "traditional": _traditional, "core only": _core_only, "homophone": _homophone, "industry short": _industry_short,
    "short name": _short, "similar shape": _shape, "swap": _swap, "insert": _insert, "drop": _drop,
}  # fmt: skip
LATIN: dict[str, How] = {
    "la case": _la_case, "la form": _la_form, "la spelling": _la_spelling, "la without form": _without_form,
    "la order": _la_order, "la typo": _la_typo, "la joined": _la_joined, "la short trade": _la_short_trade,
}  # fmt: skip
