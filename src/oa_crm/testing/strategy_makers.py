"""How the events of strategies come about in a kit."""

from collections.abc import Callable

from oa_crm.schemas import StrategyCommentIn
from oa_crm.testing.kit import Kit


def _comment(kit: Kit) -> object:
    written = kit.given.strategy()
    with kit.unit("manager") as unit:
        return unit.strategies.comment(
            written.id, StrategyCommentIn(words="Whom do they listen to?", mentions=("seller",))
        )


STRATEGY_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_strategy_changed": lambda kit: kit.given.strategy(),
    "on_strategy_commented": _comment,
}
