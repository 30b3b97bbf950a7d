"""The two tables of the outbox as the relay reads them, and the states of a delivery."""

from oa_crm.models import DeliveryRow, EventRow, Link, PluginSwitch, table_of

EVENT = table_of(EventRow)
DELIVERY = table_of(DeliveryRow)
LINK = table_of(Link)
SWITCH = table_of(PluginSwitch)

PENDING, DONE, DEAD, SKIPPED = "pending", "done", "dead", "skipped"
