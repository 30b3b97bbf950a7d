"""oa_crm: the CRM that an office-automation platform embeds instead of writing its own.

    from oa_crm import CRM

    crm = CRM("sqlite:///crm.db", plugins=[OurHost()])
    crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor="zhang.wei")) as unit:
        unit.customers.create({"name": "..."})
    crm.relay.run()

What a plugin imports is in `oa_crm.hooks`; inputs and outputs are in `oa_crm.schemas`; errors, with their
codes, in `oa_crm.errors`; documents to print in `oa_crm.reports`. The names below are loaded when they are
first used, so that a plugin which only needs the hooks does not load a database toolkit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "CRM": "crm",
    "Actor": "scope",
    "CrmError": "errors",
    "Money": "money",
    "RelaySettings": "settings",
    "Scope": "scope",
    "Settings": "settings",
    "Unit": "unit",
    "hookimpl": "hooks",
    "include_name": "models",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
