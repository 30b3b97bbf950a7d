"""What happens to digests."""

from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class DigestBuilt(Event):
    """A digest waits for its reader; `changes` says of how many. What they are he reads himself, as far as he may."""

    HOOK = "on_digest_built"
    KIND = "digest"
    AGGREGATE = "digest_id"
    digest_id: UUID
    member_id: str
    changes: int
