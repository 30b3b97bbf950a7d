"""Plugins, the relay, the books."""

from oa_crm.i18n.problems.words import Words

UPKEEP: dict[str, dict[str, Words]] = {
    "workflow_rash": {
        "en": ("it answered {state} before any opinion", "people to wait on"),
        "zh": ("审批流未经任何意见就给出了 {state}", "须给出待审批人"),
    },
    "no_ledger": {
        "en": ("no plugin answers provide_ledger", "a plugin that knows the books"),
        "zh": ("没有插件实现 provide_ledger", "一个了解账簿的插件"),
    },
    "unknown_listener": {
        "en": ("no plugin {plugin} listens here", "one of {known}"),
        "zh": ("没有插件 {plugin} 在此监听事件", "可选:{known}"),
    },
    "skip_without_reason": {
        "en": ("it is empty", "why they may be skipped"),
        "zh": ("不能为空", "为何可以跳过"),
    },
    "no_deliveries": {
        "en": ("{given} are no ids of deliveries", "a list of whole numbers, such as [7]"),
        "zh": ("{given} 不是投递编号", "整数列表,如 [7]"),
    },
    "unknown_plugin": {
        "en": ("no plugin {plugin} is loaded", "one of {known}"),
        "zh": ("没有加载插件 {plugin}", "可选:{known}"),
    },
}
