"""Which fields of an answer are looked into for what not everybody sees: all that are not plain by their type."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

import oa_crm.schemas
from oa_crm.money import Money
from oa_crm.schemas.base import Out, Page
from oa_crm.services.showing import _looked_into, _plain

OUTPUTS = [one for one in vars(oa_crm.schemas).values() if isinstance(one, type) and issubclass(one, Out)]


class Inner(Out):
    phone: str | None


@pytest.mark.parametrize(
    "plain",
    [str, int | None, UUID, Decimal, Money, tuple[str, ...], Mapping[str, int], Literal["a"], Annotated[str, Field()]],
)
def test_what_is_plain_by_its_type_is_passed_over(plain: Any) -> None:
    assert _plain(plain)


@pytest.mark.parametrize(
    "kind",
    [
        Inner, Inner | None, tuple[Inner, ...], Mapping[str, Inner], dict[str, tuple[Inner, ...]],
        Annotated[Inner, Field()], BaseModel, object, Any, tuple, list, dict, Mapping[str, object],
    ],
)  # fmt: skip
def test_what_may_hold_another_answer_is_looked_into(kind: Any) -> None:
    assert not _plain(kind)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda one: one.__name__)
def test_no_field_is_passed_over_whose_type_names_a_model(output: type[Out]) -> None:
    over = set(output.model_fields) - set(_looked_into(output))
    assert not [name for name in over if _names_a_model(output.model_fields[name].annotation)]


def _names_a_model(annotation: Any) -> bool:
    inside = [one for one in get_args(annotation) if not isinstance(one, str)]
    return (isinstance(annotation, type) and issubclass(annotation, BaseModel)) or any(map(_names_a_model, inside))


def test_the_things_of_a_page_are_looked_into() -> None:
    assert _looked_into(Page[Inner]) == ("items",)
