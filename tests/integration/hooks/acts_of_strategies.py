"""What makes the events of strategies, requests for help and shares happen, and the facts that they carry."""

from oa_crm.testing import Kit

Facts = dict[str, object]


def written(kit: Kit) -> Facts:
    """Of a project, to be reviewed in summer."""
    project = kit.given.project(name="Plant two")
    made = kit.given.strategy(project_id=project.id, review_on="2026-06-30")
    facts = {"strategy_id": made.id, "customer_id": project.customer_id, "project_id": project.id, "name": "Plant two"}
    told = {"what": "written", "changed": ("owner_id", "goal", "steps", "review_on"), "managers": ("manager",)}
    return {**facts, "owner_id": "seller", "number": 1, **told, "review_on": "2026-06-30"}


def commented(kit: Kit) -> Facts:
    """The manager asks the owner."""
    made = kit.given.strategy(customer := kit.given.customer(name="Quill Foundry"))
    with kit.unit("manager") as unit:
        said = unit.strategies.comment(made.id, {"words": "Very private words", "mentions": ["seller"]})
    facts = {"strategy_id": made.id, "customer_id": customer.id, "project_id": None, "name": "Quill Foundry"}
    return {**facts, "owner_id": "seller", "number": 1, "comment_id": said.id, "mentioned": ("seller",)}


def asked(kit: Kit) -> Facts:
    """The salesperson asks the colleague."""
    customer = kit.given.customer(name="Quill Foundry")
    made = kit.given.help_request(customer, question="Very private words")
    facts = {"help_id": made.id, "customer_id": customer.id, "project_id": None, "name": "Quill Foundry"}
    told = {"to_kind": "member", "to_id": "colleague", "asked": ("colleague",), "again": False}
    return {**facts, "asked_by": "seller", "due_on": "2026-03-09", **told}


def answered(kit: Kit) -> Facts:
    """The colleague answers."""
    facts = asked(kit)
    with kit.unit("colleague") as unit:
        unit.help.answer(facts["help_id"], "Very private words")  # type: ignore[arg-type]
    kept = {name: facts[name] for name in facts if name not in ("to_kind", "to_id", "asked", "again")}
    return {**kept, "what": "answered", "helper_id": "colleague"}


def shared(kit: Kit) -> Facts:
    """With the manager, for a month."""
    made = kit.given.share()
    told = {"receiver_id": "manager", "facts": ("customer.name",), "expires_at": made.expires_at}
    return {"share_id": made.id, "customer_id": made.customer_id, "project_id": None, **told}


ACTS = {
    "on_share_given": shared,
    "on_strategy_changed": written,
    "on_strategy_commented": commented,
    "on_help_asked": asked,
    "on_help_answered": answered,
}
ACTORS = {"on_strategy_commented": "manager", "on_help_answered": "colleague"}
