"""What a caller gives, as its schema; a mapping is validated, and what is wrong is told field by field."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import In

I_ = TypeVar("I_", bound=In)


def given(schema: type[I_], data: I_ | Mapping[str, Any], name: str = "(all)") -> I_:
    """The input as its schema; a mapping is validated. Raises `InvalidInput` with every wrong field."""
    if isinstance(data, schema):
        return data
    # Rows of some drivers have keys as well, and are no Mapping.
    if not hasattr(data, "keys") or not all(isinstance(field, str) for field in data.keys()):  # noqa: SIM118
        raise InvalidInput.of(name, "no_fields", schema=schema.__name__, given=type(data).__name__)
    return schema(**data)  # type: ignore[arg-type]


def given_row(schema: type[I_], at: int, data: I_ | Mapping[str, Any]) -> I_:
    """A row of many as its schema; what is wrong with it names the row: "rows.17.name"."""
    try:
        return given(schema, data)
    except InvalidInput as wrong:
        raise InvalidInput([replace(one, field=f"rows.{at}.{one.field}") for one in wrong.problems]) from None
