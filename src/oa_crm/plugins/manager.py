"""Loads plugins: which may come in, and what they must keep to. One manager per CRM, nothing global.

Everything that is wrong with a plugin is said at start, naming the plugin, the hook and the way out. How
hooks are called is not here but in `dispatch.py`.
"""

import difflib
import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions
from types import FunctionType, MethodType

import pluggy

from oa_crm.errors import ConfigurationError, PluginRefused
from oa_crm.hooks import PROJECT
from oa_crm.plugins.names import SPECS, LoadedPlugin, Registry, hooks_of, plugin_name, spec_names

GROUP = "oa_crm.plugins"


class PluginManager:
    """The plugins of one CRM. Built-in ones are registered like anybody's, and marked as such."""

    def __init__(
        self,
        *,
        builtin: Sequence[object] = (),
        plugins: Sequence[object] = (),
        discover: Iterable[str] = (),
        block: Iterable[str] = (),
    ) -> None:
        for argument, given in (("plugins", plugins), ("discover", discover), ("block", block)):
            _must_be_several(argument, given)
        self._pluggy = Registry(PROJECT)
        for spec in SPECS:
            self._pluggy.add_hookspecs(spec)
        self._blocked = frozenset(block)
        self._seen: set[str] = set()
        self._loaded: dict[str, LoadedPlugin] = {}
        self._disabled: dict[str, str] = {}
        self._implementers: dict[str, tuple[LoadedPlugin, ...]] = {}
        self._callers: dict[tuple[str, str], Callable[..., list[object]]] = {}
        for plugin in builtin:
            self._register(plugin, plugin_name(plugin), origin="oa_crm", builtin=True)
        for plugin in plugins:
            self._register(plugin, plugin_name(plugin), origin="given by the host")
        self._discover(frozenset(discover))
        self._must_know(self._blocked - self._seen - frozenset(discover))

    @property
    def loaded(self) -> list[LoadedPlugin]:
        """The plugins that take part, sorted by name."""
        return [self._loaded[name] for name in sorted(self._loaded) if name not in self._disabled]

    @property
    def disabled(self) -> dict[str, str]:
        """Plugins that were turned off at start, with the reason."""
        return dict(self._disabled)

    def disable(self, name: str, why: str) -> None:
        """Leave a plugin out of every later call."""
        self._disabled[name] = why
        self._implementers.clear()

    def implementers(self, hook: str) -> Sequence[LoadedPlugin]:
        """Who implements `hook`, sorted by name."""
        if (known := self._implementers.get(hook)) is None:
            known = self._implementers[hook] = tuple(one for one in self.loaded if hook in one.hooks)
        return known

    def caller(self, hook: str, plugin: str) -> Callable[..., list[object]]:
        """A caller that reaches one plugin only. pluggy still fits the arguments to its signature."""
        key = (hook, plugin)
        if key not in self._callers:
            # By name: `subset_hook_caller` hashes and compares plugins, and a dataclass cannot be hashed.
            impls = getattr(self._pluggy.hook, hook).get_hookimpls()
            (mine,) = [impl for impl in impls if impl.plugin_name == plugin]
            self._callers[key] = _fitting(mine)
        return self._callers[key]

    def _register(self, plugin: object, name: str, *, origin: str, builtin: bool = False) -> None:
        self._seen.add(name)
        if name in self._blocked:
            return
        if name in self._loaded:
            raise PluginRefused(
                name, f"the name is taken: {self._loaded[name].origin} and {origin} both use it; rename one"
            )
        marked, unmarked = hooks_of(self._pluggy, plugin)
        for hook, options in marked.items():
            _refuse_misfits(name, plugin, hook, options)
        try:
            self._pluggy.register(plugin, name)
        except pluggy.PluginValidationError as exc:
            raise PluginRefused(name, str(exc)) from exc
        except ValueError as exc:
            raise PluginRefused(name, "the same plugin object was given twice; give it once") from exc
        self._loaded[name] = LoadedPlugin(name, plugin, origin, builtin, tuple(sorted(marked)), unmarked)
        self._implementers.clear()

    def _discover(self, allowed: frozenset[str]) -> None:
        found: dict[str, str] = {}
        for distribution, entry in _entry_points() if allowed else ():
            if entry.name not in allowed or entry.name in self._blocked:
                continue
            origin = f"{distribution.metadata['Name']} {distribution.version}"
            if entry.name in found:
                raise PluginRefused(
                    entry.name,
                    f"{found[entry.name]} and {origin} both install a plugin of this name; keep one",
                )
            found[entry.name] = origin
            self._register(_load(entry), entry.name, origin=origin)
        if missing := sorted(allowed - set(found) - self._blocked):
            raise ConfigurationError(
                f"no installed distribution offers the plugins {', '.join(missing)} in the entry-point group "
                f"{GROUP!r}; install them or take them off `discover`"
            )

    def _must_know(self, blocked: frozenset[str]) -> None:
        """A misspelt name in `block` would let in what the host wants to keep out."""
        installed = {entry.name for _, entry in _entry_points()} if blocked else set()
        for name in sorted(blocked - installed):
            near = difflib.get_close_matches(name, {*self._seen, *installed}, n=1)
            hint = f"did you mean {near[0]}?" if near else "take it off `block`"
            raise ConfigurationError(f"`block` names {name}, but there is no plugin of that name; {hint}")


def _must_be_several(argument: str, given: object) -> None:
    """One text is a sequence too, of letters; and a lone plugin is nearly always a forgotten bracket."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        like = "[YourHost()]" if argument == "plugins" else "{'acme_finance'}"
        raise ConfigurationError(f"`{argument}` is several, such as {like}, not one {type(given).__name__}")


def _fitting(impl: pluggy.HookImpl) -> Callable[..., list[object]]:
    def call(**arguments: object) -> list[object]:
        # pluggy itself would leave out what has a default, and `delivery=None` would stay None for ever.
        optional = {name: arguments[name] for name in impl.kwargnames if name in arguments} if impl.kwargnames else {}
        answer = impl.function(*(arguments[name] for name in impl.argnames), **optional)
        return [] if answer is None else [answer]

    return call


def _entry_points() -> Iterable[tuple[Distribution, EntryPoint]]:
    seen = set()
    for distribution in distributions():
        for entry in distribution.entry_points.select(group=GROUP):
            key = (distribution.metadata["Name"], entry.name)
            if key not in seen:  # a distribution may be on the path twice; the first one wins, as in imports
                seen.add(key)
                yield distribution, entry


def _load(entry: EntryPoint) -> object:
    try:
        loaded = entry.load()
        return loaded() if inspect.isclass(loaded) else loaded
    except Exception as exc:
        raise PluginRefused(entry.name, f"it could not be loaded: {type(exc).__name__}: {exc}") from exc


# pluggy's marker takes more than we can keep to: each plugin is called on its own, under the hook's own name.
_OPTIONS = {
    "wrapper": "is a wrapper; each plugin is called on its own, so implement the hook itself",
    "hookwrapper": "is a wrapper; each plugin is called on its own, so implement the hook itself",
    "optionalhook": "is marked `optionalhook`; every hook that a plugin names must exist, so take the option off",
    "tryfirst": "is marked `tryfirst`; plugins are called one by one, sorted by name, so take the option off",
    "trylast": "is marked `trylast`; plugins are called one by one, sorted by name, so take the option off",
}


def _refuse_misfits(name: str, plugin: object, hook: str, options: dict[str, object]) -> None:
    if options.get("specname"):
        raise PluginRefused(name, f"{hook} is marked with `specname`; call the method {options['specname']} instead")
    if hook not in spec_names():
        near = difflib.get_close_matches(hook, spec_names(), n=1)
        hint = f"did you mean {near[0]}?" if near else "the hooks are listed in docs/hooks/"
        raise PluginRefused(name, f"there is no hook {hook}; {hint}")
    function = getattr(plugin, hook)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise PluginRefused(
            name, f"{hook} is `async def`; hooks are called without an event loop, so write a plain `def`"
        )
    _refuse_parameters(name, function, hook)
    for option, problem in _OPTIONS.items():
        if options.get(option):
            raise PluginRefused(name, f"{hook} {problem}")


def _refuse_parameters(name: str, function: Callable[..., object], hook: str) -> None:
    """A parameter that is never filled in would fail at every call, long after the start."""
    known = _parameters_of(hook)
    if _plainly_fits(function, known):
        return
    try:
        # A decorator that fills in more of them itself is called in place of what it wraps.
        taken = inspect.signature(function, follow_wrapped=False).parameters.values()
    except ValueError:
        raise PluginRefused(name, f"{hook} is a method without `self`") from None
    for one in taken:
        if one.default is not one.empty or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            continue
        if one.name not in known:
            may = ", ".join(known) or "no parameter"
            raise PluginRefused(name, f"{hook} takes {one.name}, which it is never given; it may take {may}, or less")
        if one.kind is one.KEYWORD_ONLY:
            raise PluginRefused(
                name, f"{hook} takes {one.name} behind a `*`; hooks are called by position, so leave it out"
            )


@cache
def _parameters_of(hook: str) -> tuple[str, ...]:
    spec = next(getattr(one, hook) for one in SPECS if hook in vars(one))
    return tuple(one for one in inspect.signature(spec).parameters if one != "self")


def _plainly_fits(function: Callable[..., object], known: tuple[str, ...]) -> bool:
    """Whether it is a method like nearly all. Its code tells that in no time, and making a signature was a third of
    making a CRM."""
    if not isinstance(function, MethodType) or not isinstance(function.__func__, FunctionType):
        return False
    code = function.__func__.__code__
    own = not hasattr(function, "__signature__") and code.co_argcount and not code.co_kwonlyargcount
    return bool(own) and set(code.co_varnames[1 : code.co_argcount]) <= set(known)
