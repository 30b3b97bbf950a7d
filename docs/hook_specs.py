"""Reads the hook specs: what each docstring says by section, what the hook is given, who uses it.

The docstrings are the source; nothing about a hook is written here.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args, get_type_hints

from oa_crm import hooks as hooks_package
from oa_crm.hooks import answers, capabilities, checks, drafts, events, extensions, payloads, ports
from oa_crm.plugins.names import FAMILIES, SPECS

ROOT = Path(__file__).parent.parent
SECTIONS = ("Effect", "Errors", "Timing", "Example", "Since")
REAL_PLUGINS = ("examples", "src/oa_crm/plugins/builtin")
_HEAD = re.compile(rf"^({'|'.join(SECTIONS)}):[ ]?(.*)$")
_ANSWERS = {"register_row_rules": answers.RowRule, "register_expense_categories": answers.ExpenseCategory}
_FAMILY_MODULES = dict(zip(FAMILIES, (capabilities, extensions, checks, events), strict=True))


@dataclass(frozen=True)
class Hook:
    """One hook as its spec describes it."""

    name: str
    spec: Callable[..., Any]

    @cached_property
    def summary(self) -> str:
        """The docstring's first line."""
        return (inspect.getdoc(self.spec) or "").split("\n", 1)[0]

    @cached_property
    def sections(self) -> dict[str, str]:
        """The docstring's sections, in its order."""
        return dict(_sections(inspect.getdoc(self.spec) or ""))

    @property
    def signature(self) -> str:
        """The hook as a plugin writes it, types shortened to their names."""
        hints = {name: short(hint) for name, hint in get_type_hints(self.spec, vars(ports)).items()}
        takes = "".join(f", {name}: {hint}" for name, hint in hints.items() if name != "return")
        return f"def {self.name}(self{takes}) -> {hints['return']}: ..."

    @property
    def imports(self) -> list[str]:
        """What a typed plugin imports for the signature, a line for each module."""
        found: dict[str, set[str]] = {}
        for one in set(types_in(get_type_hints(self.spec, vars(ports)).values())):
            found.setdefault(_home(one), set()).add(one.__name__)
        return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(found.items())]

    @property
    def family(self) -> str:
        """Which of the four families it belongs to, such as "on_"."""
        return next(family for family in FAMILIES if self.name.startswith(family))

    @property
    def about(self) -> list[type]:
        """The types to explain on its page: what it is given, or what it answers."""
        if self.name in _ANSWERS:
            return [_ANSWERS[self.name]]
        hints = get_type_hints(self.spec)
        if self.family == "provide_":
            return [one for one in get_args(hints["return"]) if one is not type(None)]
        return [hint for name, hint in hints.items() if name != "return"]

    @property
    def used_in(self) -> list[Path]:
        """Where a real plugin implements it, from the root."""
        return [path for path, names in implementations() if self.name in names]


def hooks() -> list[Hook]:
    """Every hook, in the order of the specs."""
    found = [(name, spec) for specs in SPECS for name, spec in vars(specs).items()]
    return [Hook(name, spec) for name, spec in found if name.startswith(FAMILIES)]


def types_in(hints: Iterable[Any]) -> Iterator[type]:
    """The types of the hook contract among hints, also inside of others."""
    for one in hints:
        if isinstance(one, type) and one.__module__.startswith("oa_crm.hooks"):
            yield one
        yield from types_in(get_args(one))


def _home(one: type) -> str:
    """The module from which a plugin imports the type."""
    homes = (hooks_package, payloads, drafts)
    return next(module.__name__ for module in homes if getattr(module, one.__name__, None) is one)


def family_text(family: str) -> str:
    """What the family's module says about it."""
    return inspect.getdoc(_FAMILY_MODULES[family]) or ""


def short(hint: object) -> str:
    """A type as a reader says it, without modules."""
    text = getattr(hint, "__name__", str(hint)) if isinstance(hint, type) and not get_args(hint) else str(hint)
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text).replace("NoneType", "None")


@cache
def implementations() -> tuple[tuple[Path, set[str]], ...]:
    """Per file of a real plugin, the methods marked `@hookimpl` in it."""
    files = [path for folder in REAL_PLUGINS for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple((path.relative_to(ROOT), _marked(ast.parse(path.read_text(encoding="utf-8")))) for path in files)


def _marked(tree: ast.Module) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_marked(node)}


def _is_marked(function: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "hookimpl" for one in function.decorator_list)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head:
            if name:
                yield name, _joined(name, lines)
            name, lines = head[1], [head[2]]
        else:
            lines.append(line)
    if name:
        yield name, _joined(name, lines)


def _joined(name: str, lines: list[str]) -> str:
    if name == "Example":
        return inspect.cleandoc("\n".join(lines))
    return " ".join(line.strip() for line in lines).strip()
