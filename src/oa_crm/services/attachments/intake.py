"""Content on its way in: looked at, counted and hashed while it flows, never whole in memory."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.services.attachments import types

_CHUNK = 2**18


class Readable(Protocol):
    """An open binary file, or what behaves like one."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


Content = Readable | Iterable[bytes]


class Intake:
    """Chunks for a store. When they are through, `size`, `sha256` and `media_type` say what they were."""

    def __init__(self, content: Content, extension: str, largest: int) -> None:
        self._content, self._extension, self._largest = content, extension, largest
        self._hash = hashlib.sha256()
        self.size = 0
        self.media_type = ""

    @property
    def sha256(self) -> str:
        """The digest of what came through so far, in hexadecimal."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        chunks = _chunks(self._content)
        held = bytearray()
        for chunk in chunks:
            held += self._counted(chunk)
            if len(held) >= types.HEAD:
                break
        if not held:
            raise InvalidInput.of("content", "file_empty")
        self.media_type = types.media_type(self._extension, bytes(held[: types.HEAD]))
        yield bytes(held)
        for chunk in chunks:
            yield self._counted(chunk)

    def _counted(self, chunk: bytes) -> bytes:
        self.size += len(chunk)
        if self.size > self._largest:
            raise InvalidInput.of("content", "file_too_large", largest=self._largest)
        self._hash.update(chunk)
        return chunk


def store_key(tenant: str, day: datetime, id: UUID) -> str:
    """Where the content of a new file lies: by day, so that a sweep knows its age; by company, under its digest."""
    company = hashlib.blake2b(tenant.encode(), digest_size=8).hexdigest()
    return f"{day:%Y-%m-%d}/{company}/{id.hex}"


def _chunks(content: Any) -> Iterator[bytes]:
    if hasattr(content, "read"):
        while chunk := _bytes(content.read(_CHUNK)):
            yield chunk
        return
    if isinstance(content, str | bytes | bytearray) or not isinstance(content, Iterable):
        raise InvalidInput.of("content", "content_not_bytes", given=type(content).__name__)
    for given in content:
        chunk = _bytes(given)
        yield from (chunk[at : at + _CHUNK] for at in range(0, len(chunk), _CHUNK))


def _bytes(chunk: object) -> bytes:
    if not isinstance(chunk, bytes | bytearray | memoryview):
        raise InvalidInput.of("content", "content_not_bytes", given=type(chunk).__name__)
    return bytes(chunk)
