"""What a document is made of, as a reader of HTML finds it; and whether this machine can draw a PDF."""

import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.support.require import require

from oa_crm.errors import ConfigurationError
from oa_crm.reports import documents

_HOW = "apt-get install libpangoft2-1.0-0 poppler-utils fonts-noto-cjk"


class Parts(HTMLParser):
    """The tags with their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())


def drawn(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page."""
    path = folder / "drawn.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return list(_pages(told))


def need_pdf() -> None:
    """Skip loudly where a PDF cannot be drawn, or not looked into."""
    require("what PDFs are drawn with and read by", _draws() and shutil.which("pdftotext") is not None, _HOW)


def need_chinese() -> None:
    """Skip loudly without a Chinese font."""
    listed = (
        shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    )
    require("a Chinese font", bool(listed), _HOW)


def _draws() -> bool:
    try:
        documents.pdf("<p>")
    except ConfigurationError:
        return False
    return True


def _pages(text: str) -> Iterator[str]:
    yield from text.removesuffix("\f").split("\f")
