"""The verbs of follow-ups and what hangs on them: a part of the table in `verbs.py`."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.testing import Kit


def _talk(customer: Any, way: str) -> dict[str, Any]:
    return {"customer_id": customer.id, "way": way, "outcome": "谈好了"}


def _call(kit: Kit, **fields: Any) -> dict[str, Any]:
    return {"way": "phone", "purpose": "问进度", "due_at": kit.clock.now() + timedelta(days=2), **fields}


def _later(plan: Any, days: int) -> dict[str, Any]:
    return {"due_at": plan.due_at + timedelta(days=days), "reason": "客户改期", "expected_version": 1}


def planned(kit: Kit) -> Any:
    """A plan of the seller's."""
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.plans.plan(_call(kit, customer_id=customer.id))


def matter(kit: Kit, what: str) -> Any:
    """An open issue or need."""
    customer = kit.given.customer()
    with kit.unit() as unit:
        return getattr(unit, what).open({"customer_id": customer.id, "words": "交付期太长"})


def closed(kit: Kit, what: str) -> Any:
    """One that is over."""
    it = matter(kit, what)
    with kit.unit() as unit:
        return getattr(unit, what).close(it.id, _end(what))


def _end(what: str, words: str = "改为分期交付") -> dict[str, Any]:
    return {"state": "resolved" if what == "issues" else "answered", "words": words, "expected_version": 1}


def _matters(what: str) -> tuple[Verb, ...]:
    def of(unit: Any) -> Any:
        return getattr(unit, what)

    return (
        Verb(
            f"{what}.open", "seller", lambda kit: kit.given.customer(),
            lambda unit, it, **key: of(unit).open({"customer_id": it.id, "words": "价格"}, **key),
            lambda unit, it, **key: of(unit).open({"customer_id": it.id, "words": "工期"}, **key),
        ),
        Verb(
            f"{what}.update", "seller", lambda kit: matter(kit, what),
            lambda unit, it, **key: of(unit).update(it.id, {"expected_version": 1, "weight": 3}, **key),
            lambda unit, it, **key: of(unit).update(it.id, {"expected_version": 1, "weight": 1}, **key),
        ),
        Verb(
            f"{what}.comment", "manager", lambda kit: matter(kit, what),
            lambda unit, it, **key: of(unit).comment(it.id, {"words": "问过工厂"}, **key),
            lambda unit, it, **key: of(unit).comment(it.id, {"words": "还没问"}, **key),
        ),
        Verb(
            f"{what}.close", "seller", lambda kit: matter(kit, what),
            lambda unit, it, **key: of(unit).close(it.id, _end(what), **key),
            lambda unit, it, **key: of(unit).close(it.id, _end(what, "降价"), **key),
        ),
        Verb(
            f"{what}.reopen", "seller", lambda kit: closed(kit, what),
            lambda unit, it, **key: of(unit).reopen(it.id, reason="又提出来了", expected_version=2, **key),
            lambda unit, it, **key: of(unit).reopen(it.id, reason="没有解决", expected_version=2, **key),
        ),
    )  # fmt: skip


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
    Verb(
        "plans.plan", "seller", lambda kit: _call(kit, customer_id=kit.given.customer().id),
        lambda unit, it, **key: unit.plans.plan(it, **key),
        lambda unit, it, **key: unit.plans.plan({**it, "way": "visit"}, **key),
    ),
    Verb(
        "plans.reschedule", "seller", planned,
        lambda unit, it, **key: unit.plans.reschedule(it.id, _later(it, 1), **key),
        lambda unit, it, **key: unit.plans.reschedule(it.id, _later(it, 2), **key),
    ),
    Verb(
        "plans.cancel", "seller", planned,
        lambda unit, it, **key: unit.plans.cancel(it.id, reason="客户出差", expected_version=1, **key),
        lambda unit, it, **key: unit.plans.cancel(it.id, reason="不必了", expected_version=1, **key),
    ),
    Verb(
        "reminders.set_rules", "admin", lambda kit: None,
        lambda unit, _: unit.reminders.set_rules({"rules": {"neglected_days": [10]}, "expected_version": 0}),
        lambda unit, _: unit.reminders.set_rules({"rules": {"neglected_days": [20]}, "expected_version": 0}),
    ),
    Verb(
        "exchange.export_follow_ups", "seller", lambda kit: kit.given.follow_up(),
        lambda unit, it: unit.exchange.export_follow_ups(to=BytesIO()),
        lambda unit, it: unit.exchange.export_follow_ups({"way": "visit"}, to=BytesIO()),
    ),
    *_matters("issues"),
    *_matters("needs"),
)  # fmt: skip

TALK_KEYLESS = {
    "reminders.set_rules": "the rules carry the version that they replace",
    "exchange.export_follow_ups": "each export is one more line of the audit, and counts",
}
