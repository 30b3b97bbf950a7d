"""Keys in step with the base: after any change they are what a rebuild from nothing would make."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session
from tests.integration.services.acting import SYSTEM, at_once, count, doing, patiently, refused

from oa_crm.duplicates import BUILT_IN, Draft
from oa_crm.duplicates import Engine as Matchers
from oa_crm.hooks import Candidate, DuplicateMatcher, Match, MatchKey, MatchReason, hookimpl
from oa_crm.models import Customer, DuplicateEntry, DuplicateKey, NamePrefix, table_of
from oa_crm.schemas import Verdict
from oa_crm.services.clashes import keeping
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"
MANY = 16


def _index(kit: Kit) -> dict[Any, set[Any]]:
    """What the index holds, by customer, without the numbers that stand for them."""
    entry, key, prefix = table_of(DuplicateEntry), table_of(DuplicateKey), table_of(NamePrefix)
    hashes = select(entry.c.customer_id, key.c.key_hash).join(key, key.c.entry_id == entry.c.id)
    held: dict[Any, set[Any]] = {}
    with kit.crm.engine.connect() as connection:
        for query in (hashes, select(prefix.c.customer_id, prefix.c.typed)):
            for id, text in connection.execute(query):
                held.setdefault(id, set()).add(text)
    return held


def _unkey(kit: Kit) -> None:
    """Every customer as a base from before the keys has them."""
    with kit.crm.engine.begin() as connection:
        connection.execute(update(DuplicateEntry).values(keyed_as=0))


def _change(unit: Any, kit: Kit) -> None:
    for number, item in enumerate(unit.customers.find(limit=50).items):
        facts: list[dict[str, Any]] = [
            {"name": f"{item.name}{number}"},
            {"short_name": "云帆", "aliases": ("YF",)},
            {"phone": "13800138000", "email": "li@example.com"},
            {"level": "A"},
        ]
        unit.customers.update(item.id, {"expected_version": item.version, **facts[number % 4]})


def test_after_any_change_the_keys_are_what_a_rebuild_makes(kit: Kit) -> None:
    for number in range(8):
        kit.given.customer(phone=f"0571-8888666{number}")
    doing(kit, "seller", lambda unit: _change(unit, kit))
    with pytest.raises(RuntimeError), kit.unit("seller") as unit:
        _change(unit, kit)
        raise RuntimeError("taken back")
    kept, keys = _index(kit), count(kit, DuplicateKey)
    assert len(kept) == 8
    _unkey(kit)
    done = kit.crm.duplicates.rebuild(kit.scope(SYSTEM), slice=3)
    assert (done.done, done.finished) == (8, True)
    assert _index(kit) == kept
    assert count(kit, DuplicateKey) == keys, "nothing of the old keys stayed"


def test_a_base_without_keys_is_not_called_clear(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database)
    kit.given.customer(name=FULL)
    _unkey(kit)
    later = crm_kit(database=database)
    for act in (
        lambda unit: unit.customers.check({"name": "长风物流有限公司"}),
        lambda unit: unit.customers.create({"name": "长风物流有限公司"}),
    ):
        with refused("duplicate_keys_missing"):
            doing(later, "seller", act)
    seen: list[int] = []
    later.crm.duplicates.rebuild(later.scope("admin"), on_progress=lambda progress: seen.append(progress.done))
    assert seen[0] == 1
    assert doing(later, "seller", lambda unit: unit.customers.check({"name": FULL})).verdict is Verdict.BLOCK
    with refused("forbidden"):
        later.crm.duplicates.rebuild(later.scope("manager"))


def test_a_rebuild_that_was_stopped_goes_on_and_people_go_on_meanwhile(kit: Kit) -> None:
    for _ in range(9):
        kit.given.customer()
    _unkey(kit)

    class Stop(Exception):
        pass

    def stop(progress: Any) -> None:
        if progress.done >= 4:
            raise Stop

    with pytest.raises(Stop):
        kit.crm.duplicates.rebuild(kit.scope(SYSTEM), slice=2, on_progress=stop)
    doing(kit, "seller", lambda unit: _change(unit, kit))

    def rebuild(_: int) -> int:
        patiently(lambda: kit.crm.duplicates.rebuild(kit.scope(SYSTEM), slice=2))
        return count(kit, DuplicateEntry, keyed_as=0)

    result = at_once(2, rebuild)
    assert not result.errors
    assert result.answers == [0, 0], "whoever says that it is finished has left nobody"
    kept = _index(kit)
    _unkey(kit)
    kit.crm.duplicates.rebuild(kit.scope(SYSTEM))
    assert _index(kit) == kept


def _numbers(customer: Candidate) -> Iterator[MatchKey]:
    for alias in customer.aliases:
        yield MatchKey("number", alias, weight=8, strong=True)


def _older_numbers(customer: Candidate) -> Iterator[MatchKey]:
    for alias in customer.aliases:
        yield MatchKey("number", alias.lower(), weight=8, strong=True)


def _same_number(one: Candidate, other: Candidate) -> Match | None:
    if set(one.aliases) & set(other.aliases):
        return Match(1.0, "decides", (MatchReason("number", "same number", "编号相同"),))
    return None


class Numbers:
    """A plugin with a matcher, of which there are two versions."""

    name = "numbers"

    def __init__(self, matcher: DuplicateMatcher) -> None:
        self.matcher = matcher

    @hookimpl
    def register_duplicate_matchers(self) -> list[DuplicateMatcher]:
        return [self.matcher]


FIRST = DuplicateMatcher("number", 1, _older_numbers, _same_number)
SECOND = replace(FIRST, version=2, keys=_numbers, keys_before=_older_numbers)


def test_both_versions_of_a_matcher_are_read_until_the_rebuild_is_done(database: Engine, crm_kit: CrmKit) -> None:
    twin = {"name": "长风物流有限公司", "aliases": ("KH-Q7",)}
    old = crm_kit(Numbers(FIRST), database=database)
    old.given.customer(name=FULL, aliases=("KH-Q7",))
    new = crm_kit(Numbers(SECOND), database=database)
    check = lambda kit: doing(kit, "seller", lambda unit: unit.customers.check(twin)).verdict  # noqa: E731
    assert (check(old), check(new)) == (Verdict.BLOCK, Verdict.BLOCK)
    new.crm.duplicates.rebuild(new.scope(SYSTEM))
    assert check(new) is Verdict.BLOCK
    without = crm_kit(Numbers(replace(SECOND, keys_before=None)), database=database)
    assert check(without) is Verdict.BLOCK


def test_a_latin_slip_is_found_among_customers_whose_names_were_keyed_by_the_version_before(
    database: Engine, crm_kit: CrmKit
) -> None:
    slipped = {"name": "Nortfield Pumps GmbH"}
    kit = crm_kit(database=database)
    made = kit.given.customer(name="Northfield Pumps Inc.")
    names, *others = BUILT_IN
    older = Matchers((replace(names, version=2, keys=names.keys_before), *others))
    with kit.crm.engine.begin() as connection:
        for table in (DuplicateEntry, DuplicateKey, NamePrefix):
            connection.execute(delete(table))
        keeping.write(connection, older, kit.scope().tenant, [(made.id, Draft(made.name))])
    found = []
    for _ in range(2):
        fresh = crm_kit(database=database)
        found += doing(fresh, "seller", lambda unit: unit.customers.check(slipped)).hits
        fresh.crm.duplicates.rebuild(fresh.scope(SYSTEM))
    assert [one.name for one in found] == ["Northfield Pumps Inc."] * 2


def test_what_a_matcher_raises_names_its_plugin_and_undoes_the_act(database: Engine, crm_kit: CrmKit) -> None:
    def fail(*_: object) -> Any:
        raise ZeroDivisionError("oops")

    kit = crm_kit(Numbers(replace(FIRST, keys=fail)), database=database)
    with refused("plugin_refused", plugin="numbers"):
        doing(kit, "seller", lambda unit: unit.customers.create({"name": FULL}))
    assert count(kit, Customer) == 0


def _says(match: Any) -> DuplicateMatcher:
    return replace(FIRST, compare=lambda one, other: match)


@pytest.mark.parametrize(
    "matcher",
    [
        replace(FIRST, keys=lambda _: ["a key"]),
        _says("equal"),
        _says(Match(7.0, "decides", ())),
        _says(Match(float("nan"), "likeness", ())),
        _says(Match(1.0, "shouts", ())),  # type: ignore[arg-type]
        _says(Match(1.0, "decides", (MatchReason("number", "same {number}", "编号相同"),))),
    ],
    ids=["no key", "no match", "too much", "no number", "no part", "no facts"],
)
def test_what_a_matcher_answers_amiss_names_its_plugin(sqlite: Engine, crm_kit: CrmKit, matcher: Any) -> None:
    kit = crm_kit(Numbers(matcher), database=sqlite)
    twin = {"name": "长风物流有限公司", "aliases": ("KH-Q7",)}
    with refused("plugin_refused", plugin="numbers"):
        kit.given.customer(name=FULL, aliases=("KH-Q7",))
        doing(kit, "seller", lambda unit: unit.customers.check(twin))


def test_of_many_who_enter_one_name_one_wins_and_the_others_hear_of_him(kit: Kit) -> None:
    spellings = [FULL, " 杭州云帆智能科技有限公司", "杭州雲帆智能科技有限公司", "杭州云帆智能科技有限公司　"]

    def create(number: int) -> Any:
        actor = ("seller", "colleague")[number % 2]
        facts = {"name": spellings[number % 4]}
        return patiently(lambda: doing(kit, actor, lambda unit: unit.customers.create(facts)))

    result = at_once(MANY, create)
    assert (len(result.answers), result.codes) == (1, {"duplicate_customer"})
    assert count(kit, Customer) == 1
    for error in result.errors:
        hit = error.report.hits[0]  # type: ignore[attr-defined]
        assert (hit.name, hit.tier) == (result.answers[0].name, "certain")


def test_of_many_who_rename_to_one_name_one_wins(kit: Kit) -> None:
    mine = [kit.given.customer() for _ in range(6)]

    def rename(number: int) -> Any:
        patch = {"expected_version": 1, "name": FULL}
        return patiently(lambda: doing(kit, "seller", lambda unit: unit.customers.update(mine[number].id, patch)))

    result = at_once(6, rename)
    assert (len(result.answers), result.codes) == (1, {"duplicate_customer"})


def test_a_committed_customer_is_found_by_everybody_at_once_and_a_rolled_back_one_never(kit: Kit) -> None:
    look = lambda: doing(kit, "colleague", lambda unit: unit.customers.check({"name": FULL})).verdict  # noqa: E731
    with Session(kit.crm.engine) as host:
        with kit.crm.join(host, kit.scope()) as unit:
            unit.customers.create({"name": FULL})
            assert unit.customers.check({"name": FULL}).verdict is Verdict.BLOCK
        host.rollback()
    assert look() is Verdict.CLEAR
    kit.given.customer(name=FULL)
    assert look() is Verdict.BLOCK


def test_customers_that_only_the_database_knows_are_keyed_by_a_rebuild(kit: Kit) -> None:
    """A host that loads its old base by SQL says so with an entry, and rebuilds."""
    made = kit.given.customer(name=FULL)
    with kit.crm.engine.begin() as connection:
        row = dict(connection.execute(select(table_of(Customer)).where(Customer.id == made.id)).one()._mapping)
        row |= {"id": type(made.id)(int=made.id.int + 1), "name": "长风物流有限公司", "credit_code": None}
        connection.execute(insert(Customer), row)
        entry = {"tenant_id": row["tenant_id"], "customer_id": row["id"], "keyed_as": 0}
        connection.execute(insert(DuplicateEntry), entry)
    kit.crm.duplicates.rebuild(kit.scope(SYSTEM))
    report = doing(kit, "seller", lambda unit: unit.customers.check({"name": "长风物流"}))
    assert report.verdict is not Verdict.CLEAR
