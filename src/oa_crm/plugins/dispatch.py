"""How each family of hooks is called: order, isolation, attribution, timing. The typed face of the plugins.

Every call goes through `_call`, which times it and traces it. A trace holds the hook, the plugin, the
duration and the outcome, and never an argument: those are people's data.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from oa_crm.errors import Vetoed
from oa_crm.hooks.answers import Objection, Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.drafts import (
    CheckContext,
    ContractDraft,
    CustomerDraft,
    ExpenseDraft,
    OwnerChangeDraft,
    ReversalDraft,
)
from oa_crm.hooks.payloads import Event
from oa_crm.plugins.manager import PluginManager
from oa_crm.plugins.trace import HookCall

log = logging.getLogger("oa_crm.hooks")
Active = Callable[[str], bool]


class Dispatcher:
    """Calls checks and events. `provide_*` and `register_*` are resolved once, in `resolve.py`."""

    def __init__(self, manager: PluginManager, on_call: Callable[[HookCall], None] | None = None) -> None:
        self.manager = manager
        self.recent: deque[HookCall] = deque(maxlen=200)
        self._on_call = on_call

    def check_customer_creation(self, ctx: CheckContext, customer: CustomerDraft, active: Active) -> None:
        """Ask every plugin; raises `Vetoed` with all objections."""
        self._check("check_customer_creation", active, ctx=ctx, customer=customer)

    def check_customer_owner_change(self, ctx: CheckContext, change: OwnerChangeDraft, active: Active) -> None:
        """Ask every plugin; raises `Vetoed` with all objections."""
        self._check("check_customer_owner_change", active, ctx=ctx, change=change)

    def asked_of_owners(self, active: Active) -> bool:
        """Whether any plugin is asked by `check_customer_owner_change`."""
        return any(active(one.name) for one in self.manager.implementers("check_customer_owner_change"))

    def check_contract_submission(self, ctx: CheckContext, contract: ContractDraft, active: Active) -> None:
        """Ask every plugin; raises `Vetoed` with all objections."""
        self._check("check_contract_submission", active, ctx=ctx, contract=contract)

    def check_expense_booking(self, ctx: CheckContext, expense: ExpenseDraft, active: Active) -> None:
        """Ask every plugin; raises `Vetoed` with all objections."""
        self._check("check_expense_booking", active, ctx=ctx, expense=expense)

    def check_expense_reversal(self, ctx: CheckContext, reversal: ReversalDraft, active: Active) -> None:
        """Ask every plugin; raises `Vetoed` with all objections."""
        self._check("check_expense_reversal", active, ctx=ctx, reversal=reversal)

    def deliver(self, plugin: str, event: Event, delivery: Delivery) -> Receipt | None:
        """Hand one event to one plugin. Whatever it raises goes to the relay."""
        answer = self._call(event.HOOK, plugin, event=event, delivery=delivery)
        if answer is not None and not isinstance(answer, Receipt):
            raise TypeError(f"{event.HOOK} must return a Receipt or None, not {type(answer).__name__}")
        return answer

    def subscribers(self, hook: str) -> list[str]:
        """The plugins that want this event, sorted by name."""
        return [one.name for one in self.manager.implementers(hook)]

    def _check(self, hook: str, active: Active, **draft: Any) -> None:
        objections: list[tuple[str, Objection]] = []
        cause: Exception | None = None
        for one in self.manager.implementers(hook):
            if not active(one.name):
                continue
            try:
                # A statement that failed spoils the transaction on PostgreSQL, for every plugin after it.
                with draft["ctx"].connection.begin_nested():
                    answer = self._call(hook, one.name, **draft)
            except Exception as exc:
                # Where it failed and with what, but not its words: they may quote the argument.
                where = "".join(traceback.format_tb(exc.__traceback__))
                what = type(exc).__name__
                log.error("check %s of plugin %s failed and objects so: %s\n%s", hook, one.name, what, where)
                cause = exc
                objections.append((one.name, Objection("check_failed", f"{one.name} could not answer {hook}")))
                continue
            objections += [(one.name, objection) for objection in _objections(hook, answer)]
        if objections:
            raise Vetoed(objections) from cause

    def _call(self, hook: str, plugin: str, **arguments: Any) -> Any:
        started, outcome = time.perf_counter(), "ok"
        try:
            answers = self.manager.caller(hook, plugin)(**arguments)
            return answers[0] if answers else None
        except BaseException as exc:
            outcome = type(exc).__name__
            raise
        finally:
            self._trace(HookCall(hook, plugin, time.perf_counter() - started, outcome))

    def _trace(self, call: HookCall) -> None:
        self.recent.append(call)
        log.debug("%s", call)
        if self._on_call is not None:
            self._on_call(call)


def _objections(hook: str, answer: object) -> Iterable[Objection]:
    if answer is None:
        return ()
    if isinstance(answer, Objection):
        if all(isinstance(one, str) for one in (answer.code, answer.message)) and isinstance(answer.field, str | None):
            return (answer,)
        return (Objection("bad_answer", f"{hook} answered an Objection whose code, message or field is no text"),)
    # An answer we cannot read might have been a refusal, so it refuses.
    return (Objection("bad_answer", f"{hook} answered {type(answer).__name__} instead of an Objection or None"),)
