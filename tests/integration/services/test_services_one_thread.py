"""A unit is for one thread at a time; handed on between acts it works as before."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oa_crm.errors import ConfigurationError
from oa_crm.hooks import hookimpl
from oa_crm.testing import CrmKit, Kit


class Meanwhile:
    """While a customer is being created, another thread uses the same unit."""

    name = "meanwhile"

    def __init__(self) -> None:
        self.unit: Any = None
        self.met: BaseException | None = None

    @hookimpl
    def check_customer_creation(self) -> None:
        with ThreadPoolExecutor(1) as other:
            self.met = other.submit(self.unit.customers.find).exception()


def test_a_second_thread_is_refused_while_the_first_is_at_work(crm_kit: CrmKit) -> None:
    meanwhile = Meanwhile()
    kit = crm_kit(meanwhile)
    with kit.unit() as unit:
        meanwhile.unit = unit
        customer = unit.customers.create({"name": "云帆智能科技有限公司"})
    assert isinstance(meanwhile.met, ConfigurationError)
    assert "one thread at a time" in str(meanwhile.met)
    with kit.unit() as unit:
        assert unit.customers.get(customer.id) == customer, "the first thread's act went on"


def test_a_unit_may_be_handed_on_between_acts(sqlite_kit: Kit) -> None:
    """As a web framework does that runs each step of a request in whichever thread is free."""
    customer = sqlite_kit.given.customer()
    with sqlite_kit.unit() as unit:
        unit.customers.get(customer.id)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(unit.customers.get, customer.id).result() == customer
