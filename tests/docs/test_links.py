"""No page leads nowhere: local files, headings, and make targets exist."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, anchors, blocks, links, pages


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_local_link_leads_somewhere(page: Path) -> None:
    dead = [link for link in links(page) if not _leads_somewhere(page, link)]
    assert not dead, f"{page} has dead links: {', '.join(dead)}"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shell = "\n".join(block.code for block in blocks(page) if block.language in ("sh", "bash", "shell"))
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {*re.findall(r"^make ([a-z]+)", shell, re.MULTILINE), *re.findall(r"`make ([a-z]+)[^`]*`", text)}
    assert named <= targets


def _leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return link.startswith(("https://", "mailto:"))
    path, _, anchor = link.partition("#")
    target = (ROOT / page.parent / path).resolve() if path else ROOT / page
    if not target.exists() or ROOT not in target.parents:
        return False
    return not anchor or anchor in anchors(target.relative_to(ROOT))
