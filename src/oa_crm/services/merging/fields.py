"""The facts of two files put together, field by field. Pure: rows in, values out.

Fields are read from the table, so that a fact that customers gain tomorrow can be chosen like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import UniqueConstraint

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.models import Customer, table_of
from oa_crm.schemas import MergedField

_NO_FACTS = {"id", "tenant_id", "version", "created_at", "created_by", "updated_at", "updated_by", "level_pinned"}
# A number that nobody has any more could be given to another customer.
_ALWAYS_BOTH = ("numbers",)
_VALUES = "custom"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Resolution:
    """What a merge makes of two rows: every field as it was chosen, and the columns to set on each."""

    fields: tuple[MergedField, ...]
    winner: dict[str, Any]
    loser: dict[str, Any]


@cache
def names() -> tuple[str, ...]:
    """The facts of a customer that one may choose."""
    return tuple(
        one.name for one in table_of(Customer).columns if one.name not in _NO_FACTS and "when_merged" not in one.info
        and not one.foreign_keys and (one.nullable or one.name not in _unique())
    )  # fmt: skip


@cache
def _unique() -> frozenset[str]:
    """Facts that one customer alone may have."""
    keys = [one for one in table_of(Customer).constraints if isinstance(one, UniqueConstraint)]
    return frozenset(one.name for key in keys for one in key.columns if one.name != "tenant_id")


def known(choices: Mapping[str, str], prefix: str = "") -> None:
    """Raises `InvalidInput` for a choice about no field."""
    wrong = sorted(set(choices) - set(names()))
    if wrong:
        said = ", ".join(names())
        raise InvalidInput([FieldProblem.of(f"{prefix}choices.{one}", "unknown_field", known=said) for one in wrong])


def resolved(winner: Facts, loser: Facts, choices: Mapping[str, str], prefix: str = "") -> Resolution:
    """Put two files together. Raises `InvalidInput` where both values should stay of what is no list."""
    chosen = {name: _chosen(name, winner[name], loser[name], choices.get(name), prefix) for name in names()}
    values = {name: value for name, (_, value) in chosen.items()}
    values |= _lost_names(values, winner, loser)
    if values["owner_id"] is None:  # nobody calls a customer in the pool
        values["next_contact_on"] = None
    # Whether rules may change a level belongs to the level.
    values["level_pinned"] = (loser if chosen["level"][0] == "take" else winner)["level_pinned"]
    fields = tuple(
        MergedField(
            field=name,
            winner=winner[name],
            loser=loser[name],
            choice=choice,
            result=values[name],
            differs=winner[name] != loser[name] and not _empty(winner[name]) and not _empty(loser[name]),
        )
        for name, (choice, _) in chosen.items()
    )
    changed = {name: value for name, value in values.items() if value != winner[name]}
    if "owner_id" in changed:
        # Who has an owner lies in no pool, and who has none in the loser's.
        changed["pool_id"] = None if changed["owner_id"] else loser["pool_id"]
    given_up = {name: None for name in _unique() & set(changed) if changed[name] == loser[name] is not None}
    return Resolution(fields, changed, given_up)


def _chosen(name: str, winners: Any, losers: Any, choice: str | None, prefix: str) -> tuple[str, Any]:
    lists = isinstance(winners, list) or isinstance(losers, list) or name == _VALUES
    if choice == "both" and not lists and name not in ("former_names", "aliases"):
        raise InvalidInput.of(f"{prefix}choices.{name}", "no_list", field=name)
    if name in _ALWAYS_BOTH and choice not in (None, "both"):
        raise InvalidInput.of(f"{prefix}choices.{name}", "kept_together", field=name)
    choice = choice or _by_itself(name, winners, losers, lists)
    if choice == "both":
        return choice, _values(winners, losers) if name == _VALUES else _together(winners, losers)
    return choice, losers if choice == "take" else winners


def _by_itself(name: str, winners: Any, losers: Any, lists: bool) -> str:
    if lists:
        return "both"
    if name == "last_follow_up_at" and winners is not None and losers is not None:
        return "take" if losers > winners else "keep"
    return "take" if _empty(winners) and not _empty(losers) else "keep"


def _together(winners: Any, losers: Any) -> Any:
    more = [one for one in losers or () if one not in (winners or ())]
    return [*(winners or ()), *more] if more else winners


def _values(winners: Any, losers: Any) -> Any:
    """Custom fields together: each that the winner has not filled in takes the loser's."""
    return {**(losers or {}), **(winners or {})} or winners


def _lost_names(values: Facts, winner: Facts, loser: Facts) -> dict[str, Any]:
    """A survivor is still found by every name that either bore: registered ones as former names, others as aliases."""
    kept = {values["name"], values["short_name"], *(values["former_names"] or ()), *(values["aliases"] or ())}
    more: dict[str, Any] = {}
    for into, borne in (("former_names", _registered), ("aliases", _others)):
        lost = [name for name in dict.fromkeys((*borne(winner), *borne(loser))) if name not in kept]
        more[into] = [*(values[into] or ()), *lost] if lost else values[into]
        kept |= set(lost)
    return more


def _registered(file: Facts) -> Iterator[str]:
    yield from (file["name"], *(file["former_names"] or ()))


def _others(file: Facts) -> Iterator[str]:
    yield from ((file["short_name"],) if file["short_name"] else ())
    yield from file["aliases"] or ()


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
