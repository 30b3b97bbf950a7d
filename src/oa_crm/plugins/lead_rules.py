"""Lead rules of plugins: what one raises long after start still names its plugin."""

from dataclasses import replace

from oa_crm.errors import PluginRefused
from oa_crm.hooks.scoring import LeadFacts, LeadRule


def naming_its_plugin(plugin: str, rule: LeadRule) -> LeadRule:
    """The same rule, which raises `PluginRefused` for whatever it raises."""

    def holds(facts: LeadFacts) -> bool:
        try:
            return bool(rule.holds(facts))
        except Exception as exc:
            raise PluginRefused(plugin, f"its lead rule {rule.name} raised {type(exc).__name__}: {exc}") from exc

    return replace(rule, holds=holds)
