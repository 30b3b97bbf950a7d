"""on_*: what happens to strategies. In order per strategy."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class StrategyEvents:
    """The event specs of strategies."""

    @hookspec
    def on_strategy_changed(self, event: payloads.StrategyChanged, delivery: Delivery) -> Receipt | None:
        """A strategy was written, revised or retired.

        Effect: a returned `Receipt` is kept as a link of the strategy (`unit.links.of("strategy", id)`). `managers`
            are to acknowledge this version; those who subscribed to digests are told of it by these.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `strategies.write`, `revise` or `retire`. Versions that a handover
            makes are told by `on_handover_executed`, all at once.
        Example:
            from oa_crm.hooks import hookimpl

            class Desk:
                name = "desk"

                def __init__(self):
                    self.to_read = {}

                @hookimpl
                def on_strategy_changed(self, event, delivery):
                    for manager in event.managers:
                        self.to_read.setdefault(manager, set()).add((event.strategy_id, event.number))
        Since: 0.1
        """

    @hookspec
    def on_strategy_commented(self, event: payloads.StrategyCommented, delivery: Delivery) -> Receipt | None:
        """Somebody said something to a strategy.

        Effect: a returned `Receipt` is kept as a link of the strategy. `mentioned` may see it, each of them; what was
            said is read by `strategies.comments`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `strategies.comment`; after the strategy's `on_strategy_changed`.
        Example:
            from oa_crm.hooks import hookimpl

            class Bells:
                name = "bells"

                def __init__(self):
                    self.rung = set()

                @hookimpl
                def on_strategy_commented(self, event, delivery):
                    self.rung |= {(member, event.comment_id) for member in (event.owner_id, *event.mentioned)}
        Since: 0.1
        """
