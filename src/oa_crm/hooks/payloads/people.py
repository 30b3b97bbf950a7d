"""What happens to people at customers, to attached files, and to people's data."""

from datetime import date
from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class ContactEvent(Event):
    """Anything that happened to a person at a customer. Names and numbers stay in the file: they are personal data."""

    KIND = "contact"
    AGGREGATE = "contact_id"
    contact_id: UUID


class ContactAdded(ContactEvent):
    """A person took a post at a customer: he was put on file, or moved there from those in `moved_from`."""

    HOOK = "on_contact_added"
    customer_id: UUID
    post_id: UUID
    role: str | None = None
    primary: bool = False
    moved_from: tuple[UUID, ...] = ()


class ContactUpdated(ContactEvent):
    """Facts of a person or of a post changed; `changed` holds the field names, never the values. `customer_ids` are
    those where he stands, or whose post changed."""

    HOOK = "on_contact_updated"
    customer_ids: tuple[UUID, ...]
    changed: tuple[str, ...]


class ContactLeft(ContactEvent):
    """A person no longer stands at a customer."""

    HOOK = "on_contact_left"
    customer_id: UUID
    post_id: UUID
    ended_on: date


class FileEvent(Event):
    """Anything that happened to an attached file. Its name stays in the file: it may name a person. `of` and `of_id`
    are the kind and id of what it is attached to."""

    KIND = "file"
    AGGREGATE = "file_id"
    file_id: UUID
    of: str
    of_id: UUID


class FileAttached(FileEvent):
    """A file was attached; `size` is in bytes, `media_type` what its content was found to be."""

    HOOK = "on_file_attached"
    media_type: str
    size: int
    sha256: str


class FileRemoved(FileEvent):
    """A file was removed; its content goes later."""

    HOOK = "on_file_removed"


class PersonErased(Event):
    """A person was erased on request. `of` and `of_id` are the kind and id that were asked for, the others every file
    that was his."""

    HOOK = "on_person_erased"
    KIND = "erasure"
    AGGREGATE = "erasure_id"
    erasure_id: UUID
    of: str
    of_id: UUID
    contact_ids: tuple[UUID, ...] = ()
    customer_ids: tuple[UUID, ...] = ()
    lead_ids: tuple[UUID, ...] = ()
    attachments: bool = False
