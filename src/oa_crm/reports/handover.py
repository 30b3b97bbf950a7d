"""What somebody received by a handover, as one document to print: his first day with it."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from oa_crm.i18n.documents import HANDOVER, LABELS, word
from oa_crm.i18n.words import said
from oa_crm.reports import documents, written
from oa_crm.schemas import HandoverDocument

_TEMPLATE = "handover.html.j2"


def handover_html(
    document: HandoverDocument, locale: str = "en", *, zone: tzinfo = UTC, company: str | None = None
) -> str:
    """One page of HTML that loads nothing. Chinese for "zh" locales, else English; times in `zone`.

    It says who printed it and when, and how many customers are beyond this page. Raises `configuration` without jinja2.
    """
    return documents.html(_TEMPLATE, **_shown(document, written.language(locale), zone, company))


def handover_pdf(
    document: HandoverDocument, locale: str = "en", *, zone: tzinfo = UTC, company: str | None = None
) -> bytes:
    """The same as a PDF: A4, numbered pages. Raises `configuration` without WeasyPrint, or what it draws with."""
    return documents.pdf(handover_html(document, locale, zone=zone, company=company))


def _shown(of: HandoverDocument, language: str, zone: tzinfo, company: str | None) -> dict[str, Any]:
    labels = {**LABELS[language], **HANDOVER[language]}

    def who(id: str | None) -> str:
        return labels["nobody"] if id is None else of.names.get(id, id)

    def moment(value: datetime | str | None) -> str:
        return written.moment(value, zone)

    def coded(group: str, code: str | None) -> str:
        return "" if code is None else word(group, code, language)

    name = f"{who(of.handover.leaver_id)} → {who(of.receiver_id)}"
    return {
        "d": of, "t": labels, "lang": written.tag(language), "company": company,
        "name": name, "header": written.header(name),
        "dated": of.read_at.astimezone(zone).date().isoformat(),
        "printed": labels["printed"].format(who=who(of.read_by), when=moment(of.read_at)),
        "received": [(_kind(kind, language), many) for kind, many in of.counts.items()],
        "beyond": of.counts.get("customer", 0) - len(of.customers),
        "who": who, "moment": moment, "word": coded, "day": written.day, "money": written.money,
        "kind": lambda code: _kind(code, language), "prose": lambda text: written.prose(text, labels),
        "place": lambda one: getattr(one.region_name, language) if one.region_name else one.region or "",
    }  # fmt: skip


def _kind(code: str, language: str) -> str:
    return str(said("kind", code, language))
