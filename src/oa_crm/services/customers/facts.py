"""Facts of a customer brought into the form in which they are kept; every wrong one is told at once.

What an older customer has and nobody changes is left as it is: free text is no reason to refuse an edit of the phone.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from oa_crm import codes
from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.services import clashes
from oa_crm.services.work import Work

_LISTS = ("former_names", "aliases", "numbers", "phones", "tags")
_NEEDED = ("name", "kind", "status")


def settled(work: Work, given: Mapping[str, Any], before: Any = None) -> dict[str, Any]:
    """`given` as it is kept; `before` is the customer's row when it has one. Raises `invalid_input`."""
    facts, wrong = dict(given), list[FieldProblem]()
    country = work.runtime.settings.phone_region
    coded: dict[str, Callable[[str], str]] = {
        "industry": codes.industry,
        "region": codes.region,
        "phone": lambda text: codes.phone(text, country),
    }
    for field, code in coded.items():
        if field in facts and facts[field] != getattr(before, field, None):
            facts[field] = _tried(wrong, field, code, facts[field])
    for field in _LISTS:
        if field in facts:
            facts[field] = list(facts[field] or ())
    _numbers(wrong, facts)
    _phones(wrong, facts, country)
    if "tags" in facts:
        facts["tags"] = list(dict.fromkeys(facts["tags"]))
    _whole(wrong, facts, before)
    _credit_code(wrong, facts)
    if wrong:
        raise InvalidInput(wrong)
    return facts


def numbers(given: Any) -> list[dict[str, str]]:
    """Identity numbers in their one form. Raises `invalid_input`."""
    facts, wrong = {"numbers": [one.model_dump() for one in given]}, list[FieldProblem]()
    _numbers(wrong, facts)
    if wrong:
        raise InvalidInput(wrong)
    return facts["numbers"]


def _tried(wrong: list[FieldProblem], field: str, code: Callable[[str], str], text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        return code(text)
    except codes.CodeError as exc:
        wrong.append(FieldProblem.of(field, exc.code, **exc.params))
        return None


def _numbers(wrong: list[FieldProblem], facts: dict[str, Any]) -> None:
    found = {}
    for at, one in enumerate(facts.get("numbers") or ()):
        scheme = one["scheme"]
        if scheme == "cn.uscc":
            problem = FieldProblem.of("numbers", "number_has_a_field", scheme=scheme, field_name="credit_code")
            wrong.append(problem)
            continue
        told = _tried(wrong, f"numbers.{at}.number", partial(codes.number, scheme), one["number"])
        found[scheme, told] = {"scheme": scheme, "number": told}
    if "numbers" in facts:
        facts["numbers"] = list(found.values())


def _phones(wrong: list[FieldProblem], facts: dict[str, Any], country: str) -> None:
    for at, one in enumerate(facts.get("phones") or ()):
        told = _tried(wrong, f"phones.{at}.number", lambda text: codes.phone(text, country), one["number"])
        facts["phones"][at] = {**one, "number": told}


def _whole(wrong: list[FieldProblem], facts: dict[str, Any], before: Any) -> None:
    for field in _NEEDED:
        if field in facts and facts[field] is None:
            wrong.append(FieldProblem.of(field, "name_taken_away" if field == "name" else "fact_taken_away"))
    north, east = (facts.get(field, getattr(before, field, None)) for field in ("latitude", "longitude"))
    if (north is None) != (east is None):
        wrong.append(FieldProblem.of("latitude" if north is None else "longitude", "half_a_point"))


def _credit_code(wrong: list[FieldProblem], facts: dict[str, Any]) -> None:
    if "credit_code" in facts:
        try:
            facts["credit_code"] = clashes.credit_code(facts["credit_code"])
        except InvalidInput as exc:
            wrong += exc.problems
