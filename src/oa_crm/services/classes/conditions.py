"""What a rule may ask of a customer: which facts there are, how each is compared, and whether it holds. Pure.

Where there is nothing to compare, only `unknown` and `not_in` hold.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oa_crm import codes
from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.schemas.classes import ClassCondition
from oa_crm.services.amounts import optional_money
from oa_crm.services.coded import coded
from oa_crm.settings import Settings

WORDS = ("size", "kind", "status", "source", "level")
CODED = {"industry": codes.industry, "region": codes.region}
NUMBERS = ("days_on_file", "days_since_follow_up", "contracts", "won_projects", "open_projects")
AMOUNT, STAGE, TAGS, POOL, WON = "contract_amount", "stage_reached", "tags", "in_pool", "won"
OF_CONTRACTS = ("contracts", AMOUNT)
_AMONG, _FROM = ("in", "not_in", "unknown"), ("at_least", "less_than")
_HOW: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*WORDS, *CODED), _AMONG),
    **dict.fromkeys((*NUMBERS, AMOUNT), _FROM),
    "days_since_follow_up": (*_FROM, "unknown"),
    STAGE: (*_FROM, "unknown"),
    TAGS: (*_AMONG, "all_of"),
    POOL: ("is",),
}
_LISTS = ("in", "not_in", "all_of")
_LARGEST, _LONGEST_LIST = 2**63 - 1, 200
Found = Callable[[ClassCondition], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is ready to be asked: its conditions with their values as they are compared."""

    name: str
    tree: str
    gives: str
    conditions: tuple[tuple[ClassCondition, Any], ...]

    def failed(self, found: Found) -> Iterator[ClassCondition]:
        """The conditions that do not hold of the customer whose facts `found` gives."""
        return (one for one, wanted in self.conditions if not holds(one, wanted, found(one)))


def sound(
    conditions: Sequence[ClassCondition], settings: Settings, stages: Collection[str]
) -> tuple[ClassCondition, ...]:
    """The conditions with codes and amounts in their one form; `stages` are those of all pipelines. Raises
    `InvalidInput` with all that cannot be."""
    wrong, settled = list[FieldProblem](), []
    for at, one in enumerate(conditions):
        where = f"conditions.{at}"
        try:
            settled.append(_sound(where, one, settings, stages))
        except InvalidInput as problem:
            wrong += problem.problems
    if wrong:
        raise InvalidInput(wrong)
    return tuple(settled)


def ready(row: Any, settings: Settings) -> Rule:
    """A rule as it is kept, made ready."""
    conditions = tuple(ClassCondition(**one) for one in row.conditions)
    return Rule(row.name, row.tree, row.gives, tuple((one, _wanted(one, settings)) for one in conditions))


def holds(one: ClassCondition, wanted: Any, found: Any) -> bool:
    """Whether a condition holds; `wanted` and `found` are numbers, words, ranges of codes, or sets of tags. Of stages
    `found` are all that a project came to or past, each in its own pipeline."""
    nothing = found is None or found == frozenset()
    if one.how == "unknown":
        return nothing
    if one.how == "not_in":
        return nothing or not _among(one.fact, wanted, found)
    if nothing:
        return False
    if one.fact == STAGE:
        return (WON in found or wanted in found) == (one.how == "at_least")
    if one.how == "at_least":
        return bool(found >= wanted)
    if one.how == "less_than":
        return bool(found < wanted)
    if one.how == "all_of":
        return bool(found >= wanted)
    return bool(found == wanted) if one.how == "is" else _among(one.fact, wanted, found)


def facts_of(row: Any) -> Mapping[str, Any]:
    """The facts that stand on the customer's own row."""
    own = {name: getattr(row, name) for name in (*WORDS, *CODED)}
    return {**own, TAGS: frozenset(row.tags or ()), POOL: row.owner_id is None}


def _among(fact: str, wanted: Any, found: Any) -> bool:
    if fact in CODED:
        return any(first <= found < last for first, last in wanted)
    return bool(wanted & found) if fact == TAGS else found in wanted


def _sound(where: str, one: ClassCondition, settings: Settings, stages: Collection[str]) -> ClassCondition:
    if one.how not in _HOW[one.fact]:
        known = ", ".join(_HOW[one.fact])
        raise InvalidInput.of(f"{where}.how", "how_of_fact", fact=one.fact, how=one.how, known=known)
    if one.within_days is not None and one.fact not in OF_CONTRACTS:
        raise InvalidInput.of(f"{where}.within_days", "within_of_fact", fact=one.fact)
    if one.currency is not None and one.fact != AMOUNT:
        raise InvalidInput.of(f"{where}.currency", "currency_of_fact", fact=one.fact)
    if one.how == "unknown":
        return one.model_copy(update={"value": None})
    if one.fact == AMOUNT:
        return _sound_amount(where, one, settings)
    if one.how in _LISTS:
        return one.model_copy(update={"value": _sound_list(where, one)})
    _sound_value(where, one, stages)
    return one


def _sound_amount(where: str, one: ClassCondition, settings: Settings) -> ClassCondition:
    currency, value = one.currency or settings.default_currency, one.value
    if isinstance(value, bool | tuple) or value is None:
        raise _no_value(where, one, "an amount such as 100000.00")
    money = optional_money(f"{where}.value", value, currency)
    assert money is not None
    return one.model_copy(update={"value": format(money.amount, "f"), "currency": currency})


def _sound_list(where: str, one: ClassCondition) -> tuple[str, ...]:
    if not isinstance(one.value, tuple) or not 1 <= len(one.value) <= _LONGEST_LIST:
        raise _no_value(where, one, f"a list of 1 to {_LONGEST_LIST}")
    if one.fact in CODED:
        return tuple(coded(f"{where}.value", CODED[one.fact], text) for text in one.value)
    return one.value


def _sound_value(where: str, one: ClassCondition, stages: Collection[str]) -> None:
    if one.fact == STAGE:
        if one.value not in (*stages, WON):
            raise _no_value(where, one, ", ".join((*stages, WON)))
    elif one.fact == POOL:
        if not isinstance(one.value, bool):
            raise _no_value(where, one, "true, false")
    elif isinstance(one.value, bool) or not isinstance(one.value, int) or not 0 <= one.value <= _LARGEST:
        raise _no_value(where, one, "0, 1, 2 ...")


def _no_value(where: str, one: ClassCondition, wanted: str) -> InvalidInput:
    return InvalidInput.of(f"{where}.value", "value_of_fact", fact=one.fact, given=repr(one.value), wanted=wanted)


def _wanted(one: ClassCondition, settings: Settings) -> Any:
    value: Any = one.value
    if one.fact in CODED and isinstance(value, tuple):
        return tuple(span for code in value for span in codes.below(code))
    if one.fact == AMOUNT:
        money = optional_money("value", value, one.currency or settings.default_currency)
        return 0 if money is None else money.minor
    return frozenset(value) if isinstance(value, tuple) else value
