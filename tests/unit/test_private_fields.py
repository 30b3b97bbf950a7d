"""No output tells money or personal data without saying so: what rules may be about is known of every field."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

import oa_crm.schemas  # noqa: F401
from oa_crm.models import Base, table_of
from oa_crm.money import Money
from oa_crm.schemas.base import In, Out
from oa_crm.schemas.merges import MergedField
from oa_crm.schemas.privacy import FIELDS, KEPT_AS
from oa_crm.services.sights.dimming import _told

NAMES = {name for fields in FIELDS.values() for name in fields} - {"name"}


def _below(of: type[Any]) -> Iterator[type[Any]]:
    for one in of.__subclasses__():
        yield one
        yield from _below(one)


OUTPUTS = [
    one for one in dict.fromkeys(_below(Out)) if one.__module__.startswith("oa_crm.") and "[" not in one.__name__
]


SHOWN_BY_THEIR_FIELD = {"DigestLineOut.before", "DigestLineOut.after"}
"""What `services/showing.py` shows as the field that the output names."""
OF_NO_THING = {"RowProblem.expected", "ImportedRow.outcome", "ImportColumn.place"}
"""What is called like a field and is another thing."""


def _holds_money(hint: Any) -> bool:
    return hint is Money or any(_holds_money(one) for one in get_args(hint))


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda one: one.__name__)
def test_every_field_with_money_or_a_personal_name_says_what_it_tells(output: type[Out]) -> None:
    told = _told(output)
    silent = {
        f"{output.__name__}.{name}"
        for name, field in output.model_fields.items()
        if (name in NAMES or _holds_money(field.annotation)) and name not in told
    }
    assert silent <= SHOWN_BY_THEIR_FIELD | OF_NO_THING, f"give {output.__name__} a KIND, or the field a Shows"


def test_every_kind_has_an_output_an_input_and_columns() -> None:
    told = {field for one in OUTPUTS for fields in _told(one).values() for field in fields}
    assert told == {f"{kind}.{field}" for kind, fields in FIELDS.items() for field in fields}
    filled = {one.KIND for one in _below(In) if one.KIND}
    assert filled == set(FIELDS)


def test_every_field_is_a_column_or_kept_as_one() -> None:
    tables = {one.KIND: table_of(one) for one in _below(Base) if getattr(one, "KIND", "")}
    for kind, fields in FIELDS.items():
        kept = {
            field.split(".")[1] for one in KEPT_AS.get(kind, {}).values() for field in one if field.startswith(kind)
        }
        assert set(fields) <= {*tables[kind].c.keys(), *kept}, kind


def test_a_merge_tells_every_field_through_one_type() -> None:
    assert set(MergedField.model_fields) >= {"field", "winner", "loser", "result"}
