"""A CRM that is put together wrongly says so when it is made: what is wrong, and what would be right."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from oa_crm import CRM, Settings
from oa_crm.errors import ConfigurationError


@pytest.mark.parametrize(
    ("database", "told"),
    [
        (None, "not NoneType"),
        (5, "not int"),
        ("", "cannot be read"),
        ("nonsense", "cannot be read"),
        ("postgres://he:secret@host/oa", "'postgres' names no database"),
        ("mysql+nosuch://he:secret@host/oa", r"'mysql\+nosuch' names no database"),
        ("mysql://he:secret@host/oa", r"needs the package MySQLdb.*oa-crm\[mysql\]"),
        ("mssql+pyodbc://he:secret@host/oa", "pyodbc|not on mssql"),
    ],
)
def test_what_is_no_database_of_ours_is_told_with_what_would_be(database: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as refused:
        CRM(database)
    assert "secret" not in str(refused.value)
    assert "sqlite:///crm.db" in str(refused.value)


def test_an_asynchronous_engine_is_refused() -> None:
    engine = create_engine("sqlite://")
    engine.dialect.is_async = True
    with pytest.raises(ConfigurationError, match="asynchronous"):
        CRM(engine)


def test_a_url_may_be_one_of_sqlalchemys() -> None:
    crm = CRM(make_url("sqlite://"))
    crm.migrate()
    crm.close()


@pytest.mark.parametrize("wrong", [{}, 5, "settings", Settings])
def test_settings_of_another_kind_are_not_passed_over(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Settings\(\.\.\.\)"):
        CRM("sqlite://", settings=wrong)


@pytest.mark.parametrize("wrong", [5, datetime.now, lambda: None])
def test_a_clock_has_a_now(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"now\(\)"):
        CRM("sqlite://", clock=wrong)


@pytest.mark.parametrize("wrong", [None, "zhang.wei", 5])
def test_a_unit_needs_a_scope(wrong: Any) -> None:
    crm = CRM("sqlite://")
    crm.migrate()
    with pytest.raises(ConfigurationError, match=r"crm\.scope\(tenant=\.\.\., actor=\.\.\.\)"), crm.begin(wrong):
        pass
    with pytest.raises(ConfigurationError, match=r"crm\.scope"):
        crm.pool.sweep(wrong)
    crm.close()
