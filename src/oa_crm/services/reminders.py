"""When a company reminds of what is due, overdue and neglected. Telling itself is `crm.reminders.run`."""

from typing import Any

from oa_crm.schemas.reminders import ReminderChange, ReminderRulesOut
from oa_crm.services import access
from oa_crm.services.base import Service, given
from oa_crm.services.reminding import policy


class Reminders(Service):
    """A company's rules for reminders."""

    def rules(self) -> ReminderRulesOut:
        """The rules as they hold, for whoever may read customers."""
        access.require(self.work, "read", "customer")
        held = policy.read(self.work)
        return ReminderRulesOut(rules=held.rules, version=held.version)

    def set_rules(self, change: ReminderChange | dict[str, Any]) -> ReminderRulesOut:
        """Set the rules, for who administers protection. They hold for steps that are reached from then on. Raises
        `forbidden`, `stale_version`."""
        wanted = given(ReminderChange, change)
        return self.act("reminders.set_rules", lambda: self._set(wanted), given=wanted, answer=ReminderRulesOut)

    def _set(self, wanted: ReminderChange) -> ReminderRulesOut:
        access.require(self.work, "administer", "protection")
        before = policy.read(self.work).rules.model_dump()
        held = policy.set_rules(self.work, wanted)
        changes = {name: [before[name], after] for name, after in wanted.rules.model_dump().items()}
        self.work.journal.record("reminders.set_rules", "reminder", "-", changes)
        return ReminderRulesOut(rules=held.rules, version=held.version)
