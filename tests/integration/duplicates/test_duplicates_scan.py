"""The whole base looked through: pairs with reasons, clusters, dismissals, and only what changed the next time."""

import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from tests.integration.services.acting import SYSTEM, doing, invalid, refused

from oa_crm.schemas import DuplicatePairOut
from oa_crm.services.clashes import scanning
from oa_crm.testing import Kit

FAMILY = ("杭州云帆智能科技有限公司", "云帆智能科技(杭州)股份有限公司", "杭州雲帆智能科技公司")
OTHERS = ("长风物流有限公司", "碧海食品有限公司", "星河数据(北京)有限公司")


def _put(kit: Kit, name: str, actor: str = "manager") -> Any:
    return doing(kit, actor, lambda unit: unit.customers.create({"name": name}, override_reason="历史数据"))


def _scan(kit: Kit, **how: Any) -> Any:
    return kit.crm.duplicates.scan(kit.scope(SYSTEM), **how)


def _pairs(kit: Kit, actor: str = "manager") -> tuple[DuplicatePairOut, ...]:
    items = doing(kit, actor, lambda unit: unit.duplicates.pairs()).items
    return tuple(items)


@pytest.fixture
def base(kit: Kit) -> Kit:
    for name in (*FAMILY, *OTHERS):
        _put(kit, name)
    return kit


def test_a_family_is_found_as_pairs_and_as_one_cluster_with_reasons(base: Kit) -> None:
    done = _scan(base)
    assert (done.done, done.found, done.finished) == (6, 3, True)
    pairs = _pairs(base)
    assert {frozenset((one.one_name, one.other_name)) for one in pairs} == {
        frozenset(pair) for pair in ((FAMILY[0], FAMILY[1]), (FAMILY[0], FAMILY[2]), (FAMILY[1], FAMILY[2]))
    }
    assert all(one.reasons and one.score >= 0.75 for one in pairs)
    assert [one.score for one in pairs] == sorted((one.score for one in pairs), reverse=True)
    (cluster,) = doing(base, "manager", lambda unit: unit.duplicates.clusters())
    assert set(cluster.names.values()) == set(FAMILY)
    with base.crm.begin(base.crm.scope(tenant="acme", actor="manager", locale="zh-CN")) as unit:
        assert any("一" <= letter <= "鿿" for letter in unit.duplicates.pairs().items[0].reasons[0])


def test_pairs_come_in_pages(base: Kit) -> None:
    _scan(base)
    first = doing(base, "manager", lambda unit: unit.duplicates.pairs(limit=2))
    rest = doing(base, "manager", lambda unit: unit.duplicates.pairs(limit=2, after=first.next))
    assert (*first.items, *rest.items) == _pairs(base)
    assert rest.next is None
    with invalid("after"):
        doing(base, "manager", lambda unit: unit.customers.find(after=first.next))


def test_a_pair_is_shown_to_whoever_may_see_both(base: Kit) -> None:
    _scan(base)
    assert _pairs(base, "seller") == ()
    assert len(_pairs(base, "chief")) == 3


def test_a_second_scan_looks_only_at_what_changed_and_forgets_what_no_longer_holds(base: Kit) -> None:
    assert _scan(base).done == 6
    assert _scan(base).done == 0
    (renamed,) = doing(base, "manager", lambda unit: unit.customers.find({"name": FAMILY[2]})).items
    patch = {"expected_version": 1, "name": "百川能源有限公司", "former_names": ()}
    doing(base, "manager", lambda unit: unit.customers.update(renamed.id, patch))
    done = _scan(base)
    assert (done.done, done.found) == (1, 0)
    assert len(_pairs(base)) == 1
    assert _scan(base, full=True).done == 6
    assert len(_pairs(base)) == 1


def test_a_dismissed_pair_stays_away(base: Kit) -> None:
    _scan(base)
    pair = _pairs(base)[0]
    with refused("not_found"):
        doing(base, "seller", lambda unit: unit.duplicates.dismiss(pair.one_id, pair.other_id, because="两家"))
    with invalid("because"):
        doing(base, "manager", lambda unit: unit.duplicates.dismiss(pair.one_id, pair.other_id, because=" "))
    gone = doing(base, "manager", lambda unit: unit.duplicates.dismiss(pair.other_id, pair.one_id, because="母子公司"))
    assert gone == pair
    assert len(_pairs(base)) == 2
    _scan(base, full=True)
    assert len(_pairs(base)) == 2
    with refused("not_found"):
        doing(base, "manager", lambda unit: unit.duplicates.dismiss(pair.one_id, pair.one_id, because="一家"))


def test_an_interrupted_scan_goes_on_where_it_stopped(base: Kit) -> None:
    class Stop(Exception):
        pass

    def stop(progress: Any) -> None:
        raise Stop

    with pytest.raises(Stop):
        _scan(base, slice=2, on_progress=stop)
    seen: list[int] = []
    assert _scan(base, slice=2, on_progress=lambda progress: seen.append(progress.done)).done == 6
    assert seen[0] == 4
    assert len(_pairs(base)) == 3


def test_people_change_customers_while_a_scan_looks_at_them(base: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    _scan(base)
    kept, (first, *_) = (
        _pairs(base),
        doing(base, "manager", lambda unit: unit.customers.find({"name": FAMILY[0]})).items,
    )
    keep, calls = scanning.advance, iter(range(100))

    def advance(work: Any, scan: Any, looked: Any) -> Any:
        # Between the look at the second of the family and its writing down, the first is keyed anew.
        if next(calls) == 1:
            patch = {"expected_version": 1, "phone": "0571-88886666"}
            doing(base, "manager", lambda unit: unit.customers.update(first.id, patch))
        return keep(work, scan, looked)

    # SQLite has one writer, and that is the scan at this moment.
    if base.crm.engine.dialect.name != "sqlite":
        monkeypatch.setattr(scanning, "advance", advance)
    _scan(base, full=True, slice=1)
    monkeypatch.undo()
    _scan(base)
    assert {(one.one_id, one.other_id) for one in _pairs(base)} == {(one.one_id, one.other_id) for one in kept}


def test_two_workers_share_a_scan(base: Kit) -> None:
    found: list[Any] = []
    workers = [
        threading.Thread(target=lambda shard=shard: found.append(_scan(base, shard=shard, shards=2, slice=2)))
        for shard in (0, 1)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(one.done for one in found) == 6
    assert len(_pairs(base)) == 3
    with invalid("shard"):
        _scan(base, shard=2, shards=2)


def test_a_scan_is_for_those_who_administer_duplicates(base: Kit) -> None:
    with refused("forbidden"):
        base.crm.duplicates.scan(base.scope("manager"))
    assert base.crm.duplicates.scan(base.scope("admin")).finished


def test_any_two_are_explained_in_both_languages(base: Kit) -> None:
    ids = {item.name: item.id for item in doing(base, "manager", lambda unit: unit.customers.find()).items}
    told = doing(base, "manager", lambda unit: unit.duplicates.explain(ids[FAMILY[0]], ids[FAMILY[1]]))
    assert "0.97" in told
    with base.crm.begin(base.crm.scope(tenant="acme", actor="manager", locale="zh")) as unit:
        assert "字号" in unit.duplicates.explain(ids[FAMILY[0]], "云帆智能")
    assert base.crm.duplicates.explain("忆恒", "亿恒")
    with refused("not_found"):
        doing(base, "seller", lambda unit: unit.duplicates.explain(ids[FAMILY[0]], "云帆"))


def test_what_was_found_is_a_workbook_in_which_no_name_is_a_formula(base: Kit, tmp_path: Path) -> None:
    for name in ('=HYPERLINK("http://example.com")科技有限公司', '=HYPERLINK("http://example.com")科技公司'):
        _put(base, name)
    _scan(base)
    path = tmp_path / "pairs.xlsx"
    scope = base.crm.scope(tenant="acme", actor=SYSTEM, locale="zh-CN")
    assert base.crm.duplicates.workbook(scope, path) == 4
    head, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert head[0] == "相似度"
    assert len(rows) == 4
    assert {row[2][:10] for row in rows} >= {"=HYPERLINK"}
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
