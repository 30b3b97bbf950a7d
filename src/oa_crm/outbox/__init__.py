"""The outbox: from an event row to every plugin, however often a process dies on the way.

`fan_out` makes deliveries of events, `claim` takes them under a lease, `courier` carries them, `outcome`
decides what a failure means, `ending` writes it down, `workers` keeps it running, `upkeep` is for people,
`retention` for the night.
The rows themselves are written by `services/journal.py`, in the transaction that made them true.
"""

from oa_crm.outbox.courier import Tally
from oa_crm.outbox.relay import Relay
from oa_crm.outbox.reports import DeliveryOut
from oa_crm.outbox.wakeup import Wakeup

__all__ = ["DeliveryOut", "Relay", "Tally", "Wakeup"]
