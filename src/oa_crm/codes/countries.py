"""Countries and their parts by ISO 3166, from pycountry; its tables are read when the first foreign one is asked for.

China's own parts are divisions, see `regions`.
"""

import gettext
import re
from functools import cache

from oa_crm.codes.industries import Name

_WRITTEN = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
CHINA = Name("中国", "China")


def code(text: str) -> str | None:
    """`text` if it is a code of a country or of a part of one."""
    if text == "CN":
        return text
    known = _WRITTEN.fullmatch(text) and not text.startswith("CN-") and text in _all()
    return text if known else None


def name(code: str) -> Name | None:
    """Its name; a part is told with its country."""
    return CHINA if code == "CN" else _all().get(code) if _WRITTEN.fullmatch(code) else None


def by_name(text: str) -> str | None:
    """The one country, or the one part of any, that bears this name in English or Chinese."""
    return _by_name().get(text.casefold())


def names() -> list[str]:
    """What countries are called."""
    return [told for one, name in _all().items() if len(one) == 2 for told in name]


@cache
def _all() -> dict[str, Name]:
    import pycountry

    chinese = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["zh_CN"], fallback=True).gettext
    found = {}
    for one in pycountry.countries:
        english = getattr(one, "common_name", one.name)
        found[one.alpha_2] = Name(chinese(getattr(one, "common_name", one.name)), english)
    for part in pycountry.subdivisions:
        if part.country_code != "CN":
            country = found[part.country_code]
            found[part.code] = Name(f"{country.zh} {part.name}", f"{part.name}, {country.en}")
    return {**found, "CN": CHINA}


@cache
def _by_name() -> dict[str, str]:
    countries, parts = {}, {}
    for one, name in _all().items():
        if len(one) == 2:
            countries.update(dict.fromkeys((name.zh.casefold(), name.en.casefold()), one))
        else:
            bare = name.en.rpartition(", ")[0].casefold()
            parts[bare] = None if bare in parts else one
    return {**{bare: one for bare, one in parts.items() if one}, **countries}
