"""The two tables of the outbox as the relay reads them, and the states of a delivery."""

from collections.abc import Callable

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Update, any_, bindparam

from oa_crm.models import DeliveryRow, EventRow, Link, PluginSwitch, table_of

EVENT = table_of(EventRow)
DELIVERY = table_of(DeliveryRow)
LINK = table_of(Link)
SWITCH = table_of(PluginSwitch)

PENDING, DONE, DEAD, SKIPPED = "pending", "done", "dead", "skipped"


class ByIds:
    """An update of deliveries by their ids, given as `ids` at execution; built once."""

    def __init__(self, build: Callable[[ColumnElement[bool]], Update]) -> None:
        self._listed = build(DELIVERY.c.id.in_(bindparam("ids", expanding=True)))
        # One array and one text for any number of ids, which psycopg prepares; a long list it parses every time.
        self._array = build(DELIVERY.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))

    def on(self, connection: Connection) -> Update:
        """The statement for this connection's database."""
        return self._array if connection.dialect.name == "postgresql" else self._listed
