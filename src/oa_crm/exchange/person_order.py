"""In which order contacts come in: who reports to somebody of a later row comes behind him.

Only words are compared here, so some wait who need not: a superior whose customer is told in another way is looked for
by his name alone. Who reports to each other in a ring keep their places, and are refused as they come.
"""

from collections.abc import Iterable, Mapping

from oa_crm.exchange.cells import text
from oa_crm.exchange.reading import Cells
from oa_crm.schemas import ImportPlan
from oa_crm.services.persons.facts import name_key

_CUSTOMER = ("customer_id", "credit_code", "number", "customer")


def behind(plan: ImportPlan, rows: Iterable[tuple[int, Cells]]) -> list[int]:
    """The rows that come behind all others, in their order."""
    places = {one.field: one.place for one in plan.columns if one.field}
    if "reports_to" not in places:
        return []
    # By the hashes of the words: those of a file of half a million rows would be 190 MiB.
    at, named, wanted = dict[int, int](), dict[int, int](), dict[int, tuple[int, int]]()
    for number, cells in rows:
        whom = tuple(_said(cells, places.get(field)) for field in _CUSTOMER)
        name = _said(cells, places["name"])
        at.setdefault(hash((*whom, name)), number)
        named[hash(name)] = number
        if superior := _said(cells, places["reports_to"]):
            wanted[number] = hash((*whom, superior)), hash(superior)
    above = {number: at.get(there) or named.get(anywhere, number) for number, (there, anywhere) in wanted.items()}
    return _waiting({number: superior for number, superior in above.items() if superior != number})


def _waiting(above: Mapping[int, int]) -> list[int]:
    """Rows whose superior, or whose superior's superior, comes later: the higher first."""
    depths: dict[int, int] = {}
    waits: set[int] = set()
    for row in above:
        path = []
        while row in above and row not in depths:
            # Met again before it is known, it is in a ring.
            depths[row] = 0
            path.append(row)
            row = above[row]
        for one in reversed(path):
            depths[one] = depths.get(above[one], 0) + 1
            if above[one] > one or above[one] in waits:
                waits.add(one)
    return sorted(waits, key=lambda one: (depths[one], one))


def _said(cells: Cells, place: int | None) -> str:
    cell = None if place is None or place >= len(cells) else cells[place]
    return "" if cell is None else name_key(text(cell))
