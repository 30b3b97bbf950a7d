"""What makes the events of the protection clock happen, and the facts that they carry."""

from typing import Any

from oa_crm import Actor
from oa_crm.testing import Kit

Facts = dict[str, object]


def _swept(kit: Kit, *days: int) -> Any:
    """A customer that nothing happens with, seen by a sweep after each of these days."""
    customer = kit.given.customer()
    for more in (0, *days):
        kit.clock.advance(days=more)
        kit.crm.pool.sweep(kit.scope(Actor.system()))
    return customer


def warned(kit: Kit) -> Facts:
    """Fourteen days before half a year is over."""
    customer = _swept(kit, 167)
    told = {"customer_id": customer.id, "name": customer.name, "owner_id": "seller"}
    return {**told, "days": 14, "rule": "default", "protected_until": _deadline(kit, customer)}


def recycled(kit: Kit) -> Facts:
    """Half a year without progress, warned three times."""
    customer = _swept(kit, 167, 7, 6)
    until = _deadline(kit, customer)
    kit.clock.advance(days=1)
    kit.crm.pool.sweep(kit.scope(Actor.system()))
    with kit.unit("chief", read_only=True) as unit:
        (last, *_) = unit.pool.history(customer.id).items
    told = {"customer_id": customer.id, "name": customer.name, "owner_id": None}
    return {**told, "former_owner_id": "seller", "pool_id": last.pool_id, "rule": "default", "protected_until": until}


def asked_for_days(kit: Kit) -> Facts:
    """The owner asks his manager."""
    customer = kit.given.customer()
    with kit.unit() as unit:
        asked = unit.pool.extend({"customer_id": customer.id, "days": 20, "reason": "They decide next quarter"})
    told = {"customer_id": customer.id, "name": customer.name, "owner_id": "seller", "extension_id": asked.id}
    return {**told, "days": 20, "reason": "They decide next quarter", "requested_by": "seller", "manager_id": "manager"}


def refused_days(kit: Kit) -> Facts:
    """The manager says no."""
    asked = asked_for_days(kit)
    with kit.unit("manager") as unit:
        unit.pool.refuse_extension(asked["extension_id"], comment="Twenty days will not help")
    kept = {name: asked[name] for name in ("customer_id", "name", "owner_id", "extension_id", "requested_by")}
    return {**kept, "granted": False, "until": None, "comment": "Twenty days will not help"}


def _deadline(kit: Kit, customer: Any) -> Any:
    with kit.unit("chief", read_only=True) as unit:
        return unit.pool.explain(customer.id).protected_until


ACTS = {
    "on_protection_warned": warned,
    "on_customer_recycled": recycled,
    "on_extension_requested": asked_for_days,
    "on_extension_decided": refused_days,
}
ACTORS = {"on_protection_warned": "system", "on_customer_recycled": "system", "on_extension_decided": "manager"}
