"""Approvals: every opinion in full, and what follows from the last one. (Feature 7 of the mission.)

Two approvers at once are put in order by the approval's row lock; a late word meets `illegal_state`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.hooks.payloads import ContractApproved, ContractRejected, OpinionGiven
from oa_crm.hooks.ports import Decision, Judgement
from oa_crm.hooks.ports import Opinion as Word
from oa_crm.ids import new_id
from oa_crm.models import Approval, Contract, Opinion, Project, Waiting, table_of
from oa_crm.schemas import ApprovalOut, DecisionIn, OpinionOut
from oa_crm.services import access, routes, stages, stand_ins
from oa_crm.services.base import Service, given, must_be
from oa_crm.services.piping import courses


class Approvals(Service):
    """What waits for a word, and the words."""

    def decide(
        self, id: UUID, decision: DecisionIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ApprovalOut:
        """Give the actor's opinion. He must be one of those whom the approval waits on.

        With `scope.on_behalf_of`, the opinion counts as that member's and both names are kept. The workflow
        then says where the approval stands; when it is approved, an open project is won.
        """
        wanted = given(DecisionIn, decision)
        return self.act(
            "approvals.decide",
            lambda: self._decide(id, wanted),
            given={"id": id, "decision": wanted},
            answer=ApprovalOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> ApprovalOut:
        """An approval with all its opinions, for those who see the contract, asked for it, or are asked."""
        approval = routes.approval_out(self, self._row(id).id)
        involved = {
            approval.requested_by,
            *approval.waiting_on,
            *(one.member_id for one in approval.opinions),
        }
        if self.work.who.id not in involved:
            self._must_see_contract(approval)
        return approval

    def waiting(self) -> tuple[ApprovalOut, ...]:
        """The approvals that wait for the actor's word, oldest first, at most 100."""
        table = table_of(Waiting)
        mine = self.company_wide(Waiting, table.c.approval_id).where(table.c.member_id == self.work.who.id)
        ids = self.work.connection.scalars(mine.order_by(table.c.approval_id).limit(100)).all()
        return tuple(routes.approval_out(self, id) for id in ids)

    def _row(self, id: UUID, *, lock: bool = False) -> Any:
        query = self.company_wide(Approval).where(table_of(Approval).c.id == id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("approval", id)
        return row

    def _decide(self, id: UUID, given_: DecisionIn) -> ApprovalOut:
        approval = self._row(id, lock=True)
        who = self.work.who  # asked in any case: it also knows whether he for whom we act is there
        voice = self.work.scope.on_behalf_of or who.id
        self._may_speak(approval, voice)
        must_be("approval", approval.state, "waiting")
        if voice not in approval.waiting_on:
            reason = f"it waits on {', '.join(approval.waiting_on)}"
            raise access.refusal(self.work, "decide", "contract", reason)
        if given_.decision is Decision.REJECT and given_.words is None:
            raise InvalidInput.of("words", "rejection_without_words")
        contract = routes.contract_row(self, approval.thing_id)
        said = routes.opinions(self, id)
        mine = self._keep(approval, voice, given_, len(said))
        judgement = self._judge(approval, contract, [routes.as_heard(one) for one in (*said, mine)])
        routes.move_on(self, approval, judgement.state, judgement.waiting_on)
        self._audit_and_tell(approval, contract, mine, judgement)
        if judgement.state != "waiting":
            self._finish(approval, contract, mine, judgement.state)
        return routes.approval_out(self, id)

    def _judge(self, approval: Any, contract: Any, said: list[Word]) -> Judgement:
        """The judgement of the workflow, which names and hears those whom it asked; others may speak for them."""

        def judge(words: Sequence[Word]) -> Judgement:
            return routes.judge(self.work, contract, approval.requested_by, words)

        given = stand_ins.of(self, approval)
        judgement = judge(stand_ins.heard(given, said, judge))
        return replace(judgement, waiting_on=stand_ins.asked(given, judgement.waiting_on))

    def _may_speak(self, approval: Any, voice: str) -> None:
        """An outsider learns nothing: not even whether the approval exists."""
        spoken = {one.member_id for one in routes.opinions(self, approval.id)}
        if voice not in {approval.requested_by, *approval.waiting_on, *spoken} and not self.work.who.is_system:
            self._must_see_contract(approval)

    def _must_see_contract(self, approval: Any) -> None:
        try:
            self.one(Contract, approval.thing_id)
        except NotFound:
            raise NotFound("approval", approval.id) from None

    def _keep(self, approval: Any, voice: str, given_: DecisionIn, position: int) -> OpinionOut:
        said = OpinionOut(
            member_id=voice,
            given_by=self.work.who.id,
            decision=given_.decision,
            words=given_.words or "",
            given_at=self.work.journal.now(),
        )
        self.add(
            Opinion,
            id=new_id(),
            approval_id=approval.id,
            position=position,
            snapshot_hash=approval.snapshot_hash,
            **said.model_dump(mode="python"),
        )
        return said

    def _audit_and_tell(self, approval: Any, contract: Any, said: OpinionOut, judgement: Judgement) -> None:
        changes = {"decision": [None, said.decision.value], "state": [approval.state, judgement.state]}
        self.work.journal.record("approvals.decide", "approval", approval.id, changes, said.words[:500] or None)
        self.work.journal.emit(
            OpinionGiven,
            approval_id=approval.id,
            member_id=said.member_id,
            decision=said.decision,
            words=said.words,
            waiting_on=judgement.waiting_on,
            newly_asked=tuple(one for one in judgement.waiting_on if one not in approval.waiting_on),
            **routes.contract_facts(contract),
        )

    def _finish(self, approval: Any, contract: Any, said: OpinionOut, state: str) -> None:
        approved_at = self.work.journal.now() if state == "approved" else None
        self.change(Contract, contract, state=state, approved_at=approved_at)
        self.work.journal.record("approvals.decide", "contract", contract.id, {"state": [contract.state, state]})
        facts = {"approval_id": approval.id, **routes.contract_facts(contract)}
        if state == "approved":
            self.work.journal.emit(ContractApproved, **facts)
            self._win(contract.project_id)
        else:
            self.work.journal.emit(ContractRejected, words=said.words, **facts)

    def _win(self, project_id: UUID) -> None:
        query = self.company_wide(Project).where(table_of(Project).c.id == project_id).with_for_update()
        row = self.work.connection.execute(query).one()
        if row.state == "open":
            course = courses.of(self, row.pipeline_id)
            self.change(Project, row, **courses.standing(course, "won", self.work.journal.now()))
            stages.moved(self.work, "approvals.decide", row, "won", "contract approved", course=course)
