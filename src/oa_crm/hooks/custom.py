"""Custom fields as plugins define them in code, the same shape as those that a company defines as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CustomField:
    """One more field on a kind of thing ("customer", "project").

    `type` is text, number, money, date, choice, multi_choice, member or reference. `label` and `help` are words by
    language, `options` labels by the option's code, with `retired_options` no longer to be chosen. `decimals` and
    `currency` are for number and money, `max_length` for text (a longer one than 200 is neither filtered nor sorted
    by), `to` for a reference: "customer" or "project". Roles in `see` and `edit` alone may (empty: everybody), those in
    `masked` see that there is something. `personal` says that it tells of a person.
    """

    kind: str
    name: str
    type: str
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    retired_options: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    default: object = None
    group: str | None = None
    order: int = 0
    decimals: int = 2
    currency: str | None = None
    max_length: int = 200
    to: str | None = None
    see: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    personal: bool = False
