"""The verbs of follow-ups and what hangs on them: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb


def _talk(customer: Any, way: str) -> dict[str, Any]:
    return {"customer_id": customer.id, "way": way, "outcome": "谈好了"}


TALK_VERBS = (
    Verb(
        "followups.log", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.followups.log(_talk(it, "visit"), **key),
        lambda unit, it, **key: unit.followups.log(_talk(it, "phone"), **key),
    ),
    Verb(
        "followups.add_to", "seller", lambda kit: kit.given.follow_up(),
        lambda unit, it, **key: unit.followups.add_to(it.id, "预算是 60 万", **key),
        lambda unit, it, **key: unit.followups.add_to(it.id, "预算是 70 万", **key),
    ),
    Verb(
        "followups.comment", "manager", lambda kit: kit.given.follow_up(),
        lambda unit, it, **key: unit.followups.comment(it.id, {"words": "继续", "mentions": ["seller"]}, **key),
        lambda unit, it, **key: unit.followups.comment(it.id, {"words": "报价"}, **key),
    ),
)  # fmt: skip
