"""No hook without a whole docstring, a page that is in step with it, a test and a real plugin that uses it."""

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docs import generate_hooks, hook_specs
from oa_crm.hooks import EVENTS
from oa_crm.plugins.names import spec_names

Hook = hook_specs.Hook

EVERY_HOOK = pytest.mark.parametrize("hook", hook_specs.hooks(), ids=lambda hook: hook.name)
_SAME_WORDS = "run `python -m docs.generate_hooks`"


def test_every_event_has_a_hook_and_every_event_hook_an_event() -> None:
    assert {name for name in spec_names() if name.startswith("on_")} == set(EVENTS)


def test_the_pages_are_those_that_the_docstrings_give() -> None:
    assert generate_hooks.stale() == [], _SAME_WORDS


def test_a_stale_page_is_found_and_brought_up_to_date(tmp_path: Path) -> None:
    generate_hooks.write(tmp_path)
    (tmp_path / "on_nothing.md").write_text("a hook that is gone")
    (tmp_path / "index.md").write_text("old")
    (tmp_path / "on_expense_booked.md").unlink()
    (tmp_path / "delivery.md").write_text("by hand")
    assert generate_hooks.stale(tmp_path) == ["index.md", "on_expense_booked.md", "on_nothing.md"]
    generate_hooks.write(tmp_path)
    assert generate_hooks.stale(tmp_path) == []
    assert (tmp_path / "delivery.md").read_text() == "by hand"


@EVERY_HOOK
def test_every_hook_has_a_page_and_a_line_in_the_index(hook: Hook) -> None:
    assert (generate_hooks.FOLDER / f"{hook.name}.md").is_file(), _SAME_WORDS
    assert f"({hook.name}.md)" in (generate_hooks.FOLDER / "index.md").read_text(encoding="utf-8")


@EVERY_HOOK
def test_every_hook_says_effect_errors_timing_example_and_since(hook: Hook) -> None:
    assert tuple(hook.sections) == hook_specs.SECTIONS
    assert hook.summary.endswith((".", "?"))
    assert all(hook.sections.values())
    assert re.fullmatch(r"\d+\.\d+", hook.sections["Since"])


@EVERY_HOOK
def test_every_hook_says_where_its_types_come_from(hook: Hook) -> None:
    space: dict[str, Any] = {}
    exec("\n".join(hook.imports), space)  # as a typed plugin begins
    named = set(re.findall(r"\b[A-Z]\w+", hook.signature)) - {"None", "Iterable"}
    assert named == set(space) - {"__builtins__"}
    assert "\n".join(hook.imports) in (generate_hooks.FOLDER / f"{hook.name}.md").read_text(encoding="utf-8")


@EVERY_HOOK
def test_every_hook_explains_what_it_is_given(hook: Hook) -> None:
    for one in hook.about:
        assert inspect.getdoc(one), f"{one.__name__} has no docstring"


@cache
def _words_of_other_tests() -> frozenset[str]:
    folder = hook_specs.ROOT / "tests"
    elsewhere = [path for path in folder.rglob("*.py") if folder / "docs" not in path.parents]
    return frozenset(word for path in elsewhere for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))


@EVERY_HOOK
def test_every_hook_is_tested_beyond_its_documentation(hook: Hook) -> None:
    assert hook.name in _words_of_other_tests(), f"no test names {hook.name}"


@EVERY_HOOK
def test_every_hook_is_used_by_a_real_plugin(hook: Hook) -> None:
    assert hook.used_in, f"no plugin under examples/ or among the built-in ones implements {hook.name}"
