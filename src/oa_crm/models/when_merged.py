"""What becomes of a table's rows when the customer that they name is merged into another.

The rule stands in the `info` of the column that names the customer. A column with a foreign key to the customer
that has no rule moves, and what would be there twice is laid aside.
"""

from dataclasses import dataclass
from typing import Any, Literal

How = Literal["moves", "parts", "stays", "derived"]


@dataclass(frozen=True, slots=True)
class WhenMerged:
    """What becomes of the rows that a column leads to a customer that is merged into another.

    `how`: it "moves" to the survivor; it "parts", which lays every such row aside; it "stays" with the old id; or it
    is "derived" from the customer and made anew. Of rows that move, one that the survivor has already (by a unique
    key) is laid aside, or gives up the column `gives_up` and moves. `kind` names the column that says of what kind
    the thing is, where the column holds ids of several kinds.
    """

    how: How = "moves"
    gives_up: str | None = None
    kind: str | None = None


def when_merged(how: How = "moves", *, gives_up: str | None = None, kind: str | None = None) -> dict[Any, Any]:
    """The `info` of a column that names a customer."""
    return {"when_merged": WhenMerged(how, gives_up, kind)}
