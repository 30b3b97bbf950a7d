"""The ground of all schemas: input that says what is wrong with it, output that is frozen.

Input models raise our own `InvalidInput` instead of pydantic's error, with every wrong field at once.
"""

from collections import deque
from collections.abc import Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.i18n import PROBLEMS

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
HostId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


def _exact(value: Any) -> str:
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("not_exact", "{given} is not exact", {"given": repr(value)})
    return str(value)


if TYPE_CHECKING:
    Amount = str | int | Decimal
else:
    Amount = Annotated[str, BeforeValidator(_exact)]
T = TypeVar("T")
_DEEPEST = 20
_SEVERAL = (list, tuple, set, frozenset, deque, KeysView, ValuesView)
"""What pydantic takes for a tuple, beside an iterator; and it takes bytes for text."""


@dataclass(frozen=True, slots=True)
class Shows:
    """Written on a field of an output: it tells these, such as "contract.amount", and is seen as the strictest is."""

    fields: tuple[str, ...]

    @classmethod
    def of(cls, *fields: str) -> "Shows":
        """What the field tells, each as "kind.field"."""
        return cls(fields)


def told(path: str, error: ErrorDetails, hint: str) -> FieldProblem:
    """What pydantic found wrong at `path`, as we say it."""
    # A choice comes as "'agree' or 'reject'", in English.
    facts = {name: str(value).replace("' or '", "', '") for name, value in error.get("ctx", {}).items()}
    return FieldProblem(path, error["msg"], hint, error["type"], facts)


class In(BaseModel):
    """What a caller gives. Unknown fields are refused: they are usually misspelt ones."""

    KIND: ClassVar[str | None] = None
    """The kind of thing whose fields it fills in, where that has fields not everybody may."""
    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Of a filter: what one must see openly to use a field of it, each as "kind.field"."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    if not TYPE_CHECKING:

        def __init__(self, **data: Any) -> None:
            if wrong := list(_unkeepable(data)):
                raise InvalidInput([FieldProblem.of(name, code) for name, code in wrong])
            try:
                super().__init__(**data)
            except ValidationError as exc:
                raise InvalidInput([self._problem(error) for error in exc.errors()]) from None

        # A model inside another is validated by pydantic alone, so that the path to what is wrong is whole.
        __init__.__pydantic_base_init__ = True

    @field_validator("*", mode="before")
    @classmethod
    def _as_given(cls, value: Any, field: ValidationInfo) -> Any:
        # Web frameworks build a model from a body by pydantic's own ways, which pass by `__init__`.
        if isinstance(value, str):
            code = unkeepable(value)
        elif value is None:
            return None
        else:
            value = tuple(value) if isinstance(value, Iterator) else value  # it can be gone through once
            code = next((one for _, one in _unkeepable({"": value})), None)
        if code:
            raise PydanticCustomError(code, PROBLEMS[code]["en"][0])
        # Python counts with true and false; what people send as one of these they did not mean as a number.
        if isinstance(value, bool) and _whole(cls.model_fields[str(field.field_name)].annotation):
            raise PydanticCustomError("int_type", "Input should be a valid integer")
        return value

    @classmethod
    def _problem(cls, error: ErrorDetails) -> FieldProblem:
        path = ".".join(map(str, error["loc"])) or "(all)"
        known = cls.model_fields.get(str(error["loc"][0])) if error["loc"] else None
        if error["type"] == "extra_forbidden":
            return FieldProblem.of(path, "unknown_field", known=", ".join(_fields_at(cls, error["loc"][:-1])))
        return told(path, error, (known.description or "") if known else "")


def _whole(annotation: Any) -> bool:
    """Whether a field takes whole numbers, and not true or false."""
    kinds = set(_kinds(annotation))
    return int in kinds and not kinds & {bool, Any}


def _kinds(annotation: Any) -> Iterator[Any]:
    inside = get_args(annotation)
    if get_origin(annotation) is Annotated:
        inside = inside[:1]
    elif get_origin(annotation) not in (Union, UnionType):
        yield annotation
        return
    for one in inside:
        yield from _kinds(one)


def unkeepable(text: str) -> str | None:
    """What is in a text that no database takes, as the code of a problem; None for most."""
    if "\0" in text:
        return "zero_character"
    try:
        text.encode()
    except UnicodeEncodeError:  # one half of a surrogate pair, as JSON may spell it
        return "half_a_character"
    return None


def _unkeepable(data: Mapping[Any, Any], depth: int = 1) -> Iterator[tuple[str, str]]:
    """The paths of the texts that no database takes, and of what is nested so deep that nobody means it."""
    for name, value in data.items():
        if isinstance(name, str) and unkeepable(name) == "half_a_character":
            yield name.encode(errors="replace").decode(), "half_a_character"
        elif isinstance(value, str):
            if code := unkeepable(value):
                yield str(name), code
        elif value is not None:
            inner = dict(enumerate(value)) if isinstance(value, _SEVERAL) else value
            if isinstance(inner, bytes) and b"\0" in inner:
                yield str(name), "zero_character"
            elif isinstance(inner, Mapping) and depth == _DEEPEST:
                yield str(name), "too_deep"
            elif isinstance(inner, Mapping):
                yield from ((f"{name}.{path}", code) for path, code in _unkeepable(inner, depth + 1))


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the model that lies at `loc` inside `model`."""
    for name in loc:
        hint = model.model_fields[name].annotation if name in model.model_fields else None
        inside = [one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, BaseModel)]
        model = inside[0] if inside else model
    return model.model_fields


class Patch(In):
    """A change: only the fields that are given change. `expected_version` is the version the editor saw."""

    expected_version: Version = Field(description="the version you read before editing")

    def changes(self) -> dict[str, Any]:
        """The fields to change, as given."""
        return self.model_dump(exclude={"expected_version"}, exclude_unset=True)


class Out(BaseModel):
    """What a service returns: a frozen picture, never a row."""

    KIND: ClassVar[str | None] = None
    """The kind of thing that it shows, where that has fields not everybody may see."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Record(Out):
    """A thing with an id, a version, and who made and changed it when (UTC)."""

    id: UUID
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class Page(Out, Generic[T]):
    """One page of a list. Give `next` back as `after` to go on; it is None on the last page."""

    items: tuple[T, ...]
    next: str | None = None
