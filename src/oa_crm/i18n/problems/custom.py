"""Custom fields: definitions and values."""

from oa_crm.i18n.problems.words import Words

CUSTOM: dict[str, dict[str, Words]] = {
    "custom_missing": {"en": ("{label} is required", "{hint}"), "zh": ("{label} 为必填项", "{hint}")},
    "not_yours_to_edit": {
        "en": ("you may not fill it in", "leave it out"),
        "zh": ("您无权填写", "不要给出此项"),
    },
    "is_a_mask": {
        "en": ("it is a mask and no value", "leave it out, or give the whole value"),
        "zh": ("这是脱敏后的内容,不是真实值", "不要给出此项,或给出完整的值"),
    },
    "option_retired": {
        "en": ("{option} is no longer to be chosen", "one of {known}"),
        "zh": ("选项 {option} 已停用", "可选:{known}"),
    },
    "unknown_option": {
        "en": ("there is no option {option}", "one of {known}"),
        "zh": ("没有选项 {option}", "可选:{known}"),
    },
    "unknown_member": {
        "en": ("{given} is no active member", "the id of an active member"),
        "zh": ("{given} 不是在职成员", "一位在职成员的 id"),
    },
    "unknown_reference": {
        "en": ("{given} is not there, or not for you to see", "the id of a thing that you may see"),
        "zh": ("{given} 不存在或您无权查看", "您可见对象的编号"),
    },
    "custom_currency": {
        "en": ("the field is kept in {currency}", "an amount in {currency}"),
        "zh": ("该字段以 {currency} 计", "以 {currency} 计的金额"),
    },
    "value_taken": {
        "en": ("another one has {given}", "a value that no other has"),
        "zh": ("{given} 已被其他记录使用", "未被使用的值"),
    },
    "masked_field": {
        "en": ("you see it masked only", "a field that you see openly"),
        "zh": ("该字段对您已脱敏,不能用于筛选或排序", "您可完整查看的字段"),
    },
    "text_too_long_to_find": {
        "en": ("texts of up to {length} characters are not indexed", "a field of at most 200 characters"),
        "zh": ("长达 {length} 个字符的文本不建索引", "长度不超过 200 的字段"),
    },
    "index_being_made": {
        "en": ("its index is being made anew", "a little later, when fields.rebuild has finished"),
        "zh": ("索引正在重建", "待 fields.rebuild 完成后再试"),
    },
    "no_range": {
        "en": ("{type} has no range", "equals or any_of"),
        "zh": ("{type} 类型不能按区间筛选", "equals 或 any_of"),
    },
    "nothing_to_match": {
        "en": ("nothing is asked for", "a value, or equals, any_of, at_least, at_most"),
        "zh": ("没有给出条件", "一个值,或 equals、any_of、at_least、at_most"),
    },
    "not_sortable": {
        "en": ("{field} has several values", "a field with one value"),
        "zh": ("{field} 有多个值,不能排序", "单值字段"),
    },
    "choice_without_options": {
        "en": ("a choice needs options", "at least one, such as {{'gold': {{'en': 'Gold'}}}}"),
        "zh": ("选择类字段必须有选项", "至少一个,如 {{'gold': {{'zh': '金牌'}}}}"),
    },
    "cannot_be_unique": {
        "en": ("a field of type {type} like this cannot be unique", "one value of at most 200 characters"),
        "zh": ("这样的 {type} 字段不能设为唯一", "单值,且不超过 200 个字符"),
    },
    "no_default": {
        "en": ("a unique field, a member or a reference has none", "leave it out"),
        "zh": ("唯一字段、成员和引用不能有默认值", "不要给出此项"),
    },
    "field_name_taken": {
        "en": ("{name} is taken, by {by}", "another name; a retired field keeps its own"),
        "zh": ("字段名 {name} 已被占用({by})", "另一个名称;停用的字段仍占用其名称"),
    },
    "values_do_not_fit": {
        "en": ("{count} values on file do not fit: {examples}", "a definition that every value fits"),
        "zh": ("已有 {count} 个值不符合:{examples}", "与现有值相容的定义"),
    },
    "values_shared": {
        "en": ("{count} values are on more than one: {examples}", "values that differ"),
        "zh": ("有 {count} 个值重复:{examples}", "各不相同的值"),
    },
    "unique_while_reshaped": {
        "en": ("a unique field with values does not change its type", "unique off, then the change, then unique on"),
        "zh": ("已有值的唯一字段不能改变类型", "先取消唯一,修改后再设为唯一"),
    },
}
