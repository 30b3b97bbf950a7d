"""Programs that the outbox tests run in processes of their own: `python -m tests.integration.outbox.worker`.

`relay URL` is a worker as a host would start it; `sell URL NAME` is a web process that commits one unit.
"""

import sys

from oa_crm import CRM, hookimpl
from oa_crm.hooks import Delivery
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.schemas import CustomerIn
from oa_crm.testing.company import TENANT, KitCompany


class Says:
    """Prints whom it hears of, one line each."""

    name = "says"

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        _say(f"heard {event.name}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def relay(url: str) -> None:
    crm = CRM(url, plugins=[KitCompany(), Says()])
    crm.relay.run()
    crm.close()
    _say("stopped")


def sell(url: str, name: str) -> None:
    crm = CRM(url, plugins=[KitCompany()])
    with crm.begin(crm.scope(tenant=TENANT, actor="seller")) as unit:
        unit.customers.create(CustomerIn(name=name))
    crm.close()


if __name__ == "__main__":
    {"relay": relay, "sell": sell}[sys.argv[1]](*sys.argv[2:])
