"""The frame sentence of every error, one entry per error code.

The same code answers in every language, with the same facts.
"""

MESSAGES: dict[str, dict[str, str]] = {
    "invalid_input": {"en": "Some of the input cannot be taken: {summary}", "zh": "输入内容有误:{summary}"},
    "gates_closed": {
        "en": "The project may not enter this stage yet: {summary}",
        "zh": "项目尚不满足进入该阶段的条件:{summary}",
    },
    "not_found": {"en": "No such {kind}: {id}", "zh": "找不到该{kind}:{id}"},
    "forbidden": {
        "en": "{actor} may not {action} this {kind}: {reason}",
        "zh": "{actor} 无权{action}{kind}:{reason}",
    },
    "unknown_actor": {
        "en": "{actor} is not an active member of {tenant}; sync the directory or name an active member",
        "zh": "{actor} 不是 {tenant} 的在职成员;请先同步组织架构,或换一位在职成员",
    },
    "vetoed": {"en": "Refused by {plugins}: {summary}", "zh": "被 {plugins} 拒绝:{summary}"},
    "duplicate_customer": {
        "en": "“{name}” looks like a customer already on file: {summary}",
        "zh": "“{name}”疑似已登记客户:{summary}",
    },
    "duplicate_contact": {
        "en": "“{name}” looks like a person already on file at this customer: {summary}; give a reason to go on",
        "zh": "“{name}”疑似该客户已登记的联系人:{summary};如确需新增请填写原因",
    },
    "merged": {
        "en": "Customer {id} was merged into {into}; its file is there",
        "zh": "客户 {id} 已合并到 {into},请查看合并后的档案",
    },
    "duplicate_keys_missing": {
        "en": "Customers of {tenant} cannot be checked for duplicates yet; run crm.duplicates.rebuild()",
        "zh": "{tenant} 的客户尚未建立查重索引;请先运行 crm.duplicates.rebuild()",
    },
    "too_many_searches": {
        "en": "{actor} asked who is on file more than {limit} times within an hour; try again later",
        "zh": "{actor} 一小时内查重次数超过 {limit} 次,请稍后再试",
    },
    "holding_limit": {
        "en": "{owner} holds {held} customers, and {limit} is the limit",
        "zh": "{owner} 已持有 {held} 个客户,上限为 {limit} 个",
    },
    "claim_quota": {
        "en": "{owner} claimed {claimed} customers today, and {limit} a day is the quota",
        "zh": "{owner} 今日已领取 {claimed} 个客户,每日限额为 {limit} 个",
    },
    "claim_too_early": {
        "en": "The customer cannot be claimed before {until}",
        "zh": "该客户在 {until} 之前不能领取",
    },
    "handover_conflicts": {"en": "The handover cannot be: {summary}", "zh": "无法交接:{summary}"},
    "lock_limit": {
        "en": "{owner} locked {locked} customers, and {limit} is the limit",
        "zh": "{owner} 已锁定 {locked} 个客户,上限为 {limit} 个",
    },
    "export_limit": {
        "en": "{actor} may export {limit} rows a day; {left} are left today, and these are {asked}",
        "zh": "{actor} 每天最多导出 {limit} 行,今天还可导出 {left} 行,本次为 {asked} 行",
    },
    "file_damaged": {
        "en": "The content of “{name}” ({id}) is missing from the store or damaged; restore it from a backup",
        "zh": "附件“{name}”({id})的内容缺失或已损坏,请从备份恢复",
    },
    "stale_version": {
        "en": "The {kind} was changed meanwhile: you hold version {expected}, it is now {current}; read it again",
        "zh": "该{kind}已被他人修改:您持有版本 {expected},当前版本 {current},请重新读取后再改",
    },
    "illegal_state": {
        "en": "The {kind} is {state}; this needs it to be {allowed}",
        "zh": "该{kind}当前状态为 {state},此操作要求状态为 {allowed}",
    },
    "idempotency_conflict": {
        "en": "The idempotency key “{key}” was used before for other input; use a new key for a new act",
        "zh": "幂等键“{key}”已用于另一份输入;新的操作请使用新的键",
    },
    "unit_closed": {
        "en": "This unit has ended; open a new one with crm.begin() or crm.join()",
        "zh": "该工作单元已结束,请用 crm.begin() 或 crm.join() 重新打开",
    },
    "read_only": {
        "en": "This unit was opened read-only and cannot {operation}",
        "zh": "该工作单元为只读,不能执行 {operation}",
    },
    "busy": {
        "en": "Others were working on the same rows and nothing was done; try again",
        "zh": "其他人正在处理相同的数据,本次操作未生效,请重试",
    },
    "configuration": {"en": "{problem}", "zh": "配置有误:{problem}"},
    "plugin_refused": {
        "en": "Plugin {plugin} was refused: {problem}",
        "zh": "插件 {plugin} 未被接受:{problem}",
    },
    "schema_outdated": {
        "en": "The CRM tables are at {found}, this code needs {needed}; {advice}",
        "zh": "CRM 表结构版本为 {found},当前代码需要 {needed};{advice}",
    },
}

# What to do about tables of another version: older ones (or none) are brought up, newer ones never led back.
OLDER_TABLES = {"en": "run crm.migrate()", "zh": "请运行 crm.migrate()"}
NEWER_TABLES = {
    "en": "a newer oa_crm made them: install that version",
    "zh": "表由更高版本的 oa_crm 建立,请安装该版本",
}
