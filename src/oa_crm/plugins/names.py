"""Which names a plugin and its distribution go by, and which attributes of it are hooks."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, MethodType
from typing import Any

import pluggy

from oa_crm.errors import PluginRefused
from oa_crm.hooks import PROJECT
from oa_crm.hooks.capabilities import Capabilities
from oa_crm.hooks.checks import Checks
from oa_crm.hooks.events import Events
from oa_crm.hooks.extensions import Extensions

SPECS = (Capabilities, Extensions, Checks, Events)
_MARK = f"{PROJECT}_impl"
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


@cache
def spec_names() -> tuple[str, ...]:
    """Every hook we call, in the order of the families."""
    return tuple(name for spec in SPECS for name in vars(spec) if name.startswith(FAMILIES))


def plugin_name(plugin: object) -> str:
    """The stable name: the plugin's `name` attribute, else its class's (or module's) name."""
    if plugin is None or type(plugin) in (str, bytes, int, float, bool, list, tuple, set, frozenset, dict):
        raise PluginRefused(repr(plugin), "it is no plugin; give an object or a module with functions marked @hookimpl")
    name = getattr(plugin, "name", None)
    if name is None:
        name = plugin.__name__ if inspect.ismodule(plugin) else type(plugin).__name__
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not name.isprintable():
        raise PluginRefused(repr(plugin), "its `name` must be text of 1 to 100 printable characters")
    if inspect.isclass(plugin):
        raise PluginRefused(plugin.__name__, "it is a class; give an instance, such as MyPlugin()")
    return name


class Registry(pluggy.PluginManager):
    """pluggy's own, but it passes over what every object has: no hook has such a name, and looking takes long.

    What `hooks_of` found it takes from there: pluggy would look at every attribute of the plugin once more.
    """

    known: tuple[object, dict[str, dict[str, Any]]] | None = None

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        """What the marker says at an attribute; None where there is none."""
        if self.known is not None and self.known[0] is plugin:
            options = self.known[1].get(name)
            return None if options is None else dict(options)
        return None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        """The same for a hook's specification."""
        return None if name.startswith("__") else super().parse_hookspec_opts(module_or_class, name)


def hooks_of(registry: Registry, plugin: object) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    """The plugin's methods that carry `@hookimpl`, with the marker's options; and those that are named like a hook but
    lack the marker, which is nearly always a slip."""
    marked, unmarked = dict[str, dict[str, Any]](), []
    for name, found in _methods(plugin):
        # A plain function has the marker on itself: pluggy would look the function up twice more.
        plain = isinstance(found, FunctionType)
        options = getattr(found, _MARK, None) if plain else registry.parse_hookimpl_opts(plugin, name)
        if isinstance(options, dict):
            marked[name] = dict(options)
        elif name in spec_names():
            unmarked.append(name)
    registry.known = plugin, marked
    return marked, tuple(unmarked)


def _methods(plugin: object) -> Iterator[tuple[str, object]]:
    # Only functions are read, as pluggy does: looking at a plugin must not run its properties.
    for name in dir(plugin):
        found = None if name.startswith("__") else inspect.getattr_static(plugin, name, None)
        if isinstance(found, FunctionType | MethodType | staticmethod | classmethod) and callable(
            getattr(plugin, name)
        ):
            yield name, found
