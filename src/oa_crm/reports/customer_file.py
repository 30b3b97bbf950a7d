"""The complete file of a customer as one document to print, for whoever takes it over."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from oa_crm.i18n.documents import LABELS, word
from oa_crm.money import Money
from oa_crm.reports import documents, written
from oa_crm.schemas import ContactOut, CustomerFileOut, CustomerOut

SECTIONS = (
    "contacts", "team", "projects", "strategies", "help_requests", "follow_ups", "plans", "matters", "contracts",
    "expenses", "settlements", "files", "history",
)  # fmt: skip
_TEMPLATE = "customer_file.html.j2"


def customer_file_html(
    file: CustomerFileOut, locale: str = "en", *, zone: tzinfo = UTC, company: str | None = None
) -> str:
    """One page of HTML that loads nothing. Chinese for "zh" locales, else English; times in `zone`.

    It says who printed it and when, what was left out, and what he may not see. A text of more than 4,000 characters is
    cut, and says so. Raises `configuration` without jinja2.
    """
    writer = _Writer(file, written.language(locale), zone)
    return documents.html(_TEMPLATE, **writer.shown(company))


def customer_file_pdf(
    file: CustomerFileOut, locale: str = "en", *, zone: tzinfo = UTC, company: str | None = None
) -> bytes:
    """The same as a PDF: A4, numbered pages, the customer and the day on each. Raises `configuration` without
    WeasyPrint, or Pango, which it draws with."""
    return documents.pdf(customer_file_html(file, locale, zone=zone, company=company))


class _Writer:
    """How one file's values are written in one language."""

    def __init__(self, file: CustomerFileOut, language: str, zone: tzinfo) -> None:
        self.file, self.language, self.zone = file, language, zone
        self.labels = LABELS[language]
        self._persons = {one.id: one.name for one in file.contacts.items}

    def shown(self, company: str | None) -> dict[str, Any]:
        """Everything that the template names."""
        name = self.file.customer.name
        helpers: dict[str, Callable[..., Any]] = {
            "word": self.word,
            "who": self.who,
            "day": written.day,
            "moment": self.moment,
            "money": written.money,
            "prose": self.prose,
            "size": _size,
            "project": lambda given: self.file.project_names.get(given, ""),
            "person": lambda given: self._persons.get(given, ""),
            "reach": _reach,
            "change": self.change,
            "count": self.count,
        }
        return {
            "f": self.file,
            "t": self.labels,
            "lang": written.tag(self.language),
            "company": company,
            "name": name,
            "header": written.header(name),
            "dated": self.file.read_at.astimezone(self.zone).date().isoformat(),
            "printed": self.labels["printed"].format(
                who=self.who(self.file.read_by), when=self.moment(self.file.read_at)
            ),
            "facts": list(self._facts()),
            "sections": SECTIONS,
            **helpers,
        }

    def word(self, group: str, code: str | None) -> str:
        return "" if code is None else word(group, code, self.language)

    def who(self, id: str | None) -> str:
        """A member by name; whoever left is marked."""
        if id is None:
            return self.labels["nobody"]
        known = self.file.people.get(id)
        if known is None:
            return id
        return known.name if known.active else f"{known.name} ({self.labels['left']})"

    def moment(self, value: datetime | str | None) -> str:
        """A time where the reader is; a mask stays one."""
        return written.moment(value, self.zone)

    def prose(self, text: str) -> str:
        """A text, up to 4,000 characters of it."""
        return written.prose(text, self.labels)

    def count(self, name: str) -> str:
        """How many a section has, and how many of them are here."""
        section = getattr(self.file, name)
        facts = {"total": section.total, "shown": len(section.items), "left_out": section.left_out}
        told = self.labels["newest_of" if section.left_out else "in_all"]
        return told.format(**{name: f"{value:,}" for name, value in facts.items()})

    def change(self, field: str, value: Any) -> str:
        """A value in the history of a customer."""
        if field == "owner_id":
            return self.who(value)
        if value is None:
            return "–"
        return self.word("status", value) if field == "status" else str(value)

    def _facts(self) -> Iterator[tuple[str, str]]:
        """Labels and values of the customer, those that are empty left out."""
        customer = self.file.customer
        for name, value in {**self._told(customer), **_invoice(customer)}.items():
            if value:
                yield self.labels[name], value
        for name, given in customer.custom.items():
            label = self.file.labels.get(name)
            yield (self._called(label.label, name) if label else name), self._custom(name, given)

    def _told(self, of: CustomerOut) -> dict[str, str | None]:
        owner = self.file.owner
        called = {"industry": of.industry_name, "region": of.region_name}
        coded = {name: getattr(one, self.language) if one else getattr(of, name) for name, one in called.items()}
        return {
            "owner": self.who(of.owner_id),
            "department": owner.department if owner else None,
            "short_name": of.short_name,
            "foreign_name": of.foreign_name,
            "former_names": self._listed(of.former_names),
            "aliases": self._listed(of.aliases),
            "kind": self.word("kind", of.kind),
            "status": self.word("status", of.status),
            "level": of.level,
            **coded,
            "size": self.word("size", of.size),
            "source": of.source,
            "tags": self._listed(of.tags),
            "credit_code": of.credit_code,
            "numbers": self._listed(f"{one.scheme} {one.number}" for one in of.numbers),
            "phone": of.phone,
            "phones": self._listed(f"{one.number} {one.label or ''}".strip() for one in of.phones),
            "email": of.email,
            "website": of.website,
            "address": of.address,
            "last_follow_up_at": self.moment(of.last_follow_up_at),
            "next_contact_on": written.day(of.next_contact_on),
            "created_at": self.moment(of.created_at),
        }

    def _custom(self, name: str, value: Any) -> str:
        options = self.file.labels[name].options if name in self.file.labels else {}
        if isinstance(value, list | tuple):
            return self._listed(self._custom(name, one) for one in value)
        if isinstance(value, Mapping):
            return str(Money.of(value["amount"], value["currency"]))
        return self._called(options[value], value) if value in options else str(value)

    def _called(self, names: Mapping[str, str], code: str) -> str:
        return names.get(self.language) or next(iter(names.values()), code)

    def _listed(self, values: Any) -> str:
        return ("、" if self.language == "zh" else ", ").join(values)


def _invoice(of: CustomerOut) -> dict[str, str | None]:
    facts = of.invoice
    if facts is None:
        return {}
    return {
        "invoice_title": facts.title,
        "tax_number": facts.tax_number,
        "invoice_address": facts.address,
        "invoice_phone": facts.phone,
        "bank_name": facts.bank_name,
        "bank_account": facts.bank_account,
    }


def _reach(of: ContactOut) -> list[str]:
    """Each way to reach a person, the nearest first."""
    ways = [of.mobile, *of.phones, *of.emails, of.wechat and f"WeChat {of.wechat}"]
    return [one for one in ways if one]


def _size(of: int) -> str:
    return f"{of:,} B" if of < 1024 else f"{of / 1024:,.0f} KB" if of < 2**20 else f"{of / 2**20:,.1f} MB"
