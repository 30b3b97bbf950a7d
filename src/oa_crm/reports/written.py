"""How values are written on paper, whatever document they stand in."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from oa_crm.i18n import language_of

_LONGEST, _HEADER = 4000, 40


def language(locale: str) -> str:
    """Chinese for "zh" locales, else English."""
    return "zh" if language_of(locale) == "zh" else "en"


def tag(language: str) -> str:
    """The language as HTML names it."""
    return {"zh": "zh-CN"}.get(language, language)


def header(name: str) -> str:
    """A name that fits on top of a page."""
    return name if len(name) <= _HEADER else f"{name[: _HEADER - 1]}…"


def prose(text: str, labels: Mapping[str, str]) -> str:
    """A text, up to 4,000 characters of it."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST] + labels["cut"].format(all=f"{len(text):,}", shown=f"{_LONGEST:,}")


def moment(value: datetime | str | None, zone: tzinfo) -> str:
    """A time where the reader is; a mask stays one."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if isinstance(value, datetime) else value or ""


def day(of: date | str | None) -> str:
    """A day; a mask stays one."""
    return of.isoformat() if isinstance(of, date) else of or ""


def money(value: Any) -> str:
    """An amount, or nothing."""
    return "" if value is None else str(value)
