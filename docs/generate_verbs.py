"""Writes `docs/reference/verbs.md` and `inputs.md`: every verb of a unit, and the fields of what the verbs take.

Run it as `python -m docs.generate_verbs` after changing a service or a schema. The tests say which verbs and fields are
missing or gone; the words beside them come along with the next run.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import AwareDatetime

from docs.hook_specs import ROOT, short
from oa_crm import CRM, Unit
from oa_crm.schemas.base import In
from oa_crm.services.base import Service

FOLDER = ROOT / "docs" / "reference"
_GENERATED = "<!-- Written by `python -m docs.generate_verbs` from the code. Change it there. -->"
_VERBS = """# Every verb

What `unit.<service>.<verb>(...)` takes and answers, from the code. Where an input is named, a mapping of its
[fields](inputs.md) does as well. Ids may be given as text. `idempotency_key` makes an act happen once however often it
is asked for; `after` and `limit` turn pages: give the `next` of the page before. A service has no other methods for
hosts: what it inherits from its base is its own."""
_INPUTS = """# Every input

The fields of what [verbs](verbs.md) take. A field without a mark may be left out. What is wrong comes back for all
fields at once, as [`invalid_input`](errors.md)."""
_UPKEEP = ("duplicates", "classes", "digests", "exchange", "pool", "reminders", "files", "migrations")
_WORDS: Mapping[Any, str] = {
    str: "text", int: "whole number", bool: "true or false", float: "number", Decimal: "exact number", UUID: "id",
    date: "day", datetime: "moment", AwareDatetime: "moment with its time zone", Any: "anything",
    NoneType: "none", object: "anything",
}  # fmt: skip


def main() -> int:
    """Write both pages."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def pages() -> dict[str, str]:
    """Both pages by file name."""
    return {"verbs.md": _verbs(), "inputs.md": _inputs()}


def stale(folder: Path = FOLDER) -> list[str]:
    """What of the pages is missing or gone: headings, verbs with what they take, and fields with what they take."""
    written = {name: _facts((folder / name).read_text("utf-8")) for name in pages()}
    return sorted(fact for name, text in pages().items() for fact in _facts(text) ^ written[name])


def _facts(page: str) -> set[str]:
    """Each heading and the first cells of each row, with the heading that it stands under."""
    facts, heading = set[str](), ""
    for line in page.split("\n"):
        heading = line if line.startswith("## ") else heading
        if line.startswith(("## ", "| `")):
            facts.add(f"{heading} {line.rpartition(' | ')[0]}")
    return facts


def services() -> Iterator[tuple[str, str, type]]:
    """The services of a unit, and the upkeep that a CRM offers: how it is written, what it is, its class."""
    for name, member in sorted(vars(Unit).items()):
        if isinstance(member, cached_property):
            yield f"unit.{name}", inspect.getdoc(member.func) or "", get_type_hints(member.func)["return"]
    for name in _UPKEEP:
        member = vars(CRM)[name]
        answers = inspect.get_annotations(member.func)["return"]
        kind = _migrations() if isinstance(answers, str) else answers
        yield f"crm.{name}", inspect.getdoc(member.func) or "", kind
    relay = type(CRM("sqlite://").relay)
    yield "crm.relay", inspect.getdoc(relay) or "", relay


def verbs(kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods of a class and of the parts that it is put together of."""
    parts = [one for one in kind.__mro__ if one not in (Service, object)]
    found = {name: one for part in reversed(parts) for name, one in vars(part).items()}
    for name in sorted(found):
        if inspect.isfunction(found[name]) and not name.startswith("_"):
            yield name, found[name]


def schemas() -> list[type[In]]:
    """Every input of a verb and those within inputs, by name."""
    found: set[type[In]] = set()
    hints = [hint for _, _, kind in services() for _, verb in verbs(kind) for hint in _hints(verb).values()]
    for hint in hints:
        _collect(hint, found)
    return sorted(found, key=lambda one: one.__name__)


def _migrations() -> type:
    from oa_crm.migrations import Migrations

    return Migrations


def _hints(verb: Any) -> dict[str, Any]:
    return get_type_hints(verb, {"OnProgress": Any})


def _collect(hint: Any, found: set[type[In]]) -> None:
    if isinstance(hint, type) and issubclass(hint, In):
        if hint in found:
            return
        found.add(hint)
        for field in hint.model_fields.values():
            _collect(field.annotation, found)
    for inside in get_args(hint):
        _collect(inside, found)


def _verbs() -> str:
    lines = [_GENERATED, "", _VERBS, ""]
    for written, told, kind in services():
        lines += [f"## {written}", "", _line(told), "", "| verb | |", "| --- | --- |"]
        lines += [f"| `{name}{_takes(verb)}` | {_line(inspect.getdoc(verb) or '')} |" for name, verb in verbs(kind)]
        lines.append("")
    return "\n".join(lines)


def _takes(verb: Any) -> str:
    hints = _hints(verb)
    parts, named = [], False
    for one in list(inspect.signature(verb).parameters.values())[1:]:
        if one.kind is one.KEYWORD_ONLY and not named:
            named = True
            parts.append("*")
        default = "" if one.default is one.empty else f"={one.default!r}" if _shows(one.default) else "=…"
        parts.append(f"{one.name}{_input(hints.get(one.name))}{default}")
    return f"({', '.join(parts)}) -> {short(hints['return'])}".replace("|", "or")


def _shows(default: object) -> bool:
    return default is None or isinstance(default, str | int | float | tuple)


def _input(hint: Any) -> str:
    names = [one.__name__ for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, In)]
    return f": {names[0]}" if names else ""


def _inputs() -> str:
    lines = [_GENERATED, "", _INPUTS, ""]
    for schema in schemas():
        lines += [f"## {schema.__name__}", "", _line(inspect.getdoc(schema) or ""), ""]
        lines += ["| field | takes | |", "| --- | --- | --- |"]
        for name, field in schema.model_fields.items():
            must = "**required** " if field.is_required() else ""
            lines.append(f"| `{name}` | {said(field.annotation)} | {must}{_cell(field.description or '')} |")
        lines.append("")
    return "\n".join(lines)


def said(annotation: Any) -> str:
    """A type as a reader says it, inputs as links."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return said(inside[0])
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in inside)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(said(one) for one in inside if one is not NoneType))
    if inside and isinstance(origin, type):
        if issubclass(origin, Mapping):
            return f"mapping of {said(inside[0])} to {said(inside[1])}"
        return f"list of {said(inside[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, In):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _WORDS.get(annotation, short(annotation))


def _line(text: str) -> str:
    """The first paragraph, on one line, without the source of its rule."""
    return _cell(re.sub(r" \(Features? \d[^()]* of .*?\)", "", text.split("\n\n")[0].replace("\n", " ")))


def _cell(text: str) -> str:
    return text.replace("|", "or")


if __name__ == "__main__":
    sys.exit(main())
