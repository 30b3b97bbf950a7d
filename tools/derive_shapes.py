"""Derive duplicates/data/shapes.txt: characters easily taken for one another, each pair once.

    python -m tools.derive_shapes path/to/NotoSansSC.ttf path/to/Unihan_DictionaryLikeData.txt

Needs pillow, numpy, a font (Noto Sans SC, OFL) and the Cangjie codes of Unihan (Unicode licence). Two characters
are alike when one is among the nearest pictures of the other, or when they overlap somewhat and their Cangjie
codes, which spell the components, differ in one letter.
"""

import sys
from collections import defaultdict
from pathlib import Path

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz.distance import Levenshtein

from tools.tables import DATA

SIZE = 40
NEAREST, ALIKE_ENOUGH = 6, 0.72
SAME_COMPONENTS = 0.58
# A character within another, or trebled in it, is taken for it whatever the pictures say.
OWN = Path(__file__).parent / "own" / "shapes.txt"


def main() -> None:
    font, codes = ImageFont.truetype(sys.argv[1], SIZE - 4), _cangjie(Path(sys.argv[2]))
    characters = list(filter(_frequent, map(chr, range(0x4E00, 0xA000))))
    pictures = numpy.stack([_picture(character, font) for character in characters])
    alike = pictures @ pictures.T
    near: dict[str, set[str]] = defaultdict(set)
    for at, character in enumerate(characters):
        order = numpy.argsort(-alike[at])[1:]
        for rank, other in enumerate(order[alike[at][order] >= SAME_COMPONENTS]):
            there = characters[int(other)]
            closest = rank < NEAREST and alike[at][other] >= ALIKE_ENOUGH
            if closest or _one_letter(codes.get(character, ""), codes.get(there, "")):
                near[min(character, there)].add(max(character, there))
    for one, other in OWN.read_text(encoding="utf-8").split():
        near[min(one, other)].add(max(one, other))
    lines = [f"{character}{''.join(sorted(found))}\n" for character, found in near.items() if found]
    (DATA / "shapes.txt").write_text("".join(lines), encoding="utf-8")
    print(len(lines), "characters,", sum(len(line) - 2 for line in lines), "look-alikes")


def _frequent(character: str) -> bool:
    """Whether it is of the first level of GB 2312, the 3,755 most frequent characters."""
    code = character.encode("gb2312", "ignore")
    return bool(code) and code[0] <= 0xD7


def _picture(character: str, font: ImageFont.FreeTypeFont) -> "numpy.ndarray[tuple[int], numpy.dtype[numpy.float32]]":
    image = Image.new("L", (SIZE, SIZE))
    ImageDraw.Draw(image).text((SIZE // 2, SIZE // 2), character, font=font, fill=255, anchor="mm")
    flat = numpy.asarray(image.filter(ImageFilter.GaussianBlur(1.6)), dtype=numpy.float32).ravel()
    flat = flat - flat.mean()
    return flat / (numpy.linalg.norm(flat) or 1)


def _cangjie(path: Path) -> dict[str, str]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\tkCangjie\t" in line)
    return {chr(int(code[2:], 16)): value for code, _, value in rows}


def _one_letter(one: str, other: str) -> bool:
    return max(len(one), len(other)) >= 3 and Levenshtein.distance(one, other) <= 1


if __name__ == "__main__":
    main()
