"""Contracts: draw up, change, submit for approval, take back. Deciding is in `approvals.py`."""

import hashlib
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import ConfigurationError, IllegalState, InvalidInput
from oa_crm.hooks.drafts import ContractDraft
from oa_crm.hooks.payloads import ApprovalRequested, ContractSubmitted, ContractWithdrawn
from oa_crm.ids import new_id
from oa_crm.models import Approval, Contract, Project, table_of
from oa_crm.schemas import ApprovalOut, ContractFilter, ContractIn, ContractOut, ContractPatch, Page
from oa_crm.services import access, numbers, pages, people, routes
from oa_crm.services.amounts import positive_money
from oa_crm.services.base import Service, differences, first_facts, given, must_be, words


class Contracts(Service):
    """Sales contracts of a project, in the project's currency."""

    def create(self, data: ContractIn | dict[str, Any], *, idempotency_key: str | None = None) -> ContractOut:
        """Draw up a contract on an open or won project. Its number comes from the numbering, without gaps."""
        draft = given(ContractIn, data)
        return self.act(
            "contracts.create",
            lambda: self._create(draft),
            given=draft,
            answer=ContractOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> ContractOut:
        """One contract. Raises `not_found`."""
        return routes.contract_out(self.one(Contract, id))

    def find(
        self,
        where: ContractFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[ContractOut]:
        """The contracts that the actor may see, newest first."""
        wanted = given(ContractFilter, where or {}).model_dump(exclude_none=True)
        table = table_of(Contract)
        query = self.select(Contract).where(*(table.c[name] == value for name, value in wanted.items()))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), ContractOut, "newest", amount=routes.amount_of)

    def update(
        self, id: UUID, patch: ContractPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ContractOut:
        """Change a draft or a rejected contract. What is in approval or approved does not change."""
        wanted = given(ContractPatch, patch)
        return self.act(
            "contracts.update",
            lambda: self._update(id, wanted),
            given={"id": id, "patch": wanted},
            answer=ContractOut,
            key=idempotency_key,
        )

    def submit(self, id: UUID, *, expected_version: int, idempotency_key: str | None = None) -> ApprovalOut:
        """Hand a draft or rejected contract in for approval; what is approved is frozen by its hash.

        The route is the workflow's: it says whom the approval waits on. Raises `vetoed` when a plugin objects.
        """
        if not 1 <= expected_version < 2**31:
            raise InvalidInput.of("expected_version", "no_version", given=repr(expected_version))
        return self.act(
            "contracts.submit",
            lambda: self._submit(id, expected_version),
            given={"id": id, "expected_version": expected_version},
            answer=ApprovalOut,
            key=idempotency_key,
        )

    def withdraw(self, id: UUID, *, reason: str, idempotency_key: str | None = None) -> ContractOut:
        """Take a contract back out of its approval; it is a draft again. Only the requester may."""
        said = words("reason", reason, "withdrawal_without_reason")
        return self.act(
            "contracts.withdraw",
            lambda: self._withdraw(id, said),
            given={"id": id, "reason": reason},
            answer=ContractOut,
            key=idempotency_key,
        )

    def _create(self, data: ContractIn) -> ContractOut:
        owner = people.new_owner(self.work, "contract", data.owner_id)
        self.one(Project, data.project_id)
        project = self.held(Project, data.project_id)
        must_be("project", project.state, "open", "won")
        amount = positive_money("amount", data.amount, project.currency)
        id = new_id()
        facts = {
            "number": numbers.next_number(self.work, "contract"),
            "title": data.title,
            "customer_id": project.customer_id,
            "project_id": project.id,
            "owner_id": owner,
            "state": "draft",
            "currency": amount.currency,
            "amount_minor": amount.minor,
        }
        try:
            with self.work.connection.begin_nested():
                self.add(Contract, id=id, approved_at=None, **facts, **self.stamps())
        except IntegrityError as exc:
            raise ConfigurationError(f"the numbering gave out {facts['number']} twice; let its series differ") from exc
        self.work.journal.record("contracts.create", "contract", id, first_facts(facts))
        return routes.contract_out(routes.contract_row(self, id))

    def _update(self, id: UUID, patch: ContractPatch) -> ContractOut:
        row = self.one(Contract, id, "write")
        must_be("contract", row.state, "draft", "rejected")
        values: dict[str, Any] = {}
        if patch.title is not None:
            values["title"] = patch.title
        if patch.amount is not None:
            values["amount_minor"] = positive_money("amount", patch.amount, row.currency).minor
        self.change(Contract, row, patch.expected_version, **values)
        self.work.journal.record("contracts.update", "contract", id, differences(row, values))
        return routes.contract_out(routes.contract_row(self, id))

    def _submit(self, id: UUID, expected_version: int) -> ApprovalOut:
        row = self.one(Contract, id, "write")
        must_be("contract", row.state, "draft", "rejected")
        # A settled project takes no contract; the shared lock makes a settlement and this wait for each other.
        must_be("project", self.held(Project, row.project_id).state, "open", "won", "lost", "invalid")
        self._ask_plugins(row)
        self.change(Contract, row, expected_version, state="in_approval")
        judgement = routes.judge(self.work, row, self.work.scope.actor.id, [])
        if judgement.state != "waiting":
            raise InvalidInput.of("workflow", "workflow_rash", state=judgement.state)
        snapshot = routes.snapshot(row)
        approval: dict[str, Any] = {
            "id": new_id(),
            "thing_kind": "contract",
            "thing_id": id,
            "state": "waiting",
            "requested_by": self.work.scope.actor.id,
            "waiting_on": list(judgement.waiting_on),
            "snapshot": snapshot,
            "snapshot_hash": hashlib.sha256(to_json(snapshot)).hexdigest(),
            "decided_at": None,
        }
        self.add(Approval, **approval, **self.stamps())
        routes.wait_on(self.work, approval["id"], judgement.waiting_on)
        self._announce(row, approval)
        return routes.approval_out(self, approval["id"])

    def _ask_plugins(self, row: Any) -> None:
        draft = ContractDraft(
            row.id,
            row.number,
            row.title,
            row.customer_id,
            row.project_id,
            row.owner_id,
            routes.amount_of(row),
        )
        self.work.runtime.dispatcher.check_contract_submission(self.check_context(), draft, self.work.plugin_active)

    def _announce(self, row: Any, approval: dict[str, Any]) -> None:
        facts = routes.contract_facts(row)
        self.work.journal.record("contracts.submit", "contract", row.id, {"state": [row.state, "in_approval"]})
        self.work.journal.emit(
            ContractSubmitted, approval_id=approval["id"], snapshot_hash=approval["snapshot_hash"], **facts
        )
        self.work.journal.emit(
            ApprovalRequested,
            approval_id=approval["id"],
            requested_by=approval["requested_by"],
            waiting_on=tuple(approval["waiting_on"]),
            **facts,
        )

    def _withdraw(self, id: UUID, reason: str) -> ContractOut:
        row = self.one(Contract, id, "write")
        must_be("contract", row.state, "in_approval")
        approval = routes.open_approval(self, id)
        if approval.requested_by != self.work.scope.actor.id and not self.work.who.is_system:
            raise access.refusal(self.work, "withdraw", "contract", f"only {approval.requested_by} may, who asked")
        if not routes.move_on(self, approval, "withdrawn"):
            raise IllegalState(kind="approval", state="decided", allowed=("waiting",))
        self.change(Contract, row, state="draft")
        self.work.journal.record("contracts.withdraw", "contract", id, {"state": [row.state, "draft"]}, reason)
        self.work.journal.emit(ContractWithdrawn, approval_id=approval.id, reason=reason, **routes.contract_facts(row))
        return routes.contract_out(routes.contract_row(self, id))
