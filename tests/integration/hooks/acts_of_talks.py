"""What makes the events of follow-ups happen, and the facts that they carry."""

from oa_crm.testing import Kit

Facts = dict[str, object]


def commented(kit: Kit) -> Facts:
    """The manager says something, to the author and to somebody who may not see it."""
    customer = kit.given.customer()
    said = kit.given.follow_up(customer)
    with kit.unit("manager") as unit:
        note = unit.followups.comment(said.id, {"words": "Very private words", "mentions": ("seller", "colleague")})
    told = {"follow_up_id": said.id, "note_id": note.id, "what": "comment", "name": customer.name, "by": "seller"}
    return {**told, "customer_id": customer.id, "lead_id": None, "mentioned": ("seller",)}


ACTS = {"on_follow_up_commented": commented}
ACTORS = {"on_follow_up_commented": "manager"}
