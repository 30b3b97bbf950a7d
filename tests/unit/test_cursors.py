"""A page's cursor: opaque, tied to its list's sort, and refused when it is anything else."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from oa_crm.errors import InvalidInput
from oa_crm.testing import Kit

NAMES = ("丙戌窑厂", "甲子茶行", "甲寅船坞", "Zinnia Foundry", "apricot mills")
ID = "019c0f2e-1111-7000-8000-000000000001"


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """Five customers that every test here only reads."""
    with closing(Kit(f"sqlite:///{tmp_path_factory.mktemp('cursors') / 'crm.db'}", [])) as kit:
        for name in NAMES:
            kit.given.customer(name=name)
        yield kit


@pytest.mark.parametrize("sort", ["newest", "name"])
def test_pages_of_one_row_give_every_row_once_and_end(kit: Kit, sort: str) -> None:
    with kit.unit(read_only=True) as unit:
        whole = [one.id for one in unit.customers.find({"sort": sort}).items]
        paged, after = [], None
        while True:
            page = unit.customers.find({"sort": sort}, after=after, limit=1)
            paged += [one.id for one in page.items]
            after = page.next
            if after is None:
                break
    assert paged == whole
    assert len(whole) == 5


def test_names_sort_by_code_point_and_the_newest_come_first(kit: Kit) -> None:
    with kit.unit(read_only=True) as unit:
        by_name = [one.name for one in unit.customers.find({"sort": "name"}).items]
        newest = [one.name for one in unit.customers.find({"sort": "newest"}).items]
    assert by_name == sorted(by_name)
    assert newest == list(reversed(NAMES))


def test_a_page_that_is_exactly_full_is_the_last(kit: Kit) -> None:
    with kit.unit(read_only=True) as unit:
        assert unit.customers.find(limit=5).next is None
        assert unit.customers.find(limit=4).next is not None


@pytest.mark.parametrize(
    "after",
    [
        "",
        "nonsense",
        "é",
        "a",
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"not json").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        _cursor(),
        _cursor("newest"),
        _cursor("newest", 5),
        _cursor("newest", None),
        _cursor("newest", "no uuid"),
        _cursor("newest", ID, ID),
        _cursor("name", "Alpha", ID),
        _cursor("newest", {"id": ID}),
        base64.urlsafe_b64encode(json.dumps({"newest": ID}).encode()).decode(),
        base64.urlsafe_b64encode(b"7").decode(),
    ],
    ids=lambda after: repr(after[:24]),
)
def test_what_is_no_cursor_of_the_list_is_refused(kit: Kit, after: str) -> None:
    with kit.unit(read_only=True) as unit, pytest.raises(InvalidInput, match="no cursor of this list") as refused:
        unit.customers.find({"sort": "newest"}, after=after)
    assert [one.field for one in refused.value.problems] == ["after"]


@pytest.mark.parametrize("after", [_cursor("name", "Al\0pha", ID), _cursor("newest", ID)], ids=["zero", "other sort"])
def test_a_cursor_by_name_is_checked_as_well(kit: Kit, after: str) -> None:
    with kit.unit(read_only=True) as unit, pytest.raises(InvalidInput, match="no cursor of this list"):
        unit.customers.find({"sort": "name"}, after=after)


def test_a_hostile_name_in_a_cursor_is_only_a_name(kit: Kit) -> None:
    with kit.unit(read_only=True) as unit:
        page = unit.customers.find({"sort": "name"}, after=_cursor("name", "zz' OR 1=1 --", ID))
        assert [one.name for one in page.items] == ["丙戌窑厂", "甲子茶行", "甲寅船坞"]


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_holds_1_to_500_rows(kit: Kit, limit: int) -> None:
    with kit.unit(read_only=True) as unit, pytest.raises(InvalidInput, match="1 to 500"):
        unit.customers.find(limit=limit)


NAIVE, HUGE, BEFORE_TIME = "2026-01-01T00:00:00", "9" * 30, "0001-01-01T00:00:00+14:00"


@pytest.mark.parametrize(
    ("sort", "key"),
    [("updated", NAIVE), ("updated", "soon"), ("last_follow_up", BEFORE_TIME), ("next_contact", "2026-13-01")],
)
def test_a_forged_key_of_customers_is_refused_before_any_database_sees_it(kit: Kit, sort: str, key: str) -> None:
    with kit.unit(read_only=True) as unit, pytest.raises(InvalidInput) as refused:
        unit.customers.find({"sort": sort}, after=_cursor(sort, key, ID))
    assert [one.field for one in refused.value.problems] == ["after"]


@pytest.mark.parametrize("score", [HUGE, "-" + HUGE, "9" * 5000, "best", ""])
def test_a_forged_score_is_refused(kit: Kit, score: str) -> None:
    with kit.unit(read_only=True) as unit, pytest.raises(InvalidInput) as refused:
        unit.leads.find({"sort": "score"}, after=_cursor("score", score, ID))
    assert [one.field for one in refused.value.problems] == ["after"]


@pytest.mark.parametrize("key", [("x", ID, ID), (HUGE, ID, ID), ("900", "x", ID)])
def test_a_forged_pair_is_refused(kit: Kit, key: tuple[str, ...]) -> None:
    with kit.unit("admin", read_only=True) as unit, pytest.raises(InvalidInput) as refused:
        unit.duplicates.pairs(after=_cursor("likeness", *key))
    assert [one.field for one in refused.value.problems] == ["after"]
