"""Two files made one: nothing stays behind, nothing is lost, and the old id leads to where the file is now."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.integration.merging.files import AddressBook, file, merge, read, split
from tests.integration.services.acting import count, doing, invalid, listening, refused, rows

from oa_crm.hooks.payloads import CustomerMerged, CustomerSplit
from oa_crm.models import AuditEntry, Contract, Customer, EventRow, Expense, FollowUp, Link, Merge, Project
from oa_crm.schemas import CustomerOut, Verdict
from oa_crm.services.merging.links import acting, links
from oa_crm.testing import CrmKit, Kit

CODES = ("91110000600037341L", "91440300708461136T")


def _leads_to(kit: Kit, id: Any) -> dict[str, int]:
    """How many rows of each link lead to a customer."""
    found = {}
    with kit.crm.engine.connect() as connection:
        for link in acting(links()):
            kind = [] if link.rule.kind is None else [link.table.c[link.rule.kind] == "customer"]
            query = select(link.table).where(link.column == link.stored(id), *kind)
            found[link.name] = len(connection.execute(query).all())
    return {name: number for name, number in found.items() if number}


def test_everything_of_two_files_is_in_one(kit: Kit) -> None:
    winner, loser = file(kit), file(kit, short_name="云帆")
    before, theirs = _leads_to(kit, winner.id), _leads_to(kit, loser.id)
    done = merge(kit, winner, loser)
    assert done.moved == theirs
    assert _leads_to(kit, loser.id) == {}
    merged = {name: before.get(name, 0) + theirs[name] for name in theirs}
    merged["audit.thing_id"] += 1
    merged["event.thing_id"] += 1
    merged["customer.merged_into"] = 1
    assert _leads_to(kit, winner.id) == merged
    for model in (Project, Contract, FollowUp, Expense):
        assert {row["customer_id"] for row in rows(kit, model)} == {winner.id}
    history = doing(kit, "seller", lambda unit: unit.followups.history(winner.id))
    assert len(history.items) == 4


def test_the_preview_tells_what_the_merge_then_does(kit: Kit) -> None:
    winner = file(kit, phone="+8657188886666", industry="software")
    loser = file(kit, phone="+862166661234", email="a@yunfan.cn", aliases=("帆云",))
    preview = doing(kit, "manager", lambda unit: unit.merges.preview(winner.id, loser.id, choices={"phone": "take"}))
    told = {one.field: one for one in preview.fields}
    assert (told["phone"].choice, told["phone"].result, told["phone"].differs) == ("take", "+862166661234", True)
    assert (told["email"].choice, told["email"].result) == ("take", "a@yunfan.cn")
    assert (told["industry"].choice, told["industry"].result) == ("keep", winner.industry)
    assert (told["aliases"].choice, told["name"].differs) == ("both", True)
    done = merge(kit, winner, loser, choices={"phone": "take"})
    assert (done.moved, done.laid_aside) == (preview.moves, preview.laid_aside)
    after = read(kit, winner.id).model_dump(mode="json")
    assert {name: after[name] for name in told} == {
        name: one.model_dump(mode="json")["result"] or after[name] for name, one in told.items()
    }


def test_the_survivor_is_found_by_every_name_of_both(kit: Kit) -> None:
    winner = kit.given.customer(name="云帆智能科技(杭州)有限公司")
    loser = kit.given.customer(name="星河数据服务有限公司", short_name="星河", former_names=("老星河软件厂",))
    merge(kit, winner, loser)
    with kit.unit("manager") as unit:
        for name in ("星河数据服务有限公司", "老星河软件厂", "云帆智能科技(杭州)有限公司"):
            report = unit.customers.check({"name": name})
            assert report.verdict is not Verdict.CLEAR, name
            assert [hit.customer_id for hit in report.hits] == [winner.id], name
        assert [one.customer_id for one in unit.customers.suggest("星河")] == [winner.id]
        assert [one.id for one in unit.customers.find().items] == [winner.id]
        survivor = unit.customers.get(winner.id)
    assert survivor.former_names == ("老星河软件厂", "星河数据服务有限公司")
    assert survivor.short_name == "星河"


def test_a_name_that_was_not_chosen_is_kept_as_well(kit: Kit) -> None:
    winner, loser = kit.given.customer(name="云帆智能"), kit.given.customer(name="星河数据")
    merge(kit, winner, loser, choices={"name": "take"})
    after = read(kit, winner.id)
    assert (after.name, after.former_names) == ("星河数据", ("云帆智能",))


def test_a_scan_does_not_bring_the_merged_ones_up_again(kit: Kit) -> None:
    winner = kit.given.customer(name="长风物流有限公司")
    loser = doing(
        kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司"}, override_reason="另一家")
    )
    system = kit.scope("admin")
    kit.crm.duplicates.scan(system)
    assert len(doing(kit, "manager", lambda unit: unit.duplicates.pairs().items)) == 1
    done = merge(kit, winner, loser)
    assert sum(done.laid_aside.values()) == 1
    kit.crm.duplicates.scan(system, full=True)
    assert doing(kit, "manager", lambda unit: unit.duplicates.pairs().items) == ()
    split(kit, done)
    assert len(doing(kit, "manager", lambda unit: unit.duplicates.pairs().items)) == 1


def test_the_old_id_says_where_the_file_is(kit: Kit) -> None:
    winner, loser = file(kit), file(kit)
    merge(kit, winner, loser)
    acts: list[Callable[[Any], Any]] = [
        lambda unit: unit.customers.get(loser.id),
        lambda unit: unit.customers.update(loser.id, {"level": "A", "expected_version": 1}),
        lambda unit: unit.followups.log({"customer_id": loser.id, "way": "phone", "outcome": "好"}),
        lambda unit: unit.followups.history(loser.id),
        lambda unit: unit.projects.create({"customer_id": loser.id, "name": "ERP"}),
        lambda unit: unit.audit.of("customer", loser.id),
        lambda unit: unit.links.of("customer", loser.id),
        lambda unit: unit.merges.preview(winner.id, loser.id),
    ]
    for act in acts:
        with refused("merged", id=str(loser.id), into=str(winner.id)):
            doing(kit, "manager", act)
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.customers.get(loser.id))


def test_who_said_what_stays_as_it_was(kit: Kit) -> None:
    winner, loser = file(kit), file(kit)
    authors = {row["id"]: (row["actor_id"], row["at"], row["operation"]) for row in rows(kit, AuditEntry)}
    said = {row["id"]: (row["created_by"], row["outcome"], row["happened_at"]) for row in rows(kit, FollowUp)}
    kit.clock.advance(days=1)
    merge(kit, winner, loser)
    after = {row["id"]: (row["actor_id"], row["at"], row["operation"]) for row in rows(kit, AuditEntry)}
    assert {id: after[id] for id in authors} == authors
    assert {r["id"]: (r["created_by"], r["outcome"], r["happened_at"]) for r in rows(kit, FollowUp)} == said
    told = doing(kit, "manager", lambda unit: unit.audit.of("customer", winner.id))
    assert [one.operation for one in told].count("customers.create") == 2


def test_receipts_of_both_are_found_at_the_survivor(database: Any, crm_kit: CrmKit) -> None:
    kit = crm_kit(AddressBook(), database=database)
    winner, loser = kit.given.customer(), kit.given.customer()
    late = kit.given.customer()
    kit.relay.drain()
    merge(kit, winner, loser)
    links_ = doing(kit, "manager", lambda unit: unit.links.of("customer", winner.id))
    assert {one.ref for one in links_} == {f"card-{winner.id}", f"card-{loser.id}"}
    assert count(kit, Link, thing_id=str(late.id)) == 1


def test_a_receipt_that_comes_after_the_merge_hangs_on_the_survivor(database: Any, crm_kit: CrmKit) -> None:
    kit = crm_kit(AddressBook(), database=database)
    winner, loser = kit.given.customer(), kit.given.customer()
    merge(kit, winner, loser)
    kit.relay.drain_with_retries()
    links_ = doing(kit, "manager", lambda unit: unit.links.of("customer", winner.id))
    assert {one.ref for one in links_} == {f"card-{winner.id}", f"card-{loser.id}"}
    assert [row["thing_id"] for row in rows(kit, EventRow)] == [str(winner.id)] * 3


def test_a_number_that_the_survivor_takes_is_his_alone(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer(credit_code=CODES[0])
    done = merge(kit, winner, loser)
    assert read(kit, winner.id).credit_code == CODES[0]
    assert {row["id"]: row["credit_code"] for row in rows(kit, Customer)} == {winner.id: CODES[0], loser.id: None}
    split(kit, done)
    assert (read(kit, winner.id).credit_code, read(kit, loser.id).credit_code) == (None, CODES[0])


def test_of_two_numbers_one_is_chosen_and_the_other_stays_taken(kit: Kit) -> None:
    winner, loser = kit.given.customer(credit_code=CODES[0]), kit.given.customer(credit_code=CODES[1])
    merge(kit, winner, loser)
    assert read(kit, winner.id).credit_code == CODES[0]
    with refused("duplicate_customer"):
        doing(kit, "seller", lambda unit: unit.customers.create({"name": "碧海食品", "credit_code": CODES[1]}))


def test_merge_and_split_are_told_in_the_order_of_the_survivor(kit: Kit) -> None:
    winner, loser = file(kit), file(kit, email="a@xinghe.cn")
    done = merge(kit, winner, loser)
    split(kit, done)
    kit.relay.drain()
    (merged,), (apart,) = kit.recorder.of(CustomerMerged), kit.recorder.of(CustomerSplit)
    assert (merged.customer_id, merged.loser_id, merged.merge_id) == (winner.id, loser.id, done.id)
    assert (merged.fields, merged.moved) == (("email", "former_names"), done.moved)
    assert (apart.merge_id, apart.loser_name, apart.restored) == (done.id, loser.name, done.moved)
    told = [hook for hook in kit.recorder.hooks if hook in ("on_customer_merged", "on_customer_split")]
    assert told == ["on_customer_merged", "on_customer_split"]


def test_both_versions_rise(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    done = merge(kit, winner, loser)
    assert {row["version"] for row in rows(kit, Customer)} == {2}
    split(kit, done)
    assert {row["version"] for row in rows(kit, Customer)} == {3}


def test_what_somebody_changed_since_it_was_looked_at_is_not_merged(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    doing(kit, "seller", lambda unit: unit.customers.update(loser.id, {"level": "A", "expected_version": 1}))
    data = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    with refused("stale_version", current=2):
        doing(kit, "manager", lambda unit: unit.merges.merge(data))
    assert count(kit, Merge) == 0


def test_wrong_choices_are_named(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    with invalid("choices.mobile", "choices.version"):
        merge(kit, winner, loser, choices={"mobile": "take", "version": "take"})
    with invalid("choices.phone"):
        merge(kit, winner, loser, choices={"phone": "both"})
    with invalid("loser_id"):
        merge(kit, winner, winner)
    with refused("not_found"):
        doing(kit, "manager", lambda unit: unit.merges.preview(winner.id, uuid4()))


def test_only_who_may_merge_both_does(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    with refused("forbidden"):
        merge(kit, winner, loser, actor="seller")
    done = merge(kit, winner, loser)
    with refused("forbidden"):
        split(kit, done, actor="seller")
    assert doing(kit, "seller", lambda unit: unit.merges.get(done.id)) == done
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.merges.get(done.id))


@pytest.fixture
def statements(kit: Kit) -> Callable[[int], int]:
    """How many statements a merge sends, of a loser with so many conversations."""

    def measure(conversations: int) -> int:
        winner, loser = kit.given.customer(), kit.given.customer()
        with kit.unit("manager") as unit:
            for number in range(conversations):
                unit.followups.log({"customer_id": loser.id, "way": "phone", "outcome": f"第{number}次"})
        winner_, loser_ = read(kit, winner.id), read(kit, loser.id)
        data: dict[str, Any] = {"winner_id": winner.id, "loser_id": loser.id}
        data |= {"winner_version": winner_.version, "loser_version": loser_.version}
        with listening(kit.crm.engine) as sent:
            done = doing(kit, "manager", lambda unit: unit.merges.merge(data))
        with listening(kit.crm.engine) as sent_to_split:
            split(kit, done)
        return len(sent) + len(sent_to_split)

    return measure


def test_statements_do_not_grow_with_rows(statements: Callable[[int], int]) -> None:
    assert statements(2) == statements(120)


def test_many_pairs_take_as_many_statements_as_few(kit: Kit) -> None:
    def measure(pairs: int) -> int:
        customers = [kit.given.customer() for _ in range(2 * pairs)]
        wanted = [{"winner_id": a.id, "loser_id": b.id} for a, b in zip(customers[::2], customers[1::2], strict=True)]
        with listening(kit.crm.engine) as sent:
            answers = doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted))
        assert answers.merged == pairs
        assert [read(kit, one.id).version for one in customers[::2]] == [2] * pairs
        return len(sent)

    assert measure(2) == measure(30)


def test_each_of_many_pairs_has_its_answer(kit: Kit) -> None:
    a, b, c, d = (kit.given.customer() for _ in range(4))
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "赤道咖啡", "owner_id": "colleague"}))
    pairs = [(a, b), (a, c), (d, b), (d, a), (a, a), (d, theirs)]
    wanted: list[Any] = [{"winner_id": one.id, "loser_id": other.id} for one, other in pairs]
    wanted.append({"winner_id": a.id, "loser_id": uuid4()})
    answers = doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted, reason="查重清理"))
    problems = [one.problem for one in answers.pairs]
    assert problems[:5] == [None, None, "merged", "illegal_state", "invalid_input"]
    assert problems[6] == "not_found"
    assert answers.merged == sum(one is None for one in problems)
    survivor = read(kit, a.id)
    assert set(survivor.former_names) == {b.name, c.name}
    assert survivor.version == 3
    for one in (one for one in answers.pairs[:2] if one.merge_id):
        assert doing(kit, "manager", lambda unit, it=one.merge_id: unit.merges.get(it)).reason == "查重清理"
    with invalid("rows.0.choices.x"):
        doing(kit, "manager", lambda unit: unit.merges.merge_many([{**wanted[0], "choices": {"x": "keep"}}]))


def test_merges_of_many_are_split_one_by_one(kit: Kit) -> None:
    a, b, c = file(kit), file(kit, phone="+862166661234"), file(kit, phone="+861077771234")
    wanted = [{"winner_id": a.id, "loser_id": one.id} for one in (b, c)]
    answers = doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted))
    first, second = (one.merge_id for one in answers.pairs)
    told = doing(kit, "manager", lambda unit: unit.merges.split(first, reason="不同公司"))
    assert told.fields_left == ("former_names",)
    doing(kit, "manager", lambda unit: unit.merges.split(second, reason="不同公司"))
    assert [_without_stamps(read(kit, one.id)) for one in (a, b, c)] == [_without_stamps(one) for one in (a, b, c)]


def _without_stamps(customer: CustomerOut) -> dict[str, Any]:
    return customer.model_dump(exclude={"version", "updated_at", "updated_by"})
