"""Markdown as these tests read it: code blocks, links, and the anchors of headings as GitHub makes them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(.*)$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


@dataclass(frozen=True)
class Block:
    """A fenced code block: its language, the words after it, and the line on which the code begins."""

    page: Path
    line: int
    language: str
    words: tuple[str, ...]
    code: str

    @property
    def file(self) -> str | None:
        """The file that the block is, from `file=name.py` behind the language."""
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)


def pages() -> list[Path]:
    """Every page that people read, from the root."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT) for path in found)


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    info, start, lines = None, 0, list[str]()
    for number, line in enumerate(_lines(page), start=1):
        fence = _FENCE.match(line)
        if fence and info is None:
            info, start, lines = fence[1].split(), number + 1, []
        elif fence and info is not None:
            language, *words = info or [""]
            yield Block(page, start, language, tuple(words), "\n".join(lines) + "\n")
            info = None
        else:
            lines.append(line)
    assert info is None, f"{page}: the code block of line {start} does not end"


def prose(page: Path) -> str:
    """The page without its code blocks."""
    kept, inside = [], False
    for line in _lines(page):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def links(page: Path) -> list[str]:
    """Where the page's links and pictures lead."""
    return [link or picture for link, picture in _LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page)))]


def anchors(page: Path) -> set[str]:
    """The fragments under which the page's headings are found."""
    seen, found = Counter[str](), set()
    for line in prose(page).splitlines():
        if heading := _HEADING.match(line):
            slug = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def table_rows(page: Path) -> list[list[str]]:
    """The cells of every table row on the page, without the lines below table heads."""
    rows = [line for line in prose(page).splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _lines(page: Path) -> list[str]:
    return (ROOT / page).read_text(encoding="utf-8").splitlines()
