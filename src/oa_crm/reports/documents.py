"""From a template to HTML, and from HTML to PDF. Whatever stands in the data, it stays text, and nobody is asked for
anything: no file, no network, no address."""

import re
import unicodedata
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oa_crm.errors import ConfigurationError

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).with_name("templates")
_KEPT, _UNSEEN = frozenset("\n\t"), ("Cc", "Cs")
# They turn what stands beside them around: "1,000" would read as "000,1".
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def html(template: str, **shown: Any) -> str:
    """The template with everything in it escaped."""
    return _environment().get_template(template).render(**shown)


def pdf(page: str) -> bytes:
    """The page as a PDF. Whatever it refers to is left out.

    Raises `ConfigurationError` where WeasyPrint or what it draws with is missing.
    """
    html_of, fetcher = _weasyprint()

    class AsksNobody(fetcher):  # type: ignore[misc,valid-type]
        """A document that could fetch would fetch for whoever wrote the data, from inside the company's network."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError("a document asks nobody")

    drawn: bytes = html_of(string=page, url_fetcher=AsksNobody()).write_pdf()
    return drawn


def plain(value: Any) -> Any:
    """Text without what no reader sees and what turns others' text around."""
    if type(value) is not str:
        return value
    return "".join(one for one in _TURNING.sub("", value) if one in _KEPT or unicodedata.category(one) not in _UNSEEN)


def _weasyprint() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            # It announces what its next version will need of the machine.
            warnings.simplefilter("ignore", DeprecationWarning)
            from weasyprint import HTML
            from weasyprint.urls import URLFetcher
    except (ModuleNotFoundError, OSError) as missing:
        raise ConfigurationError(
            "a PDF needs WeasyPrint and Pango; install oa-crm[documents] and, on Debian, libpangoft2-1.0-0"
        ) from missing
    return HTML, URLFetcher


@cache
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as missing:
        raise ConfigurationError("a document needs jinja2; install oa-crm[documents]") from missing
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
