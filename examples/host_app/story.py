"""The story as it is told: chapters of steps, printed as they happen and kept for the report."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from examples.host_app.org_chart import NAMES

_PIECES = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+")


@dataclass(frozen=True)
class Step:
    """One thing that somebody did; `detail` is what the system answered."""

    who: str
    text: str
    detail: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def name(self) -> str:
        """Who, by name."""
        return NAMES.get(self.who, self.who)


@dataclass
class Chapter:
    """A part of the story."""

    title: str
    chinese: str
    steps: list[Step] = field(default_factory=list)


class Story:
    """Tells and keeps."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.chapters: list[Chapter] = []

    def chapter(self, title: str, chinese: str) -> None:
        """Begin a chapter."""
        self.chapters.append(Chapter(title, chinese))
        self.console.print()
        self.console.print(Rule(f"[bold]{len(self.chapters)}. {title}[/] [dim]{chinese}[/]", align="left", style="dim"))

    def tell(self, who: str, text: str, detail: str = "") -> None:
        """One step."""
        step = Step(who, text, detail)
        self.chapters[-1].steps.append(step)
        self._print(f"[bold cyan]{escape(step.name)}[/] ", step.name + " ", text, indent=2)
        if detail:
            self._print("[dim]→[/] ", "→ ", detail, indent=6, style="dim")

    def _print(self, lead: str, plain_lead: str, text: str, *, indent: int, style: str = "none") -> None:
        width = self.console.width - indent - cell_len(plain_lead)
        for number, line in enumerate(folded(text, width)):
            before = lead if number == 0 else " " * cell_len(plain_lead)
            self.console.print(f"{' ' * indent}{before}[{style}]{escape(line)}[/]", highlight=False, no_wrap=True)


def folded(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells. Chinese may break anywhere, other words only where they end."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and cell_len(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]
