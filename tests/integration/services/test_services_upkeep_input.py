"""What the regular work of a company is given: how many at a time, which part of how many, and whom to compare."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.services.acting import SYSTEM, invalid

from oa_crm import CRM, Scope
from oa_crm.testing import Kit

SIZES: dict[str, Callable[[CRM, Scope, Any], Any]] = {
    "slice:pool.sweep": lambda crm, scope, size: crm.pool.sweep(scope, slice=size),
    "slice:pool.recompute": lambda crm, scope, size: crm.pool.recompute(scope, slice=size),
    "slice:reminders.run": lambda crm, scope, size: crm.reminders.run(scope, slice=size),
    "slice:classes.apply": lambda crm, scope, size: crm.classes.apply(scope, slice=size),
    "slice:duplicates.rebuild": lambda crm, scope, size: crm.duplicates.rebuild(scope, slice=size),
    "slice:duplicates.scan": lambda crm, scope, size: crm.duplicates.scan(scope, slice=size),
    "shards:duplicates.scan": lambda crm, scope, size: crm.duplicates.scan(scope, shards=size),
    "days:files.sweep": lambda crm, scope, size: crm.files.sweep(days=size),
}


@pytest.mark.parametrize("size", [0, -1, None, "5", 1.5, True])
@pytest.mark.parametrize("where", SIZES)
def test_a_size_is_a_whole_number_above_zero(sqlite_kit: Kit, where: str, size: Any) -> None:
    with invalid(where.partition(":")[0]):
        SIZES[where](sqlite_kit.crm, sqlite_kit.scope(SYSTEM), size)


@pytest.mark.parametrize("shard", [-1, 2, None, "0", True])
def test_a_part_is_one_of_the_parts(sqlite_kit: Kit, shard: Any) -> None:
    with invalid("shard"):
        sqlite_kit.crm.duplicates.scan(sqlite_kit.scope(SYSTEM), shard=shard, shards=2)


@pytest.mark.parametrize("one", [None, 5, {"name": "甲"}, b"text"])
def test_names_are_compared_as_text_or_as_customers(sqlite_kit: Kit, one: Any) -> None:
    with invalid("other"):
        sqlite_kit.crm.duplicates.explain("云帆智能科技有限公司", one)
