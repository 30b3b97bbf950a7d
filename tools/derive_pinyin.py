"""Derive duplicates/data/pinyin.txt and readings.txt: toneless syllables and the characters that are read so.

    python -m tools.derive_pinyin path/to/Unihan_Readings.txt

Needs pypinyin (MIT) and, for the less frequent readings, kHanyuPinlu of Unihan (Unicode licence). A character with
several readings has the most frequent one, or that of OWN, which is how company names read it. Characters that
`hanzi.txt` leads elsewhere are left out: names are simplified first.
"""

import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from tools.tables import DATA

OFTEN = 20
# Readings that company names use where the most frequent one of prose is another.
OWN = {
    "长": "chang", "行": "hang", "重": "zhong", "乐": "le", "朝": "chao", "盛": "sheng", "都": "du", "藏": "zang",
    "单": "dan", "厦": "xia", "曾": "zeng", "沈": "shen", "石": "shi", "会": "hui", "传": "chuan", "车": "che",
    "参": "can", "调": "diao", "校": "xiao", "蚌": "bang", "埔": "pu", "堡": "bao", "柏": "bo", "贝": "bei",
    "尉": "wei", "万": "wan", "宿": "su", "莞": "guan", "夏": "xia", "得": "de", "地": "di", "了": "liao",
    "着": "zhuo", "大": "da", "还": "huan", "合": "he", "和": "he", "解": "jie", "卡": "ka", "陆": "lu",
    "模": "mo", "弹": "dan", "佛": "fo", "浒": "hu", "绿": "lv", "率": "lv", "六": "liu", "仇": "qiu", "覃": "qin",
}  # fmt: skip

# Readings that company names have beside the one above and kHanyuPinlu tells too rarely; 干 is also written for 乾.
ALSO = {"bai": "柏", "qian": "干"}


def main() -> None:
    from pypinyin import Style, pinyin

    written = set((DATA / "hanzi.txt").read_text(encoding="utf-8").splitlines()[0])
    syllables: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x4E00, 0xA000)):
        if character in written:
            continue
        read = pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
        syllable = OWN.get(character) or (read[0][0] if read else "")
        if syllable.isascii() and syllable.isalpha():
            syllables[syllable].append(character)
    _write_further(syllables)
    lines = (f"{syllable} {''.join(characters)}\n" for syllable, characters in sorted(syllables.items()))
    (DATA / "pinyin.txt").write_text("".join(lines), encoding="utf-8")
    print(len(syllables), "syllables,", sum(map(len, syllables.values())), "characters")


def _write_further(syllables: dict[str, list[str]]) -> None:
    """The other readings of a character that are frequent enough for somebody to type by them."""
    first = {character: syllable for syllable, characters in syllables.items() for character in characters}
    further: dict[str, list[str]] = defaultdict(list)
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        code, _, value = line.partition("\tkHanyuPinlu\t")
        character = chr(int(code[2:], 16)) if value else ""
        for read, count in re.findall(r"(\S+?)\((\d+)\)", value):
            syllable = _toneless(read)
            if int(count) >= OFTEN and first.get(character, syllable) != syllable:
                further[syllable].append(character)
    for syllable, characters in ALSO.items():
        further[syllable] += characters
    lines = (f"{syllable} {''.join(dict.fromkeys(found))}\n" for syllable, found in sorted(further.items()))
    (DATA / "readings.txt").write_text("".join(lines), encoding="utf-8")


def _toneless(read: str) -> str:
    plain = unicodedata.normalize("NFD", read.replace("ü", "v"))
    return "".join(filter(str.isalpha, plain.encode("ascii", "ignore").decode()))


if __name__ == "__main__":
    main()
