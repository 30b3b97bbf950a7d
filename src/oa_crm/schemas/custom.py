"""Custom fields: their definitions, and the values that customers and projects carry.

A value is plain: text, `{"amount", "currency"}`, or a list of option codes. Numbers and days are text, so that they
are exact and the same in Python, in JSON and in the database.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from oa_crm.money import Money
from oa_crm.schemas.base import In, Line, Out, Patch

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Labels = Annotated[dict[Language, Line], Field(max_length=20)]
Roles = Annotated[tuple[Line, ...], Field(max_length=50)]
FieldType = Literal["text", "number", "money", "date", "choice", "multi_choice", "member", "reference"]
_DEEPEST = 4


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON has it. What has no plain form is no value of any field."""
    if isinstance(value, Money):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner, depth + 1) for inner in value]
    raise PydanticCustomError("not_plain", "{given} is no plain value", {"given": type(value).__name__})


Plain = str | list[str] | dict[str, str]
Custom = dict[str, Plain]
if TYPE_CHECKING:
    GivenValue = object
    GivenCustom = Mapping[str, object]
    StoredCustom = Custom
else:
    GivenValue = Annotated[Any, BeforeValidator(_plain)]
    GivenCustom = Annotated[dict[str, GivenValue], Field(max_length=300)]
    StoredCustom = Annotated[Custom, BeforeValidator(lambda kept: kept or {})]


class CustomFieldFacts(BaseModel):
    """What a custom field is, whoever defined it."""

    type: FieldType
    label: Labels = Field(min_length=1, description="a label by language, such as {'zh': '客户等级'}")
    help: Labels = Field(default={})
    options: dict[Code, Labels] = Field(default={}, max_length=500, description="labels by the option's code")
    retired_options: tuple[Code, ...] = ()
    required: bool = False
    unique: bool = False
    default: GivenValue = None
    group: str | None = Field(default=None, max_length=60)
    order: int = Field(default=0, ge=-(2**31), le=2**31 - 1)
    decimals: int = Field(default=2, ge=0, le=6)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217, such as CNY")
    max_length: int = Field(default=200, ge=1, le=2000)
    to: str | None = Field(default=None, max_length=20, description="the kind that a reference leads to")
    see: Roles = ()
    edit: Roles = ()
    masked: Roles = ()
    personal: bool = False


class CustomFieldIn(CustomFieldFacts, In):
    """A field to add to a kind of thing. `name` is how programs know it and stays; `type` may change later.

    `see` and `edit` name the only roles that may (empty: everybody), `masked` those that see a mask. A money field has
    one `currency`, the company's own if left out. `personal` says that its values tell of a person.
    """

    kind: str = Field(max_length=20, description="the kind of thing, such as customer")
    name: FieldName = Field(description="1 to 40 of a-z, 0-9 and _, beginning with a letter")


class CustomFieldPatch(CustomFieldFacts, Patch):
    """What to change of a field. A type, currency or length that values on file do not fit is refused."""

    type: FieldType = "text"
    label: Labels = Field(default={}, min_length=1, description="a label by language, such as {'zh': '客户等级'}")


class CustomFieldOut(CustomFieldFacts, Out):
    """A field as the asking person has it: `sight` is open or masked, `editable` whether he may fill it in.

    `id` and `version` are None for one that a plugin registered; `plugin` names it. `state` is in_use or retired,
    `indexing` true while its index is being made anew, when nothing can be filtered or sorted by it.
    """

    id: UUID | None
    version: int | None
    kind: str
    name: str
    state: str
    plugin: str | None
    sight: str
    editable: bool
    indexing: bool = False

    def said(self, language: str) -> str:
        """The label in a language, else in any."""
        return self.label.get(language) or next(iter(self.label.values()))


class CustomMatch(In):
    """What a field must be: `equals`, one of `any_of`, or from `at_least` to `at_most` (both included)."""

    equals: GivenValue = None
    any_of: tuple[GivenValue, ...] = Field(default=(), max_length=200)
    at_least: GivenValue = None
    at_most: GivenValue = None


class IndexProgress(Out):
    """How far the index of a field is made: `done` things, and whether it is `finished`."""

    done: int
    finished: bool
