"""How alike two names are, from 0 to 1, and why.

Symmetric. Equal cores come first, then a short name, then edit distance on the cores; caps hold down what
business knows to be different: another brand, trade, region or branch.
"""

from collections.abc import Callable

from rapidfuzz.fuzz import ratio

from oa_crm.duplicates import regions, trades
from oa_crm.duplicates.normalise import NormalName
from oa_crm.duplicates.reasons import Reason, ReasonCode

type_ = tuple[float, tuple[Reason, ...]]
