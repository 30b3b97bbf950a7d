"""The kinds of things that have custom fields: every model with a column `custom`."""

from functools import cache

from oa_crm.errors import InvalidInput
from oa_crm.models import Base, kind_of, table_of


@cache
def _kinds() -> dict[str, type[Base]]:
    models = [mapper.class_ for mapper in Base.registry.mappers]
    return {kind_of(model): model for model in models if "custom" in table_of(model).c}


def kind_named(kind: str, field: str = "kind") -> type[Base]:
    """The model of a kind with custom fields. Raises `InvalidInput` for any other, naming those."""
    if kind not in _kinds():
        raise InvalidInput.of(field, "unknown_kind", kind=kind, known=", ".join(sorted(_kinds())))
    return _kinds()[kind]
