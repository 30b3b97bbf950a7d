"""Where strategies, requests for help and shares take an id: a part of the table in `ids_taken.py`."""

from datetime import date
from typing import Any

DAY = date(2026, 3, 2)

COLLABORATION_TAKES: dict[str, tuple[str, Any]] = {
    "shares.give:data.customer_id": (
        "customer",
        lambda unit, it, _: unit.shares.give(
            {"customer_id": it, "receiver_id": "seller", "title": "华东", "show": ["customer.name"]}
        ),
    ),
    "shares.give:data.project_id": (
        "project",
        lambda unit, it, _: unit.shares.give(
            {"project_id": it, "receiver_id": "seller", "title": "华东", "show": ["project.name"]}
        ),
    ),
    "shares.revoke:id": ("share", lambda unit, it, _: unit.shares.revoke(it, reason="终止")),
    "shares.get:id": ("share", lambda unit, it, _: unit.shares.get(it)),
    "shares.read:id": ("share", lambda unit, it, _: unit.shares.read(it)),
    "shares.looks:id": ("share", lambda unit, it, _: unit.shares.looks(it)),
    "shares.find:where.customer_id": ("customer", lambda unit, it, _: unit.shares.find({"customer_id": it})),
    "shares.find:where.project_id": ("project", lambda unit, it, _: unit.shares.find({"project_id": it})),
    "help.ask:data.customer_id": (
        "customer",
        lambda unit, it, _: unit.help.ask({"customer_id": it, "member_id": "seller", "title": "接口", "due_on": DAY}),
    ),
    "help.ask:data.project_id": (
        "project",
        lambda unit, it, _: unit.help.ask({"project_id": it, "member_id": "seller", "title": "接口", "due_on": DAY}),
    ),
    "help.accept:id": ("help_request", lambda unit, it, _: unit.help.accept(it)),
    "help.decline:id": ("help_request", lambda unit, it, _: unit.help.decline(it, reason="忙")),
    "help.answer:id": ("help_request", lambda unit, it, _: unit.help.answer(it, "可以")),
    "help.close:id": ("help_request", lambda unit, it, _: unit.help.close(it)),
    "help.reopen:id": ("help_request", lambda unit, it, _: unit.help.reopen(it, reason="少了报价")),
    "help.get:id": ("help_request", lambda unit, it, _: unit.help.get(it)),
    "help.entries:id": ("help_request", lambda unit, it, _: unit.help.entries(it)),
    "help.find:where.customer_id": ("customer", lambda unit, it, _: unit.help.find({"customer_id": it})),
    "help.find:where.project_id": ("project", lambda unit, it, _: unit.help.find({"project_id": it})),
    "strategies.write:data.customer_id": (
        "customer",
        lambda unit, it, _: unit.strategies.write({"customer_id": it, "goal": "签约", "owner_id": "seller"}),
    ),
    "strategies.write:data.project_id": (
        "project",
        lambda unit, it, _: unit.strategies.write({"project_id": it, "goal": "签约", "owner_id": "seller"}),
    ),
    "strategies.revise:id": (
        "strategy",
        lambda unit, it, _: unit.strategies.revise(it, {"expected_version": 1, "goal": "试点", "reason": "降价"}),
    ),
    "strategies.retire:id": (
        "strategy",
        lambda unit, it, _: unit.strategies.retire(it, reason="取消", expected_version=1),
    ),
    "strategies.tick:id": ("strategy", lambda unit, it, _: unit.strategies.tick(it, step=1)),
    "strategies.comment:id": ("strategy", lambda unit, it, _: unit.strategies.comment(it, {"words": "谁拍板?"})),
    "strategies.acknowledge:id": ("strategy", lambda unit, it, _: unit.strategies.acknowledge(it, number=1)),
    "strategies.get:id": ("strategy", lambda unit, it, _: unit.strategies.get(it)),
    "strategies.of:thing_id": ("customer", lambda unit, it, _: unit.strategies.of("customer", it)),
    "strategies.find:where.customer_id": ("customer", lambda unit, it, _: unit.strategies.find({"customer_id": it})),
    "strategies.find:where.project_id": ("project", lambda unit, it, _: unit.strategies.find({"project_id": it})),
    "strategies.versions:id": ("strategy", lambda unit, it, _: unit.strategies.versions(it)),
    "strategies.marks:id": ("strategy", lambda unit, it, _: unit.strategies.marks(it)),
    "strategies.compare:id": ("strategy", lambda unit, it, _: unit.strategies.compare(it, 1, 1)),
    "strategies.comments:id": ("strategy", lambda unit, it, _: unit.strategies.comments(it)),
}
