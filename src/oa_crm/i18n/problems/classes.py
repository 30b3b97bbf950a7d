"""Trees, categories, rules that class customers, and digests."""

from oa_crm.i18n.problems.words import Words

CLASSES: dict[str, dict[str, Words]] = {
    "unknown_tree": {
        "en": ("there is no tree {given}", "one of {known}"),
        "zh": ("没有 {given} 这个分类体系", "可选:{known}"),
    },
    "unknown_class": {
        "en": ("{tree} has no category {given} that can be used here", "one of {known}"),
        "zh": ("分类体系 {tree} 中没有可用的分类 {given}", "可选:{known}"),
    },
    "class_name_taken": {"en": ("{name} is taken", "another name"), "zh": ("名称 {name} 已被占用", "换一个名称")},
    "category_loop": {
        "en": ("{given} lies below it, or is it", "a category that is not below this one"),
        "zh": ("{given} 是该分类自身或其下级", "不在该分类之下的分类"),
    },
    "category_too_deep": {
        "en": ("the tree would be too deep", "at most {deepest} levels"),
        "zh": ("分类层级过深", "最多 {deepest} 级"),
    },
    "too_many_categories": {"en": ("there would be too many", "at most {most}"), "zh": ("数量过多", "最多 {most} 个")},
    "nothing_to_classify": {
        "en": ("neither a level nor a category is given", "at least one of them"),
        "zh": ("未给出级别或分类", "至少填写一项"),
    },
    "no_level": {
        "en": ("{given} is no level", "1 to {longest} characters"),
        "zh": ("{given} 不是有效的级别", "1 到 {longest} 个字符"),
    },
    "how_of_fact": {
        "en": ("{fact} is not compared by {how}", "one of {known}"),
        "zh": ("{fact} 不能用 {how} 比较", "可选:{known}"),
    },
    "value_of_fact": {
        "en": ("{given} is no value for {fact}", "{wanted}"),
        "zh": ("{given} 不能作为 {fact} 的比较值", "{wanted}"),
    },
    "within_of_fact": {
        "en": ("{fact} is not counted by days", "contracts or contract_amount, or leave it out"),
        "zh": ("{fact} 不按天数统计", "仅用于 contracts 或 contract_amount"),
    },
    "currency_of_fact": {
        "en": ("{fact} has no currency", "contract_amount, or leave it out"),
        "zh": ("{fact} 没有币种", "仅用于 contract_amount"),
    },
    "unknown_change": {
        "en": ("{given} is no kind of change", "one of {known}"),
        "zh": ("没有 {given} 这种变更", "可选:{known}"),
    },
    "reach_too_wide": {
        "en": ("{given} is no reach of yours", "own up to {widest}"),
        "zh": ("{given} 超出您的数据范围", "从 own 到 {widest}"),
    },
}
