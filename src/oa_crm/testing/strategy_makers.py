"""How the events of strategies, requests for help and shares come about in a kit."""

from collections.abc import Callable

from oa_crm.schemas import StrategyCommentIn
from oa_crm.testing.kit import Kit


def _comment(kit: Kit) -> object:
    written = kit.given.strategy()
    with kit.unit("manager") as unit:
        return unit.strategies.comment(
            written.id, StrategyCommentIn(words="Whom do they listen to?", mentions=("seller",))
        )


def _answer(kit: Kit) -> object:
    asked = kit.given.help_request()
    with kit.unit("colleague") as unit:
        return unit.help.answer(asked.id, "Yes, by June")


STRATEGY_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_strategy_changed": lambda kit: kit.given.strategy(),
    "on_strategy_commented": _comment,
    "on_help_asked": lambda kit: kit.given.help_request(),
    "on_help_answered": _answer,
    "on_share_given": lambda kit: kit.given.share(),
}
