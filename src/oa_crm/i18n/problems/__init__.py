"""What may be wrong with one field: our own problems, by a stable code, with what would be right.

Each entry is (problem, expected) per language, filled with the same facts. What pydantic finds out by itself
is in `validation.py`.
"""

from oa_crm.i18n.problems.amounts import AMOUNTS
from oa_crm.i18n.problems.classes import CLASSES
from oa_crm.i18n.problems.custom import CUSTOM
from oa_crm.i18n.problems.customers import CUSTOMERS
from oa_crm.i18n.problems.exchange import EXCHANGE
from oa_crm.i18n.problems.files import FILES
from oa_crm.i18n.problems.followups import FOLLOWUPS
from oa_crm.i18n.problems.help import HELP
from oa_crm.i18n.problems.inputs import INPUTS
from oa_crm.i18n.problems.people import PEOPLE
from oa_crm.i18n.problems.pools import POOLS
from oa_crm.i18n.problems.protection import PROTECTION
from oa_crm.i18n.problems.remits import REMITS
from oa_crm.i18n.problems.sales import SALES
from oa_crm.i18n.problems.strategies import STRATEGIES
from oa_crm.i18n.problems.teams import TEAMS
from oa_crm.i18n.problems.upkeep import UPKEEP
from oa_crm.i18n.problems.words import Words

__all__ = ["PROBLEMS", "Words"]

PROBLEMS: dict[str, dict[str, Words]] = {
    **INPUTS,
    **AMOUNTS,
    **PEOPLE,
    **CUSTOMERS,
    **POOLS,
    **REMITS,
    **SALES,
    **FOLLOWUPS,
    **FILES,
    **CUSTOM,
    **CLASSES,
    **EXCHANGE,
    **PROTECTION,
    **STRATEGIES,
    **HELP,
    **TEAMS,
    **UPKEEP,
}
