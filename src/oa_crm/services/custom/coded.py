"""Custom fields that plugins register in code, made into fields like any company's."""

from collections.abc import Callable
from dataclasses import asdict

from oa_crm.hooks.custom import CustomField
from oa_crm.schemas.custom import CustomFieldIn
from oa_crm.services.custom.soundness import facts_of, sound
from oa_crm.services.custom_sets import Field


def as_coded(currency: str) -> Callable[[str, CustomField], Field]:
    """How a plugin's field becomes one of ours. Raises `InvalidInput` for one that cannot be."""

    def coded(plugin: str, given: CustomField) -> Field:
        wanted = CustomFieldIn(**asdict(given))
        return sound(Field(wanted.kind, wanted.name, facts_of(wanted), plugin=plugin), currency)

    return coded
