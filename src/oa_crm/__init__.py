"""oa_crm: the CRM that an office-automation platform embeds instead of writing its own.

    from oa_crm import CRM

    crm = CRM("sqlite:///crm.db", plugins=[OurHost()])
    crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor="zhang.wei")) as unit:
        unit.customers.create({"name": "..."})
    crm.relay.run()

What a plugin imports is in `oa_crm.hooks`; inputs and outputs are in `oa_crm.schemas`; errors, with their
codes, in `oa_crm.errors`.
"""

from oa_crm.crm import CRM
from oa_crm.errors import CrmError
from oa_crm.hooks import hookimpl
from oa_crm.models import include_name
from oa_crm.money import Money
from oa_crm.scope import Actor, Scope
from oa_crm.settings import RelaySettings, Settings
from oa_crm.unit import Unit

__version__ = "0.1.0.dev0"

__all__ = [
    "CRM",
    "Actor",
    "CrmError",
    "Money",
    "RelaySettings",
    "Scope",
    "Settings",
    "Unit",
    "hookimpl",
    "include_name",
]
