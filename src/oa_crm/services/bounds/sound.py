"""A remit as it may be kept: codes in their one form, and nothing named that is not there."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from oa_crm import codes
from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.models import Department, Member, Pool, table_of
from oa_crm.schemas import Seat
from oa_crm.schemas.remits import RemitWhere
from oa_crm.services import custom
from oa_crm.services.classes import trees
from oa_crm.services.coded import coded
from oa_crm.services.work import Work

_CODED: dict[str, Callable[[str], str]] = {"regions": codes.region, "industries": codes.industry}


def seat(work: Work, wanted: Seat) -> None:
    """Raises `InvalidInput` for a member or a department that is not there: a limit for nobody would limit nobody.
    Roles are the host's, and known by who has them."""
    model = {"member": Member, "department": Department}.get(wanted.kind)
    if model is None:
        return
    table = table_of(model)
    known = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == wanted.id)
    if work.connection.execute(known).first() is None:
        raise InvalidInput.of("seat", "nobody_there", kind=wanted.kind, given=wanted.id)


def settled(work: Work, where: RemitWhere) -> dict[str, Any]:
    """The conditions as they are kept, without those that are empty. Raises `InvalidInput`."""
    kept = {name: value for name, value in where.model_dump(mode="json").items() if value}
    if not kept:
        raise InvalidInput.of("where", "remit_of_everything")
    for name in _CODED.keys() & kept.keys():
        kept[name] = [coded(f"where.{name}", _CODED[name], one) for one in kept[name]]
    problems = [*_categories(work, kept), *_fields(work, kept), *_pools(work, where)]
    if problems:
        raise InvalidInput(problems)
    return kept


def _categories(work: Work, kept: dict[str, Any]) -> Iterator[FieldProblem]:
    known = trees.load(work) if "categories" in kept else {}
    for tree, names in kept.get("categories", {}).items():
        at = f"where.categories.{tree}"
        if tree not in known:
            yield FieldProblem.of(at, "unknown_tree", given=tree, known=", ".join(known) or "-")
            continue
        for one in (name for name in names if known[tree].named(name) is None):
            there = ", ".join([node.name for node in known[tree].in_order()][:20]) or "-"
            yield FieldProblem.of(at, "unknown_class", given=one, tree=tree, known=there)


def _fields(work: Work, kept: dict[str, Any]) -> Iterator[FieldProblem]:
    active = custom.definitions(work, "customer").active if "custom" in kept else []
    choices = {one.name: one for one in active if one.facts.type == "choice"}
    for name, options in kept.get("custom", {}).items():
        at = f"where.custom.{name}"
        if name not in choices:
            yield FieldProblem.of(at, "unknown_field", known=", ".join(choices) or "-")
        elif unknown := [one for one in options if one not in choices[name].facts.options]:
            yield FieldProblem.of(at, "unknown_option", option=unknown[0], known=", ".join(choices[name].facts.options))


def _pools(work: Work, where: RemitWhere) -> Iterator[FieldProblem]:
    table = table_of(Pool)
    for at, id in enumerate(where.pools):
        known = select(table.c.id).where(table.c.tenant_id == work.scope.tenant, table.c.id == id)
        if work.connection.execute(known).first() is None:
            yield FieldProblem.of(f"where.pools.{at}", "no_such_pool")
