"""A small host with a table of its own beside ours, and what may be asked of both."""

from sqlalchemy import Connection, Engine, ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from oa_crm.models import AuditEntry, Customer, EventRow
from oa_crm.schemas import CustomerOut
from oa_crm.scope import Scope
from oa_crm.testing import Kit

NAME = "云帆智能科技(杭州)有限公司"


class HostBase(DeclarativeBase):
    """The host's own metadata."""


class Order(HostBase):
    """An order of the host's."""

    __tablename__ = "host_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Line(HostBase):
    """A line of an order; only the commit finds out whether there is such an order."""

    __tablename__ = "host_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("host_order.id", deferrable=True, initially="DEFERRED"))


Order.title.type.length = 50  # type: ignore[attr-defined]


def host_engine(url: str) -> Engine:
    """An engine as a host makes it: nothing tuned, nothing set; with its tables."""
    engine = create_engine(url)
    Order.__table__.create(engine)  # type: ignore[attr-defined]
    return engine


def orders(engine: Engine) -> list[str]:
    """The titles of the host's orders, as others see them."""
    with Session(engine) as session:
        return list(session.scalars(select(Order.title).order_by(Order.id)))


def ours(kit: Kit) -> tuple[int, int, int]:
    """How many customers, events about customers, and audit entries about customers others see."""
    with kit.crm.engine.connect() as connection:
        return (
            _count(connection, Customer),
            _count(connection, EventRow, hook="on_customer_created"),
            _count(connection, AuditEntry, kind="customer"),
        )


def _count(connection: Connection, model: type, **where: str) -> int:
    wanted = (getattr(model, name) == value for name, value in where.items())
    return int(connection.scalar(select(func.count()).select_from(model).where(*wanted)) or 0)


def create(kit: Kit, host: Session | Connection, name: str = NAME, scope: Scope | None = None) -> CustomerOut:
    """Create one customer in the host's transaction."""
    with kit.crm.join(host, scope or kit.scope()) as unit:
        return unit.customers.create({"name": name})
