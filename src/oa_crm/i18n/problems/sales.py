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
