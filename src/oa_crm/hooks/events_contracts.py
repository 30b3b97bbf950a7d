"""on_*: what happens to contracts and their approvals. All of it in order per contract."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ContractEvents:
    """The event specs of contracts, approvals and opinions."""

    @hookspec
    def on_contract_submitted(self, event: payloads.ContractSubmitted, delivery: Delivery) -> Receipt | None:
        """A contract was handed in for approval.

        Effect: a returned `Receipt` is kept as a link of the contract. `snapshot_hash` fixes what is approved.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `contracts.submit` and before `on_approval_requested`. A rejected
            or withdrawn contract may be submitted again, under a new `approval_id`.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Archive:
                name = "archive"

                def __init__(self):
                    self.sealed = {}

                @hookimpl
                def on_contract_submitted(self, event, delivery):
                    self.sealed[event.approval_id] = event.snapshot_hash
                    return Receipt(event.snapshot_hash[:16], label="seal")
        Since: 0.1
        """

    @hookspec
    def on_approval_requested(self, event: payloads.ApprovalRequested, delivery: Delivery) -> Receipt | None:
        """Somebody is asked for an opinion: the host starts its process here.

        Effect: return the process id as a `Receipt`; it is kept as a link of the contract. `waiting_on` are the
            members who are asked first, as the workflow port said.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once. The
            approval waits meanwhile; an opinion may be given through `approvals.decide` all the same.
        Timing: in the relay, after the commit of `contracts.submit`.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Processes:
                name = "processes"

                def __init__(self):
                    self.started = {}

                @hookimpl
                def on_approval_requested(self, event, delivery):
                    process = self.started.setdefault(event.approval_id, f"P-{len(self.started) + 1:05d}")
                    return Receipt(process, url=f"/processes/{process}", label="approval process")
        Since: 0.1
        """

    @hookspec
    def on_opinion_given(self, event: payloads.OpinionGiven, delivery: Delivery) -> Receipt | None:
        """An approver said his word.

        Effect: a returned `Receipt` is kept as a link of the contract. `waiting_on` is empty once it is decided;
            `newly_asked` are those who were not asked before.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `approvals.decide`; for the last opinion before
            `on_contract_approved` or `on_contract_rejected`.
        Example:
            from oa_crm.hooks import hookimpl

            class Reminders:
                name = "reminders"

                def __init__(self):
                    self.asked = set()

                @hookimpl
                def on_opinion_given(self, event, delivery):
                    self.asked.discard((event.approval_id, event.member_id))
                    self.asked.update((event.approval_id, one) for one in event.newly_asked)
        Since: 0.1
        """

    @hookspec
    def on_contract_approved(self, event: payloads.ContractApproved, delivery: Delivery) -> Receipt | None:
        """A contract is approved.

        Effect: a returned `Receipt`, such as a voucher number, is kept as a link of the contract. What is written
            through `delivery.connection` commits together with the mark "done": exactly once.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the `approvals.decide` that decided it. A contract is approved
            once and does not change after it.
        Example:
            from sqlalchemy import BigInteger, Column, MetaData, String, Table, insert

            from oa_crm.hooks import Receipt, hookimpl

            metadata = MetaData()
            receivables = Table("acme_receivable", metadata, Column("number", String(40)), Column("minor", BigInteger))

            class Receivables:
                name = "receivables"

                @hookimpl
                def on_contract_approved(self, event, delivery):
                    row = {"number": event.number, "minor": event.amount.minor}
                    delivery.connection.execute(insert(receivables), row)
                    return Receipt(event.number, label="receivable")
        Since: 0.1
        """

    @hookspec
    def on_contract_rejected(self, event: payloads.ContractRejected, delivery: Delivery) -> Receipt | None:
        """A contract is rejected.

        Effect: a returned `Receipt` is kept as a link of the contract. `words` are the rejecting opinion's, in full.
            The contract may be changed and submitted again.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the `approvals.decide` that decided it.
        Example:
            from oa_crm.hooks import hookimpl

            class Lessons:
                name = "lessons"

                def __init__(self):
                    self.learnt = {}

                @hookimpl
                def on_contract_rejected(self, event, delivery):
                    self.learnt[event.approval_id] = event.words
        Since: 0.1
        """

    @hookspec
    def on_contract_withdrawn(self, event: payloads.ContractWithdrawn, delivery: Delivery) -> Receipt | None:
        """The requester took a contract back out of its approval: the host cancels its process here.

        Effect: a returned `Receipt` is kept as a link of the contract, which is a draft again.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `contracts.withdraw`; never before the `on_approval_requested` of
            the same approval.
        Example:
            from oa_crm.hooks import hookimpl

            class Processes:
                name = "processes"

                def __init__(self):
                    self.running = set()

                @hookimpl
                def on_approval_requested(self, event, delivery):
                    self.running.add(event.approval_id)

                @hookimpl
                def on_contract_withdrawn(self, event, delivery):
                    self.running.discard(event.approval_id)
        Since: 0.1
        """
