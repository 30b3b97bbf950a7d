"""provide_*: what the host has. One answer each, asked once at start.

A host's plugin beats the built-in one; two host plugins answering is an error at start that names both.
"""

from oa_crm.hooks.markers import hookspec
from oa_crm.hooks.ports import Authorizer, Ledger, Notifier, Numbering, OrgChart, Workflow


class Capabilities:
    """The specs of the provide family."""

    @hookspec
    def provide_org_chart(self) -> OrgChart | None:
        """The host's people and departments."""

    @hookspec
    def provide_authorizer(self) -> Authorizer | None:
        """How far each person reaches."""

    @hookspec
    def provide_workflow(self) -> Workflow | None:
        """The route of an approval."""

    @hookspec
    def provide_ledger(self) -> Ledger | None:
        """The host's books, to reconcile with."""

    @hookspec
    def provide_notifier(self) -> Notifier | None:
        """The way to people's inboxes."""

    @hookspec
    def provide_numbering(self) -> Numbering | None:
        """How documents are numbered."""
