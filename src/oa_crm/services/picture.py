"""A row as what leaves a service."""

from typing import Any, TypeVar

from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)


def shown(schema: type[Answer], row: Any, **more: Any) -> Answer:
    """A row as an output schema; `more` adds or replaces fields."""
    return schema.model_validate({**row._mapping, **more})
