"""Reasons of the duplicate check that tell of a field: "same phone number" is nothing for those who see no numbers."""

from collections.abc import Mapping

from oa_crm.hooks.ports import Sight
from oa_crm.schemas.duplicates import DuplicatePairOut, Hit
from oa_crm.services.sights.rights import all_open, strictest
from oa_crm.services.work import Work

_TELLS: Mapping[str, tuple[str, ...]] = {
    "same_phone": ("customer.phone", "customer.phones"),
    "same_email": ("customer.email",),
    "same_domain": ("customer.website", "customer.email"),
    "same_address": ("customer.address",),
    "same_credit_code": ("customer.credit_code",),
    "different_credit_code": ("customer.credit_code",),
    "same_number": ("customer.numbers",),
    "different_number": ("customer.numbers",),
}
_ANY = tuple(sorted({field for fields in _TELLS.values() for field in fields}))


def reasons_seen(work: Work, of: Hit | DuplicatePairOut) -> Hit | DuplicatePairOut:
    """The same with the reasons that the person may read. Without codes, only who sees all reads them."""
    if all_open(work) or not of.reasons or strictest(work, _ANY) is Sight.OPEN:
        return of
    coded = zip(of.codes, of.reasons, strict=True) if len(of.codes) == len(of.reasons) else ()
    left = [(code, text) for code, text in coded if strictest(work, _TELLS.get(code, ())) is Sight.OPEN]
    update = {"codes": tuple(code for code, _ in left), "reasons": tuple(text for _, text in left)}
    return of.model_copy(update=update)
