"""Keys built anew, a slice of customers at a time: after a new version of a matcher, or for a base without keys.

Each slice is one transaction, and what is done is known by its entries, so a rebuild may stop anywhere and go on
later. A customer is locked while it is keyed: whoever changes it meanwhile waits, and keys it with what he wrote.
"""

from sqlalchemy import and_, delete, exists, or_, select

from oa_crm.models import Customer, DuplicateEntry, DuplicateKey, NamePrefix, table_of
from oa_crm.services.clashes.facts import row_draft
from oa_crm.services.clashes.keeping import keyed_as, write
from oa_crm.services.work import Work

_HALF = 2**63
SWEEPS = 256
"""Into how many parts of the hashes' range a sweep is cut."""


def rekey(work: Work, limit: int) -> tuple[bool, int]:
    """Key at most `limit` customers of the company whose keys are missing or older.

    Answers whether there were any, and how many it were: others may have keyed some of them meanwhile.
    """
    entry, customer = table_of(DuplicateEntry), table_of(Customer)
    any_stale, ids = _locked(work, limit)
    if not ids:
        return any_stale, 0
    mine = and_(entry.c.tenant_id == work.scope.tenant, entry.c.customer_id.in_(ids))
    facts = select(customer).where(customer.c.tenant_id == work.scope.tenant, customer.c.id.in_(ids))
    drafts = [(row.id, row_draft(row._mapping)) for row in work.connection.execute(facts)]
    prefix = table_of(NamePrefix)
    begun = and_(prefix.c.tenant_id == work.scope.tenant, prefix.c.customer_id.in_(ids))
    work.connection.execute(delete(prefix).where(begun))
    work.connection.execute(delete(entry).where(mine))
    write(work.connection, work.runtime.matching.engine, work.scope.tenant, drafts)
    return True, len(ids)


def sweep(work: Work, part: int) -> int:
    """Delete the keys of one of 256 parts that lead to no entry, of any company; how many it were."""
    key, entry = table_of(DuplicateKey), table_of(DuplicateEntry)
    size = 2 * _HALF // SWEEPS
    first = part * size - _HALF
    gone = ~exists().where(entry.c.id == key.c.entry_id)
    # BETWEEN, since one past the last hash is no 64-bit number.
    orphans = delete(key).where(key.c.key_hash.between(first, first + size - 1), gone)
    return int(work.connection.execute(orphans).rowcount)


def _locked(work: Work, limit: int) -> tuple[bool, list[object]]:
    """Whether there are stale customers, and those that still are when they are locked."""
    entry, customer = table_of(DuplicateEntry), table_of(Customer)
    version = keyed_as(work.runtime.matching.engine)
    # Two ranges of the index instead of "unequal", which would read past every fresh entry.
    stale = and_(entry.c.tenant_id == work.scope.tenant, or_(entry.c.keyed_as < version, entry.c.keyed_as > version))
    ids = work.connection.scalars(select(entry.c.customer_id).where(stale).limit(limit)).all()
    mine = and_(customer.c.tenant_id == work.scope.tenant, customer.c.id.in_(ids))
    work.connection.execute(select(customer.c.id).where(mine).order_by(customer.c.id).with_for_update()).all()
    still = select(entry.c.customer_id).where(stale, entry.c.customer_id.in_(ids))
    return bool(ids), list(work.connection.scalars(still))
