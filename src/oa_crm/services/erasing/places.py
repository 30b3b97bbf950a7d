"""Every table in which something of a person may lie, and which of its rows are to be looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Table, and_, false, or_, select, true, type_coerce

from oa_crm.models import (
    AuditEntry,
    Base,
    ChainLink,
    ClassChange,
    Competitor,
    Contact,
    ContactPhone,
    CreditSplit,
    Customer,
    CustomerNumber,
    CustomValue,
    DeliveryRow,
    DuplicateOverride,
    DuplicatePair,
    DuplicateSearch,
    EventRow,
    File,
    FollowUp,
    FollowUpNote,
    Handover,
    HandoverItem,
    HandoverReceiver,
    HelpEntry,
    HelpRequest,
    IdempotencyKey,
    ImportRow,
    KeyChange,
    Lead,
    Look,
    Matter,
    MatterNote,
    Merge,
    MergePart,
    NamePrefix,
    Ownership,
    Plan,
    Post,
    Project,
    ProtectionExtension,
    Share,
    StageChange,
    StageRequest,
    Strategy,
    StrategyComment,
    StrategyMark,
    StrategyVersion,
    StruckFollowUp,
    TeamSeat,
    View,
    table_of,
)
from oa_crm.services.erasing.subjects import Subject

Condition = ColumnElement[bool]
_AT_ONCE = 1000
_NOTES = (
    "followups.add_to",
    "followups.comment",
    "projects.ask_entry",
)
_ROOMS = ("plans", "issues", "needs", "strategies", "help", "shares")
"""Acts whose kept answers hold words, and do not say of which customer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of a table that may tell of the person. Of those that are `derived`, nothing else is left; those `beside`
    are about somebody or something else, whose own facts stay, and lose only what words tell of him."""

    model: type[Base]
    where: Condition
    derived: bool = False
    beside: bool = False


def places(tenant: str, subject: Subject, *, attachments: bool) -> Iterator[Place]:
    """Where to look; every place is a range of an index, but for the keys of repeated acts and the saved views."""
    yield from _own(subject)
    yield from _said(tenant, subject)
    yield from _beside(tenant, subject)
    yield from _about_others(tenant, subject)
    if attachments:
        yield Place(File, File.id.in_(subject.files))


def _own(one: Subject) -> Iterator[Place]:
    if one.contacts:
        yield Place(Contact, Contact.id.in_(one.contacts))
        yield Place(ContactPhone, ContactPhone.contact_id.in_(one.contacts), derived=True)
        yield Place(Post, Post.contact_id.in_(one.contacts))
    if one.leads:
        yield Place(Lead, Lead.id.in_(one.leads))
    if one.customers:
        yield Place(Customer, Customer.id.in_(one.customers))
        yield Place(CustomerNumber, CustomerNumber.customer_id.in_(one.customers), derived=True)
        yield Place(NamePrefix, NamePrefix.customer_id.in_(one.customers), derived=True)
        either = or_(DuplicatePair.one_id.in_(one.customers), DuplicatePair.other_id.in_(one.customers))
        yield Place(DuplicatePair, either, derived=True)
        of_fields = and_(CustomValue.kind == "customer", CustomValue.field.in_(one.custom))
        yield Place(CustomValue, and_(of_fields, CustomValue.thing_id.in_(one.customers)), derived=True)
        yield Place(Project, Project.customer_id.in_(one.customers))


def _said(tenant: str, one: Subject) -> Iterator[Place]:
    """Words of people."""
    said = or_(FollowUp.customer_id.in_(one.near), FollowUp.lead_id.in_(one.leads))
    yield Place(FollowUp, said)
    of_those = select(FollowUp.id).where(FollowUp.tenant_id == tenant, said)
    yield Place(FollowUpNote, FollowUpNote.follow_up_id.in_(of_those))
    yield Place(Plan, or_(Plan.customer_id.in_(one.near), Plan.lead_id.in_(one.leads)))
    yield Place(Matter, Matter.customer_id.in_(one.near))
    matters = select(Matter.id).where(Matter.tenant_id == tenant, Matter.customer_id.in_(one.near))
    yield Place(MatterNote, MatterNote.matter_id.in_(matters))
    yield Place(ClassChange, ClassChange.customer_id.in_(one.near))
    yield Place(Ownership, Ownership.customer_id.in_(one.near))
    yield Place(ProtectionExtension, ProtectionExtension.customer_id.in_(one.near))
    talks = select(FollowUp.id).where(FollowUp.tenant_id == tenant, FollowUp.customer_id.in_(one.near))
    yield Place(StruckFollowUp, StruckFollowUp.follow_up_id.in_(talks))
    yield Place(Strategy, Strategy.customer_id.in_(one.near))
    plans = select(Strategy.id).where(Strategy.tenant_id == tenant, Strategy.customer_id.in_(one.near))
    for model in (StrategyVersion, StrategyMark, StrategyComment):
        yield Place(model, model.strategy_id.in_(plans))
    yield Place(HelpRequest, HelpRequest.customer_id.in_(one.near))
    asked = select(HelpRequest.id).where(HelpRequest.tenant_id == tenant, HelpRequest.customer_id.in_(one.near))
    yield Place(HelpEntry, HelpEntry.request_id.in_(asked))
    yield Place(Share, Share.customer_id.in_(one.near))
    yield Place(StageChange, StageChange.project_id.in_(one.projects))
    near = select(Project.id).where(Project.tenant_id == tenant, Project.customer_id.in_(one.near))
    for words in (ChainLink, Competitor, StageRequest):
        yield Place(words, words.project_id.in_(near))
    seats = and_(TeamSeat.kind == "customer", TeamSeat.thing_id.in_(one.near))
    yield Place(TeamSeat, or_(seats, and_(TeamSeat.kind == "project", TeamSeat.thing_id.in_(near))))
    yield Place(CreditSplit, CreditSplit.project_id.in_(near))
    yield Place(View, true())
    at_hand = and_(HandoverItem.tenant_id == tenant, HandoverItem.customer_id.in_(one.near))
    handovers = select(HandoverItem.handover_id).where(at_hand)
    yield Place(Handover, Handover.id.in_(handovers))
    yield Place(HandoverReceiver, HandoverReceiver.handover_id.in_(handovers))


def _beside(tenant: str, one: Subject) -> Iterator[Place]:
    """What is kept beside the rows."""
    yield Place(DuplicateOverride, DuplicateOverride.id.in_(one.overrides))
    if one.customers:
        yield Place(DuplicateSearch, or_(false(), *naming(DuplicateSearch.name, one.names)))
    merges = or_(Merge.winner_id.in_(one.near), Merge.loser_id.in_(one.near))
    yield Place(Merge, merges)
    yield Place(MergePart, MergePart.merge_id.in_(select(Merge.id).where(Merge.tenant_id == tenant, merges)))
    # What views and exports looked for stands in their audit as well.
    yield Place(AuditEntry, or_(_of_things(table_of(AuditEntry), one), AuditEntry.kind.in_(("view", "export"))))
    yield Place(KeyChange, _of_things(table_of(KeyChange), one, as_text=False))
    yield Place(EventRow, _of_things(table_of(EventRow), one))
    theirs = select(EventRow.id).where(EventRow.tenant_id == tenant, _of_things(table_of(EventRow), one))
    yield Place(DeliveryRow, and_(DeliveryRow.event_row_id.in_(theirs), DeliveryRow.last_error.is_not(None)))
    yield Place(Look, _of_things(table_of(Look), one, as_text=False))
    # A number is spaced there as it was in the file, so that no search in SQL finds it.
    yield Place(ImportRow, true())
    answer = type_coerce(IdempotencyKey.answer, String)
    ids = [str(id) for those in one.things.values() for id in those]
    # Only of a private customer the name is enough: a company may have a person's name in its own.
    naming_him = naming(answer, (*ids, *(one.names if one.customers else ())))
    of_talks = and_(
        IdempotencyKey.operation.in_(("followups.log", "pool.extend")),
        or_(false(), *naming(answer, list(map(str, one.near)))),
    )
    in_rooms = (IdempotencyKey.operation.startswith(f"{room}.") for room in _ROOMS)
    of_notes = or_(IdempotencyKey.operation.in_(_NOTES), *in_rooms)
    of_views = IdempotencyKey.operation.startswith("views.")
    yield Place(IdempotencyKey, or_(of_views, of_notes, of_talks, *naming_him))


def _about_others(tenant: str, one: Subject) -> Iterator[Place]:
    """Reasons and comments about what lies at the customers where he stands, a thousand things at a time."""
    audit, events, looks, keys = (table_of(model) for model in (AuditEntry, EventRow, Look, KeyChange))
    for kind, ids in one.beside.items():
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            texts = [str(id) for id in some]
            yield Place(AuditEntry, and_(audit.c.kind == kind, audit.c.thing_id.in_(texts)), beside=True)
            happened = and_(events.c.kind == kind, events.c.thing_id.in_(texts))
            yield Place(EventRow, happened, beside=True)
            theirs = select(events.c.id).where(events.c.tenant_id == tenant, happened)
            failed = and_(DeliveryRow.event_row_id.in_(theirs), DeliveryRow.last_error.is_not(None))
            yield Place(DeliveryRow, failed, beside=True)
            yield Place(KeyChange, and_(keys.c.kind == kind, keys.c.thing_id.in_(some)), beside=True)
            yield Place(Look, and_(looks.c.kind == kind, looks.c.thing_id.in_(some)), beside=True)
            if kind == "project":
                yield Place(StageChange, StageChange.project_id.in_(some), beside=True)
    # A delivery that nobody tries any more is told with its last error, and does not say of whom that was.
    dead = EventRow.kind == "delivery"
    yield Place(EventRow, dead, beside=True)
    told = select(EventRow.id).where(EventRow.tenant_id == tenant, dead)
    yield Place(DeliveryRow, and_(DeliveryRow.event_row_id.in_(told), DeliveryRow.last_error.is_not(None)), beside=True)
    # A request to pass a clash does not say at whom it is.
    his = [str(id) for id in one.overrides]
    yield Place(DuplicateOverride, DuplicateOverride.id.not_in(one.overrides), beside=True)
    yield Place(AuditEntry, and_(AuditEntry.kind == "override", AuditEntry.thing_id.not_in(his)), beside=True)
    yield Place(EventRow, and_(EventRow.kind == "override", EventRow.thing_id.not_in(his)), beside=True)
    yield Place(AuditEntry, and_(AuditEntry.kind == "merge", AuditEntry.thing_id == "-"), beside=True)
    yield Place(Look, and_(Look.thing_id.is_(None), Look.reason.is_not(None)), beside=True)


def _of_things(table: Table, one: Subject, *, as_text: bool = True) -> Condition:
    def ids(those: Sequence[UUID]) -> list[Any]:
        return [str(id) for id in those] if as_text else list(those)

    return or_(*(and_(table.c.kind == kind, table.c.thing_id.in_(ids(those))) for kind, those in one.things.items()))


def naming(column: Any, texts: Sequence[str]) -> Iterator[Condition]:
    """Rows whose column has one of the texts in it."""
    return (column.contains(text, autoescape=True) for text in texts)
