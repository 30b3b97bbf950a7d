"""The platform's news: one line for everything that happened in the CRM and no other plugin of ours handles.

Lines name things and people by id or name, never what was said: words stay in the customer file. When a person is
erased, the lines about him lose their words.
"""

from sqlalchemy import insert, select, update

from examples.host_app.tables import Activity
from oa_crm.hooks import Delivery, Event, hookimpl
from oa_crm.hooks import payloads as happened


class Watch:
    """Keeps an activity line per event, once, through `delivery.connection`."""

    name = "oa_watch"

    @hookimpl
    def on_customer_created(self, event: happened.CustomerCreated, delivery: Delivery) -> None:
        _keep(event, delivery, f"新建客户 {event.name}")

    @hookimpl
    def on_customer_updated(self, event: happened.CustomerUpdated, delivery: Delivery) -> None:
        _keep(event, delivery, f"更新客户 {event.name}: {', '.join(event.changed)}")

    @hookimpl
    def on_customer_reclassified(self, event: happened.CustomerReclassified, delivery: Delivery) -> None:
        _keep(event, delivery, f"客户 {event.name} {event.tree}: {event.before or '-'} → {event.after or '-'}")

    @hookimpl
    def on_customer_owner_changed(self, event: happened.CustomerOwnerChanged, delivery: Delivery) -> None:
        _keep(event, delivery, f"客户 {event.name}: {event.former_owner_id or '公海'} → {event.owner_id or '公海'}")

    @hookimpl
    def on_customer_merged(self, event: happened.CustomerMerged, delivery: Delivery) -> None:
        _keep(event, delivery, f"合并客户 {event.loser_name} → {event.name}")

    @hookimpl
    def on_customer_split(self, event: happened.CustomerSplit, delivery: Delivery) -> None:
        _keep(event, delivery, f"拆分还原 {event.loser_name} ← {event.name}")

    @hookimpl
    def on_customers_imported(self, event: happened.CustomersImported, delivery: Delivery) -> None:
        _keep(
            event, delivery, f"导入 {event.file_name}: 新建 {event.created}, 待决定 {event.asked}, 有误 {event.failed}"
        )

    @hookimpl
    def on_customers_exported(self, event: happened.CustomersExported, delivery: Delivery) -> None:
        what = {"customers": "个客户", "contacts": "位联系人", "follow_ups": "条跟进记录"}[event.what]
        _keep(event, delivery, f"{event.actor} 导出 {event.rows} {what} ({event.format})")

    @hookimpl
    def on_follow_up_logged(self, event: happened.FollowUpLogged, delivery: Delivery) -> None:
        _keep(event, delivery, f"跟进客户 ({event.way})")

    @hookimpl
    def on_follow_up_commented(self, event: happened.FollowUpCommented, delivery: Delivery) -> None:
        _keep(
            event,
            delivery,
            f"{event.actor} {'补充' if event.what == 'addendum' else '评论'}了跟进 {event.follow_up_id}",
        )

    @hookimpl
    def on_plan_changed(self, event: happened.PlanChanged, delivery: Delivery) -> None:
        _keep(event, delivery, f"跟进计划 {event.change}: {event.assignee_id}, {event.due_at:%Y-%m-%d}")

    @hookimpl
    def on_matter_changed(self, event: happened.MatterChanged, delivery: Delivery) -> None:
        what = "关键问题" if event.what == "issue" else "客户需求"
        _keep(event, delivery, f"{what}: {event.change} ({event.state})")

    @hookimpl
    def on_follow_up_due(self, event: happened.FollowUpDue, delivery: Delivery) -> None:
        _keep(event, delivery, f"提醒 {event.member_id}: 跟进到期")

    @hookimpl
    def on_follow_up_overdue(self, event: happened.FollowUpOverdue, delivery: Delivery) -> None:
        _keep(event, delivery, f"提醒 {event.manager_id or event.member_id}: 跟进已逾期 {event.days} 天")

    @hookimpl
    def on_customer_neglected(self, event: happened.CustomerNeglected, delivery: Delivery) -> None:
        _keep(event, delivery, f"客户 {event.name} 已 {event.days} 天无人跟进, 负责人 {event.owner_id}")

    @hookimpl
    def on_protection_warned(self, event: happened.ProtectionWarned, delivery: Delivery) -> None:
        _keep(event, delivery, f"客户 {event.name} 保护期还剩 {event.days} 天, 负责人 {event.owner_id}")

    @hookimpl
    def on_customer_recycled(self, event: happened.CustomerRecycled, delivery: Delivery) -> None:
        _keep(event, delivery, f"客户 {event.name} 回收至公海, 原负责人 {event.former_owner_id}")

    @hookimpl
    def on_extension_requested(self, event: happened.ExtensionRequested, delivery: Delivery) -> None:
        _keep(event, delivery, f"申请延长 {event.name} 保护期 {event.days} 天")

    @hookimpl
    def on_extension_decided(self, event: happened.ExtensionDecided, delivery: Delivery) -> None:
        _keep(event, delivery, f"延长 {event.name} 保护期: {'批准' if event.granted else '拒绝'}")

    @hookimpl
    def on_strategy_changed(self, event: happened.StrategyChanged, delivery: Delivery) -> None:
        _keep(event, delivery, f"销售策略 {event.name} 第 {event.number} 版, 待阅: {', '.join(event.managers) or '-'}")

    @hookimpl
    def on_strategy_commented(self, event: happened.StrategyCommented, delivery: Delivery) -> None:
        _keep(event, delivery, f"评论销售策略 {event.name} 第 {event.number} 版")

    @hookimpl
    def on_help_asked(self, event: happened.HelpAsked, delivery: Delivery) -> None:
        _keep(event, delivery, f"请 {event.to_id} 协助 {event.name}, 期限 {event.due_on}")

    @hookimpl
    def on_help_answered(self, event: happened.HelpAnswered, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.helper_id} 答复协助请求 {event.name}: {event.what}")

    @hookimpl
    def on_share_given(self, event: happened.ShareGiven, delivery: Delivery) -> None:
        _keep(event, delivery, f"分享资料给 {event.receiver_id}: {', '.join(event.facts)}")

    @hookimpl
    def on_team_member_joined(self, event: happened.TeamMemberJoined, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.member_id} 协作 {event.project or event.name} ({event.role}, {event.level})")

    @hookimpl
    def on_team_member_left(self, event: happened.TeamMemberLeft, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.member_id} 不再协作 {event.project or event.name} ({event.how})")

    @hookimpl
    def on_project_shares_changed(self, event: happened.ProjectSharesChanged, delivery: Delivery) -> None:
        shares = ", ".join(f"{member} {percent}%" for member, percent in event.shares)
        _keep(event, delivery, f"项目 {event.name} 业绩分配: {shares}")

    @hookimpl
    def on_contact_added(self, event: happened.ContactAdded, delivery: Delivery) -> None:
        _keep(event, delivery, f"新增联系人 {event.contact_id}")

    @hookimpl
    def on_contact_updated(self, event: happened.ContactUpdated, delivery: Delivery) -> None:
        _keep(event, delivery, f"更新联系人 {event.contact_id}: {', '.join(event.changed)}")

    @hookimpl
    def on_contact_left(self, event: happened.ContactLeft, delivery: Delivery) -> None:
        _keep(event, delivery, f"联系人 {event.contact_id} 于 {event.ended_on} 离开客户")

    @hookimpl
    def on_file_attached(self, event: happened.FileAttached, delivery: Delivery) -> None:
        _keep(event, delivery, f"新增附件 {event.file_id} ({event.of}, {event.size} 字节)")

    @hookimpl
    def on_file_removed(self, event: happened.FileRemoved, delivery: Delivery) -> None:
        _keep(event, delivery, f"移除附件 {event.file_id}")

    @hookimpl
    def on_person_erased(self, event: happened.PersonErased, delivery: Delivery) -> None:
        ids = [str(id) for id in (*event.contact_ids, *event.customer_ids, *event.lead_ids)]
        theirs = update(Activity).where(Activity.about.in_(ids))
        delivery.connection.execute(theirs.values(text="(个人信息已删除)"))
        _keep(event, delivery, f"已删除个人信息 {event.of} {event.of_id}")

    @hookimpl
    def on_lead_created(self, event: happened.LeadCreated, delivery: Delivery) -> None:
        _keep(event, delivery, f"新线索 {event.company_name} ({event.score} 分)")

    @hookimpl
    def on_lead_updated(self, event: happened.LeadUpdated, delivery: Delivery) -> None:
        _keep(event, delivery, f"线索 {event.company_name}: {', '.join(event.changed)}")

    @hookimpl
    def on_lead_followed_up(self, event: happened.LeadFollowedUp, delivery: Delivery) -> None:
        _keep(event, delivery, f"跟进线索 {event.company_name} ({event.way})")

    @hookimpl
    def on_lead_converted(self, event: happened.LeadConverted, delivery: Delivery) -> None:
        _keep(event, delivery, f"线索 {event.company_name} 转为客户 {event.customer_id}")

    @hookimpl
    def on_lead_invalidated(self, event: happened.LeadInvalidated, delivery: Delivery) -> None:
        _keep(event, delivery, f"线索 {event.company_name} 无效 ({event.because})")

    @hookimpl
    def on_override_requested(self, event: happened.OverrideRequested, delivery: Delivery) -> None:
        _keep(event, delivery, f"申请强制新建 {event.name}")

    @hookimpl
    def on_override_decided(self, event: happened.OverrideDecided, delivery: Delivery) -> None:
        _keep(event, delivery, f"强制新建 {event.name}: {'批准' if event.granted else '拒绝'}")

    @hookimpl
    def on_project_created(self, event: happened.ProjectCreated, delivery: Delivery) -> None:
        _keep(event, delivery, f"新建项目 {event.name}")

    @hookimpl
    def on_project_updated(self, event: happened.ProjectUpdated, delivery: Delivery) -> None:
        _keep(event, delivery, f"更新项目 {event.name}: {', '.join(event.changed)}")

    @hookimpl
    def on_project_stage_changed(self, event: happened.ProjectStageChanged, delivery: Delivery) -> None:
        _keep(event, delivery, f"项目 {event.name}: {event.before} → {event.after}")

    @hookimpl
    def on_project_reopened(self, event: happened.ProjectReopened, delivery: Delivery) -> None:
        _keep(event, delivery, f"项目 {event.name} 重新打开: {event.before} → {event.stage}")

    @hookimpl
    def on_stage_entry_requested(self, event: happened.StageEntryRequested, delivery: Delivery) -> None:
        _keep(event, delivery, f"项目 {event.name} 申请进入 {event.stage}")

    @hookimpl
    def on_stage_entry_decided(self, event: happened.StageEntryDecided, delivery: Delivery) -> None:
        _keep(event, delivery, f"项目 {event.name} 进入 {event.stage}: {'批准' if event.granted else '拒绝'}")

    @hookimpl
    def on_project_settled(self, event: happened.ProjectSettled, delivery: Delivery) -> None:
        _keep(event, delivery, f"项目 {event.name} 已结算, 利润 {event.profit}")

    @hookimpl
    def on_contract_submitted(self, event: happened.ContractSubmitted, delivery: Delivery) -> None:
        _keep(event, delivery, f"合同 {event.number} 提交审批, {event.amount}")

    @hookimpl
    def on_contract_approved(self, event: happened.ContractApproved, delivery: Delivery) -> None:
        _keep(event, delivery, f"合同 {event.number} 已批准")

    @hookimpl
    def on_contract_rejected(self, event: happened.ContractRejected, delivery: Delivery) -> None:
        _keep(event, delivery, f"合同 {event.number} 被驳回")

    @hookimpl
    def on_contract_withdrawn(self, event: happened.ContractWithdrawn, delivery: Delivery) -> None:
        _keep(event, delivery, f"合同 {event.number} 已撤回")

    @hookimpl
    def on_digest_built(self, event: happened.DigestBuilt, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.member_id} 有 {event.changes} 项关键变更待阅")

    @hookimpl
    def on_member_left(self, event: happened.MemberLeft, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.name} 离职, 客户待交接给 {event.manager_id or '-'}")

    @hookimpl
    def on_member_moved(self, event: happened.MemberMoved, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.name} 调岗: {event.former_department_id or '-'} → {event.department_id or '-'}")

    @hookimpl
    def on_handover_due(self, event: happened.HandoverDue, delivery: Delivery) -> None:
        _keep(
            event,
            delivery,
            f"{event.leaver_id} 待交接 {sum(event.counts.values())} 项, 由 {event.superior_id or '-'} 办理",
        )

    @hookimpl
    def on_handover_executed(self, event: happened.HandoverExecuted, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.leaver_id} 已交接给 {', '.join(event.receivers) or '公海'}")

    @hookimpl
    def on_handover_undone(self, event: happened.HandoverUndone, delivery: Delivery) -> None:
        _keep(event, delivery, f"撤销 {event.leaver_id} 的交接: {event.reason}")

    @hookimpl
    def on_handover_acknowledged(self, event: happened.HandoverAcknowledged, delivery: Delivery) -> None:
        _keep(event, delivery, f"{event.member_id} 已确认接收 {event.leaver_id} 的交接")

    @hookimpl
    def on_delivery_dead(self, event: happened.DeliveryDead, delivery: Delivery) -> None:
        _keep(event, delivery, f"投递失败: {event.hook} → {event.plugin} ({event.attempts} 次)")


def _keep(event: Event, delivery: Delivery, text: str) -> None:
    connection = delivery.connection
    if connection.scalar(select(Activity.id).where(Activity.key == delivery.key)) is None:
        facts = {"at": event.occurred_at, "hook": event.HOOK, "actor": event.actor, "about": event.thing_id}
        line = {"key": delivery.key, "text": text, **facts}
        connection.execute(insert(Activity).values(**line))
