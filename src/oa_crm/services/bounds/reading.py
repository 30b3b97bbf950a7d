"""The remits of a company as they stand, by whom they are about."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import and_, select, update

from oa_crm.hooks.ports import Who
from oa_crm.ids import new_id
from oa_crm.models import Category, CategoryTree, Remit, RemitSet, table_of
from oa_crm.services.remit_book import OneRemit, Remits
from oa_crm.services.upsert import upsert
from oa_crm.services.work import Work


def of(work: Work, who: Who) -> Iterator[OneRemit]:
    """The remits of this person: his own, his roles', and those of the departments that he sits below."""
    if who.is_system or (stamp := work.remits_stamp) is None:
        return
    kept = work.runtime.remits.find(work.scope.tenant, stamp)
    if kept is None:
        kept = _read(work)
    for subject in _subjects(who) if kept else ():
        yield from kept.get(subject, ())


def restamp(work: Work, *, first: bool = False) -> None:
    """The remits mean something else from now on; nobody else changes any of the company's until we are done. With
    `first` also where the company has none yet."""
    stamp, tenant, table = new_id(), work.scope.tenant, table_of(RemitSet)
    if first:
        upsert(work.connection, table, {"tenant_id": tenant}, {"stamp": stamp})
    elif work.connection.execute(update(table).where(table.c.tenant_id == tenant).values(stamp=stamp)).rowcount != 1:
        return
    work.remits_changed(stamp)


def _subjects(who: Who) -> Iterator[tuple[str, str]]:
    yield "member", who.id
    yield from (("role", role) for role in dict.fromkeys(who.roles))
    yield from (("department", unquote(part)) for part in (who.department_path or "").split("/") if part)


def _read(work: Work) -> Remits:
    sets, remits = table_of(RemitSet), table_of(Remit)
    in_force = and_(remits.c.tenant_id == sets.c.tenant_id, remits.c.state == "in_force")
    # One statement, so that the stamp is the one of these very remits.
    query = select(sets.c.stamp, remits).join(remits, in_force, isouter=True)
    rows = work.connection.execute(query.where(sets.c.tenant_id == work.scope.tenant).order_by(remits.c.id)).all()
    found: dict[tuple[str, str], list[OneRemit]] = {}
    below = _categories(work) if any(row.wanted and row.wanted.get("categories") for row in rows) else {}
    for row in rows:
        if row.name is not None:
            classes = tuple(tuple(_named(below, *one)) for one in row.wanted.get("categories", {}).items())
            one = OneRemit(row.name, row.effect, row.may, row.wanted, classes)
            found.setdefault((row.subject_kind, row.subject), []).append(one)
    return work.runtime.remits.keep(work.scope.tenant, rows[0].stamp, {who: tuple(all) for who, all in found.items()})


def _named(below: Mapping[tuple[str, str], set[UUID]], tree: str, names: list[str]) -> set[UUID]:
    return set().union(*(below.get((tree, name), set()) for name in names))


def _categories(work: Work) -> dict[tuple[str, str], set[UUID]]:
    """Each category by tree and name, with all below it."""
    trees, nodes = table_of(CategoryTree), table_of(Category)
    of_tree = and_(trees.c.tenant_id == nodes.c.tenant_id, trees.c.id == nodes.c.tree_id)
    query = select(trees.c.name.label("tree"), nodes.c.id, nodes.c.parent_id, nodes.c.name).join(trees, of_tree)
    rows = {row.id: row for row in work.connection.execute(query.where(nodes.c.tenant_id == work.scope.tenant))}
    found: dict[tuple[str, str], set[UUID]] = {}
    for one in rows.values():
        above: Any = one
        while above is not None:
            found.setdefault((above.tree, above.name), set()).add(one.id)
            above = rows.get(above.parent_id)
    return found
