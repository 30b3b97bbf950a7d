"""What kinds, actions and states are called in a sentence of another language. The words of the glossary.

English sentences carry the codes as they are. A word that is not ours (an action of the host's own
authorizer, a stage of its pipeline) is shown as it came, kinds and actions in quotation marks.
"""

KINDS: dict[str, dict[str, str]] = {
    "zh": {
        "customer": "客户",
        "contact": "联系人",
        "lead": "线索",
        "post": "任职",
        "plan": "跟进计划",
        "reminder": "跟进提醒",
        "matter": "事项",
        "issue": "关键问题",
        "need": "客户需求",
        "file": "附件",
        "follow_up": "跟进记录",
        "project": "销售项目",
        "view": "视图",
        "contract": "合同",
        "approval": "审批",
        "expense": "销售费用",
        "directory": "组织架构",
        "department": "部门",
        "member": "成员",
        "plugin": "插件",
        "delivery": "投递",
        "duplicate": "查重",
        "override": "强制新建申请",
        "policy": "查重规则",
        "pair": "重复对",
        "scan": "查重扫描",
        "merge": "客户合并",
        "field": "自定义字段",
        "tree": "分类体系",
        "category": "客户分类",
        "class_rule": "分类规则",
        "digest": "变更摘要",
        "subscription": "摘要订阅",
        "pool": "公海",
        "remit": "客户范围",
        "ownership": "归属记录",
        "holding_limit": "保有上限",
        "privacy": "隐私规则",
        "rule": "字段规则",
        "erasure": "个人信息删除",
        "import": "导入",
        "export": "导出",
        "protection": "保护规则",
        "extension": "延期申请",
        "strategy": "销售策略",
        "help_request": "协助请求",
        "share": "资料分享",
        "step": "下一步工作",
        "pipeline": "销售流程",
        "stage_request": "阶段进入申请",
        "competitor": "竞争对手",
        "forecast": "销售预测",
        "handover": "离职交接",
        "team_seat": "协作席位",
        "credit_split": "业绩分配",
    }
}

ACTIONS: dict[str, dict[str, str]] = {
    "zh": {
        "read": "查看",
        "write": "新建或修改",
        "claim": "领取",
        "assign": "分配",
        "transfer": "转移",
        "release": "退回",
        "hand_over": "交接",
        "acknowledge": "确认",
        "lock": "锁定",
        "team": "管理协作人",
        "override": "强制新建",
        "merge": "合并",
        "extend": "批准延期",
        "strike": "剔除跟进",
        "approve": "批准进入阶段",
        "reopen": "重新打开",
        "freeze": "冻结",
        "decide": "审批",
        "withdraw": "撤回",
        "reverse": "冲销",
        "settle": "结算",
        "administer": "管理",
    }
}

STATES: dict[str, dict[str, str]] = {
    "zh": {
        "active": "在职",
        "left": "已离职",
        "kept": "已保存",
        "removed": "已移除",
        "new": "新线索",
        "following": "跟进中",
        "converted": "已转化",
        "in_pool": "在公海",
        "owned": "已有负责人",
        "unchanged": "未变动",
        "dropped": "已停用",
        "open": "进行中",
        "won": "赢单",
        "lost": "输单",
        "invalid": "无效",
        "settled": "已结算",
        "draft": "草稿",
        "in_approval": "审批中",
        "approved": "已批准",
        "rejected": "已驳回",
        "waiting": "待审批",
        "withdrawn": "已撤回",
        "decided": "审批已结束",
        "booked": "已入账",
        "reversed": "已冲销",
        "requested": "待批准",
        "granted": "已批准",
        "refused": "已拒绝",
        "used": "已使用",
        "merged": "已合并",
        "split": "已拆分还原",
        "planned": "待跟进",
        "done": "已完成",
        "cancelled": "已取消",
        "resolved": "已解决",
        "grouped": "属于集团",
        "not_grouped": "不属于任何集团",
        "running": "进行中",
        "finished": "已完成",
        "taken by another process": "正由另一进程处理",
        "one process for each file": "每个文件只由一个进程处理",
        "in_use": "使用中",
        "living": "生效中",
        "revoked": "已收回",
        "given": "已分享",
        "closed": "已关闭",
        "answered": "已答复",
        "declined": "已谢绝",
        "accepted": "已接受",
        "asked": "待答复",
        "unacknowledged": "待确认",
        "set_aside": "已搁置",
        "retired": "已停用",
        "acknowledged": "已阅",
        "built": "待阅",
        "ended": "已退订",
        "struck": "已剔除",
        "counted": "计入进展",
        "a booking": "入账单据",
        "a reversal": "冲销单据",
    }
}

_FACTS = {"kind": KINDS, "action": ACTIONS, "state": STATES, "allowed": STATES}


def said(name: str, value: object, language: str) -> object:
    """The value of a fact as a sentence in `language` says it; what is no word of ours stays."""
    words = _FACTS.get(name, {}).get(language)
    if words is None or not isinstance(value, str):
        return value
    if name == "kind":
        # A kind may be followed by which one: "contract HT-2026-0001".
        kind, space, which = value.partition(" ")
        return words.get(kind, f"“{kind}”") + space + which
    if name == "action":
        return words.get(value, f"“{value}”")
    return " / ".join(words.get(one, one) for one in value.split(" / "))
