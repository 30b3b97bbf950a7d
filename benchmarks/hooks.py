"""What plugins and the outbox add to one write: checks, listeners, the wake-up, the event's row."""

from collections.abc import Callable, Iterator
from itertools import tee

from benchmarks.bare import BareCustomers, Written
from benchmarks.crm_side import SELLER, CrmCustomers, base, hire, open_crm
from benchmarks.databases import Place
from benchmarks.measure import Rounds, Row, Spread, quotients, scaled, take_turns
from benchmarks.options import Options
from oa_crm import hookimpl
from oa_crm.hooks import CheckContext, Delivery, Objection
from oa_crm.hooks.drafts import CustomerDraft
from oa_crm.hooks.payloads import CustomerCreated

_NONE, _WITH, _WITHOUT = "no plugin", "rows with event", "rows without event"


class Check:
    """A plugin that looks at the draft and agrees."""

    def __init__(self, number: int) -> None:
        self.name = f"check_{number}"

    @hookimpl
    def check_customer_creation(self, ctx: CheckContext, customer: CustomerDraft) -> Objection | None:
        return None if customer.name else Objection("no_name", "it has no name")


class Listener:
    """A plugin that would hear of every new customer; while writing it must cost nothing."""

    def __init__(self, number: int) -> None:
        self.name = f"listener_{number}"

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        """Never called here: no relay runs."""


def run(place: Place, options: Options) -> Iterator[Row]:
    """The same create with different plugins, and the same bare rows with and without the event's."""
    engine = place.engine()
    crms = {
        _NONE: open_crm(engine),
        "1 check": open_crm(engine, plugins=(Check(1),)),
        "5 checks": open_crm(engine, plugins=tuple(map(Check, range(5)))),
        "5 listeners": open_crm(engine, plugins=tuple(map(Listener, range(5)))),
    }
    if place.kind == "postgresql":
        crms["no NOTIFY"] = open_crm(engine, notify=False)
    hire(crms[_NONE], "crm", "bare")
    names = base(engine, ("crm",), options.base)
    sides: dict[str, Callable[[int], None]] = {
        name: CrmCustomers(crm, "crm", names).create for name, crm in crms.items()
    }
    CrmCustomers(crms[_NONE], "crm", names).create(1)
    like = Written.by(engine, "crm")
    for name, own in zip((_WITH, _WITHOUT), tee(names), strict=True):
        bare = BareCustomers(engine, f"bare {name}", SELLER, own, like, event=name == _WITH)
        bare.prepare(options.each * (options.rounds + 1))
        sides[name] = bare.create
    seconds = take_turns(sides, rounds=options.rounds, each=options.each)
    engine.dispose()
    yield from _rows(place.kind, seconds, list(crms))


def _rows(kind: str, seconds: Rounds, with_crm: list[str]) -> Iterator[Row]:
    for name in with_crm:
        ratio = quotients(seconds[name], seconds[_NONE]) if name != _NONE else None
        yield Row("hooks per write", kind, name, scaled(seconds[name], 1e3), "ms", ratio, "no plugin" if ratio else "")
    # Noise of either side may exceed the row's own cost, so the difference is taken round by round.
    event = [more - less for more, less in zip(seconds[_WITH], seconds[_WITHOUT], strict=True)]
    share: Spread = quotients(event, seconds[_NONE])
    yield Row("outbox per write", kind, "the event's row, bare", scaled(event, 1e3), "ms", share, "a create's time")
