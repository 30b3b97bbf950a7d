"""The host's own tables, prefix `oa_`. No foreign key leads into the CRM's tables, and none back.

Ids of CRM things are kept as text, as any platform would keep the ids of another system. Money is a whole
number of minor units. Times are UTC.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; SQLite and MariaDB give back naive ones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The host's declarative base; the CRM has its own."""


class Department(Base):
    """A department; the tree's root has no parent."""

    __tablename__ = "oa_department"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("oa_department.id"))
    manager_id: Mapped[str | None] = mapped_column(String(64))


class Employee(Base):
    """A person. `posts` are what he does here, apart by a space."""

    __tablename__ = "oa_employee"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    department_id: Mapped[str] = mapped_column(String(64), ForeignKey("oa_department.id"))
    manager_id: Mapped[str | None] = mapped_column(String(64))
    posts: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class ApprovalProcess(Base):
    """One run of the approval process. `state`: running, agreed, rejected, cancelled."""

    __tablename__ = "oa_approval_process"
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[str] = mapped_column(String(36), unique=True)
    contract_id: Mapped[str] = mapped_column(String(36))
    title: Mapped[str] = mapped_column(String(300))
    requested_by: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(Utc())
    steps: Mapped[list["ApprovalStep"]] = relationship(order_by="ApprovalStep.position", back_populates="process")


class ApprovalStep(Base):
    """One person's part in a process. `state`: asked, agree, reject, cancelled."""

    __tablename__ = "oa_approval_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("oa_approval_process.id"))
    position: Mapped[int]
    employee_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    acted_at: Mapped[datetime | None] = mapped_column(Utc())
    process: Mapped[ApprovalProcess] = relationship(back_populates="steps")
    __table_args__ = (UniqueConstraint("process_id", "position"),)


class Account(Base):
    """An account of the books. `kind`: asset, liability, equity, revenue, expense."""

    __tablename__ = "oa_account"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))


class Entry(Base):
    """One entry of the books. `key` is the delivery it came from: unique, so nothing is booked twice."""

    __tablename__ = "oa_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    voucher: Mapped[str] = mapped_column(String(40), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    on: Mapped[date]
    text: Mapped[str] = mapped_column(String(300))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_id: Mapped[str] = mapped_column(String(36), index=True)
    project_id: Mapped[str] = mapped_column(String(36), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    posted_at: Mapped[datetime] = mapped_column(Utc())
    lines: Mapped[list["Line"]] = relationship(order_by="Line.id")


class Line(Base):
    """One line of an entry: either debit or credit. The lines of an entry sum to zero."""

    __tablename__ = "oa_entry_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("oa_entry.id"), index=True)
    account_code: Mapped[str] = mapped_column(String(20), ForeignKey("oa_account.code"))
    debit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    credit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    __table_args__ = (
        CheckConstraint("debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0) <> (credit_minor = 0)"),
    )


class Period(Base):
    """An accounting period that is closed, by its month, such as 2026-03. What is not here is open."""

    __tablename__ = "oa_closed_period"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)


class LegalHold(Base):
    """Names that legal has put on hold: nobody does business with them."""

    __tablename__ = "oa_legal_hold"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))


class ServiceTicket(Base):
    """A customer's call for help. It follows its customer when two are merged, as `tickets.py` tells the CRM."""

    __tablename__ = "oa_service_ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(String(36), index=True)
    about: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(Utc())


class InboxMessage(Base):
    """A message to one employee. `key` is the same whenever the same message is sent again."""

    __tablename__ = "oa_inbox_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    employee_id: Mapped[str] = mapped_column(String(64), index=True)
    topic: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Utc())


class Activity(Base):
    """One line of the platform's news: what happened in the CRM, once per event. `about` is the id of the thing."""

    __tablename__ = "oa_activity"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    at: Mapped[datetime] = mapped_column(Utc())
    hook: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Text)
