"""Approval without a host workflow: the requester's manager decides."""

from collections.abc import Sequence

from oa_crm.errors import InvalidInput
from oa_crm.hooks import ApprovalFacts, Decision, Judgement, Opinion, hookimpl


class ManagerApproval:
    """One step: the manager of whoever asks. Somebody without a manager cannot submit."""

    name = "manager_approval"

    @hookimpl
    def provide_workflow(self) -> "ManagerApproval":
        return self

    def judge(self, facts: ApprovalFacts, opinions: Sequence[Opinion]) -> Judgement:
        if opinions:
            agreed = opinions[-1].decision is Decision.AGREE
            return Judgement.approved() if agreed else Judgement.rejected()
        if facts.manager_id is None:
            raise InvalidInput.of("requested_by", "no_manager", member=facts.requested_by)
        return Judgement.waiting(facts.manager_id)
