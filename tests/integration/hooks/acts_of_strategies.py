"""What makes the events of strategies happen, and the facts that they carry."""

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


ACTS = {"on_strategy_changed": written, "on_strategy_commented": commented}
ACTORS = {"on_strategy_commented": "manager"}
