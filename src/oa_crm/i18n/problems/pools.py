"""Pools, limits, and who has a customer."""

from oa_crm.i18n.problems.words import Words

POOLS: dict[str, dict[str, Words]] = {
    "pool_name_taken": {
        "en": ("there is a pool called {name}", "another name"),
        "zh": ("已有名为“{name}”的公海", "换一个名称"),
    },
    "pool_not_empty": {
        "en": ("{customers} customers lie in it", "move them first, or say `into` which pool they go"),
        "zh": ("其中还有 {customers} 个客户", "请先移走,或用 `into` 指定移入的公海"),
    },
    "last_pool": {
        "en": ("it is the company's last pool", "open another one first"),
        "zh": ("这是最后一个公海", "请先新建另一个公海"),
    },
    "unknown_pool": {
        "en": ("there is no pool of that id", "the id of a pool"),
        "zh": ("没有该 id 的公海", "公海的 id"),
    },
    "no_such_pool": {
        "en": ("no pool of that id is open", "the id of an open pool"),
        "zh": ("没有该 id 的公海", "启用中的公海 id"),
    },
    "same_owner": {
        "en": ("{owner} has it already", "somebody else"),
        "zh": ("{owner} 已是负责人", "另一位成员"),
    },
    "together_needs_a_department": {
        "en": ("only a department's people are counted together", "a seat of kind department"),
        "zh": ("只有部门可以合并计数", "kind 为 department"),
    },
    "limit_of_nothing": {
        "en": ("it limits nothing", "at least one of holding, claims_per_day and locks"),
        "zh": ("未限制任何项", "holding、claims_per_day、locks 至少填一项"),
    },
    "only_holding_together": {
        "en": ("a department's sum limits what it holds", "holding alone"),
        "zh": ("部门合计只限制持有数", "只填 holding"),
    },
    "nobody_to_give_to": {
        "en": ("nobody there may hold customers", "active members who may claim customers"),
        "zh": ("没有可分配的成员", "有领取权限的在职成员"),
    },
}
