"""Matchers of plugins: what one raises or answers amiss, long after start, still names its plugin."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

from oa_crm.errors import PluginRefused
from oa_crm.hooks.matching import DuplicateMatcher, Match, MatchKey, Part

_PARTS = get_args(Part)


def naming_its_plugin(plugin: str, matcher: DuplicateMatcher) -> DuplicateMatcher:
    """The same matcher, which raises `PluginRefused` for whatever it raises, and for an answer that is none."""

    def guard(call: Callable[..., Any], checked: Callable[[Any], Any]) -> Callable[..., Any]:
        def guarded(*customers: Any) -> Any:
            try:
                return checked(call(*customers))
            except Exception as exc:
                problem = f"its matcher {matcher.name} raised {type(exc).__name__}: {exc}"
                raise PluginRefused(plugin, problem) from exc

        return guarded

    before = matcher.keys_before
    return replace(
        matcher,
        keys=guard(matcher.keys, _keys),
        compare=guard(matcher.compare, _match),
        keys_before=before and guard(before, _keys),
    )


def _keys(answer: Any) -> list[MatchKey]:
    # A list, so that what a generator raises is raised here.
    keys = list(answer)
    for key in keys:
        if not isinstance(key, MatchKey):
            raise TypeError(f"{key!r} is no MatchKey")
    return keys


def _match(answer: Any) -> Match | None:
    if answer is None:
        return None
    if not isinstance(answer, Match) or answer.part not in _PARTS:
        raise TypeError(f"{answer!r} is no Match that {', '.join(_PARTS)}")
    if not (0 <= answer.value <= 1 and 0 <= answer.amount <= 1):
        raise ValueError(f"{answer.value} and {answer.amount} are not both from 0 to 1")
    for reason in answer.reasons:
        # Said once here: a text that lacks its facts would break the answer to a salesperson.
        reason.text("en")
        reason.text("zh")
    return answer
