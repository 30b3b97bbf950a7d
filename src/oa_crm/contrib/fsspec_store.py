"""Attachments in whatever fsspec speaks to: an object store, a share, another folder. Needs `oa-crm[files]`, and the
package of that file system, such as s3fs.

A host answers with it:

    @hookimpl
    def provide_file_store(self):
        return FsspecStore("s3://our-bucket/crm")
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

_CHUNK = 2**18


class FsspecStore:
    """A `FileStore` under `url`; `options` go to the file system."""

    def __init__(self, url: str, **options: Any) -> None:
        from fsspec.core import url_to_fs  # an extra, and its plugins are loaded on demand

        self._fs, root = url_to_fs(url, **options)
        self._root = str(root).rstrip("/")

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        path = self._path(key)
        self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        try:
            with self._fs.open(path, "wb") as out:
                for chunk in chunks:
                    out.write(chunk)
        except BaseException:
            # Closing a broken-off write makes a file of what there was.
            with suppress(Exception):
                self.delete(key)
            raise

    def read(self, key: str) -> Iterator[bytes]:
        with self._fs.open(self._path(key), "rb") as kept:
            while chunk := kept.read(_CHUNK):
                yield chunk

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._path(key))

    def keys(self, prefix: str) -> Iterator[str]:
        folder = self._path(prefix).rstrip("/")
        # What another process wrote is not in a listing that was kept.
        self._fs.invalidate_cache()
        for path in sorted(self._fs.find(folder)):
            # Some file systems answer with a slash before the root that they were given without.
            yield str(path)[str(path).index(folder) + len(folder) - len(prefix.rstrip("/")) :]

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"
