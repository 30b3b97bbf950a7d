"""Writes `docs/hooks/`: one page per hook and an index, from the specs' docstrings.

Run it as `python -m docs.generate_hooks` after changing a spec; with `--check` it only says what is stale.
"""

import argparse
import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from docs.hook_specs import ROOT, Hook, family_text, hooks, short, types_in
from oa_crm.hooks import Delivery, Event
from oa_crm.plugins.names import FAMILIES

FOLDER = ROOT / "docs" / "hooks"
BY_HAND = {"delivery.md"}
_GENERATED = "<!-- Written by `python -m docs.generate_hooks` from the docstring of the spec. Change it there. -->"
_TITLES = {
    "provide_": "provide_*: what the host has",
    "register_": "register_*: what a plugin adds",
    "check_": "check_*: what a plugin may refuse",
    "on_": "on_*: what happened",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; 1 when `--check` finds a stale page."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate_hooks", description=inspect.getdoc(main))
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a page is stale")
    wrong = stale()
    if not parser.parse_args(arguments).check:
        write()
        return 0
    for name in wrong:
        sys.stdout.write(f"stale: docs/hooks/{name}\n")
    return 1 if wrong else 0


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {"index.md": _index(), **{f"{hook.name}.md": _page(hook) for hook in hooks()}}


def stale(folder: Path = FOLDER) -> list[str]:
    """Pages that are missing, differ, or belong to no hook."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    gone = set(there) - set(wanted) - BY_HAND
    return sorted(gone | {name for name, text in wanted.items() if there.get(name) != text})


def write(folder: Path = FOLDER) -> None:
    """Bring the folder up to date."""
    wanted = pages()
    for name in stale(folder):
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()


def _index() -> str:
    lines = [_GENERATED, "", "# Hooks", ""]
    lines += ["A plugin is any object with methods marked `@hookimpl`. The name of a hook tells its effect.", ""]
    lines += ["How a delivery behaves is told once, for all events: [delivery](delivery.md).", ""]
    for family in FAMILIES:
        lines += [f"## {_TITLES[family]}", "", family_text(family).split("\n\n")[1].replace("\n", " "), ""]
        lines += ["| hook | |", "| --- | --- |"]
        lines += [f"| [{one.name}]({one.name}.md) | {one.summary} |" for one in hooks() if one.family == family]
        lines.append("")
    return "\n".join(lines)


def _page(hook: Hook) -> str:
    lines = [
        _GENERATED,
        "",
        f"# {hook.name}",
        "",
        hook.summary,
        "",
        "```text",
        *hook.imports,
        "",
        hook.signature,
        "```",
        "",
    ]
    for name in ("Effect", "Errors", "Timing"):
        lines += [f"## {name}", "", _sentence(hook.sections[name]), ""]
    if hook.family == "on_":
        lines += ["Tries, order and dead letters are the same for every event: [delivery](delivery.md).", ""]
    for one in hook.about:
        lines += _type(one)
    lines += ["## Example", "", "```python", _spaced(hook.sections["Example"]), "```", ""]
    if hook.used_in:
        places = ", ".join(f"[{path.as_posix()}](../../{path.as_posix()})" for path in hook.used_in)
        lines += [f"In real plugins: {places}", ""]
    lines += ["## Since", "", hook.sections["Since"], ""]
    return "\n".join(lines)


def _type(one: type) -> list[str]:
    if one is Delivery:
        return []
    told = (inspect.getdoc(one) or "").replace("\n", " ")
    lines = [f"## {one.__name__}", "", told, ""]
    if getattr(one, "_is_protocol", False):
        return lines + [line for name, member in _methods(one) for line in _method(name, member)] + _beside(one)
    lines += ["| field | type | |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {_cell(kind)} | {note} |" for name, kind, note in _fields(one)]
    if issubclass(one, Event):
        lines += ["", f"Aggregate: `{one.AGGREGATE}`. Version {one.VERSION}."]
    return [*lines, ""]


def _beside(port: type) -> list[str]:
    """What the methods of a port take and answer, so that nobody looks for its fields in the code."""
    hints = [hint for _, member in _methods(port) for hint in inspect.get_annotations(member, eval_str=True).values()]
    kinds = dict.fromkeys(one for one in types_in(hints) if dataclasses.is_dataclass(one))
    return [line for kind in kinds for line in _type(kind)]


def _methods(port: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(port).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield name, member


def _method(name: str, member: Any) -> list[str]:
    told = (inspect.getdoc(member) or "").replace("\n", " ")
    hints = inspect.get_annotations(member, eval_str=True)
    takes = ", ".join(f"{field}: {short(hint)}" for field, hint in hints.items() if field != "return")
    return [f"`{name}({takes}) -> {short(hints['return'])}`", "", told, ""]


def _fields(one: type) -> Iterator[tuple[str, object, str]]:
    if issubclass(one, BaseModel):
        for name, field in one.model_fields.items():
            yield name, field.annotation, "" if field.is_required() else "optional"
        return
    assert dataclasses.is_dataclass(one)
    for part in dataclasses.fields(one):
        yield part.name, part.type, "" if part.default is dataclasses.MISSING else "optional"


def _cell(kind: object) -> str:
    return f"`{short(kind)}`".replace(" | ", " or ")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _spaced(code: str) -> str:
    """The example with two empty lines before each definition, as code is formatted outside of a docstring."""
    return re.sub(r"\n\n(class |def |@)", r"\n\n\n\1", code)


if __name__ == "__main__":
    sys.exit(main())
