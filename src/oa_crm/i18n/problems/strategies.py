"""Strategies."""

from oa_crm.i18n.problems.words import Words

STRATEGIES: dict[str, dict[str, Words]] = {
    "customer_or_project": {
        "en": ("it is about a customer or about a project", "one of customer_id and project_id"),
        "zh": ("应属于客户或项目", "customer_id 与 project_id 二者填一"),
    },
    "strategy_goal_taken_away": {
        "en": ("a strategy has a goal", "what is to be reached; to end it, retire the strategy"),
        "zh": ("销售策略必须有目标", "要达到的目标; 若要结束,请停用该策略"),
    },
    "strategy_unchanged": {
        "en": ("it changes nothing", "a field that differs from the present version"),
        "zh": ("没有任何变动", "至少一个与现行版本不同的字段"),
    },
    "unknown_step": {
        "en": ("the strategy has no such step, or it stands there twice", "one of {known}"),
        "zh": ("该策略没有这一步,或重复出现", "其中之一: {known}"),
    },
    "mention_out_of_sight": {
        "en": ("{member} is not there or may not see this", "an active member who may see it"),
        "zh": ("{member} 不存在或无权查看", "有权查看的在职成员"),
    },
}
