"""The two tables of the outbox as the relay reads them, and the states of a delivery."""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Executable, any_, bindparam

from oa_crm.models import DeliveryRow, EventRow, Link, PluginSwitch, table_of

EVENT = table_of(EventRow)
DELIVERY = table_of(DeliveryRow)
LINK = table_of(Link)
SWITCH = table_of(PluginSwitch)

Statement = TypeVar("Statement", bound=Executable)
PENDING, DONE, DEAD, SKIPPED = "pending", "done", "dead", "skipped"


class ByIds(Generic[Statement]):
    """A statement about rows by their ids, which it takes as `ids` at execution; built once."""

    def __init__(self, id_: ColumnElement[int], build: Callable[[ColumnElement[bool]], Statement]) -> None:
        self._listed = build(id_.in_(bindparam("ids", expanding=True)))
        # One array and one text for any number of ids, which psycopg prepares; a long list it parses every time.
        self._array = build(id_ == any_(bindparam("ids", type_=ARRAY(BigInteger))))

    def on(self, connection: Connection) -> Statement:
        """The statement for this connection's database."""
        return self._array if connection.dialect.name == "postgresql" else self._listed
