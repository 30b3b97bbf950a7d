"""The shipped tables, read when they are first needed. `data/README.md` says where each comes from."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of `data/{name}.txt`."""
    return tuple((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())


@cache
def words(name: str) -> frozenset[str]:
    """The words of `data/{name}.txt`, parted by spaces or lines."""
    return frozenset(word for line in lines(name) for word in line.split())
