"""What a way of matching customers is made of; the built-in ways and those of plugins have one shape.

A matcher turns a customer into keys (two customers who share one are compared) and says of two customers how
alike they are in its respect, how that takes part in the verdict, and why. Only the standard library is used.
Everything is pure: no database, no clock, no network, and `compare(a, b) == compare(b, a)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

BUILT_IN_MATCHERS = ("names", "identity", "phone", "email", "domain", "address")
"""Names that a plugin's matcher may not take; a policy's conditions name them too."""

Part = Literal["decides", "likeness", "adds", "limits"]


class Candidate(Protocol):
    """A customer to compare: as somebody types it, or as it is on file."""

    @property
    def name(self) -> str: ...
    @property
    def former_names(self) -> Sequence[str]: ...
    @property
    def credit_code(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def short_name(self) -> str | None: ...
    @property
    def aliases(self) -> Sequence[str]: ...
    @property
    def phones(self) -> Sequence[str]: ...
    @property
    def emails(self) -> Sequence[str]: ...
    @property
    def website(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def extra(self) -> Mapping[str, str]: ...


class Why(Protocol):
    """A reason: a stable code, its facts, and a text in the reader's language."""

    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, str | int]: ...
    def text(self, locale: str = "en") -> str: ...


@dataclass(frozen=True, slots=True)
class MatchReason:
    """A plugin's reason. `en` and `zh` may name the facts in `params`: "same tax number {number}"."""

    code: str
    en: str
    zh: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, locale: str = "en") -> str:
        """The reason in the reader's language; anything but Chinese reads English."""
        return (self.zh if locale.lower().startswith("zh") else self.en).format(**self.params)


# Not frozen, which would triple what one costs: a customer has nearly twenty. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class MatchKey:
    """Something in which two customers may agree; it is hashed, so `text` may be as long as it likes.

    `weight` is how much an agreement speaks for a candidate: 8 for what nearly names it, 1 for what many share.
    `strong` keys are probed deeper. `race`: two customers who are truly the same must share it, so two
    writers of it wait for each other.
    """

    kind: str
    text: str
    weight: float = 1.0
    strong: bool = False
    race: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How alike two customers are in one respect (`value`, 0 to 1), how it takes part, and why.

    `part` is "decides": the score is `value`, whatever the rest says; "likeness": the highest likeness is where
    the score starts; "adds": a likeness is raised by `amount`, never to certain; "limits": the score
    is at most `amount`.
    """

    value: float
    part: Part
    reasons: tuple[Why, ...]
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class DuplicateMatcher:
    """One way of matching. Raise `version` when `keys` changes: stored keys are then due to be built anew.

    Until that is done, a customer is also looked for by `keys_before`, the keys as the version before made them.
    `keys(customer)` yields what others may agree in; `compare(one, other)` is symmetric and returns None when
    it has nothing to say, most often because one side has no such fact.
    """

    name: str
    version: int
    keys: Callable[[Candidate], Iterable[MatchKey]]
    compare: Callable[[Candidate, Candidate], Match | None]
    keys_before: Callable[[Candidate], Iterable[MatchKey]] | None = None
