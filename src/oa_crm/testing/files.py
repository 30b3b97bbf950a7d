"""A file store in memory, for kits: what was attached is `kept`, by key."""

from collections.abc import Iterable, Iterator

from oa_crm.hooks import hookimpl


class MemoryFiles:
    """Answers `provide_file_store` in a kit whose plugins do not."""

    name = "memory_files"

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    @hookimpl
    def provide_file_store(self) -> "MemoryFiles":
        return self

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        self.kept[key] = b"".join(chunks)

    def read(self, key: str) -> Iterator[bytes]:
        if key not in self.kept:
            raise FileNotFoundError(key)
        content = self.kept[key]
        yield from (content[at : at + 2**18] for at in range(0, len(content), 2**18))

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        yield from sorted(key for key in self.kept if key.startswith(prefix))
