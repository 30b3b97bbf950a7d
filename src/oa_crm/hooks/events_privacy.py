"""on_*: what happens to people's data. In order per erasure."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class PrivacyEvents:
    """The event specs of personal data."""

    @hookspec
    def on_person_erased(self, event: payloads.PersonErased, delivery: Delivery) -> Receipt | None:
        """A person was erased on request: whatever a plugin keeps of him is to go as well.

        Effect: the plugin forgets what it kept under any of the ids in `contact_ids`, `customer_ids` and `lead_ids`. A
            returned `Receipt` is kept as a link of the erasure (`unit.links.of("erasure", id)`), such as the number
            under which another system confirmed it.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once: then
            somebody has to erase by hand what the plugin keeps.
        Timing: in the relay, after the commit of `privacy.erase`. Earlier events of the person that were not delivered
            yet arrive without what was erased.
        Example:
            from oa_crm.hooks import hookimpl

            class Newsletter:
                name = "newsletter"

                def __init__(self):
                    self.readers = {}
                    self.forgotten = set()

                @hookimpl
                def on_person_erased(self, event, delivery):
                    for id in (*event.contact_ids, *event.customer_ids, *event.lead_ids):
                        self.readers.pop(id, None)
                        self.forgotten.add(id)
        Since: 0.1
        """
