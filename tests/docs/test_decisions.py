"""Decision records are whole: numbered without gaps, in the index, each with its three parts."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, prose

FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(path.name for path in FOLDER.glob("[0-9]*.md"))


def test_decisions_are_numbered_without_gaps_and_all_in_the_index() -> None:
    assert [int(name[:4]) for name in RECORDS] == list(range(1, len(RECORDS) + 1))
    listed = re.findall(r"\((\d{4}-[a-z-]+\.md)\)", prose(Path("docs/adr/index.md")))
    assert listed == RECORDS


@pytest.mark.parametrize("name", RECORDS)
def test_every_decision_says_context_decision_and_when_to_revisit_it(name: str) -> None:
    lines = prose(Path("docs/adr") / name).splitlines()
    assert lines[0].startswith(f"# {name[:4]}: ")
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Revisit when"]
