"""Derive codes/data/industries.txt: the codes of GB/T 4754-2017 with their names.

    python -m tools.derive_industries path/to/one-list path/to/another-list

No package carries the standard, so it is taken from two lists that know nothing of each other: every code of the first
(`"A0111-稻谷种植"`) is kept, and a name is the second's (`itemno: 'A0111', itemname: '稻谷种植'`) only where `own/`
does not settle it. The run fails unless both have the standard's 20 sections, 97 divisions and 473 groups with equal
names. English names of sections and divisions are our own (`own/industries_en.tsv`).
"""

import re
import sys
import unicodedata
from pathlib import Path

from tools.tables import CODES

_OWN = Path(__file__).parent / "own"
_FIRST = re.compile(r'"title": "([A-T]\d*)-([^"]+)"')
_SECOND = re.compile(r"itemno: '([A-T]\d*)',\s*itemname: '([^']+)'")
# Where a list has a slip, the standard's own words.
_STANDARD = {"C15": "酒、饮料和精制茶制造业", "C339": "铸造及其他金属制品制造"}
_LEVELS = {1: 20, 3: 97, 4: 473}


def main() -> None:
    one, other = (_read(path, rule) for path, rule in zip(sys.argv[1:3], (_FIRST, _SECOND), strict=True))
    for length, count in _LEVELS.items():
        mine, theirs = ({code: name for code, name in some.items() if len(code) == length} for some in (one, other))
        assert len(mine) == count, f"{len(mine)} codes of {length} characters, not {count}"
        assert mine == theirs, [code for code in mine if mine[code] != theirs.get(code)]
    english = dict(line.split("\t") for line in (_OWN / "industries_en.tsv").read_text("utf-8").splitlines())
    words = dict(line.split("\t") for line in (_OWN / "industry_words.tsv").read_text("utf-8").splitlines())
    lines = []
    for code in sorted(one):
        said = english.get(code if len(code) == 1 else code[1:], "") if len(code) in (1, 3) else ""
        also = " ".join(sorted(word for word, meant in words.items() if meant == code))
        lines.append(f"{code}\t{one[code]}\t{said}\t{also}\n")
    (CODES / "industries.txt").write_text("".join(lines), encoding="utf-8")
    print(len(lines), "codes,", len(one.keys() & other.keys()), "in both lists")


def _read(path: str, rule: re.Pattern[str]) -> dict[str, str]:
    found = {code: _plain(name) for code, name in rule.findall(Path(path).read_text(encoding="utf-8"))}
    return {**found, **{code: name for code, name in _STANDARD.items() if code in found}}


def _plain(name: str) -> str:
    """Brackets of one width; nothing else is folded, the standard writes 、 and ，."""
    return "".join({"(": "（", ")": "）"}.get(one, one) for one in unicodedata.normalize("NFC", name.strip()))


if __name__ == "__main__":
    main()
