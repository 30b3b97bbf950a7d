"""Times and days as callers give them: wherever a schema takes one, a number is none, and the year is one of ours."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, get_args

import pytest
from pydantic.types import AwareDatetime

from oa_crm import schemas
from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import In
from oa_crm.schemas.expenses import ReversalIn

NONE_OF_OURS = [1_700_000_000, 1.5, True, "1700000000", " 45321.5 ", b"1700000000", "1899-12-31", "2200-01-01"]
_TIMES = (datetime, AwareDatetime)


def _leaves(hint: Any) -> Iterator[Any]:
    inside = get_args(hint)
    yield from (one for each in inside for one in _leaves(each)) if inside else (hint,)


def _below(model: type[In]) -> Iterator[type[In]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


def _fields() -> Iterator[Any]:
    for module in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"oa_crm.schemas.{module.name}")
    ours = {one for one in _below(In) if one.__module__.startswith("oa_crm.schemas")}
    for model in sorted(ours, key=lambda one: one.__qualname__):
        for name, field in model.model_fields.items():
            leaves = set(_leaves(field.annotation or field.metadata))
            if leaves & {date, *_TIMES}:
                yield pytest.param(model, name, leaves, id=f"{model.__name__}.{name}")


@pytest.mark.parametrize(("model", "name", "leaves"), list(_fields()))
def test_a_number_is_no_time_and_a_year_is_one_of_ours(model: type[In], name: str, leaves: set[Any]) -> None:
    for wrong in NONE_OF_OURS:
        timely = isinstance(wrong, str) and "-" in wrong and leaves & set(_TIMES)
        value: Any = f"{wrong}T12:00:00+08:00" if timely else wrong
        with pytest.raises(InvalidInput) as caught:
            model(**{name: (value,) if tuple in leaves or Ellipsis in leaves else value})
        told = {one.code for one in caught.value.problems if one.field.split(".")[0] == name}
        assert told in ({"not_a_time"}, {"year_out_of_range"}), (wrong, caught.value.problems)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_the_first_day_and_the_last_are_taken(day: date) -> None:
    assert ReversalIn(reason="写错了", occurred_on=day).occurred_on == day
