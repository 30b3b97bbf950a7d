"""Names that nothing but a region tells apart: 石桥市建设投资集团. The region is their brand.

A slip in what follows makes a brand of it, and the region one again: 石桥建没投资. So two such names are compared, and
looked for, without the region.
"""

from dataclasses import replace

from rapidfuzz.distance import OSA

from oa_crm.duplicates import forms, regions, slips, tellings, trades
from oa_crm.duplicates.likeness import Likeness
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

_SAME, _LEFT_OUT = 0.92, 0.76
_FEWEST = 4


def inside(name: NormalName) -> NormalName | None:
    """`name` with its region told as one, and the first trade as the brand; None where the region is not the brand."""
    found = regions.leading(name.core) if name.region is None else None
    if found is None or found[0] != name.brand or len(found[1]) < 2:
        return None
    region, rest = found
    brand, industry = trades.split(rest)
    return replace(name, region=region, core=rest, brand=brand, industry=industry)


def compare(short: NormalName, long: NormalName) -> Likeness | None:
    """The likeness of two names, the region of one of which is its brand, or None. `short` is not longer."""
    for one, other in ((short, long), (long, short)):
        if one.region is None and other.region and one.core.startswith(other.region):
            named = inside(one)
            return _slip(named, other) if named and named.region == other.region else None
    if not (short.region or long.region) and short.core[:2] in long.core and (named := inside(long)):
        return _left_out(short, named)
    return None


def _left_out(short: NormalName, named: NormalName) -> Likeness | None:
    """建设投资 for 石桥市建设投资集团, and 建设股份 for it; of other companies the whole name is asked for."""
    enough = len(short.core) >= _FEWEST or short.form in {"集团", "股份"}
    called = not forms.names_a_body(short.core, short.form) and named.core[:2] == short.core[:2]
    if not (enough and (named.core == short.core or (called and tellings.in_order(short.core, named.core)))):
        return None
    return Likeness(_LEFT_OUT, (Reason(ReasonCode.REGION_MISSING, {"region": named.region or ""}),))


def _slip(one: NormalName, other: NormalName) -> Likeness | None:
    """One slip, or none in a name whose form is told twice; but 金 in front of 建设投资 is a brand."""
    if one.core == other.core:
        return Likeness(_SAME, (Reason(ReasonCode.SAME_CORE, {"core": one.core}),))
    if OSA.distance(one.core, other.core, score_cutoff=1) > 1:
        return None
    short, long = sorted((one, other), key=lambda name: (len(name.core), name.core))
    if len(short.core) != len(long.core) and long.core.endswith(short.core):
        return None
    return slips.slip(short, long)
