"""Cards are put to one spot of a column for years: there is always a place, and the order is what people made it."""

from typing import Any

import pytest
from tests.integration.services.acting import doing, listening

from oa_crm import Unit
from oa_crm.schemas import ProjectOut
from oa_crm.testing import Kit


def _cards(kit: Kit, many: int = 4) -> list[ProjectOut]:
    return [kit.given.project() for _ in range(many)]


def _put(unit: Unit, card: ProjectOut, below: ProjectOut | None) -> None:
    unit.projects.place(card.id, {"below": below and below.id, "expected_version": card.version})


def _order(kit: Kit) -> list[Any]:
    return [one.id for one in doing(kit, "seller", lambda unit: unit.projects.board()[0].cards)]


def _put_often(kit: Kit, times: int, cards: list[ProjectOut], below: ProjectOut | None) -> list[Any]:
    """Each of the last two in turn to the same spot; the order that this makes."""
    with kit.unit("seller") as unit:
        for at in range(times):
            _put(unit, cards[-2 + at % 2], below)
    last, first = cards[-2 + times % 2].id, cards[-1 - times % 2].id
    still = [one.id for one in cards[:-2]]
    at = 0 if below is None else still.index(below.id) + 1
    return [*still[:at], first, last, *still[at:]]


@pytest.mark.parametrize("spot", ["top", "middle", "end"])
def test_there_is_a_place_for_each_of_hundreds_of_cards_at_one_spot(kit: Kit, spot: str) -> None:
    cards = _cards(kit)
    order = _put_often(kit, 380, cards, {"top": None, "middle": cards[0], "end": cards[1]}[spot])
    assert _order(kit) == order
    assert [*order, kit.given.project().id] == _order(kit), "who comes later comes last"


def test_dealing_places_anew_takes_as_many_statements_for_many_cards_as_for_few(sqlite_kit: Kit) -> None:
    kit, counts = sqlite_kit, []
    for more in (4, 20):
        cards = _cards(kit, more)
        with kit.unit("seller") as unit:
            sent = _of_the_one_that_deals(kit, unit, cards)
        counts.append(sent)
    assert counts[0] == counts[1]


def _of_the_one_that_deals(kit: Kit, unit: Unit, cards: list[ProjectOut]) -> int:
    for at in range(450):
        with listening(kit.crm.engine) as sent:
            _put(unit, cards[-2 + at % 2], None)
        if any("row_number" in one for one in sent):
            return len(sent)
    raise AssertionError("no places were dealt anew")
