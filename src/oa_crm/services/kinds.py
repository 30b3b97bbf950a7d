"""The kinds of things that people look up by word and id."""

from oa_crm.errors import InvalidInput
from oa_crm.models import (
    Base,
    Contact,
    Contract,
    Customer,
    Expense,
    File,
    FollowUp,
    HelpRequest,
    Lead,
    Matter,
    Plan,
    Project,
    Share,
    Strategy,
)

_KINDS: dict[str, type[Base]] = {
    "customer": Customer,
    "project": Project,
    "contract": Contract,
    "expense": Expense,
    "contact": Contact,
    "file": File,
    "lead": Lead,
    "follow_up": FollowUp,
    "strategy": Strategy,
    "help_request": HelpRequest,
    "share": Share,
    "plan": Plan,
    "matter": Matter,
}

HOLDERS: dict[str, type[Base]] = {
    "customer": Customer,
    "contact": Contact,
    "lead": Lead,
    "follow_up": FollowUp,
    "project": Project,
    "contract": Contract,
    "expense": Expense,
}
"""What a file may be attached to."""


def model_of(kind: str, *besides: str) -> type[Base]:
    """The model of a kind that people look up. Raises `InvalidInput` for any other word, naming those that
    would do, `besides` included."""
    if kind not in _KINDS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join((*_KINDS, *besides)))
    return _KINDS[kind]


def looked_up(kind: str) -> bool:
    """Whether people look up things of this kind by word and id."""
    return kind in _KINDS


def holder_of(kind: str) -> type[Base]:
    """The model of a kind that files are attached to. Raises `InvalidInput` for any other word."""
    if kind not in HOLDERS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join(HOLDERS))
    return HOLDERS[kind]
