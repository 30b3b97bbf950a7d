"""Companies that do not exist, named as real ones are: a few brands, trades and regions are very common.

Seeded: the same seed gives the same companies on every machine. As at a registry, no town has a brand and trade
twice, whatever the legal form, and what is named without a region has no namesake. How people write one of them
again is in `slips`.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar

from benchmarks import firm_words as words
from oa_crm.duplicates import Draft, check_character

T = TypeVar("T")

_LATIN_SHARE = 0.15
_COMMON_BRANDS, _COMMON_SHARE = 8000, 0.3
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Firm:
    """A company by the parts of its name. `place` is the region as its name writes it, `town` its shortest form."""

    brand: str
    trade: str
    form: str
    place: str = ""
    town: str = ""
    province: str = ""
    bracketed: bool = False
    latin: bool = False
    credit_code: str | None = None
    phone: str | None = None
    email: str | None = None

    @property
    def name(self) -> str:
        """The full registered name."""
        if self.latin:
            return " ".join(filter(None, (self.place, self.brand, self.trade, self.form)))
        if self.bracketed and self.place:
            return f"{self.brand}{self.trade}({self.place}){self.form}"
        return f"{self.place}{self.brand}{self.trade}{self.form}"

    def draft(self) -> Draft:
        """As the duplicate check is told of it."""
        emails = (self.email,) if self.email else ()
        return Draft(self.name, credit_code=self.credit_code, phone=self.phone, emails=emails)


def firms(seed: int) -> Iterator[Firm]:
    """Companies without end."""
    maker, registry = _Maker(random.Random(seed)), _Registry()
    while True:
        firm = maker.latin() if maker.chance.random() < _LATIN_SHARE else maker.chinese()
        if registry.takes(firm):
            yield firm


class _Registry:
    """A brand and trade are given once in a town; one without a region is given once in the country."""

    def __init__(self) -> None:
        self._in_town: set[str] = set()
        self._anywhere: set[str] = set()
        self._national: set[str] = set()

    def takes(self, firm: Firm) -> bool:
        core = f"{firm.brand} {firm.trade}".casefold()
        local = f"{firm.town} {core}"
        if core in self._national or local in self._in_town or (not firm.town and core in self._anywhere):
            return False
        self._anywhere.add(core)
        (self._in_town if firm.town else self._national).add(local if firm.town else core)
        return True


class _Zipf(Generic[T]):
    """Draws by rank: the first entries much more often, without one of them being everywhere."""

    def __init__(self, chance: random.Random, entries: Sequence[T], offset: float, power: float) -> None:
        self._chance, self._entries = chance, entries
        self._weights = list(accumulate((rank + offset) ** -power for rank in range(len(entries))))

    def draw(self) -> T:
        return self._chance.choices(self._entries, cum_weights=self._weights)[0]


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._characters = _Zipf(chance, tuple(dict.fromkeys(words.CHARACTERS)), 12, 1.0)
        self._common = _Zipf(chance, [self._new_brand() for _ in range(_COMMON_BRANDS)], 20, 0.7)
        self._trades = _Zipf(chance, words.TRADES, 3, 0.9)
        self._provinces = _Zipf(chance, words.PLACES, 2, 0.9)
        self._syllables = _Zipf(chance, words.SYLLABLES, 20, 0.5)
        self._common_latin = _Zipf(chance, [self._new_word() for _ in range(_COMMON_BRANDS)], 20, 0.7)
        self._latin_trades = _Zipf(chance, words.LATIN_TRADES, 3, 0.8)

    def chinese(self) -> Firm:
        province, town, place = self._place()
        brand = self._common.draw() if self.chance.random() < _COMMON_SHARE else self._new_brand()
        return Firm(
            brand, self._trades.draw(), self._weighted(words.FORMS), place, town, province,
            bracketed=self.chance.random() < 0.08, **self._facts(),
        )  # fmt: skip

    def latin(self) -> Firm:
        brand = self._latin_brand()
        trade = self._latin_trades.draw()
        if self.chance.random() < 0.25:
            trade = f"{trade} {self._latin_trades.draw()}"
        city = self.chance.choice(words.LATIN_CITIES) if self.chance.random() < 0.2 else ""
        return Firm(brand, trade, self._weighted(words.LATIN_FORMS), city, city, latin=True, **self._facts())

    def _place(self) -> tuple[str, str, str]:
        """Province, town and how the name writes them: 深圳市, 广东, 浙江省, 昆山市, 苏州工业 is not among them."""
        province, cities, counties = self._provinces.draw()
        towns = cities.split()
        roll = self.chance.random()
        if roll < 0.06:
            return "", "", ""
        if not towns:
            long = f"{province}市" if roll < 0.3 else province
            return province, province, long
        if roll < 0.32:
            return province, province, province
        if roll < 0.36:
            return province, province, province + words.PROVINCE_ENDS.get(province, "省")
        if roll < 0.48 and counties:
            town = self.chance.choice(counties.split())
            return province, town, self.chance.choice((town, town, f"{province}{town}"))
        town = _Zipf(self.chance, towns, 1, 0.9).draw()
        return province, town, self._written(province, town)

    def _written(self, province: str, town: str) -> str:
        roll = self.chance.random()
        if roll < 0.4:
            return f"{town}市"
        return f"{province}{town}" if roll < 0.45 else town

    def _new_brand(self) -> str:
        length = self._weighted(words.BRAND_LENGTHS)
        return "".join(self._characters.draw() for _ in range(length))

    def _new_word(self) -> str:
        count = self.chance.choices((2, 3), (60, 40))[0]
        return "".join(self._syllables.draw() for _ in range(count)).capitalize()

    def _latin_brand(self) -> str:
        roll = self.chance.random()
        if roll < 0.1:
            return "".join(self.chance.choices("ABCDEFGHIKLMNOPRSTUVWXYZ", k=self.chance.choice((3, 4))))
        if roll < 0.35:
            return f"{self._common_latin.draw()} {self._new_word()}"
        return self._common_latin.draw() if roll < 0.55 else self._new_word()

    def _weighted(self, table: Mapping[T, int]) -> T:
        return self.chance.choices(tuple(table), tuple(table.values()))[0]

    def _facts(self) -> dict[str, Any]:
        """Six in ten have a credit code, half a phone, three in ten an e-mail address, half of those a public one."""
        roll = self.chance.random
        return {
            "credit_code": self._credit_code() if roll() < 0.6 else None,
            "phone": f"1{self.chance.choice('38')}{self.chance.randrange(10**9):09}" if roll() < 0.5 else None,
            "email": self._email() if roll() < 0.3 else None,
        }

    def _credit_code(self) -> str:
        body = f"91{self.chance.randrange(110000, 660000):06}" + "".join(self.chance.choices(_CODE_LETTERS, k=9))
        return body + check_character(body)

    def _email(self) -> str:
        box = "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9))
        public = self.chance.random() < 0.5
        return f"{box}@{self.chance.choice(words.PUBLIC_MAIL) if public else f'{box[:7]}.com'}"
