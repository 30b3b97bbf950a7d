"""One relay in a process of its own: `python -m benchmarks.relay_worker KIND URL TOTAL`.

It says "ready", waits for a line on its standard input, works until all `TOTAL` effects are there, and leaves.
"""

import sys

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, func, insert, select

from benchmarks.databases import Place
from oa_crm import CRM, hookimpl
from oa_crm.hooks import Delivery
from oa_crm.hooks.payloads import CustomerCreated

EFFECTS = Table(
    "bench_effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("delivery_key", String(160), nullable=False),
    Column("made_at", DateTime(timezone=True)),
)


class Effect:
    """Writes one row on the delivery's own connection: exactly once, with the mark that says done."""

    name = "effect"

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        delivery.connection.execute(insert(EFFECTS), {"delivery_key": delivery.key, "made_at": event.occurred_at})


def main(kind: str, url: str, total: int) -> None:
    engine = Place(kind, url).engine()
    crm = CRM(engine, plugins=[Effect()])

    def finished() -> bool:
        with engine.connect() as connection:
            return (connection.scalar(select(func.count()).select_from(EFFECTS)) or 0) >= total

    finished()
    print("ready", flush=True)
    sys.stdin.readline()
    crm.relay.run(stop_when=finished)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
