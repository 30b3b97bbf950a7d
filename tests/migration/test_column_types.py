"""Our column types hold and compare the same on SQLite, PostgreSQL and MariaDB."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.exc import StatementError

from oa_crm import Money
from oa_crm.models.types import Json, PublicId, UtcDateTime, long_text, text

META = MetaData()
KEPT = Table(
    "type_probe",
    META,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("id", PublicId()),
    Column("at", UtcDateTime()),
    Column("minor", BigInteger),
    Column("facts", Json()),
    Column("name", text(60)),
    Column("prose", long_text()),
)
UNIQUE = Table("unique_probe", META, Column("name", text(60), primary_key=True))


@pytest.fixture
def engine(bare_database_url: str) -> Iterator[Engine]:
    engine = create_engine(bare_database_url)
    META.create_all(engine)
    yield engine
    engine.dispose()


def _keep(engine: Engine, column: str, values: list[object]) -> list[object]:
    """What the database gives back for each value, in the order given."""
    with engine.begin() as connection:
        connection.execute(insert(KEPT), [{"n": n, column: value} for n, value in enumerate(values)])
    with engine.connect() as connection:
        return list(connection.scalars(select(KEPT.c[column]).order_by(KEPT.c.n)))


def _sorted(engine: Engine, column: str) -> list[object]:
    with engine.connect() as connection:
        return list(connection.scalars(select(KEPT.c[column]).order_by(KEPT.c[column])))


IDS = [
    UUID(int=0),
    UUID(int=1),
    UUID("00000000-0000-0000-0000-000000000100"),
    UUID("019c0f2e-7a5b-7000-8000-000000000000"),
    UUID("20202020-2020-2020-2020-202020202020"),
    UUID("7f5c2727-5c27-005c-8000-272222005c00"),
    UUID("80000000-0000-0000-0000-000000000000"),
    UUID("fffffffe-ffff-ffff-ffff-ffffffffff00"),
    UUID(int=2**128 - 1),
]


def test_an_id_is_kept_whole_found_again_and_sorted_by_its_bytes(engine: Engine) -> None:
    assert _keep(engine, "id", [*IDS, None]) == [*IDS, None]
    with engine.begin() as connection:
        connection.execute(KEPT.delete().where(KEPT.c.id.is_(None)))
        for id in IDS:
            assert connection.scalar(select(KEPT.c.id).where(KEPT.c.id == id)) == id
        later = connection.scalars(select(KEPT.c.id).where(KEPT.c.id > IDS[4]).order_by(KEPT.c.id)).all()
    assert _sorted(engine, "id") == IDS
    assert later == IDS[5:]


@pytest.mark.parametrize("wrong", [str(IDS[3]), 7, IDS[3].bytes])
def test_what_is_no_uuid_is_refused_as_an_id(engine: Engine, wrong: object) -> None:
    with pytest.raises(StatementError, match=r"an id is a uuid\.UUID"):
        _keep(engine, "id", [wrong])


MOMENTS = [
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 2, 9, 0, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC),
    datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2100, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]


def test_a_time_is_kept_to_the_microsecond_and_sorted(engine: Engine) -> None:
    found = _keep(engine, "at", list(MOMENTS))
    assert found == MOMENTS
    assert all(isinstance(one, datetime) and one.tzinfo is UTC for one in found)
    assert _sorted(engine, "at") == MOMENTS
    with engine.connect() as connection:
        before = connection.scalars(select(KEPT.c.at).where(KEPT.c.at <= MOMENTS[2]).order_by(KEPT.c.at)).all()
        assert connection.scalar(select(func.max(KEPT.c.at))) == MOMENTS[-1]
    assert before == MOMENTS[:3]


def test_another_zone_is_the_same_moment_in_utc(engine: Engine) -> None:
    beijing, newfoundland = timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))
    moments = [datetime(2026, 3, 2, 1, 30, tzinfo=beijing), datetime(2026, 3, 1, 14, 0, tzinfo=newfoundland)]
    found = _keep(engine, "at", list(moments))
    assert found == [datetime(2026, 3, 1, 17, 30, tzinfo=UTC)] * 2
    assert all(isinstance(one, datetime) and one.utcoffset() == timedelta(0) for one in found)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(KEPT.c.at == moments[1])) == 2


def test_a_time_in_sqlite_is_the_text_that_a_host_reads_and_writes(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'times.db'}")
    META.create_all(engine)
    given = [*MOMENTS, datetime(999, 1, 1, tzinfo=UTC), None]
    assert _keep(engine, "at", list(given)) == given
    plain = Table("type_probe", MetaData(), Column("n", Integer), Column("at", DateTime))
    with engine.begin() as connection:
        read = connection.scalars(select(plain.c.at).order_by(plain.c.n)).all()
        assert read == [None if one is None else one.replace(tzinfo=None) for one in given]
        raw = connection.scalars(sql("SELECT at FROM type_probe ORDER BY n")).all()
        assert raw[1:4:2] == ["2026-03-02 09:00:00.000000", "2026-03-02 09:00:00.999999"]
        assert raw[-2:] == ["0999-01-01 00:00:00.000000", None]
        connection.execute(plain.update().where(plain.c.n == 0).values(at=datetime(2026, 3, 2, 9)))  # noqa: DTZ001
        connection.execute(sql("UPDATE type_probe SET at = '2026-03-02 09:00:00' WHERE n = 1"))
        first, second = connection.scalars(select(KEPT.c.at).where(KEPT.c.n < 2).order_by(KEPT.c.n))
    engine.dispose()
    assert first == second == datetime(2026, 3, 2, 9, tzinfo=UTC)


_WRITTEN = {
    "2026-03-02": datetime(2026, 3, 2, tzinfo=UTC),
    "2026-03-02 09:00": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "2026-03-02T09:00:00Z": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "2026-03-02 09:00:00+00:00": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "2026-03-02 09:00:00.000001+08:00": datetime(2026, 3, 2, 1, 0, 0, 1, tzinfo=UTC),
    "2026-03-02 09:00:00.123": datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC),
    # As long as ours, each of them.
    "2026-03-02T09:00:00.12345Z": datetime(2026, 3, 2, 9, 0, 0, 123_450, tzinfo=UTC),
    "2026-03-02 09:00:00.123+08": datetime(2026, 3, 2, 1, 0, 0, 123_000, tzinfo=UTC),
    "2026-03-02 09:00:00+080000": datetime(2026, 3, 2, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("written", _WRITTEN)
def test_a_time_that_a_host_wrote_into_sqlite_himself_is_aware_and_utc(tmp_path: Path, written: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'times.db'}")
    META.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sql("INSERT INTO type_probe (n, at) VALUES (1, :at)"), {"at": written})
        found = connection.scalar(select(KEPT.c.at))
    engine.dispose()
    assert found == _WRITTEN[written]
    assert found is not None
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        _keep(engine, "at", [datetime(2026, 3, 2)])  # noqa: DTZ001
    with engine.connect() as connection, pytest.raises(StatementError, match="has no time zone"):
        connection.execute(select(KEPT.c.n).where(KEPT.c.at > datetime(2026, 3, 2)))  # noqa: DTZ001


def test_money_is_exact_up_to_the_limits_of_64_bits(engine: Engine) -> None:
    limit = 2**63 - 1
    amounts = [Money(minor, "CNY") for minor in (-limit, -(2**53) - 1, -1, 0, 1, 2**53 + 1, limit)]
    found = _keep(engine, "minor", [one.minor for one in amounts])
    assert [Money(minor, "CNY") for minor in found] == amounts  # type: ignore[arg-type]
    assert _sorted(engine, "minor") == [one.minor for one in amounts]
    with engine.connect() as connection:
        total = connection.scalar(select(func.sum(KEPT.c.minor)).where(KEPT.c.minor.between(-1, limit - 1)))
        assert int(total or 0) == 2**53 + 1
        assert connection.scalar(select(KEPT.c.n).where(KEPT.c.minor == 2**53 + 1)) == 5


FACTS: list[object] = [
    {"name": "云帆智能", "emoji": "🚀", "tabs": "a\tb\r\nc", "quote": "\"'\\", "zero": "\0"},
    {"z": 1, "a": {"deep": [None, True, False, 0, -1, 2**63 - 1, 0.1, 1e-9, ""]}},
    [],
    {},
    "text",
    0,
    False,
    {"spaces": "  kept  ", " key ": 1},
]


def test_json_reads_back_to_the_byte(engine: Engine) -> None:
    found = _keep(engine, "facts", list(FACTS))
    assert [json.dumps(one) for one in found] == [json.dumps(one) for one in FACTS]
    with engine.connect() as connection:
        raw = connection.scalars(sql("SELECT facts FROM type_probe ORDER BY n")).all()
    assert [json.loads(one) for one in raw] == FACTS
    assert raw[0].startswith('{"name":"云帆智能","emoji":"🚀"')


def test_json_null_is_no_value(engine: Engine) -> None:
    assert _keep(engine, "facts", [None]) == [None]
    with engine.connect() as connection:
        assert connection.scalar(sql("SELECT COUNT(*) FROM type_probe WHERE facts IS NULL")) == 1


# Pairs that a collation of the database's own would call equal, or sort in another order.
NAMES = [
    "",
    " ",
    " a",
    "A",
    "B",
    "STRASSE",
    "Z",
    "a",
    "a\t",
    "a ",
    "a  ",
    "a b",
    "ab",
    "e",
    "e\u0301",
    "résumé",
    "straße",
    "z",
    "Å",
    "É",
    "é",
    "ß",
    "ﬁ",
    "云帆",
    "張",
    "张",
    "１",
    "Ａ",
    "\U0001f680",
    "\U0001f681",
    "𠮷",
]


def test_text_comes_back_as_it_was_given(engine: Engine) -> None:
    assert _keep(engine, "name", list(NAMES)) == NAMES


def test_long_text_comes_back_as_it_was_given(engine: Engine) -> None:
    prose = ["".join(NAMES) * 700, "line\nline\r\n", "  "]
    assert _keep(engine, "prose", list(prose)) == prose


def test_text_sorts_by_code_point(engine: Engine) -> None:
    _keep(engine, "name", list(reversed(NAMES)))
    assert _sorted(engine, "name") == sorted(NAMES)


def test_text_equals_only_itself(engine: Engine) -> None:
    _keep(engine, "name", list(NAMES))
    with engine.connect() as connection:
        found = {name: connection.scalars(select(KEPT.c.name).where(KEPT.c.name == name)).all() for name in NAMES}
    assert found == {name: [name] for name in NAMES}


def test_names_that_differ_at_all_may_stand_side_by_side_in_a_unique_key(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(UNIQUE), [{"name": name} for name in NAMES])
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(UNIQUE)) == len(NAMES)


def test_text_is_greater_and_smaller_by_code_point(engine: Engine) -> None:
    _keep(engine, "name", list(NAMES))
    with engine.connect() as connection:
        for pivot in ("a", "a ", "é", "云帆", "\U0001f680"):
            smaller = connection.scalars(select(KEPT.c.name).where(KEPT.c.name < pivot)).all()
            assert sorted(smaller) == sorted(name for name in NAMES if name < pivot)
