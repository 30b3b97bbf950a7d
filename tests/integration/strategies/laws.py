"""What holds of every strategy, whatever was done to it."""

from collections import Counter

from tests.integration.services.acting import rows

from oa_crm.models import Strategy, StrategyMark, StrategyReader, StrategyVersion
from oa_crm.services.strategies.writing import CONTENT
from oa_crm.testing import Kit


def hold(kit: Kit) -> None:
    """The last version is the present, versions have no gap, marks say what is ticked, and one lives for each thing."""
    strategies = rows(kit, Strategy)
    for row in strategies:
        versions = sorted(rows(kit, StrategyVersion, strategy_id=row["id"]), key=lambda one: one["number"])
        assert [one["number"] for one in versions] == list(range(1, row["version"] + 1))
        assert {name: versions[-1][name] for name in CONTENT} == {name: row[name] for name in CONTENT}
        assert (versions[-1]["what"] == "retired") == (row["ended_at"] is not None)
        marks = {mark["step"]: mark["done"] for mark in rows(kit, StrategyMark, strategy_id=row["id"])}
        assert {int(no) for no in row["ticked"]} == {step for step, done in marks.items() if done}
        numbers = [step["no"] for step in row["steps"]]
        assert len(set(numbers)) == len(numbers)
        assert max(numbers, default=0) <= row["last_step"]
    living = Counter(
        (row["customer_id"], row["project_id"]) for row in strategies if row["living_customer"] or row["living_project"]
    )
    assert set(living.values()) <= {1}
    with kit.crm.engine.connect() as connection:
        for reader in connection.execute(StrategyReader.__table__.select()):
            assert (reader.waits is None) == (reader.acknowledged_at is not None)
