"""The same in Flask, in FastAPI and in a bare script: a session per request, committed or rolled back by the host."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from tests.integration.join.host import NAME, Order, create, orders, ours

from oa_crm.errors import CrmError
from oa_crm.testing import Kit

STEPS = [
    # what is asked, the answer's status, the orders and the (customers, events, audit entries) afterwards
    ({"title": "first", "customer": NAME}, 200, ["first"], (1, 1, 1)),
    ({"title": "crashes", "customer": "长风物流有限公司", "crash": "1"}, 500, ["first"], (1, 1, 1)),
    ({"title": "refused", "customer": NAME}, 409, ["first"], (1, 1, 1)),
    ({"title": "kept", "customer": NAME, "bear": "1"}, 200, ["first", "kept"], (1, 1, 1)),
    ({"title": "last", "customer": "碧海食品厂"}, 200, ["first", "kept", "last"], (2, 2, 2)),
]


def _sell(kit: Kit, session: Session, asked: dict[str, str]) -> dict[str, str]:
    """The host's own work and ours, in one transaction; `bear` goes on after a refusal, `crash` does not."""
    session.add(Order(title=asked["title"]))
    try:
        customer = create(kit, session, asked["customer"])
    except CrmError:
        if "bear" not in asked:
            raise
        return {"customer": "known already"}
    if "crash" in asked:
        raise ZeroDivisionError
    return {"customer": str(customer.id)}


def flask_app(kit: Kit, engine: Engine) -> flask.Flask:
    """A Flask app: the session is committed after a good request, and closed in any case."""
    app = flask.Flask("host")

    @app.before_request
    def open_session() -> None:
        flask.g.session = Session(engine)

    @app.teardown_request
    def close_session(error: BaseException | None) -> None:
        flask.g.session.close()

    @app.post("/orders")
    def sell() -> dict[str, str]:
        answer = _sell(kit, flask.g.session, flask.request.get_json())
        flask.g.session.commit()
        return answer

    @app.errorhandler(CrmError)
    def refused(error: CrmError) -> tuple[dict[str, object], int]:
        return {"code": error.code, "message": error.text("zh")}, 409

    return app


def test_flask(kit: Kit, engine: Engine) -> None:
    client = flask_app(kit, engine).test_client()
    for asked, status, kept, counts in STEPS:
        answer = client.post("/orders", json=asked)
        assert (answer.status_code, orders(engine), ours(kit)) == (status, kept, counts)
    assert answer.get_json()["customer"]


def fastapi_app(kit: Kit, engine: Engine) -> FastAPI:
    """A FastAPI app with a sync route and a session as its dependency."""
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as made:
            yield made

    @app.post("/orders")
    def sell(asked: dict[str, str], session: Session = Depends(session)) -> dict[str, str]:  # noqa: B008
        answer = _sell(kit, session, asked)
        session.commit()
        return answer

    @app.exception_handler(CrmError)
    def refused(_request: Request, error: CrmError) -> JSONResponse:
        return JSONResponse({"code": error.code, "message": error.text("zh")}, status_code=409)

    return app


def test_fastapi(kit: Kit, engine: Engine) -> None:
    answers = asyncio.run(_ask(fastapi_app(kit, engine), lambda: (orders(engine), ours(kit))))
    assert answers == [(status, (kept, counts)) for _, status, kept, counts in STEPS]


async def _ask(app: FastAPI, look: Callable[[], object]) -> list[tuple[int, object]]:
    """Each step's status, and what is there afterwards."""
    answers: list[tuple[int, object]] = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://host.example") as client:
        for asked, *_ in STEPS:
            answer = await client.post("/orders", json=asked)
            answers.append((answer.status_code, look()))
    return answers


SCRIPT = """
import sys
from sqlalchemy import create_engine, text
from oa_crm import CRM
from oa_crm.errors import DuplicateCustomer

engine = create_engine(sys.argv[1])
crm = CRM(engine)
scope = crm.scope(tenant="acme", actor="seller")
heard = []


def hear(event):
    heard.append(event)


crm.signals["on_customer_created"].connect(hear)
order = text("INSERT INTO host_order (title) VALUES (:title)")

with engine.connect() as connection:
    connection.execute(order, {"title": "first"})
    with crm.join(connection, scope) as unit:
        unit.customers.create({"name": sys.argv[2]})
    connection.commit()

    connection.execute(order, {"title": "thought better of"})
    with crm.join(connection, scope) as unit:
        unit.customers.create({"name": "长风物流有限公司"})
    connection.rollback()

    connection.execute(order, {"title": "kept"})
    try:
        with crm.join(connection, scope) as unit:
            unit.customers.create({"name": sys.argv[2]})
    except DuplicateCustomer as error:
        print(error.code)
    connection.commit()

    with crm.join(connection, scope) as unit:
        unit.customers.create({"name": "碧海食品厂"})
    print(len(heard))
engine.dispose()
# The script ends without a commit.
"""


def test_a_bare_script(kit: Kit, engine: Engine, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    url = engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), url, NAME],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["duplicate_customer", "1"], "")
    assert (orders(engine), ours(kit)) == (["first", "kept"], (1, 1, 1))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_host_whose_sqlite_begins_late(kit: Kit, engine: Engine) -> None:
    """Python's driver begins a transaction at the first write only; ours begins before its savepoint."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        connection.exec_driver_sql("SELECT 1")
        assert not raw.in_transaction
        with kit.crm.join(connection, kit.scope()) as unit:
            assert raw.in_transaction
            unit.customers.create({"name": NAME})
        connection.rollback()
    assert ours(kit) == (0, 0, 0)
