"""Category trees as data: names stay, nothing is lost, nothing is a loop, and only who may changes them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.classes.laws import classify, tree
from tests.integration.services.acting import at_once, doing, invalid, patiently, refused
from tests.support.laws import examples

from oa_crm.errors import CrmError
from oa_crm.schemas import CategoryOut
from oa_crm.testing import CrmKit, Kit


def _of(kit: Kit, name: str = "type", **what: Any) -> list[str]:
    found = doing(kit, "seller", lambda unit: unit.categories.of(name, **what))
    return ["/".join(one.path) for one in found]


def _redefine(kit: Kit, category: CategoryOut, version: int = 1, **what: Any) -> CategoryOut:
    patch = {"expected_version": version, **what}
    return doing(kit, "admin", lambda unit: unit.categories.redefine(category.id, patch))


def test_a_tree_is_told_from_the_top_down_in_its_order(kit: Kit) -> None:
    made = tree(kit, "type", "user", "dealer", "gold<dealer", "silver<dealer", "first<gold")
    _redefine(kit, made["silver"], position=-1)
    assert _of(kit) == ["dealer", "dealer/silver", "dealer/gold", "dealer/gold/first", "user"]
    assert [one.name for one in doing(kit, "seller", lambda unit: unit.categories.trees())] == ["type"]


def test_labels_are_kept_in_every_language(kit: Kit) -> None:
    labels = {"zh": "战略客户", "en": "Strategic", "ja": "戦略"}
    doing(kit, "admin", lambda unit: unit.categories.define_tree({"name": "class", "labels": {"zh": "分级"}}))
    data = {"tree": "class", "name": "key", "labels": labels}
    assert doing(kit, "admin", lambda unit: unit.categories.define(data)).labels == labels
    with invalid("labels"):
        doing(kit, "admin", lambda unit: unit.categories.define({**data, "name": "other", "labels": {}}))


def test_a_branch_moves_whole_and_never_below_itself(kit: Kit) -> None:
    made = tree(kit, "type", "dealer", "gold<dealer", "first<gold", "user")
    assert _redefine(kit, made["gold"], parent="user").path == ("user", "gold")
    assert _of(kit) == ["dealer", "user", "user/gold", "user/gold/first"]
    for below in ("user", "gold", "first"):
        with invalid("parent"):
            _redefine(kit, made["user"], parent=below)
    assert _redefine(kit, made["first"], parent=None).path == ("first",)
    with refused("stale_version"):
        _redefine(kit, made["gold"], parent="dealer")


def test_a_retired_branch_takes_nobody_and_keeps_whom_it_has(kit: Kit) -> None:
    made = tree(kit, "type", "dealer", "gold<dealer")
    customer = kit.given.customer()
    classify(kit, customer.id, categories={"type": "gold"})
    _redefine(kit, made["dealer"], retired=True)
    assert _of(kit) == []
    assert _of(kit, retired=True) == ["dealer", "dealer/gold"]
    with invalid("categories.type"):
        classify(kit, kit.given.customer().id, categories={"type": "gold"})
    assert doing(kit, "seller", lambda unit: unit.customers.classes_of(customer.id)).category("type") == "gold"
    found = doing(kit, "seller", lambda unit: unit.customers.find({"categories": {"type": "dealer"}})).items
    assert [one.id for one in found] == [customer.id]
    _redefine(kit, made["dealer"], 2, retired=False)
    assert _of(kit) == ["dealer", "dealer/gold"]


def test_a_retired_tree_is_left_as_it_is(kit: Kit) -> None:
    tree(kit, "type", "dealer")
    whole = doing(kit, "admin", lambda unit: unit.categories.trees())[0]
    patch = {"expected_version": 1, "retired": True}
    doing(kit, "admin", lambda unit: unit.categories.redefine_tree(whole.id, patch))
    assert doing(kit, "seller", lambda unit: unit.categories.trees()) == ()
    assert [one.state for one in doing(kit, "seller", lambda unit: unit.categories.trees(retired=True))] == ["retired"]
    with invalid("categories.type"):
        classify(kit, kit.given.customer().id, categories={"type": "dealer"})


@pytest.mark.parametrize("name", ["level", "type"])
def test_a_name_is_taken_once(kit: Kit, name: str) -> None:
    tree(kit, "type", "dealer")
    with invalid("name"):
        doing(kit, "admin", lambda unit: unit.categories.define_tree({"name": name, "labels": {"zh": "又一个"}}))
    with invalid("name"):
        dealer = {"tree": "type", "name": "dealer", "labels": {"zh": "又一个"}}
        doing(kit, "admin", lambda unit: unit.categories.define(dealer))


def test_only_who_administers_categories_changes_them(kit: Kit) -> None:
    made = tree(kit, "type", "dealer")
    for actor in ("seller", "manager", "chief"):
        for act in (
            lambda unit: unit.categories.define_tree({"name": "mine", "labels": {"zh": "我的"}}),
            lambda unit: unit.categories.define({"tree": "type", "name": "mine", "labels": {"zh": "我的"}}),
            lambda unit: unit.categories.redefine(made["dealer"].id, {"expected_version": 1, "position": 1}),
            lambda unit: unit.class_rules.define({"name": "mine", "tree": "level", "gives": "A"}),
        ):
            with refused("forbidden", action="administer", kind="category"):
                doing(kit, actor, act)
    with refused("forbidden"):
        doing(kit, "people", lambda unit: unit.categories.of("type"))


def test_of_two_moves_that_would_make_a_loop_together_one_is_refused(kit: Kit) -> None:
    made = tree(kit, "type", "one", "other")
    moves = [(made["one"], "other"), (made["other"], "one")]
    result = at_once(2, lambda n: patiently(lambda: _redefine(kit, moves[n][0], parent=moves[n][1])))
    assert len(result.answers) == 1
    assert result.codes == {"invalid_input"}
    assert len(_of(kit)) == 2


_NAMES = ("a", "b", "c", "d", "e")


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from((*_NAMES, None))), max_size=15))
def test_however_categories_are_moved_each_has_one_way_up(crm_kit: CrmKit, moves: Any) -> None:
    kit = crm_kit()
    made = tree(kit, "type", *_NAMES)
    versions = dict.fromkeys(_NAMES, 1)
    for name, parent in moves:
        try:
            versions[name] = _redefine(kit, made[name], versions[name], parent=parent).version
        except CrmError as error:
            assert error.code == "invalid_input"
        paths = [one.split("/") for one in _of(kit)]
        assert sorted(path[-1] for path in paths) == sorted(_NAMES)
        assert all(len(set(path)) == len(path) for path in paths)
