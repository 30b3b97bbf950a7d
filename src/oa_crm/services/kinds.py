"""The kinds of things that people look up by word and id."""

from oa_crm.errors import InvalidInput
from oa_crm.models import Base, Contract, Customer, Expense, Project

_KINDS: dict[str, type[Base]] = {
    "customer": Customer,
    "project": Project,
    "contract": Contract,
    "expense": Expense,
}


def model_of(kind: str, *besides: str) -> type[Base]:
    """The model of a kind that people look up. Raises `InvalidInput` for any other word, naming those that
    would do, `besides` included."""
    if kind not in _KINDS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join((*_KINDS, *besides)))
    return _KINDS[kind]
