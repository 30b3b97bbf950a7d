"""Requests to erase a person: looked at, carried out once, and kept without what was erased."""

from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import PersonErased
from oa_crm.ids import new_id
from oa_crm.models import Erasure, table_of
from oa_crm.schemas import ErasureIn, ErasureOut, ErasurePreview, Page
from oa_crm.services import pages
from oa_crm.services.base import Service, shown
from oa_crm.services.erasing.plans import carry_out, plan_of
from oa_crm.services.erasing.staying import staying
from oa_crm.services.erasing.subjects import subject_of


def preview(service: Service, kind: str, thing_id: UUID, *, attachments: bool) -> ErasurePreview:
    """What would go, and what stays."""
    subject = subject_of(service, kind, thing_id, attachments=attachments)
    plan = plan_of(service.work, subject, attachments=attachments)
    stays = staying(service.work, subject, attachments=attachments)
    return ErasurePreview(kind=kind, thing_id=thing_id, erased=dict(sorted(plan.counts.items())), stays=stays)


def erase(service: Service, wanted: ErasureIn) -> ErasureOut:
    """Erase, tell, and keep that it was done. Of a person who is erased already, nothing is left to do."""
    work = service.work
    if work.journal.mark() != (0, 0):
        # What the unit did before is not written yet, and would come after.
        raise InvalidInput.of("unit", "erase_alone")
    subject = subject_of(service, wanted.kind, wanted.thing_id, attachments=wanted.attachments)
    plan = plan_of(work, subject, attachments=wanted.attachments)
    if not plan.counts and (done := _last(service, wanted)) is not None:
        work.journal.record("privacy.erase", wanted.kind, wanted.thing_id, {"erased": [str(done.id), str(done.id)]})
        return done
    row = {
        "id": new_id(),
        "kind": wanted.kind,
        "thing_id": wanted.thing_id,
        "erased": dict(sorted(plan.counts.items())),
        "stays": [one.model_dump() for one in staying(work, subject, attachments=wanted.attachments)],
        "reason": subject.known.words(wanted.reason)[:500],
        "attachments": wanted.attachments,
        "at": work.journal.now(),
        "by": work.scope.actor.id,
    }
    carry_out(work, subject, plan)
    service.add(Erasure, **row)
    work.journal.record("privacy.erase", wanted.kind, wanted.thing_id, {"erased": [None, str(row["id"])]})
    also = {kind: ids for kind, ids in subject.things.items() if kind in ("contact", "customer", "lead")}
    work.journal.emit(
        PersonErased,
        erasure_id=row["id"],
        of=wanted.kind,
        of_id=wanted.thing_id,
        contact_ids=also.get("contact", ()),
        customer_ids=also.get("customer", ()),
        lead_ids=also.get("lead", ()),
        attachments=wanted.attachments,
    )
    return ErasureOut.model_validate(row)


def find(service: Service, after: str | None, limit: int | None) -> Page[ErasureOut]:
    """Every erasure, newest first."""
    rows = pages.newest_first(service.work, service.company_wide(Erasure), table_of(Erasure), after, limit)
    return pages.page(rows, pages.size(service.work, limit), ErasureOut, "newest")


def _last(service: Service, wanted: ErasureIn) -> ErasureOut | None:
    table = table_of(Erasure)
    query = service.company_wide(Erasure).where(table.c.kind == wanted.kind, table.c.thing_id == wanted.thing_id)
    row = service.work.connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else shown(ErasureOut, row)
