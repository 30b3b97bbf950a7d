"""What customers gained beside names: numbers, tags, favourites and groups follow a merge and come back."""

from tests.integration.merging.files import differences, merge, read, snapshot, split
from tests.integration.services.acting import doing, invalid, refused

from oa_crm.testing import Kit

EIN, VAT = {"scheme": "us.ein", "number": "91-1144442"}, {"scheme": "gb.vat", "number": "980780684"}


def found(kit: Kit, **where: object) -> list[object]:
    return [one.id for one in doing(kit, "manager", lambda unit: unit.customers.find(where)).items]


def test_the_survivor_has_the_numbers_and_tags_of_both_and_is_found_by_each(kit: Kit) -> None:
    winner = kit.given.customer(tags=["重点", "展会"], numbers=[EIN])
    loser = kit.given.customer(tags=["展会", "老客户"], numbers=[VAT])
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    survivor = read(kit, winner.id)
    assert sorted(survivor.tags) == sorted(("重点", "展会", "老客户"))
    assert [one.scheme for one in survivor.numbers] == ["us.ein", "gb.vat"]
    for tag in ("重点", "展会", "老客户"):
        assert found(kit, tags_all=[tag]) == [winner.id]
    assert found(kit, number=VAT) == [winner.id]
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}
    assert found(kit, number=VAT) == [loser.id]


def test_a_tag_that_was_taken_off_the_survivor_is_the_losers_again(kit: Kit) -> None:
    winner, loser = kit.given.customer(tags=["重点"]), kit.given.customer(tags=["老客户"])
    done = merge(kit, winner, loser)
    now = read(kit, winner.id)
    patch = {"tags": ["重点"], "expected_version": now.version}
    doing(kit, "manager", lambda unit: unit.customers.update(winner.id, patch))
    split(kit, done)
    assert (read(kit, winner.id).tags, read(kit, loser.id).tags) == (("重点",), ("老客户",))
    assert found(kit, tags_any=["老客户"]) == [loser.id]


def test_a_number_is_never_left_to_nobody(kit: Kit) -> None:
    winner, loser = kit.given.customer(numbers=[EIN]), kit.given.customer(numbers=[VAT])
    with invalid("choices.numbers"):
        merge(kit, winner, loser, choices={"numbers": "keep"})


def test_favourites_follow_and_a_favourite_of_both_is_one(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    doing(kit, "seller", lambda unit: [unit.customers.favour(one.id) for one in (winner, loser)])
    doing(kit, "manager", lambda unit: unit.customers.favour(loser.id))
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    for actor in ("seller", "manager"):
        kept = doing(kit, actor, lambda unit: unit.customers.find({"favourites": True})).items
        assert [one.id for one in kept] == [winner.id]
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}


def test_a_customer_is_not_merged_out_of_its_group(kit: Kit) -> None:
    winner, top = kit.given.customer(), kit.given.customer()
    below = kit.given.customer(parent_id=top.id)
    for loser in (top, below):
        with refused("illegal_state"):
            merge(kit, winner, loser)
        pair = {"winner_id": winner.id, "loser_id": loser.id}
        answers = doing(kit, "manager", lambda unit, pair=pair: unit.merges.merge_many([pair]))
        assert [one.problem for one in answers.pairs] == ["illegal_state"]
    patch = {"parent_id": None, "expected_version": below.version}
    doing(kit, "seller", lambda unit: unit.customers.update(below.id, patch))
    merge(kit, top, below)


def test_a_converted_lead_and_what_was_said_to_it_follow_and_come_back(kit: Kit) -> None:
    lead = doing(
        kit, "seller", lambda unit: unit.leads.create({"company_name": "长风物流有限公司", "person_name": "许澜"})
    )
    said = {"lead_id": lead.id, "way": "phone", "outcome": "有意向"}
    doing(kit, "seller", lambda unit: unit.followups.log(said))
    now = doing(kit, "seller", lambda unit: unit.leads.get(lead.id))
    converted = doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, {"expected_version": now.version}))
    winner, loser = kit.given.customer(), read(kit, converted.lead.customer_id)
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert doing(kit, "manager", lambda unit: unit.leads.get(lead.id)).customer_id == winner.id
    assert [one.outcome for one in doing(kit, "manager", lambda unit: unit.followups.history(winner.id)).items] == [
        "有意向"
    ]
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}
