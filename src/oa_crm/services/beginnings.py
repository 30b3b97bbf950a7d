"""Texts that begin so, as a range of an index. Not LIKE: that ignores case on SQLite only, and may leave the index."""

from typing import Any

from sqlalchemy import ColumnElement, and_

LAST = "\U0010ffff"
"""Behind a beginning, what stands after everything that begins so."""


def beginning_with(column: Any, text: str) -> ColumnElement[bool]:
    """The rows whose `column` begins with `text`."""
    return and_(column >= text, column < text + LAST)
