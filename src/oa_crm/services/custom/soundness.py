"""Whether a definition makes sense in itself, before it meets any value."""

from dataclasses import replace
from typing import Any

from oa_crm.errors import InvalidInput
from oa_crm.schemas.custom import CustomFieldFacts
from oa_crm.schemas.custom_types import sorted_by
from oa_crm.services.custom.accepting import validated
from oa_crm.services.custom.kinds import kind_named
from oa_crm.services.custom_sets import Definitions, Field


def sound(field: Field, currency: str) -> Field:
    """The field with its default in plain form. Raises `InvalidInput` for what cannot be."""
    facts = field.facts
    kind_named(field.kind)
    if facts.type in ("choice", "multi_choice") and not facts.options:
        raise InvalidInput.of("options", "choice_without_options")
    if unknown := [code for code in facts.retired_options if code not in facts.options]:
        raise InvalidInput.of("retired_options", "unknown_option", option=unknown[0], known=", ".join(facts.options))
    if facts.type == "reference":
        kind_named(facts.to or "-", "to")
    if facts.unique and not sorted_by(facts):
        raise InvalidInput.of("unique", "cannot_be_unique", type=facts.type)
    return replace(field, facts=facts.model_copy(update={"default": _default(field, currency)}))


def _default(field: Field, currency: str) -> Any:
    if field.facts.default is None:
        return None
    if field.facts.unique or field.facts.type in ("member", "reference"):
        raise InvalidInput.of("default", "no_default", type=field.facts.type)
    alone = Definitions([replace(field, state="in_use")], currency)
    problems, taken = validated(alone, {field.name: field.facts.default})
    if problems:
        raise InvalidInput([replace(one, field="default") for one in problems])
    return taken[field.name]


def facts_of(given: CustomFieldFacts) -> CustomFieldFacts:
    """What of an input is the definition, in plain form."""
    return CustomFieldFacts(**facts_only(given))


def facts_only(given: Any) -> dict[str, Any]:
    """What of an input is stored as the definition."""
    return given.model_dump(mode="json", include=set(CustomFieldFacts.model_fields))  # type: ignore[no-any-return]
