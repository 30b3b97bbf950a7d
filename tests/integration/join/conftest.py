"""A host's engine with a table of its own, and a kit whose CRM lives in it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from tests.integration.join.host import host_engine

from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The host's own engine."""
    made = host_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def kit(engine: Engine, crm_kit: CrmKit) -> Kit:
    """A CRM on the host's engine."""
    return crm_kit(database=engine)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """The host's session of one request."""
    with Session(engine) as made:
        yield made


@pytest.fixture(params=["session", "connection"])
def host(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Session | Connection]:
    """Either thing that a host may join with."""
    if request.param == "session":
        with Session(engine) as made:
            yield made
    else:
        with engine.connect() as connection:
            yield connection
