"""Matchers put together: the keys of a customer, and the verdict on two.

Likeness is where a score starts, what adds raises it and what limits holds it down; what decides has the last
word. Symmetric as its matchers are. A wrong `certain` stops somebody's work, so adding never gets there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from oa_crm.duplicates.draft import Draft
from oa_crm.duplicates.keys import Key, key_of
from oa_crm.duplicates.matchers import names
from oa_crm.duplicates.score import RELATED, Score, tier_of
from oa_crm.hooks.matching import BUILT_IN_MATCHERS, Candidate, DuplicateMatcher, Match, MatchKey, Why

_ADDED_AT_MOST = 0.94
# Of the built-in ones only this says that two are two; no other matcher may take their names.
_NEVER_HOLD = frozenset(BUILT_IN_MATCHERS) - {"identity"}


class Engine:
    """A set of matchers, asked in their order. `version` changes when any of their keys may have."""

    def __init__(self, matchers: Sequence[DuplicateMatcher]) -> None:
        self.matchers = tuple(matchers)
        self._holding = tuple(one for one in self.matchers if one.name not in _NEVER_HOLD)
        adding = tuple(one for one in self.matchers if one.name in _NEVER_HOLD and one is not names.NAMES)
        self._adding = adding if names.NAMES in self.matchers else None

    @property
    def version(self) -> str:
        """Names and versions of the matchers, as they would be kept with stored keys."""
        return " ".join(f"{matcher.name}:{matcher.version}" for matcher in self.matchers)

    def keys(self, draft: Candidate, tenant: str) -> frozenset[Key]:
        """Every key of a customer, the heaviest where two agree; most customers have 11 to 19.

        A draft remembers those that were made last."""
        if type(draft) is not Draft:
            return self._keys(draft, tenant)
        held = draft.keyed
        if held is None or held[0] is not self or held[1] != tenant:
            held = draft.keyed = (self, tenant, self._keys(draft, tenant))
        return held[2]  # type: ignore[no-any-return]

    def keys_before(self, draft: Candidate, tenant: str) -> frozenset[Key]:
        """The keys as the matchers' versions before made them, of those that say how."""
        return _hashed(tenant, (key for one in self.matchers if one.keys_before for key in one.keys_before(draft)))

    def race_keys(self, draft: Candidate, tenant: str) -> frozenset[int]:
        """Hashes that two truly equal customers share: whoever writes one waits for the other writer."""
        return frozenset(key.hash for key in self.keys(draft, tenant) if key.race)

    def score(self, one: Candidate, other: Candidate) -> Score:
        """How surely two are one customer. Pure and symmetric."""
        return _verdict([match for matcher in self.matchers if (match := matcher.compare(one, other))])

    def held_below(self, value: float, one: Candidate, other: Candidate) -> bool:
        """Whether the score of two surely stays below `value`, told without comparing their names: by numbers that
        differ, or by places that do where nothing else speaks for them."""
        held = raised = False
        for matcher in self._holding:
            match = matcher.compare(one, other)
            if match is None:
                continue
            if match.part == "decides":
                return False
            if match.part != "limits":
                raised = True
            elif round(match.amount, 3) < value:
                held = True
        return held or (not raised and self._names_hold(value, one, other))

    def _names_hold(self, value: float, one: Candidate, other: Candidate) -> bool:
        if self._adding is None or names.at_most(one, other) >= value:
            return False
        return not any(matcher.compare(one, other) for matcher in self._adding)

    def parts(self, one: Candidate, other: Candidate) -> dict[str, float]:
        """What each matcher that has something to say says, by its name: {"names": 0.97, "phone": 1.0}."""
        found = ((matcher.name, matcher.compare(one, other)) for matcher in self.matchers)
        return {name: round(match.value, 3) for name, match in found if match}

    def _keys(self, draft: Candidate, tenant: str) -> frozenset[Key]:
        return _hashed(tenant, (key for matcher in self.matchers for key in matcher.keys(draft)))


def _hashed(tenant: str, match_keys: Iterable[MatchKey]) -> frozenset[Key]:
    found: dict[int, Key] = {}
    for match_key in match_keys:
        key = key_of(tenant, match_key)
        held = found.get(key.hash)
        if held is None:
            found[key.hash] = key
        elif held.weight < key.weight:
            found[key.hash] = key if key.race or not held.race else replace(key, race=True)
        elif key.race and not held.race:
            found[key.hash] = replace(held, race=True)
    return frozenset(found.values())


def _verdict(matches: list[Match]) -> Score:
    if len(matches) == 1 and matches[0].part == "likeness":
        # Two firms of whom only the names say something: most of those that are compared.
        rounded = round(matches[0].value, 3)
        return Score(rounded, tier_of(rounded), tuple(matches[0].reasons))
    value = max((match.value for match in matches if match.part == "likeness"), default=0.0)
    added = sum(match.amount for match in matches if match.part == "adds")
    if added:
        value = max(value, RELATED, min(value + added, _ADDED_AT_MOST))
    value = min((match.amount for match in matches if match.part == "limits" and match.amount < value), default=value)
    deciding = [match for match in matches if match.part == "decides"]
    if deciding:
        value = max(match.value for match in deciding)
    rounded = round(value, 3)
    return Score(rounded, tier_of(rounded), _reasons(deciding, matches))


def _reasons(deciding: list[Match], matches: list[Match]) -> tuple[Why, ...]:
    rest = [match for match in matches if match.part != "decides"]
    return tuple(reason for match in (*deciding, *rest) for reason in match.reasons)
