"""Every Python block on every page runs: in order, one namespace per page, in a directory of its own.

A block marked `file=name.py` is written to that file as well; a `file=test_*.py` is run by pytest. A block
that cannot run is marked `notest`, and there are few of those.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.markdown import Block, blocks, pages

MOST_NOT_TESTED = 4


def _python(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language == "python"]


RUNNABLE = [page for page in pages() if any("notest" not in block.words for block in _python(page))]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that lives in an empty directory; what it imports from there is forgotten afterwards."""
    known = set(sys.modules)
    made = ModuleType("docs_page")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    yield made
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("page", RUNNABLE, ids=str)
def test_every_python_block_runs(page: Path, module: ModuleType) -> None:
    for block in _python(page):
        if "notest" in block.words:
            continue
        if block.file is not None:
            Path(block.file).write_text(block.code, encoding="utf-8")
        if block.file is not None and block.file.startswith("test_"):
            _run_tests(block)
        else:
            # Moved down, so that a traceback names the page's own line.
            code = "\n" * (block.line - 1) + block.code
            exec(compile(code, str(page), "exec"), module.__dict__)


def test_few_python_blocks_are_not_tested() -> None:
    left_out = [block for page in pages() for block in _python(page) if "notest" in block.words]
    assert len(left_out) <= MOST_NOT_TESTED, [f"{block.page}:{block.line}" for block in left_out]


def test_no_block_is_without_a_language() -> None:
    assert not [f"{block.page}:{block.line}" for page in pages() for block in blocks(page) if not block.language]


def _run_tests(block: Block) -> None:
    assert block.file is not None
    # strict: the tutorial's reader sees warnings, too.
    options = ["-q", "-W", "error", "-p", "oa_crm.testing", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, block.file], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{block.page}:{block.line} fails\n{run.stdout}{run.stderr}"
