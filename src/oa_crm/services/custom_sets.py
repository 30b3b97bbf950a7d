"""The custom fields of a kind as they stand together, with the pydantic model that is built from them.

Built once for each change of a definition and kept by its stamp, never for a call. A stamp is never used again, so
what was built inside a transaction that is taken back is found by nobody.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

import pydantic
from pydantic import BaseModel, ConfigDict, create_model

from oa_crm.errors import ConfigurationError
from oa_crm.schemas.custom import CustomFieldFacts, Plain
from oa_crm.schemas.custom_types import HINTS, annotation, plain

_KEPT = 1000


@dataclass(frozen=True)
class Field:
    """One custom field. `plugin` names who registered it; then it has neither id nor version."""

    kind: str
    name: str
    facts: CustomFieldFacts
    state: str = "in_use"
    plugin: str | None = None
    id: UUID | None = None
    version: int | None = None

    @property
    def active(self) -> bool:
        """Whether it takes values now."""
        return self.state == "in_use"

    @property
    def hint(self) -> str:
        """What would be right, in English."""
        return HINTS[self.facts.type]

    def plain(self, value: Any) -> Plain:
        """A validated value in its plain form."""
        return plain(value, self.facts.options)


class Definitions:
    """The fields of one kind, and the model that validates values of them."""

    def __init__(self, fields: Iterable[Field], currency: str) -> None:
        self.fields: Mapping[str, Field] = {
            one.name: one for one in sorted(fields, key=lambda one: (one.facts.order, one.name))
        }
        self.currency = currency

    @property
    def active(self) -> list[Field]:
        """Those that take values now, in their order."""
        return [one for one in self.fields.values() if one.active]

    @cached_property
    def model(self) -> type[BaseModel]:
        """Takes any of the active fields, none of them required."""
        # Under names of our own: a field may be called "copy" or "model_dump".
        kept: dict[str, Any] = {
            f"{one.name}_": (
                annotation(one.facts, self.currency) | None,
                pydantic.Field(default=None, alias=one.name, description=one.hint),
            )
            for one in self.active
        }
        return create_model("CustomValues", __config__=ConfigDict(extra="forbid", protected_namespaces=()), **kept)


class Library:
    """What plugins registered, and the definitions that were built lately."""

    def __init__(self, registered: Iterable[Field] = (), currency: str = "CNY") -> None:
        self._registered: dict[str, list[Field]] = {}
        for one in registered:
            self._registered.setdefault(one.kind, []).append(one)
        self._built: OrderedDict[tuple[str, str, UUID | None], Definitions] = OrderedDict()
        self._lock = Lock()
        self.currency = currency

    def registered(self, kind: str) -> list[Field]:
        """The fields that plugins bring to a kind."""
        return self._registered.get(kind, [])

    def find(self, tenant: str, kind: str, stamp: UUID | None) -> Definitions | None:
        """What was built for this stamp; without a stamp, the company defined none itself."""
        with self._lock:
            if (found := self._built.get((tenant, kind, stamp))) is not None:
                self._built.move_to_end((tenant, kind, stamp))
            return found

    def keep(self, tenant: str, kind: str, stamp: UUID | None, defined: Iterable[Field]) -> Definitions:
        """Build what a company defined together with what plugins registered.

        Raises `ConfigurationError` naming both where they use one name.
        """
        defined = list(defined)
        ours = {one.name: one for one in self.registered(kind)}
        for one in defined:
            if one.name in ours:
                raise ConfigurationError(
                    f"the plugin {ours[one.name].plugin} and the company {tenant} both have a custom field "
                    f"{one.name!r} of {kind}; rename the plugin's"
                )
        built = Definitions([*ours.values(), *defined], self.currency)
        with self._lock:
            self._built[(tenant, kind, stamp)] = built
            while len(self._built) > _KEPT:
                self._built.popitem(last=False)
        return built
