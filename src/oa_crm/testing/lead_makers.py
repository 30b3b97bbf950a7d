"""How the events of leads come about in a kit: a part of what the conformance laws make."""

from collections.abc import Callable

from oa_crm.testing.kit import Kit


def _release_lead(kit: Kit) -> None:
    lead = kit.given.lead()
    with kit.unit("seller") as unit:
        unit.leads.release(lead.id, reason="No time", expected_version=lead.version)


def _talk_to_lead(kit: Kit) -> None:
    lead = kit.given.lead()
    with kit.unit("seller") as unit:
        unit.followups.log({"lead_id": lead.id, "way": "phone", "outcome": "They will call back"})


def _convert_lead(kit: Kit) -> None:
    lead = kit.given.lead()
    with kit.unit("seller") as unit:
        unit.leads.convert(lead.id, {"expected_version": lead.version})


def _invalidate_lead(kit: Kit) -> None:
    lead = kit.given.lead()
    with kit.unit("seller") as unit:
        unit.leads.invalidate(lead.id, {"because": "no_need", "expected_version": lead.version})


LEAD_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_lead_created": lambda kit: kit.given.lead(),
    "on_lead_updated": lambda kit: _release_lead(kit),
    "on_lead_followed_up": lambda kit: _talk_to_lead(kit),
    "on_lead_converted": lambda kit: _convert_lead(kit),
    "on_lead_invalidated": lambda kit: _invalidate_lead(kit),
}
