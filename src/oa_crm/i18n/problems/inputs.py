"""What any input may have wrong with it: ids, versions, pages, reasons, codes of kinds and states."""

from oa_crm.i18n.problems.words import Words

INPUTS: dict[str, dict[str, Words]] = {
    "unknown_field": {
        "en": ("there is no such field", "one of {known}"),
        "zh": ("没有这个字段", "可用字段:{known}"),
    },
    "zero_character": {"en": ("it holds a zero character", "text"), "zh": ("含有空字符(U+0000)", "普通文本")},
    "not_an_id": {
        "en": ("{given} is no id", "a UUID, as we gave it out"),
        "zh": ("{given} 不是有效的编号", "系统给出的 UUID"),
    },
    "not_whole": {
        "en": ("{given} is no whole number", "a number without decimals, such as 3"),
        "zh": ("{given} 不是整数", "不带小数的数字,如 3"),
    },
    "not_text": {
        "en": ("{given} is no text", "text"),
        "zh": ("{given} 不是文本", "文本(字符串)"),
    },
    "half_a_character": {
        "en": ("it holds half a character (a lone surrogate)", "valid Unicode text"),
        "zh": ("含有不完整的字符(孤立的代理码位)", "有效的 Unicode 文本"),
    },
    "no_number": {
        "en": ("{given} is no number", "a number such as 0.75"),
        "zh": ("{given} 不是数字", "数字,如 0.75"),
    },
    "beyond_counting": {
        "en": ("it is too large a number", "a number of a few digits"),
        "zh": ("数字过大", "位数正常的数字"),
    },
    "beyond_the_calendar": {
        "en": ("{given} lies outside the calendar", "a moment of the years 2 to 9998"),
        "zh": ("{given} 超出日历范围", "公元 2 年至 9998 年之间的时刻"),
    },
    "too_deep": {
        "en": ("it is nested too deeply", "values inside values, at most 20 deep"),
        "zh": ("嵌套层数过多", "最多嵌套 20 层"),
    },
    "not_yes_or_no": {
        "en": ("{given} is neither true nor false", "True or False"),
        "zh": ("{given} 不是布尔值", "True 或 False"),
    },
    "not_a_day": {
        "en": ("{given} is no day", "a date without a time, such as date(2026, 3, 2)"),
        "zh": ("{given} 不是日期", "不带时刻的日期,如 date(2026, 3, 2)"),
    },
    "not_a_moment": {
        "en": ("{given} is no moment", "a datetime with its time zone, such as datetime(2026, 3, 2, 9, tzinfo=UTC)"),
        "zh": ("{given} 不是时刻", "带时区的 datetime,如 datetime(2026, 3, 2, 9, tzinfo=UTC)"),
    },
    "not_many": {
        "en": ("{given} is no list", "a list or a tuple"),
        "zh": ("{given} 不是列表", "列表(list 或 tuple)"),
    },
    "no_fields": {
        "en": ("{given} has no named fields", "a mapping of fields, or {schema}"),
        "zh": ("{given} 不是一组字段", "由字段名和值组成的字典,或 {schema} 对象"),
    },
    "no_version": {
        "en": ("{given} is no version", "the version you read"),
        "zh": ("{given} 不是有效的版本号", "您读取时的版本号"),
    },
    "key_length": {
        "en": ("it has {length} characters", "1 to 100 characters"),
        "zh": ("长度为 {length} 个字符", "1 到 100 个字符"),
    },
    "unknown_kind": {
        "en": ("{kind} is no kind of thing", "one of {known}"),
        "zh": ("没有 {kind} 这种对象", "可选:{known}"),
    },
    "page_limit": {"en": ("{limit} rows", "1 to 500"), "zh": ("不能一次取 {limit} 行", "1 到 500")},
    "newest_limit": {"en": ("{given} rows", "1 to {most}"), "zh": ("不能取 {given} 行", "1 到 {most}")},
    "foreign_cursor": {
        "en": ("it is no cursor of this list", "the `next` of the page before, same sort"),
        "zh": ("不是本列表的游标", "同一排序下上一页的 `next`"),
    },
    "unknown_state": {
        "en": ("{state} is no state of it", "one of {known}"),
        "zh": ("没有状态 {state}", "可选:{known}"),
    },
    "without_time_zone": {
        "en": ("{given} has no time zone", "an aware time"),
        "zh": ("{given} 没有时区", "带时区的时间"),
    },
    "no_moment": {
        "en": ("{given} is no point in time", "an aware time, or a day"),
        "zh": ("{given} 不是时间", "带时区的时间或日期"),
    },
    "in_the_future": {
        "en": ("it lies in the future", "a time up to now; plans are not follow-ups"),
        "zh": ("时间在未来", "不晚于当前的时间;计划不是跟进记录"),
    },
    "empty_comment": {"en": ("it is empty", "some words, or leave it out"), "zh": ("不能为空", "填写内容,或不填此项")},
    "not_positive": {"en": ("{given} is below 1", "1 or more"), "zh": ("{given} 小于 1", "不小于 1")},
    "slice_size": {"en": ("{given} things at a time", "1 to 10000"), "zh": ("不能一次处理 {given} 个", "1 到 10000")},
    "reason_missing": {"en": ("no reason is given", "why, in a few words"), "zh": ("未填写原因", "简要说明原因")},
    "unknown_reason": {
        "en": ("{given} is no reason for an invalid lead", "one of {known}"),
        "zh": ("没有 {given} 这种无效原因", "可选:{known}"),
    },
}
