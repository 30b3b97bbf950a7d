"""Remits: who has to do with which customers."""

from oa_crm.i18n.problems.words import Words

REMITS: dict[str, dict[str, Words]] = {
    "remit_name_taken": {
        "en": ("there is a remit called {name}", "another name"),
        "zh": ("已有名为“{name}”的客户范围", "换一个名称"),
    },
    "remit_of_everything": {
        "en": ("it names no customers", "at least one condition, such as regions"),
        "zh": ("没有任何条件", "至少填一个条件,例如 regions"),
    },
    "nobody_there": {
        "en": ("there is no {kind} {given}", "a member or a department of the directory"),
        "zh": ("组织架构中没有 {kind} {given}", "组织架构中的成员或部门"),
    },
}
