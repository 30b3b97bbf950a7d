"""How the events of follow-ups come about in a kit: a part of what the conformance laws make."""

from collections.abc import Callable

from oa_crm.testing.kit import Kit


def _comment(kit: Kit) -> object:
    said = kit.given.follow_up()
    with kit.unit("manager") as unit:
        return unit.followups.comment(said.id, {"words": "Go on", "mentions": ("seller",)})


TALK_MAKERS: dict[str, Callable[[Kit], object]] = {"on_follow_up_commented": _comment}
