"""What is neither a path nor a file: told by its name before anything is read, written or logged."""

import io
from pathlib import Path
from typing import Any

import pytest
from tests.integration.exchange.tables import FIRMS, book
from tests.integration.services.acting import count, doing

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer
from oa_crm.models.exchange import ExportDay, Import
from oa_crm.testing import Kit


def _said(caught: pytest.ExceptionInfo[InvalidInput]) -> tuple[str, str]:
    (problem,) = caught.value.problems
    assert problem.spoken("zh-CN").problem != problem.problem
    return problem.field, problem.code


@pytest.mark.parametrize("path", [None, 7, b"firms.xlsx", ["firms.xlsx"]])
def test_what_is_no_path_is_not_read(sqlite_kit: Kit, path: Any) -> None:
    scope = sqlite_kit.crm.scope(tenant="acme", actor="seller")
    with pytest.raises(InvalidInput) as imported:
        sqlite_kit.crm.exchange.import_customers(scope, path)
    with pytest.raises(InvalidInput) as planned:
        doing(sqlite_kit, "seller", lambda unit: unit.exchange.plan(path))
    assert _said(imported) == _said(planned) == ("file", "not_a_path")


@pytest.mark.parametrize("path", ["", "none.xlsx", "a\0b.xlsx", f"{'a' * 5000}.xlsx", "."])
def test_where_no_file_is_nothing_is_read(sqlite_kit: Kit, path: str) -> None:
    scope = sqlite_kit.crm.scope(tenant="acme", actor="seller")
    with pytest.raises(InvalidInput) as caught:
        sqlite_kit.crm.exchange.import_customers(scope, path)
    assert _said(caught) == ("file", "no_such_file")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (None, "nothing_to_write_to"),
        (7, "nothing_to_write_to"),
        (io.StringIO(), "nothing_to_write_to"),
        ("", "no_place_to_write"),
        ("no/such/folder/out.xlsx", "no_place_to_write"),
        ("/", "no_place_to_write"),
        (f"/tmp/{'a' * 5000}/out.xlsx", "no_place_to_write"),
        ("/tmp/a\0b/out.xlsx", "no_place_to_write"),
    ],
)
def test_what_takes_no_file_gets_none_and_no_export_is_logged(kit: Kit, to: Any, code: str) -> None:
    for write in (lambda unit: unit.exchange.export_customers(to=to), lambda unit: unit.exchange.template(to=to)):
        with pytest.raises(InvalidInput) as caught:
            doing(kit, "seller", write)
        assert _said(caught) == ("to", code)
    assert count(kit, ExportDay) == 0


def test_nothing_is_taken_in_where_the_answers_cannot_be_written(kit: Kit, tmp_path: Path) -> None:
    firms, scope = book(tmp_path / "firms.xlsx", FIRMS), kit.crm.scope(tenant="acme", actor="seller")
    with pytest.raises(InvalidInput) as caught:
        kit.crm.exchange.import_customers(scope, firms, answers=tmp_path / "none" / "answers.xlsx")
    assert _said(caught) == ("answers", "no_place_to_write")
    assert count(kit, Customer) == count(kit, Import) == 0
