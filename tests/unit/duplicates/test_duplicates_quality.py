"""How well invented companies are told apart: what is the same is suspected, what is not raises no alarm."""

from collections import defaultdict
from dataclasses import replace

import pytest
from tests.support.invented import KINDS, Company, Inventor

from oa_crm.duplicates import Draft, Tier, hanzi, keys, score
from oa_crm.services.clashes import probe

MANY = 300
MECHANICAL = ("form", "region dropped", "region moved", "core only", "traditional", "short name")


class Base:
    """Names found again by their keys, weighed as the service weighs them, without a database."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._having: defaultdict[int, list[int]] = defaultdict(list)
        for at, name in enumerate(names):
            for key in keys(Draft(name), "t"):
                self._having[key.hash].append(at)

    def check(self, name: str) -> list[tuple[float, int]]:
        draft = Draft(name)
        nominated = probe.nominated((key, self._having.get(key.hash, ())) for key in keys(draft, "t"))
        judged = ((score(draft, Draft(self.names[at])), at) for at in nominated)
        return sorted(((one.value, at) for one, at in judged if one.tier is not Tier.NONE), key=lambda one: -one[0])


def value(one: str, other: str) -> float:
    return score(Draft(one), Draft(other)).value


@pytest.mark.parametrize("kind", KINDS)
def test_a_company_written_differently_is_suspected(kind: str) -> None:
    inventor = Inventor(7)
    pairs = [(company.name, inventor.corrupted(company, kind)) for company in (inventor.company() for _ in range(MANY))]
    found = [value(name, written) >= 0.75 for name, written in pairs if written]
    assert len(found) > MANY / 3
    assert sum(found) / len(found) >= (0.99 if kind in MECHANICAL else 0.94)


def other_brand(inventor: Inventor, company: Company) -> Company:
    return replace(company, brand=inventor.company().brand)


def other_character(inventor: Inventor, company: Company) -> Company:
    at = inventor.random.randrange(len(company.brand))
    others = [one for one in inventor.characters if not alike(one, company.brand[at])]
    return replace(
        company, brand=company.brand[:at] + inventor.random.choice(others[:200]) + company.brand[at + 1 :], suffix=""
    )


def alike(one: str, other: str) -> bool:
    return one == other or hanzi.look_alike(one, other) or hanzi.sound_alike(one, other)


def other_city(_: Inventor, company: Company) -> Company:
    return replace(company, region="拉萨", suffix="")


def branch(_: Inventor, company: Company) -> Company:
    return replace(company, form=company.form + "拉萨分公司")


@pytest.mark.parametrize("other", [other_brand, other_character, other_city, branch])
def test_another_company_is_not_suspected(other: object) -> None:
    inventor = Inventor(8)
    companies = [company for company in (inventor.company() for _ in range(MANY)) if company.region]
    assert callable(other)
    wrong = [value(company.name, other(inventor, company).name) >= 0.75 for company in companies]
    assert sum(wrong) / len(wrong) <= 0.02


def test_among_thousands_a_company_is_found_and_a_new_one_raises_no_alarm() -> None:
    inventor = Inventor(9)
    companies = [inventor.company() for _ in range(4000)]
    base = Base([company.name for company in companies])
    written = [(at, inventor.corrupted(companies[at], kind)) for at, kind in enumerate(KINDS * 20)]
    missed = [at for at, name in written if name and at not in {id for _, id in base.check(name)[:5]}]
    assert len(missed) <= len(written) * 0.02
    new = [inventor.company().name for _ in range(100)]
    alarms = [name for name in new for found, _ in base.check(name) if found >= 0.75 and name not in base.names]
    assert len(alarms) <= 1
