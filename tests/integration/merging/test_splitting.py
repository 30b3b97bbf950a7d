"""A merge taken back: every row as it was, and what people changed meanwhile left and told."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.merging.files import differences, file, merge, read, snapshot, split
from tests.integration.services.acting import count, doing, invalid, refused, rows
from tests.support.laws import examples

from oa_crm.models import Contract, Customer, Expense, FollowUp, Merge, Project
from oa_crm.schemas import CustomerOut, Verdict
from oa_crm.testing import CrmKit, Kit


def test_merged_and_split_again_everything_is_as_it_was(kit: Kit) -> None:
    winner = file(kit, phone="+8657188886666", aliases=("云帆",))
    loser = file(kit, email="a@xinghe.cn", aliases=("星河", "帆云"), short_name="星河数据")
    before = snapshot(kit)
    kit.clock.advance(hours=1)
    done = merge(kit, winner, loser, choices={"name": "take", "phone": "take"})
    assert differences(before, snapshot(kit)), "the proof itself sees a merge"
    told = split(kit, done)
    assert (told.left, told.fields_left, dict(told.came_along)) == ((), (), {})
    assert told.restored == done.moved
    assert differences(before, snapshot(kit)) == {}


_TEXT = st.text("abc云帆星河 '\"\\%_é\U0001f600", min_size=1, max_size=12).map(str.strip).filter(bool)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "short_name": _TEXT,
        "foreign_name": _TEXT,
        "phone": st.sampled_from(["+8657188886666", "+862166661234"]),
        "tags": st.lists(st.sampled_from(["重点", "展会", "老客户"]), max_size=3, unique=True).map(tuple),
        "status": st.sampled_from(["active", "dormant"]),
        "email": st.sampled_from(["a@yunfan.cn", "b@xinghe.cn"]),
        "aliases": st.lists(_TEXT, max_size=3).map(tuple),
        "former_names": st.lists(_TEXT, max_size=3).map(tuple),
        "level": st.sampled_from(["A", "B"]),
    },
)
_CHOICES = st.dictionaries(
    st.sampled_from(["name", "short_name", "phone", "aliases", "owner_id", "level"]), st.sampled_from(["keep", "take"])
)
_LIFE = st.lists(st.sampled_from(["follow_up", "project", "expense", "contract"]), max_size=3)
_NAMES = ("云帆智能科技有限公司", "长风物流有限公司", "碧海食品厂", "金石建材集团")


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(_FACTS, _LIFE), min_size=2, max_size=4), choices=_CHOICES, into=st.randoms())
def test_whatever_the_files_a_merge_and_its_split_change_nothing(
    crm_kit: CrmKit, files: Any, choices: Any, into: Any
) -> None:
    kit = crm_kit()
    customers = [_lived(kit, _NAMES[number], *one) for number, one in enumerate(files)]
    states, done, survivor = [snapshot(kit)], [], customers[0]
    for other in customers[1:]:
        # Into the first or on into the next: stars and chains.
        winner, loser = into.choice([(survivor, other), (other, survivor)])
        done.append(merge(kit, winner, loser, choices=choices))
        states.append(snapshot(kit))
        survivor = winner
    for one, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        told = split(kit, one)
        assert (told.left, told.fields_left) == ((), ())
        assert differences(state, snapshot(kit)) == {}
    kit.close()


def _lived(kit: Kit, name: str, facts: Any, life: Any) -> CustomerOut:
    data = {"name": name, **facts, "owner_id": "seller"}
    with kit.unit("manager") as unit:
        customer = unit.customers.create(data, override_reason="另一家")
    for event in life:
        on = customer if event in ("follow_up", "project") else kit.given.project(customer)
        getattr(kit.given, event)(on)
    return read(kit, customer.id)


def test_a_chain_is_split_from_its_end(kit: Kit) -> None:
    a, b, c = file(kit, phone="+862111112222"), file(kit, email="b@b.cn"), file(kit)
    first = snapshot(kit)
    into_b = merge(kit, b, a)
    second = snapshot(kit)
    into_c = merge(kit, c, b)
    for old in (a, b):
        with refused("merged", into=str(c.id)):
            read(kit, old.id)
    assert {row["customer_id"] for row in rows(kit, Project)} == {c.id}
    with refused("merged", id=str(b.id), into=str(c.id)):
        split(kit, into_b)
    split(kit, into_c)
    assert differences(second, snapshot(kit)) == {}
    with refused("merged", into=str(b.id)):
        read(kit, a.id)
    split(kit, into_b)
    assert differences(first, snapshot(kit)) == {}
    with refused("illegal_state", state="split"):
        split(kit, into_b)


def test_merges_into_one_are_split_in_any_order(kit: Kit) -> None:
    a, b, c = file(kit), file(kit, phone="+862111112222"), file(kit, email="c@c.cn")
    before = snapshot(kit)
    done = [merge(kit, a, one) for one in (b, c)]
    for one in done:
        split(kit, one)
    assert differences(before, snapshot(kit)) == {}


def test_what_was_edited_since_goes_home_with_its_edits_and_is_told(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    project = kit.given.project(loser)
    done = merge(kit, winner, loser)
    doing(kit, "seller", lambda unit: unit.projects.move(project.id, {"to": "proposal", "expected_version": 1}))
    told = split(kit, done)
    assert [(one.link, one.key, one.why) for one in told.left] == [("project.customer_id", str(project.id), "edited")]
    after = doing(kit, "seller", lambda unit: unit.projects.get(project.id))
    assert (after.customer_id, after.stage) == (loser.id, "proposal")


def test_what_was_written_since_goes_where_its_project_goes(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    theirs, ours = kit.given.project(loser), kit.given.project(winner)
    done = merge(kit, winner, loser)
    for project in (theirs, ours):
        kit.given.contract(project)
        kit.given.expense(project)
    kit.given.follow_up(read(kit, winner.id), project_id=theirs.id)
    kit.given.follow_up(read(kit, winner.id))
    told = split(kit, done)
    assert told.came_along == {"contract.customer_id": 1, "expense.customer_id": 1, "follow_up.customer_id": 1}
    owner_of = {theirs.id: loser.id, ours.id: winner.id, None: winner.id}
    for model in (Contract, Expense, FollowUp):
        for row in rows(kit, model):
            assert row["customer_id"] == owner_of[row["project_id"]], model


def test_facts_that_were_changed_since_stay(kit: Kit) -> None:
    winner = kit.given.customer(aliases=("云帆",))
    loser = kit.given.customer(phone="+862166661234", industry="software", aliases=("星河",))
    done = merge(kit, winner, loser)
    patch = {"phone": "+861077771234", "aliases": ("云帆", "星河", "新名"), "expected_version": 2}
    doing(kit, "seller", lambda unit: unit.customers.update(winner.id, patch))
    told = split(kit, done)
    assert told.fields_left == ("aliases", "phone")
    after = read(kit, winner.id)
    assert (after.phone, after.industry, after.aliases) == ("+861077771234", None, ("云帆", "新名"))


def test_a_row_that_belongs_to_a_third_by_now_is_left_and_told(kit: Kit) -> None:
    winner, loser, third = (kit.given.customer() for _ in range(3))
    project = kit.given.project(loser)
    done = merge(kit, winner, loser)
    with kit.crm.engine.begin() as connection:
        connection.execute(Project.__table__.update().values(customer_id=third.id))
    told = split(kit, done)
    assert [(one.key, one.why) for one in told.left] == [(str(project.id), "moved_on")]
    assert [row["customer_id"] for row in rows(kit, Project)] == [third.id]


def test_a_split_is_checked_for_duplicates_that_came_since(kit: Kit) -> None:
    winner = kit.given.customer(name="长风物流有限公司")
    loser = kit.given.customer(name="星河数据服务有限公司", credit_code="91110000600037341L")
    done = merge(kit, winner, loser, choices={"credit_code": "keep"})
    kit.clock.advance(hours=1)
    new = doing(
        kit, "manager", lambda unit: unit.customers.create({"name": "星河数据服务有限公司"}, override_reason="新公司")
    )
    before = snapshot(kit)
    with refused("duplicate_customer") as caught:
        split(kit, done)
    assert [hit.customer_id for hit in caught.value.report.hits] == [new.id]
    assert differences(before, snapshot(kit)) == {}
    told = split(kit, done, override_reason="确为两家")
    assert told.check.verdict is Verdict.BLOCK
    assert read(kit, loser.id).name == "星河数据服务有限公司"


def test_a_clash_that_stood_before_the_merge_keeps_nobody_from_splitting(kit: Kit) -> None:
    loser = kit.given.customer(name="长风物流有限公司")
    twin = doing(
        kit, "manager", lambda unit: unit.customers.create({"name": "长风物流有限公司"}, override_reason="另一家")
    )
    winner = kit.given.customer()
    kit.clock.advance(hours=1)
    done = merge(kit, winner, loser)
    told = split(kit, done)
    assert [hit.customer_id for hit in told.check.hits] == [twin.id]


def test_a_split_needs_a_reason_and_a_merge(kit: Kit) -> None:
    done = merge(kit, kit.given.customer(), kit.given.customer())
    for reason in ("", " ", "\0"):
        with invalid("reason"):
            doing(kit, "manager", lambda unit, said=reason: unit.merges.split(done.id, reason=said))
    with refused("not_found"):
        doing(kit, "manager", lambda unit: unit.merges.split(uuid4(), reason="两家"))
    assert count(kit, Merge, state="merged") == 1


def test_both_histories_tell_of_merge_and_split(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    done = merge(kit, winner, loser, reason="同一家")
    split(kit, done)
    for customer in (winner, loser):
        (told,) = doing(kit, "manager", lambda unit, it=customer.id: unit.merges.of(it).items)
        assert (told.id, told.state, told.reason, told.split_because) == (done.id, "split", "同一家", "两家不同的公司")
    entries = doing(kit, "manager", lambda unit: unit.audit.of("customer", loser.id))
    assert [one.operation for one in entries] == ["customers.create", "merges.split"]
    assert {row["merged_into"] for row in rows(kit, Customer)} == {None}
