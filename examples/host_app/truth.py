"""The duplicate report: what the check found in the workbook against what was planted in it.

A pair of rows is found when the later one was refused because of the earlier one, in whichever order they stand.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.host_app.importer import DUPLICATE, SUSPECTED, Outcome

KINDS = {
    "traditional": "繁体字",
    "other_form": "公司形式不同",
    "form_missing": "缺公司形式",
    "region_bracketed": "地区加括号",
    "region_missing": "缺地区",
    "province_added": "加省名",
    "short_name": "简称",
    "spaces": "空格换行",
    "extra_character": "多一字",
    "swapped": "两字颠倒",
    "homophone": "同音字",
    "renamed_same_code": "改名同代码",
    "latin_case": "全角大写",
    "same_brand_other_trade": "同字号不同行业",
    "same_name_other_region": "同名不同地区",
    "brand_one_character": "字号差一字",
}


@dataclass(frozen=True)
class Pair:
    """Two rows, the lower number first, as planted; `same` when they are one customer."""

    rows: tuple[int, int]
    kind: str
    same: bool


@dataclass(frozen=True)
class Comparison:
    """`found` and `missed` are planted pairs; `false` are rows refused though they are other customers."""

    found: list[tuple[Pair, Outcome]]
    missed: list[Pair]
    false: list[Outcome]

    @property
    def planted(self) -> int:
        """How many pairs are one customer."""
        return len(self.found) + len(self.missed)

    def by_kind(self) -> list[tuple[str, int, int]]:
        """Kind, found, missed."""
        found = Counter(pair.kind for pair, _ in self.found)
        missed = Counter(pair.kind for pair in self.missed)
        return [(kind, found[kind], missed[kind]) for kind in KINDS if found[kind] or missed[kind]]


def read(path: Path) -> list[Pair]:
    """The planted pairs."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(_ordered(int(line["row"]), int(line["original_row"])), line["kind"], line["same_customer"] == "1")
            for line in csv.DictReader(file)
        ]


def compare(pairs: Sequence[Pair], outcomes: Sequence[Outcome]) -> Comparison:
    """What was found, missed, and refused in error."""
    refused = {
        _ordered(outcome.row.number, outcome.twin): outcome
        for outcome in outcomes
        if outcome.result in (DUPLICATE, SUSPECTED) and outcome.twin is not None
    }
    same = {pair.rows: pair for pair in pairs if pair.same}
    return Comparison(
        found=[(pair, refused[rows]) for rows, pair in same.items() if rows in refused],
        missed=[pair for rows, pair in same.items() if rows not in refused],
        false=[outcome for rows, outcome in refused.items() if rows not in same],
    )


def _ordered(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)
