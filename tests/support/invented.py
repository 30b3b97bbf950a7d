"""Invented companies, as many as wanted, and the ways in which people write the same one differently.

Brands are made of characters that brands use, the frequent ones far more often; regions and trades are as uneven as in
life. No name is meant to be anybody's.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from oa_crm.duplicates import hanzi
from oa_crm.duplicates.tables import lines, words

# Cities, specific trades, what stands behind those, and trades that stand alone; the frequent ones first.
_TEXT = (Path(__file__).with_name("invented.txt")).read_text(encoding="utf-8")
_CITIES, _SPECIFIC, _GENERIC, _WHOLE = (line.split() for line in _TEXT.splitlines())
_FORMS = ("有限公司",) * 16 + ("股份有限公司",) * 2 + ("有限责任公司", "集团有限公司")


@dataclass(frozen=True)
class Company:
    """The parts of an invented company's name."""

    region: str
    suffix: str
    brand: str
    trade: str
    form: str

    @property
    def name(self) -> str:
        return f"{self.region}{self.suffix}{self.brand}{self.trade}{self.form}"

    @property
    def core(self) -> str:
        return self.brand + self.trade


class Inventor:
    """Companies and their corruptions from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        common = [character for line in lines("common_brands") for character in line.split()]
        rare = [chr(code) for code in range(0x4E00, 0x9FFF) if _frequent(chr(code)) and chr(code) not in common]
        self.characters = common + self.random.sample(rare, 900)
        self.weights = [1 / (at + 12) for at in range(len(self.characters))]
        self.other_regions = sorted({line.split("\t")[0] for line in lines("regions")} - set(words("trades")))

    def company(self) -> Company:
        pick = self.random
        size = pick.choices((2, 3, 4), (50, 35, 15))[0]
        brand = "".join(pick.choices(self.characters, self.weights, k=size))
        region = "" if pick.random() < 0.12 else self._region()
        suffix = "市" if region in _CITIES and pick.random() < 0.4 else ""
        return Company(region, suffix, brand, self._trade(), pick.choice(_FORMS))

    def _region(self) -> str:
        if self.random.random() < 0.1:
            return self.random.choice(self.other_regions)
        return self.random.choices(_CITIES, [1 / (at + 3) for at in range(len(_CITIES))])[0]

    def _trade(self) -> str:
        pick = self.random
        if pick.random() < 0.4:
            return pick.choices(_WHOLE, [1 / (at + 2) for at in range(len(_WHOLE))])[0]
        return pick.choice(_SPECIFIC) + pick.choices(_GENERIC, range(len(_GENERIC), 0, -1))[0]

    def corrupted(self, company: Company, kind: str) -> str | None:
        """`company` as somebody else writes it, or None where that kind of corruption has nothing to work on."""
        written = _KINDS[kind](self, company)
        return written if written != company.name else None


def _frequent(character: str) -> bool:
    code = character.encode("gb2312", "ignore")
    return bool(code) and code[0] <= 0xD7


def _traditional(_: Inventor, company: Company) -> str:
    written, simplified = lines("hanzi")
    back = dict(zip(simplified, written, strict=True))
    return "".join(back.get(character, character) for character in company.name)


def _homophone(inventor: Inventor, company: Company) -> str:
    at = inventor.random.randrange(len(company.brand))
    sound = hanzi.pinyin(company.brand[at])
    same = [one for one in inventor.characters if one != company.brand[at] and hanzi.pinyin(one) == sound]
    return _with_brand(company, at, inventor.random.choice(same)) if same else company.name


def _shape(inventor: Inventor, company: Company) -> str:
    at = inventor.random.randrange(len(company.brand))
    alike = [
        one for one in inventor.characters if one != company.brand[at] and hanzi.look_alike(one, company.brand[at])
    ]
    return _with_brand(company, at, inventor.random.choice(alike)) if alike else company.name


def _with_brand(company: Company, at: int, character: str) -> str:
    brand = company.brand[:at] + character + company.brand[at + 1 :]
    return company.name.replace(company.core, brand + company.trade)


def _edit(company: Company, core: str) -> str:
    return f"{company.region}{company.suffix}{core}{company.form}"


def _drop(inventor: Inventor, company: Company) -> str:
    at = inventor.random.randrange(1, len(company.core))
    return _edit(company, company.core[:at] + company.core[at + 1 :])


def _insert(inventor: Inventor, company: Company) -> str:
    at = inventor.random.randrange(1, len(company.core) + 1)
    return _edit(company, company.core[:at] + inventor.random.choice(inventor.characters) + company.core[at:])


def _swap(inventor: Inventor, company: Company) -> str:
    at, core = inventor.random.randrange(len(company.core) - 1), company.core
    return _edit(company, core[:at] + core[at + 1] + core[at] + core[at + 2 :])


_KINDS: dict[str, Callable[[Inventor, Company], str]] = {
    "form": lambda _, c: f"{c.region}{c.suffix}{c.core}公司",
    "region dropped": lambda _, c: c.core + c.form,
    "region moved": lambda _, c: f"{c.core}（{c.region}）{c.form}" if c.region else c.name,
    "core only": lambda _, c: c.core,
    "traditional": _traditional,
    "homophone": _homophone,
    "shape": _shape,
    "dropped": _drop,
    "inserted": _insert,
    "swapped": _swap,
    "short name": lambda _, c: c.brand + c.trade[:2],
}
KINDS = tuple(_KINDS)
