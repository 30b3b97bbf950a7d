"""Which names a plugin and its distribution go by, and which attributes of it are hooks."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType, MethodType
from typing import Any

import pluggy

from oa_crm.errors import PluginRefused
from oa_crm.hooks.capabilities import Capabilities
from oa_crm.hooks.checks import Checks
from oa_crm.hooks.events import Events
from oa_crm.hooks.extensions import Extensions

SPECS = (Capabilities, Extensions, Checks, Events)
FAMILIES = ("provide_", "register_", "check_", "on_")


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A registered plugin: its name, where it came from, and the hooks it implements."""

    name: str
    plugin: object = field(repr=False)
    origin: str
    builtin: bool
    hooks: tuple[str, ...]
    unmarked: tuple[str, ...] = ()


def spec_names() -> list[str]:
    """Every hook we call, in the order of the families."""
    return [name for spec in SPECS for name in vars(spec) if name.startswith(FAMILIES)]


def plugin_name(plugin: object) -> str:
    """The stable name: the plugin's `name` attribute, else its class's (or module's) name."""
    name = getattr(plugin, "name", None)
    if name is None:
        name = plugin.__name__ if inspect.ismodule(plugin) else type(plugin).__name__
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not name.isprintable():
        raise PluginRefused(repr(plugin), "its `name` must be text of 1 to 100 printable characters")
    if inspect.isclass(plugin):
        raise PluginRefused(plugin.__name__, "it is a class; give an instance, such as MyPlugin()")
    return name


def _members(plugin: object) -> Iterator[tuple[str, Any]]:
    # Only functions are read, as pluggy does: looking at a plugin must not run its properties.
    for name in dir(plugin):
        found = inspect.getattr_static(plugin, name, None)
        if isinstance(found, FunctionType | MethodType | staticmethod | classmethod):
            yield name, getattr(plugin, name)


def marked_hooks(manager: pluggy.PluginManager, plugin: object) -> dict[str, dict[str, Any]]:
    """The plugin's methods that carry `@hookimpl`, with the marker's options."""
    found = {}
    for name, member in _members(plugin):
        if callable(member) and (options := manager.parse_hookimpl_opts(plugin, name)) is not None:
            found[name] = dict(options)
    return found


def unmarked_hooks(plugin: object, marked: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Methods that are named like a hook but lack the marker, which is nearly always a slip."""
    known = set(spec_names())
    return tuple(name for name, member in _members(plugin) if name in known - set(marked) and callable(member))
