"""Plugins of one company: which of the loaded ones take part."""

from oa_crm.errors import InvalidInput
from oa_crm.models import PluginSwitch, table_of
from oa_crm.schemas import PluginOut
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.upsert import upsert


class Plugins(Service):
    """Turning plugins off and on for the tenant. Ports and registrations are the CRM's and stay."""

    def list(self) -> tuple[PluginOut, ...]:
        """The loaded plugins, and whether each takes part for this tenant."""
        access.require(self.work, "administer", "plugin")
        return tuple(self._shown(one.name) for one in self.work.runtime.dispatcher.manager.loaded)

    def switch(self, name: str, *, enabled: bool) -> PluginOut:
        """Let a plugin take part or not, from the next act on.

        Turned off, it is not asked by checks and gets no delivery of events from then on; what was already
        fanned out to it still arrives. Missed events come by `crm.relay.replay`.
        """
        return self.act(
            "plugins.switch",
            lambda: self._switch(name, enabled),
            given={"name": name, "enabled": enabled},
            answer=PluginOut,
        )

    def _switch(self, name: str, enabled: bool) -> PluginOut:
        access.require(self.work, "administer", "plugin")
        known = [one.name for one in self.work.runtime.dispatcher.manager.loaded]
        if name not in known:
            raise InvalidInput.of("name", "unknown_plugin", plugin=name, known=", ".join(known))
        before = self.work.plugin_active(name)
        mine = {"tenant_id": self.work.scope.tenant, "plugin": name}
        upsert(self.work.connection, table_of(PluginSwitch), mine, {"enabled": enabled})
        self.work.forget_switches()
        self.work.journal.record("plugins.switch", "plugin", name, {"enabled": [before, enabled]})
        return self._shown(name)

    def _shown(self, name: str) -> PluginOut:
        return PluginOut(name=name, enabled=self.work.plugin_active(name))
