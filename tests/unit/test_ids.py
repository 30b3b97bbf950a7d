"""Ids are UUIDv7: unique, and in the order in which they were made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

from oa_crm.ids import new_id


def test_an_id_is_a_standard_uuid_of_version_7() -> None:
    made = new_id()
    assert type(made) is UUID
    assert (made.version, made.variant) == (7, RFC_4122)


def test_ids_made_one_after_the_other_increase() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert [one.bytes for one in made] == sorted(one.bytes for one in made)
    assert len(set(made)) == len(made)


def test_ids_made_by_several_threads_are_unique() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [id for some in threads.map(lambda _: [new_id() for _ in range(5_000)], range(4)) for id in some]
    assert len(set(made)) == 20_000


def test_an_id_starts_with_the_millisecond_of_its_making() -> None:
    before = int(datetime.now(UTC).timestamp() * 1000)
    milliseconds = new_id().int >> 80
    assert before - 1000 <= milliseconds <= before + 60_000
