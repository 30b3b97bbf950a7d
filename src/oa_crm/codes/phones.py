"""Telephone numbers in one form, E.164, by the tables of phonenumbers; an extension stays behind `;ext=`."""

import re
import unicodedata
from functools import cache, lru_cache

from oa_crm.codes.errors import CodeError

_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機)\s*")
_WITHOUT_AREA = re.compile(r"1[3-9]\d{9}(;|$)|[48]00|9")
_LONGEST, _LONGEST_KEPT = 60, 40


# Forms and lists give the same number again and again.
@lru_cache(maxsize=4096)
def phone(text: str, region: str) -> str:
    """`text` as `+8657188886666`, or `+8657188886666;ext=801`; without a country code it is a number of `region`
    (ISO 3166). Raises `CodeError` for what is none, so also for a masked one."""
    import phonenumbers

    if region == "CN" and _mobiles_of_china().fullmatch(text):
        return f"+86{text}"
    plain = _EXTENSION.sub(" ext. ", unicodedata.normalize("NFKC", text).strip())
    try:
        if len(plain) > _LONGEST:
            raise ValueError
        number = phonenumbers.parse(plain, region)
        if "*" in plain or not phonenumbers.is_valid_number(number):
            raise ValueError
    except (phonenumbers.NumberParseException, ValueError):
        raise CodeError("not_a_phone", given=repr(text), region=region) from None
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kept += f";ext={number.extension}" if number.extension else ""
    if len(kept) > _LONGEST_KEPT:
        raise CodeError("not_a_phone", given=repr(text), region=region)
    return str(kept)


@cache
def _mobiles_of_china() -> re.Pattern[str]:
    """Mobiles as most people write them, by the same tables: taking each apart costs a tenth of a millisecond."""
    import phonenumbers

    china = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    pattern = china and china.mobile and china.mobile.national_number_pattern
    return re.compile(pattern or "(?!)", re.ASCII)


def national(number: str) -> str:
    """A number of China as one dials it there, which is how numbers were kept before; any other stays as it is."""
    if not number.startswith("+86"):
        return number
    rest = number.removeprefix("+86")
    return rest if _WITHOUT_AREA.match(rest) else f"0{rest}"
