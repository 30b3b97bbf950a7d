"""The credit for a project: always a whole, divided in one act, with every division kept."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import count, doing, invalid, refused
from tests.integration.teams.sitting import seat, shares

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import ProjectSharesChanged
from oa_crm.models import CreditShare, CreditSplit
from oa_crm.testing import Kit


def _split(kit: Kit, project: Any, at: Any = None) -> dict[str, Decimal]:
    with kit.unit("seller", read_only=True) as unit:
        return {one.member_id: one.percent for one in unit.teams.shares(project.id, at=at).shares}


def test_the_owner_has_it_all_until_it_is_divided(kit: Kit) -> None:
    project = kit.given.project()
    assert _split(kit, project) == {"seller": Decimal("100.00")}
    before = kit.clock.now()
    seat(kit, project)
    kit.clock.advance(days=1)
    with kit.unit("seller") as unit:
        divided = unit.teams.set_shares(project.id, shares(seller="66.67", helper="33.33"))
        assert divided.version == 1
        newest, first = unit.teams.share_history(project.id).items
        page = unit.teams.share_history(project.id, limit=1)
        assert unit.teams.share_history(project.id, limit=1, after=page.next).items == (first,)
    assert (newest, page.items) == (divided, (divided,))
    assert (first.version, first.since, first.by_id) == (0, project.created_at, None)
    assert _split(kit, project) == {"seller": Decimal("66.67"), "helper": Decimal("33.33")}
    assert _split(kit, project, before) == {"seller": Decimal("100.00")}
    kit.relay.drain()
    (event,) = kit.recorder.of(ProjectSharesChanged)
    assert event.shares == (("seller", Decimal("66.67")), ("helper", Decimal("33.33")))
    assert event.before == (("seller", Decimal("100.00")),)


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"seller": "50"}, ["shares"]),
        ({"seller": "60", "helper": "40.01"}, ["shares"]),
        ({"seller": "99.999", "helper": "0.001"}, ["shares.0.percent", "shares.1.percent"]),
        ({"seller": "100", "helper": "0"}, ["shares.1.percent"]),
        ({"seller": "-10", "helper": "110"}, ["shares.0.percent", "shares.1.percent"]),
        ({"seller": "NaN"}, ["shares.0.percent"]),
        ({"seller": "1e9"}, ["shares.0.percent"]),
        ({"seller": "9e999999"}, ["shares.0.percent"]),
        ({"seller": 99.9}, ["shares", "shares.0.percent"]),
        ({"seller": "60", "colleague": "40"}, ["shares.1.member_id"]),
    ],
)
def test_shares_that_are_no_whole_or_a_strangers_are_refused(sqlite_kit: Kit, parts: Any, fields: Any) -> None:
    project = sqlite_kit.given.project()
    seat(sqlite_kit, project)
    with invalid(*fields):
        doing(sqlite_kit, "seller", lambda unit: unit.teams.set_shares(project.id, shares(**parts)))
    assert count(sqlite_kit, CreditSplit) == count(sqlite_kit, CreditShare) == 0


def test_nobody_is_named_twice(sqlite_kit: Kit) -> None:
    project = sqlite_kit.given.project()
    twice = {"shares": [{"member_id": "seller", "percent": 50}] * 2, "expected_version": 0}
    with invalid("shares.1.member_id"):
        doing(sqlite_kit, "seller", lambda unit: unit.teams.set_shares(project.id, twice))


def test_who_has_a_share_leaves_only_with_a_new_split(kit: Kit) -> None:
    project = kit.given.project()
    given_ = seat(kit, project)
    doing(kit, "seller", lambda unit: unit.teams.set_shares(project.id, shares(seller=60, helper=40)))
    for actor in ("helper", "seller"):
        with invalid("split"):
            doing(kit, actor, lambda unit: unit.teams.leave(given_.id, {"reason": "换组"}))
    with refused("forbidden"):
        doing(
            kit, "helper", lambda unit: unit.teams.leave(given_.id, {"reason": "换组", "split": shares(1, seller=100)})
        )
    with invalid("shares.1.member_id"):
        again = {"reason": "换组", "split": shares(1, seller=90, helper=10)}
        doing(kit, "seller", lambda unit: unit.teams.leave(given_.id, again))
    assert _split(kit, project)["helper"] == 40
    doing(kit, "seller", lambda unit: unit.teams.leave(given_.id, {"reason": "换组", "split": shares(1, seller=100)}))
    assert _split(kit, project) == {"seller": Decimal("100.00")}
    with kit.unit("seller") as unit:
        assert unit.teams.of("project", project.id) == ()


def test_a_stale_split_is_refused_and_a_settled_project_keeps_its_own(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    doing(kit, "manager", lambda unit: unit.teams.set_shares(contract.project_id, shares(seller=100)))
    with refused("stale_version", expected=0, current=1):
        doing(kit, "manager", lambda unit: unit.teams.set_shares(contract.project_id, shares(seller=100)))
    doing(kit, "manager", lambda unit: unit.settlements.settle(contract.project_id))
    with refused("illegal_state", state="settled"):
        doing(kit, "manager", lambda unit: unit.teams.set_shares(contract.project_id, shares(1, seller=100)))


MEMBERS = ("seller", "helper", "colleague", "stranger")
PARTS = st.integers(-100, 10_100).map(lambda part: f"{part // 100}.{part % 100:02}")


@st.composite
def splits(draw: st.DrawFn) -> dict[str, str]:
    """Often a whole, by cutting one; else anything."""
    names = draw(st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=4, unique=True))
    if draw(st.booleans()):
        many = len(names) - 1
        cuts = sorted(draw(st.lists(st.integers(1, 9_999), min_size=many, max_size=many, unique=True)))
        ends = [0, *cuts, 10_000]
        return {name: str(Decimal(ends[n + 1] - ends[n]).scaleb(-2)) for n, name in enumerate(names)}
    return {name: draw(PARTS) for name in names}


STEPS = st.lists(st.one_of(splits(), st.sampled_from(["join helper", "join colleague", "leave helper"])), max_size=10)


def _is_right(step: Any, team: Collection[str], credit: Collection[str]) -> bool:
    """Shares are a whole of the owner and his team; nobody comes twice, and nobody who has a share goes."""
    if isinstance(step, dict):
        parts = [Decimal(part) for part in step.values()]
        return sum(parts) == 100 and min(parts) > 0 and {"seller", *team} >= step.keys()
    return (
        "helper" not in credit
        if step == "leave helper" and "helper" in team
        else step.removeprefix("join ") not in team
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_in_every_state_of_the_history_the_shares_sum_to_a_hundred(sqlite_kit: Kit, steps: Any) -> None:
    kit, project = sqlite_kit, sqlite_kit.given.project()
    wanted, seats = {"seller": Decimal(100)}, dict[str, Any]()
    known = []
    for step in steps:
        right = _is_right(step, seats, wanted)
        try:
            with kit.unit("seller") as unit:
                version = unit.teams.shares(project.id).version
                if isinstance(step, dict):
                    unit.teams.set_shares(project.id, shares(version, **step))
                    wanted = {name: Decimal(part) for name, part in step.items()}
                elif step == "leave helper":
                    if "helper" in seats:
                        unit.teams.leave(seats["helper"].id, {"reason": "换组"})
                        del seats["helper"]
                else:
                    data = {"kind": "project", "thing_id": project.id, "member_id": step.split()[1]}
                    seats[step.split()[1]] = unit.teams.join(data)
        except InvalidInput:
            assert not right, step
        else:
            assert right, step
        known.append((kit.clock.now(), wanted))
        kit.clock.advance(hours=1)
    with kit.unit("seller", read_only=True) as unit:
        for split in unit.teams.share_history(project.id, limit=100).items:
            assert sum(one.percent for one in split.shares) == 100
    for moment, whose in known:
        assert _split(kit, project, moment) == whose
