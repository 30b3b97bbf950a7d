"""A merge taken back: every row led home that is still where the merge led it, what was laid aside put back.

What somebody changed since is left as it is and told. Rows written since that hang on one that goes home (a contract
on its project) go along, so that a thing and what belongs to it are never two customers'.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, and_, select, true, update

from oa_crm.models import MergePart, table_of
from oa_crm.schemas import LeftRow
from oa_crm.services.merging import writing
from oa_crm.services.merging.folding import CLOCK, CLOCK_LINK
from oa_crm.services.merging.links import LinkTo, acting, links_of, named
from oa_crm.services.merging.packing import unpacked, unpacked_all, unpacked_row
from oa_crm.services.work import Work

Facts = Mapping[str, Any]
Parts = dict[str, list[tuple[str, list[Any]]]]


@dataclass
class Restored:
    """What went home, and what was left."""

    rows: Counter[str] = field(default_factory=Counter)
    came_along: Counter[str] = field(default_factory=Counter)
    left: list[LeftRow] = field(default_factory=list)


def restore_rows(work: Work, merge: Any) -> Restored:
    """Take back what the merge did to the rows that point to a customer."""
    done, parts, known = Restored(), _parts(work, merge), named(work)
    for name in parts.keys() - known.keys():
        # A plugin that is gone: its rows stay with the survivor.
        done.left.append(LeftRow(link=name, key="*", why="moved_on"))
    for link in acting(links_of(work)):
        for what, rows in parts.get(link.name, ()):
            if what == "moved":
                _lead_home(work, merge, link, rows, done)
        _come_along(work, merge, link, done)
    for link in acting(links_of(work)):
        for what, rows in parts.get(link.name, ()):
            if what == "gave_up":
                _give_back(work, merge, link, rows)
            elif what == "laid_aside":
                _put_back(work, link, rows, done)
    return done


def clock_of(work: Work, merge: Any) -> dict[str, Any] | None:
    """The protection clock of who had the survivor before, if the merge gave it to another."""
    part = table_of(MergePart)
    mine = and_(part.c.tenant_id == work.scope.tenant, part.c.merge_id == merge.id, part.c.what == CLOCK)
    kept = work.connection.scalar(select(part.c.kept).where(mine, part.c.link == CLOCK_LINK))
    return None if kept is None else unpacked_row(kept[0])


def restored_facts(row: Facts, kept: Mapping[str, Sequence[Any]]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The columns of a customer to set back, and those that were changed since, which stay.

    Of a list that was changed since, what the merge added goes.
    """
    values, left = {}, []
    for name, (before, after) in ((name, map(unpacked, both)) for name, both in kept.items()):
        if row[name] == after:
            values[name] = before
            continue
        left.append(name)
        if isinstance(row[name], list) and isinstance(after, list):
            added = [one for one in after if one not in (before or ())]
            values[name] = [one for one in row[name] if one not in added]
    return values, tuple(sorted(left))


def _parts(work: Work, merge: Any) -> Parts:
    table = table_of(MergePart)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.merge_id == merge.id)
    found: Parts = defaultdict(list)
    for row in work.connection.execute(select(table).where(mine).order_by(table.c.number)):
        found[row.link].append((row.what, row.kept))
    return dict(found)


def _lead_home(work: Work, merge: Any, link: LinkTo, rows: list[Any], done: Restored) -> None:
    versions = {unpacked_all(row[:-1]): row[-1] for row in rows}
    moved = writing.lead_back(work, link, list(versions), merge.winner_id, merge.loser_id)
    done.rows[link.name] += moved
    if moved < len(versions):
        home = set(_at(work, link, list(versions), merge.loser_id))
        done.left += [_told(link, key, "moved_on") for key in versions if key not in home]
    if link.version is not None:
        now = _at(work, link, list(versions), merge.loser_id, link.version)
        done.left += [_told(link, key, "edited") for key, version in now.items() if version != versions[key]]


def _at(work: Work, link: LinkTo, keys: Sequence[Any], id: UUID, *more: Column[Any]) -> dict[tuple[Any, ...], Any]:
    """Which of these rows are with this customer, each with one more column."""
    found = {}
    for at in range(0, len(keys), writing.AT_ONCE):
        some = writing.among(link, keys[at : at + writing.AT_ONCE])
        these = and_(link.of_tenant(work), link.column == link.stored(id), some)
        for row in work.connection.execute(select(*link.key, *more, link.column).where(these)):
            found[tuple(row[: len(link.key)])] = row[len(link.key)]
    return found


def _come_along(work: Work, merge: Any, link: LinkTo, done: Restored) -> None:
    for parent in link.parents:
        leads = link.hangs_on(parent)
        home = parent.column == parent.stored(merge.loser_id)
        of_home = select(parent.table.c.id).where(parent.of_tenant(work), home)
        assert leads is not None
        theirs = and_(link.of_tenant(work), link.column == link.stored(merge.winner_id), leads.in_(of_home))
        back = update(link.table).where(theirs).values({link.column: link.stored(merge.loser_id)})
        done.came_along[link.name] += work.connection.execute(back).rowcount


def _give_back(work: Work, merge: Any, link: LinkTo, rows: list[Any]) -> None:
    for name, value, keys in _by_value(rows):
        column = link.table.c[name]
        # Home by now, but for a customer that did not point to itself.
        home = true() if column is link.column else link.column == link.stored(merge.loser_id)
        writing.set_on(work, link, keys, and_(column.is_(None), home), **{name: value})


def _by_value(rows: list[Any]) -> Iterator[tuple[str, Any, list[tuple[Any, ...]]]]:
    together: dict[tuple[str, Any], list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        together[row[-2], unpacked(row[-1])].append(unpacked_all(row[:-2]))
    for (name, value), keys in together.items():
        yield name, value, keys


def _put_back(work: Work, link: LinkTo, rows: list[Any], done: Restored) -> None:
    whole = [unpacked_row(row) for row in rows]
    taken = writing.put_back(work, link, whole)
    done.rows[link.name] += len(whole) - len(taken)
    done.left += [_told(link, [row[one.name] for one in link.table.primary_key], "taken") for row in taken]


def _told(link: LinkTo, key: Sequence[Any], why: Any) -> LeftRow:
    return LeftRow(link=link.name, key=", ".join(map(str, key)), why=why)
