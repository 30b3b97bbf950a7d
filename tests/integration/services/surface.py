"""What the services offer, read from their code: so that no new method escapes the general proofs."""

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, get_args, get_type_hints
from uuid import UUID

from pydantic import BaseModel

from oa_crm import Unit
from oa_crm.services.base import Service

_ACTS = re.compile(r"self\.(act|_act|_many)\(")


def methods() -> dict[str, Any]:
    """Every public method of every service, by "service.method"."""
    return dict(_methods())


def writes() -> set[str]:
    """The methods that change something: each of them calls `act`."""
    return {name for name, method in methods().items() if _ACTS.search(inspect.getsource(method))}


def reads() -> set[str]:
    """The methods that change nothing."""
    return set(methods()) - writes()


def ids_taken() -> set[str]:
    """Every place where a caller names a thing: "contracts.get:id", "expenses.book:data.project_id"."""
    return {f"{name}:{place}" for name, method in methods().items() for place in _ids(method)}


def _methods() -> Iterator[tuple[str, Any]]:
    for service, member in vars(Unit).items():
        if not isinstance(member, cached_property):
            continue
        kind = get_type_hints(member.func)["return"]
        # A service may be put together of several classes.
        parts = [one for one in kind.__mro__ if issubclass(one, Service) and one is not Service]
        for name, method in (found for part in parts for found in vars(part).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                yield f"{service}.{name}", method


def _ids(method: Any) -> Iterator[str]:
    # A schema is written out beside the dict that may stand for it.
    for name, hint in get_type_hints(method).items():
        if name == "return":
            continue
        for one in (hint, *get_args(hint)):
            if one is UUID:
                yield name
            elif inspect.isclass(one) and issubclass(one, BaseModel):
                for field, info in one.model_fields.items():
                    if UUID in (info.annotation, *get_args(info.annotation)):
                        yield f"{name}.{field}"
