"""Matchers of plugins: what one raises, long after start, still names its plugin."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oa_crm.errors import PluginRefused
from oa_crm.hooks.matching import DuplicateMatcher


def naming_its_plugin(plugin: str, matcher: DuplicateMatcher) -> DuplicateMatcher:
    """The same matcher, which raises `PluginRefused` for whatever it raises."""

    def guard(call: Callable[..., Any], *, listed: bool) -> Callable[..., Any]:
        def guarded(*customers: Any) -> Any:
            try:
                # Here, so that what a generator raises is caught as well.
                return list(call(*customers)) if listed else call(*customers)
            except Exception as exc:
                problem = f"its matcher {matcher.name} raised {type(exc).__name__}: {exc}"
                raise PluginRefused(plugin, problem) from exc

        return guarded

    before = matcher.keys_before
    return replace(
        matcher,
        keys=guard(matcher.keys, listed=True),
        compare=guard(matcher.compare, listed=False),
        keys_before=before and guard(before, listed=True),
    )
