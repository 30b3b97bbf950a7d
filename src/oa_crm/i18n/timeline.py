"""What entries of a timeline are called, by what they tell. An act that has no words here is called as it is."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "follow_up.logged": ("Follow-up", "跟进记录"),
    "followups.add_to": ("Addendum to a follow-up", "补充跟进记录"),
    "followups.comment": ("Comment on a follow-up", "评论跟进记录"),
    "plans.plan": ("Follow-up planned", "制定跟进计划"),
    "plans.reschedule": ("Plan moved", "调整跟进计划"),
    "plans.cancel": ("Plan cancelled", "取消跟进计划"),
    "issues.open": ("Key issue opened", "提出关键问题"),
    "issues.update": ("Key issue changed", "修改关键问题"),
    "issues.comment": ("Comment on a key issue", "评论关键问题"),
    "issues.close": ("Key issue resolved", "解决关键问题"),
    "issues.reopen": ("Key issue open again", "重新打开关键问题"),
    "needs.open": ("Need recorded", "记录客户需求"),
    "needs.update": ("Need changed", "修改客户需求"),
    "needs.comment": ("Comment on a need", "评论客户需求"),
    "needs.close": ("Need closed", "关闭客户需求"),
    "needs.reopen": ("Need open again", "重新打开客户需求"),
    "strategy.written": ("Strategy written", "销售策略变更"),
    "strategy.ticked": ("Step ticked", "策略步骤完成情况"),
    "strategy.commented": ("Comment on a strategy", "评论销售策略"),
    "customers.create": ("Customer put on file", "新建客户"),
    "customers.update": ("Customer changed", "修改客户资料"),
    "pool.lock": ("Locked by its owner", "锁定客户"),
    "pool.unlock": ("No longer locked", "解除锁定"),
    "pool.strike": ("A follow-up does not count", "跟进不计入保护期"),
    "privacy.erase": ("Personal data erased", "删除个人信息"),
    "files.attach": ("File attached", "上传附件"),
    "files.remove": ("File removed", "移除附件"),
    "owner.changed": ("Owner changed", "负责人变更"),
    "class.changed": ("Class changed", "分类变更"),
    "contact.added": ("Contact added", "新增联系人"),
    "contacts.update": ("Contact changed", "修改联系人"),
    "contacts.change_post": ("Post changed", "修改任职信息"),
    "contacts.set_primary": ("Primary contact named", "设为首要联系人"),
    "contacts.leave": ("Contact left", "联系人离职"),
    "contacts.move": ("Contact went elsewhere", "联系人调往其他客户"),
    "leads.convert": ("Lead converted", "线索转化"),
    "projects.create": ("Project begun", "新建销售项目"),
    "projects.update": ("Project changed", "修改销售项目"),
    "projects.set_lines": ("Products of the project set", "设定产品明细"),
    "projects.add_competitor": ("Competitor added", "新增竞争对手"),
    "projects.update_competitor": ("Competitor changed", "修改竞争对手"),
    "projects.set_chain": ("Decision chain set", "设定决策链"),
    "handover.execute": ("Handed over", "离职交接"),
    "handover.undo": ("Handover undone", "撤销交接"),
    "teams.join": ("Joined the team", "加入团队"),
    "teams.adjust": ("Seat in the team changed", "调整团队席位"),
    "teams.leave": ("Left the team", "退出团队"),
    "teams.set_shares": ("Credit divided", "分配业绩份额"),
    "stage.changed": ("Stage changed", "阶段变更"),
    "contracts.create": ("Contract drafted", "起草合同"),
    "contracts.update": ("Contract changed", "修改合同"),
    "contracts.submit": ("Contract submitted for approval", "提交合同审批"),
    "contracts.withdraw": ("Contract withdrawn", "撤回合同审批"),
    "approvals.decide": ("Contract decided", "合同审批结果"),
    "opinion.given": ("Opinion given", "审批意见"),
    "expense.booked": ("Expense booked", "登记销售费用"),
    "settlement.made": ("Project settled", "项目结算"),
    "merge.made": ("Merged", "客户合并"),
    "merge.split": ("Split again", "拆分还原"),
    "protection.warned": ("Warned before recycling", "回收预警"),
    "extension.requested": ("Extension requested", "申请延期"),
    "extension.decided": ("Extension decided", "延期审批"),
}
"""In English and in Chinese."""


def title(what: str, locale: str) -> str:
    """What an entry is called in the language of `locale`."""
    if what not in TITLES:
        return what
    english, chinese = TITLES[what]
    return chinese if locale.replace("_", "-").split("-")[0].lower() == "zh" else english
