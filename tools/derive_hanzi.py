"""Derive duplicates/data/hanzi.txt: written characters, each with the simplified one that names use.

    python -m tools.derive_hanzi path/to/opencc/dictionary

Needs the dictionaries of OpenCC (Apache-2.0; `pip install opencc-python-reimplemented` has them). Variants of
Japan, Taiwan and Hong Kong are led through the traditional character. OWN has the last word.
"""

import sys
from pathlib import Path

from tools.tables import DATA

# What names use where OpenCC keeps two forms apart, and variants that it does not know.
OWN = Path(__file__).parent / "own" / "hanzi.txt"


def main() -> None:
    folder = Path(sys.argv[1])
    simplified = _first_column(folder / "TSCharacters.txt")
    for name in ("JPVariants.txt", "TWVariants.txt", "HKVariants.txt"):
        for traditional, variant in _first_column(folder / name).items():
            if not _ordinary(variant):
                simplified.setdefault(variant, simplified.get(traditional, traditional))
    simplified |= {pair[0]: pair[1] for pair in OWN.read_text(encoding="utf-8").split()}
    final = {written: _end(written, simplified) for written in sorted(simplified) if ord(written) < 0x10000}
    kept = {written: value for written, value in final.items() if written != value and ord(value) < 0x10000}
    text = "".join(kept) + "\n" + "".join(kept.values()) + "\n"
    (DATA / "hanzi.txt").write_text(text, encoding="utf-8")
    print(len(kept), "characters")


def _first_column(path: Path) -> dict[str, str]:
    """Each character with the first of its values; comments and phrases are left out."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {written: values.split()[0] for written, values in rows if len(written) == 1 == len(values.split()[0])}


def _ordinary(character: str) -> bool:
    """Whether it is one of GB 2312, so a simplified one in its own right: 予 is not the Japanese 豫 here."""
    return bool(character.encode("gb2312", "ignore"))


def _end(written: str, simplified: dict[str, str]) -> str:
    """Follow the chain to its end, so that one pass is enough; a circle ends at its smallest member."""
    seen = [written]
    while (after := simplified.get(seen[-1], seen[-1])) not in seen:
        seen.append(after)
    return min(seen[seen.index(after) :])


if __name__ == "__main__":
    main()
