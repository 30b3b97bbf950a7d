"""Where a file is read from and written to: a path, or for writing a binary file that is open.

Looked at before anything is asked of a database, so that what is neither is told by its name.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from oa_crm.errors import InvalidInput
from oa_crm.services.plain import said

Target = Path | str | BinaryIO


def source(path: Path | str, name: str = "file") -> Path:
    """The file to read. Raises `InvalidInput` for what is no path, and where no file is."""
    found = _path(name, path)
    if not _there(found.is_file):
        raise InvalidInput.of(name, "no_such_file", name=said(found.name))
    return found


def target(to: Any, name: str = "to") -> Path | BinaryIO:
    """The path to write to, or the open binary file. Raises `InvalidInput` for anything else, for a path in no folder
    and for a folder itself."""
    if not isinstance(to, str | os.PathLike):
        if isinstance(to, io.TextIOBase) or not callable(getattr(to, "write", None)):
            raise InvalidInput.of(name, "nothing_to_write_to", given=said(to))
        return cast(BinaryIO, to)
    path = _path(name, to)
    if not path.name or _there(path.is_dir) or not _there(path.parent.is_dir):
        raise InvalidInput.of(name, "no_place_to_write", given=said(str(path)))
    return path


def _path(name: str, given: object) -> Path:
    if not isinstance(given, str | os.PathLike) or not isinstance(os.fspath(given), str):
        raise InvalidInput.of(name, "not_a_path", given=said(given))
    return Path(given)


def _there(asked: Callable[[], bool]) -> bool:
    """What the system says of a path; of one that it cannot have, such as too long a name, that nothing is there."""
    try:
        return asked()
    except (OSError, ValueError):
        return False
