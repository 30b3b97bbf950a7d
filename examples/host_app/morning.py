"""What the platform does before people come to work: it classes customers by the rules, and tells those who lead.

The sales department's own rules and category tree are set up once; each morning's run finds what is new.
"""

from examples.host_app.app import HostApp

RULES = (
    {
        "name": "great",
        "tree": "level",
        "gives": "A",
        "labels": {"zh": "一年内成交十万元以上"},
        "conditions": [
            {"fact": "contract_amount", "how": "at_least", "value": "100000.00", "within_days": 365},
        ],
        "position": 1,
    },
    {
        "name": "partner",
        "tree": "cooperation",
        "gives": "partner",
        "labels": {"zh": "有赢单项目"},
        "conditions": [{"fact": "won_projects", "how": "at_least", "value": 1}],
        "position": 1,
    },
    {
        "name": "in_talks",
        "tree": "cooperation",
        "gives": "in_talks",
        "labels": {"zh": "谈到方案阶段"},
        "conditions": [{"fact": "stage_reached", "how": "at_least", "value": "proposal"}],
        "position": 2,
    },
)


def set_up(app: HostApp) -> None:
    """The tree of how far a customer works with us, and the rules."""
    with app.crm.begin(app.as_system()) as unit:
        unit.categories.define_tree({"name": "cooperation", "labels": {"zh": "合作阶段", "en": "Cooperation"}})
        for name, label in (("in_talks", "洽谈中"), ("partner", "合作客户")):
            unit.categories.define({"tree": "cooperation", "name": name, "labels": {"zh": label}})
        for rule in RULES:
            unit.class_rules.define(rule)


def morning(app: HostApp) -> tuple[int, int]:
    """How many classes changed, and how many digests wait."""
    classed = app.crm.classes.apply(app.as_system())
    return classed.found, app.crm.digests.build(app.as_system()).found
