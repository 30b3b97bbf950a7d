"""Projects, contracts and expenses."""

from oa_crm.i18n.problems.words import Words

SALES: dict[str, dict[str, Words]] = {
    "project_of_another": {
        "en": ("it is another customer's project", "one of this customer's"),
        "zh": ("这是另一客户的项目", "该客户自己的项目"),
    },
    "unknown_stage": {
        "en": ("{stage} is no stage to move to", "one of {known}"),
        "zh": ("不能移到阶段 {stage}", "可选:{known}"),
    },
    "move_without_reason": {
        "en": ("a move to {stage} needs one", "why, in a few words"),
        "zh": ("移到 {stage} 必须说明原因", "简要说明原因"),
    },
    "unknown_end_reason": {
        "en": ("{given} is no reason for {stage}", "one of {known}"),
        "zh": ("{given} 不是 {stage} 的原因", "可选:{known}"),
    },
    "because_of_no_end": {
        "en": ("it says why a project ends, and {stage} is no end", "leave it out"),
        "zh": ("该项说明项目为何结束,而 {stage} 不是结束", "不要填写此项"),
    },
    "other_without_words": {
        "en": ("other says nothing by itself", "why, in a few words"),
        "zh": ("原因选择 other 时必须说明", "简要说明原因"),
    },
    "way_of_gate": {
        "en": ("{given} is no way of a follow-up", "one of {known}"),
        "zh": ("{given} 不是跟进方式", "可选:{known}"),
    },
    "card_of_another_column": {
        "en": ("that project stands in another column, or is this one", "an open project of the same stage"),
        "zh": ("该项目不在同一列,或就是本项目", "同一阶段的其他进行中项目"),
    },
    "period_backwards": {
        "en": ("it lies before closes_from", "a day that is not before it"),
        "zh": ("早于 closes_from", "不早于起始日的日期"),
    },
    "sum_of_lines": {
        "en": ("it is the sum of the project's lines", "change the lines"),
        "zh": ("该金额为明细之和", "请修改明细"),
    },
    "competitor_twice": {
        "en": ("{name} is noted already", "change what is noted of him"),
        "zh": ("竞争对手 {name} 已登记", "请修改已有记录"),
    },
    "contact_of_another": {
        "en": ("nobody of that id stands or stood at the project's customer", "a contact of the customer"),
        "zh": ("项目客户中没有该联系人", "该客户的联系人"),
    },
    "contact_twice": {
        "en": ("he is in the chain already", "everybody once"),
        "zh": ("该联系人已在决策链中", "每人一次"),
    },
    "gate_field": {
        "en": ("stage {stage} needs {what}, and it is empty", "fill in {what} first"),
        "zh": ("阶段 {stage} 要求填写 {what},当前为空", "请先填写 {what}"),
    },
    "gate_follow_up": {
        "en": ("stage {stage} needs a follow-up of this project by {what}", "log one on the project first"),
        "zh": ("阶段 {stage} 要求本项目有以 {what} 方式进行的跟进", "请先在该项目下记录一次"),
    },
    "gate_approval": {
        "en": ("stage {stage} needs a grant", "ask by projects.ask_entry, and have somebody else grant it"),
        "zh": ("进入阶段 {stage} 须经批准", "请先提交进入申请,由他人批准"),
    },
    "no_grant_needed": {
        "en": ("{stage} is no stage ahead that needs a grant", "one of {known}"),
        "zh": ("{stage} 不是前方需要批准的阶段", "可选:{known}"),
    },
    "pipeline_name_taken": {
        "en": ("{name} is taken", "another name"),
        "zh": ("名称 {name} 已被占用", "换一个名称"),
    },
    "too_many_pipelines": {
        "en": ("there would be too many", "at most {most}"),
        "zh": ("数量过多", "最多 {most} 个"),
    },
    "stage_in_use": {
        "en": ("projects stand in {stages}, which the mapping leads nowhere", "a stage of {known} for each"),
        "zh": ("有项目处于阶段 {stages},而映射未指明去向", "为每个阶段指定一个新阶段:{known}"),
    },
    "same_pipeline": {
        "en": ("it is the pipeline they are in", "another pipeline"),
        "zh": ("项目已在该流程中", "另一个流程"),
    },
    "pipeline_retired": {
        "en": ("it takes no more projects", "a pipeline in use"),
        "zh": ("该流程已停用,不再接收项目", "使用中的流程"),
    },
    "unknown_category": {
        "en": ("{category} is no expense category", "one of {known}"),
        "zh": ("没有费用类别 {category}", "可选:{known}"),
    },
    "withdrawal_without_reason": {
        "en": ("it is empty", "why it is taken back"),
        "zh": ("不能为空", "撤回的原因"),
    },
    "rejection_without_words": {
        "en": ("a rejection needs them", "why it is rejected"),
        "zh": ("驳回必须填写意见", "驳回的原因"),
    },
    "project_name_taken_away": {
        "en": ("a project needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("销售项目必须有名称", "1 到 200 个字符,不改则不要给出"),
    },
}
