"""The two tables of the outbox as the relay reads them, and the states of a delivery."""

from oa_crm.models import DeliveryRow, EventRow, Link, PluginSwitch

EVENT = EventRow.__table__
DELIVERY = DeliveryRow.__table__
LINK = Link.__table__
SWITCH = PluginSwitch.__table__

PENDING, DONE, DEAD, SKIPPED = "pending", "done", "dead", "skipped"
