"""Conformance: laws that every plugin of a kind must keep. Inherit one, fill it in, run pytest.

class TestAcmeFinance(EventHandlerContract):
    hook = "on_expense_booked"

    def plugin(self):
        return AcmeFinance(api=FakeApi())

    def effects(self, plugin, kit):
        return plugin.api.vouchers
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from oa_crm.hooks import EVENTS, Delivery, Event, Reach, hookimpl
from oa_crm.hooks.payloads import load
from oa_crm.ids import new_id
from oa_crm.models import EventRow
from oa_crm.plugins.names import plugin_name
from oa_crm.schemas import Classification, MergeOut, SubscriptionIn
from oa_crm.scope import Actor
from oa_crm.services.journal import event_row
from oa_crm.testing.handovers import HANDOVER_MAKERS
from oa_crm.testing.kit import Kit
from oa_crm.testing.lead_makers import LEAD_MAKERS
from oa_crm.testing.project_acts import PROJECT_MAKERS
from oa_crm.testing.strategy_makers import STRATEGY_MAKERS
from oa_crm.testing.talk_makers import TALK_MAKERS
from oa_crm.testing.team_makers import TEAM_MAKERS

if TYPE_CHECKING:
    from oa_crm.testing import CrmKit

# How each event comes about in a kit.
MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_customer_created": lambda kit: kit.given.customer(),
    "on_customer_updated": lambda kit: _update_customer(kit),
    "on_customer_reclassified": lambda kit: _reclassify(kit),
    "on_customer_owner_changed": lambda kit: _release_customer(kit),
    "on_customer_merged": lambda kit: _merge(kit),
    "on_customer_split": lambda kit: _split(kit),
    "on_customers_imported": lambda kit: _import(kit),
    "on_customers_exported": lambda kit: _export(kit),
    "on_follow_up_logged": lambda kit: kit.given.follow_up(),
    **TALK_MAKERS,
    "on_protection_warned": lambda kit: _warn(kit),
    "on_customer_recycled": lambda kit: _recycle(kit),
    "on_extension_requested": lambda kit: _ask_for_days(kit),
    "on_extension_decided": lambda kit: _refuse_days(kit),
    **STRATEGY_MAKERS,
    **PROJECT_MAKERS,
    **TEAM_MAKERS,
    "on_contact_added": lambda kit: kit.given.contact(),
    "on_contact_updated": lambda kit: _update_contact(kit),
    "on_contact_left": lambda kit: _contact_leaves(kit),
    "on_file_attached": lambda kit: kit.given.file(),
    "on_file_removed": lambda kit: _remove_file(kit),
    **LEAD_MAKERS,
    "on_override_requested": lambda kit: kit.given.override_request(),
    "on_override_decided": lambda kit: _grant(kit),
    "on_project_created": lambda kit: kit.given.project(),
    "on_project_updated": lambda kit: _update_project(kit),
    "on_project_stage_changed": lambda kit: kit.given.approved_contract(),
    "on_project_settled": lambda kit: _settle(kit),
    "on_contract_submitted": lambda kit: kit.given.submitted_contract(),
    "on_approval_requested": lambda kit: kit.given.submitted_contract(),
    "on_opinion_given": lambda kit: kit.given.approved_contract(),
    "on_contract_approved": lambda kit: kit.given.approved_contract(),
    "on_contract_rejected": lambda kit: _reject(kit),
    "on_contract_withdrawn": lambda kit: _withdraw(kit),
    "on_expense_booked": lambda kit: kit.given.expense(),
    "on_expense_reversed": lambda kit: kit.given.reversed_expense(),
    "on_digest_built": lambda kit: _digest(kit),
    "on_person_erased": lambda kit: _erase(kit),
    "on_member_left": lambda kit: _leave(kit),
    **HANDOVER_MAKERS,
}


class EventHandlerContract:
    """What a handler of one event must bear: twice, again after a crash half-way, other tenants, new fields.

    Set `hook`; `plugin()` makes a fresh plugin; `effects(plugin, kit)` gives what it did, one per event.
    """

    hook = ""

    def plugin(self) -> Any:
        """A fresh plugin with whatever it writes to."""
        raise NotImplementedError("make the plugin under test here")

    def effects(self, plugin: Any, kit: Kit) -> Collection[Any]:
        """The effects so far: vouchers, rows, messages; as many as events that took effect."""
        raise NotImplementedError("say here what the plugin has done")

    def make(self, kit: Kit) -> object:
        """Make the event happen once; override it for facts of your own."""
        if self.hook not in MAKERS:
            raise NotImplementedError(f"the kit has no way to make {self.hook}; override make()")
        return MAKERS[self.hook](kit)

    @pytest.fixture
    def proven(self, crm_kit: "CrmKit") -> tuple[Any, Kit]:
        """The plugin under test, in a kit."""
        assert self.hook in EVENTS, f"set `hook` to one of {', '.join(EVENTS)}"
        plugin = self.plugin()
        return plugin, crm_kit(plugin)

    def test_one_event_has_one_effect(self, proven: tuple[Any, Kit]) -> None:
        """It does something, and does it once."""
        plugin, kit = proven
        self.make(kit)
        kit.relay.drain_with_retries()
        assert not kit.relay.dead()
        assert len(self.effects(plugin, kit)) == 1

    def test_delivered_twice_it_has_one_effect(self, proven: tuple[Any, Kit]) -> None:
        """After a crash between its effect and our mark, the same delivery comes again with the same key."""
        plugin, kit = proven
        self.make(kit)
        kit.relay.drain_with_retries()
        kit.relay.redeliver_all()
        kit.relay.drain_with_retries()
        assert len(self.effects(plugin, kit)) == 1

    def test_two_events_have_two_effects(self, proven: tuple[Any, Kit]) -> None:
        """It tells events apart."""
        plugin, kit = proven
        self.make(kit)
        self.make(kit)
        kit.relay.drain_with_retries()
        assert len(self.effects(plugin, kit)) == 2

    def test_a_crash_after_its_work_is_made_good(self, crm_kit: "CrmKit") -> None:
        """The handler did its work and then the process failed: the retry completes it, once."""
        plugin = self.plugin()
        kit = crm_kit(_crash_once_after(plugin, self.hook))
        self.make(kit)
        kit.relay.drain_with_retries()
        assert not kit.relay.dead()
        assert len(self.effects(plugin, kit)) == 1

    def test_a_later_version_with_more_fields_is_understood(self, proven: tuple[Any, Kit]) -> None:
        """Events gain fields over the years; a stored one with a field from the future still arrives."""
        plugin, kit = proven
        self.make(kit)
        _add_unknown_field(kit, self.hook)
        kit.relay.drain_with_retries()
        assert not kit.relay.dead()
        assert len(self.effects(plugin, kit)) == 1

    def test_another_companys_event_takes_nothing_away(self, proven: tuple[Any, Kit]) -> None:
        """What is unique in one company is not so in two: numbers, names, members' ids. Whether the plugin works
        for the other company is its own affair."""
        plugin, kit = proven
        self.make(kit)
        with _hidden(kit, self.hook) as ours:
            _happen_elsewhere(kit, ours)
            kit.relay.drain_with_retries()
            theirs = len(self.effects(plugin, kit))
        kit.relay.drain_with_retries()
        assert len(self.effects(plugin, kit)) == theirs + 1
        _happen_elsewhere(kit, ours)
        kit.relay.drain_with_retries()
        assert len(self.effects(plugin, kit)) > theirs


def _crash_once_after(plugin: Any, hook: str) -> Any:
    """The plugin with one handler that fails once, after it did its work."""
    handler = getattr(plugin, hook)
    takes = signature(handler).parameters
    crashed: list[str] = []

    def fail_once(event: Event, delivery: Delivery) -> Any:
        answer = handler(**{name: value for name, value in (("event", event), ("delivery", delivery)) if name in takes})
        if not crashed:
            crashed.append(delivery.key)
            raise RuntimeError("the process failed right after the handler's work")
        return answer

    class Crashing:
        name = plugin_name(plugin)

        def __getattr__(self, attribute: str) -> Any:
            return getattr(plugin, attribute)

    fail_once.__name__ = hook
    stand_in = Crashing()
    for name in dir(plugin):
        if name.startswith(("on_", "check_", "provide_", "register_")):
            setattr(stand_in, name, getattr(plugin, name))
    setattr(stand_in, hook, hookimpl(fail_once))
    return stand_in


def _add_unknown_field(kit: Kit, hook: str) -> None:
    with kit.crm.engine.begin() as connection:
        rows = connection.execute(select(EventRow.id, EventRow.payload).where(EventRow.hook == hook)).all()
        for row in rows:
            payload = {**row.payload, "a_field_of_the_future": 1}
            connection.execute(update(EventRow).where(EventRow.id == row.id).values(payload=payload))


@contextmanager
def _hidden(kit: Kit, hook: str) -> Iterator[list[Event]]:
    """The events of a hook; while the block runs, no relay sees them."""
    mine = EventRow.hook == hook
    with kit.crm.engine.begin() as connection:
        rows = connection.execute(select(EventRow.version, EventRow.payload).where(mine)).all()
        connection.execute(update(EventRow).where(mine).values(open=None, open_lane=None))
    events = [load(hook, row.version, row.payload) for row in rows]
    try:
        yield events
    finally:
        with kit.crm.engine.begin() as connection:
            ours = update(EventRow).where(mine, EventRow.event_id.in_([one.id for one in events]))
            connection.execute(ours.values(open=1, open_lane=EventRow.lane))


def _happen_elsewhere(kit: Kit, events: Sequence[Event]) -> None:
    """The same once more in another company: the same words and numbers, about things of its own."""
    with kit.crm.engine.begin() as connection:
        for event in events:
            ids = {name: new_id() for name, value in event if isinstance(value, UUID)}
            other = event.model_copy(update={**ids, "tenant": "another company"})
            connection.execute(insert(EventRow), event_row(other))


def _update_project(kit: Kit) -> None:
    project = kit.given.project()
    with kit.unit() as unit:
        unit.projects.update(project.id, {"expected_version": project.version, "expected": "2.00"})


def _reclassify(kit: Kit) -> None:
    customer = kit.given.customer()
    with kit.unit("seller") as unit:
        unit.customers.classify(customer.id, Classification(expected_version=1, level="A", reason="A frame contract"))


def _digest(kit: Kit) -> None:
    with kit.unit("manager") as unit:
        if unit.digests.subscription() is None:
            unit.digests.subscribe(SubscriptionIn(reach=Reach.SUBTREE))
    _reclassify(kit)
    with kit.unit("manager") as unit:
        unit.digests.build()


def _update_customer(kit: Kit) -> object:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.customers.update(customer.id, {"expected_version": 1, "level": "A"})


def _release_customer(kit: Kit) -> object:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.pool.release(customer.id, expected_version=1, reason="No need")


def _update_contact(kit: Kit) -> object:
    contact = kit.given.contact()
    with kit.unit() as unit:
        return unit.contacts.update(contact.id, {"expected_version": 1, "mobile": "138 0013 8000"})


def _contact_leaves(kit: Kit) -> object:
    contact = kit.given.contact()
    with kit.unit() as unit:
        return unit.contacts.leave(contact.posts[0].id, {"expected_version": 1})


def _remove_file(kit: Kit) -> object:
    file = kit.given.file()
    with kit.unit() as unit:
        return unit.files.remove(file.id, reason="Superseded")


def _merge(kit: Kit) -> MergeOut:
    winner, loser = kit.given.customer(), kit.given.customer()
    ids = {"winner_id": winner.id, "loser_id": loser.id}
    with kit.unit("manager") as unit:
        return unit.merges.merge({**ids, "winner_version": winner.version, "loser_version": loser.version})


def _split(kit: Kit) -> object:
    merge = _merge(kit)
    with kit.unit("manager") as unit:
        return unit.merges.split(merge.id, reason="Two companies after all")


def _grant(kit: Kit) -> object:
    request = kit.given.override_request()
    with kit.unit("manager") as unit:
        return unit.overrides.grant(request.id)


def _warn(kit: Kit) -> object:
    customer = kit.given.customer()
    kit.clock.advance(days=167)
    kit.crm.pool.sweep(kit.scope(Actor.system()))
    # While a contract waits for approval the clock stands, and warns no more.
    return kit.given.submitted_contract(kit.given.contract(kit.given.project(customer)))


def _recycle(kit: Kit) -> object:
    kit.given.customer()
    kit.crm.pool.sweep(kit.scope(Actor.system()))
    for days in (167, 7, 6, 1):
        kit.clock.advance(days=days)
        swept = kit.crm.pool.sweep(kit.scope(Actor.system()))
    return swept


def _ask_for_days(kit: Kit) -> Any:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.pool.extend({"customer_id": customer.id, "days": 20, "reason": "They decide next quarter"})


def _refuse_days(kit: Kit) -> object:
    asked = _ask_for_days(kit)
    with kit.unit("manager") as unit:
        return unit.pool.refuse_extension(asked.id, comment="Twenty days will not help")


def _settle(kit: Kit) -> object:
    contract = kit.given.approved_contract()
    with kit.unit("manager") as unit:
        return unit.settlements.settle(contract.project_id)


def _reject(kit: Kit) -> object:
    approval = kit.given.submitted_contract()
    with kit.unit(approval.waiting_on[0]) as unit:
        return unit.approvals.decide(approval.id, {"decision": "reject", "words": "Too cheap"})


def _withdraw(kit: Kit) -> object:
    approval = kit.given.submitted_contract()
    with kit.unit() as unit:
        return unit.contracts.withdraw(approval.thing_id, reason="A better offer came in")


def _erase(kit: Kit) -> object:
    person = kit.given.contact()
    with kit.unit("admin") as unit:
        return unit.privacy.erase({"kind": "contact", "thing_id": person.id, "reason": "On request"})


def _import(kit: Kit) -> object:
    with NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write("name\n")
        file.flush()
        return kit.crm.exchange.import_customers(kit.scope(), file.name)


def _export(kit: Kit) -> object:
    with kit.unit() as unit:
        return unit.exchange.export_customers(to=BytesIO(), format="csv")


def _leave(kit: Kit) -> object:
    leaver = next(iter([one for one in ("colleague", "people") if one in kit.company.people]))
    del kit.company.people[leaver]
    with kit.unit("admin") as unit:
        return unit.directory.sync()
