"""A Chinese name that may be read in two ways: 瑞金远山机械 is 远山 of 瑞金, or the brand 瑞金远山.

Where the name itself says which, it was taken apart so; else both are compared, and the second says less.
"""

from dataclasses import replace

from oa_crm.duplicates import regions
from oa_crm.duplicates.normalise import NormalName

_SHORTEST_BRAND = 2


def with_city(name: NormalName) -> NormalName | None:
    """`name` with the city that its brand may begin with as its region; None where none does or no brand is left."""
    if name.words or name.branch or name.region or not (hit := regions.may_lead(name.brand)):
        return None
    city, brand = hit
    if len(brand) < _SHORTEST_BRAND:
        return None
    return replace(name, core=brand + name.industry, region=city, brand=brand)


def with_city_as_brand(name: NormalName) -> NormalName | None:
    """The other way round, for a name whose region is such a city."""
    word = regions.as_brand(name.region or "")
    if name.words or name.branch or word == (name.region or ""):
        return None
    return replace(name, core=word + name.core, region=None, brand=word + name.brand)
