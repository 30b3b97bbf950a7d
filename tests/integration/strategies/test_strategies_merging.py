"""Strategies through merges and splits: two living ones never meet, and none is lost."""

from tests.integration.merging.files import differences, merge, snapshot, split
from tests.integration.services.acting import doing, refused
from tests.integration.strategies.laws import hold

from oa_crm.testing import Kit


def test_of_two_living_ones_the_survivors_lives_and_the_other_is_set_aside(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    kept, other = kit.given.strategy(winner), kit.given.strategy(loser, goal="进入短名单")
    done = merge(kit, winner, loser)
    assert doing(kit, "seller", lambda u: u.strategies.of("customer", winner.id)).id == kept.id
    aside = doing(kit, "seller", lambda u: u.strategies.get(other.id))
    assert (aside.state, aside.customer_id, aside.goal) == ("set_aside", winner.id, "进入短名单")
    with refused("illegal_state", state="set_aside"):
        doing(kit, "seller", lambda u: u.strategies.retire(other.id, reason="重复", expected_version=1))
    hold(kit)
    split(kit, done)
    home = doing(kit, "seller", lambda u: u.strategies.of("customer", loser.id))
    assert (home.id, home.state) == (other.id, "living")
    hold(kit)


def test_a_survivor_without_one_takes_the_other(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    plan = kit.given.strategy(loser)
    of_project = kit.given.strategy(project_id=kit.given.project(loser).id)
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert doing(kit, "seller", lambda u: u.strategies.of("customer", winner.id)).id == plan.id
    found = doing(kit, "seller", lambda u: u.strategies.find({"customer_id": winner.id, "living": True}))
    assert {one.id for one in found.items} == {plan.id, of_project.id}
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}


def test_what_was_written_for_a_project_since_goes_home_with_it(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    project = kit.given.project(loser)
    done = merge(kit, winner, loser)
    plan = kit.given.strategy(project_id=project.id)
    assert plan.customer_id == winner.id
    split(kit, done)
    assert doing(kit, "seller", lambda u: u.strategies.get(plan.id)).customer_id == loser.id
    hold(kit)
