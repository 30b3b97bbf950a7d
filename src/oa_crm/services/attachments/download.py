"""Content on its way out: in chunks, and compared with what was put in."""

import hashlib
from collections.abc import Iterator

from oa_crm.errors import FileDamaged
from oa_crm.hooks.ports import FileStore
from oa_crm.schemas import FileOut


class Download:
    """A file and its content, to be read once or more, also after the unit has ended.

    Raises `FileDamaged` where the store has lost it; at the end, where it is not what was put there.
    """

    def __init__(self, file: FileOut, store: FileStore, key: str) -> None:
        self.file = file
        self._store, self._key = store, key

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        try:
            for chunk in self._store.read(self._key):
                digest.update(chunk)
                yield chunk
        except FileNotFoundError:
            raise FileDamaged(self.file.id, self.file.name) from None
        if digest.hexdigest() != self.file.sha256:
            raise FileDamaged(self.file.id, self.file.name)

    def read(self) -> bytes:
        """All of it in memory; for small files."""
        return b"".join(self)
