"""What pydantic finds wrong with an input, by its own error `type`, and the hints of our schemas.

English is pydantic's own message and the schema's own description; here are the other languages. A type or a
description that is not here is shown in English.
"""

VALIDATION: dict[str, dict[str, str]] = {
    "zh": {
        "missing": "必填",
        "not_exact": "{given} 不是精确数值",
        "string_type": "应为文本(字符串)",
        "string_unicode": "应为有效的 Unicode 文本",
        "string_too_short": "至少 {min_length} 个字符",
        "string_too_long": "最多 {max_length} 个字符",
        "string_pattern_mismatch": "格式应符合 {pattern}",
        "literal_error": "只能是 {expected}",
        "enum": "只能是 {expected}",
        "bool_type": "应为布尔值 true 或 false",
        "bool_parsing": "应为布尔值 true 或 false",
        "int_type": "应为整数",
        "int_parsing": "应为整数",
        "int_parsing_size": "整数过大",
        "int_from_float": "应为不带小数的整数",
        "finite_number": "应为有限的数",
        "float_type": "应为数字",
        "float_parsing": "应为数字",
        "greater_than": "应大于 {gt}",
        "greater_than_equal": "不能小于 {ge}",
        "less_than_equal": "不能大于 {le}",
        "tuple_type": "应为列表",
        "too_short": "至少 {min_length} 项",
        "too_long": "最多 {max_length} 项",
        "model_type": "应为一组字段",
        "uuid_type": "应为 UUID",
        "uuid_parsing": "不是有效的 UUID",
        "date_type": "应为日期,如 2026-03-02",
        "date_parsing": "应为 YYYY-MM-DD 格式的日期",
        "date_from_datetime_parsing": "应为 YYYY-MM-DD 格式的日期",
        "date_from_datetime_inexact": "应为日期,不带时刻",
        "datetime_type": "应为日期时间",
        "datetime_parsing": "应为 ISO 8601 格式的日期时间",
        "datetime_object_invalid": "不是有效的日期时间",
        "datetime_from_date_parsing": "应为 ISO 8601 格式的日期时间",
        "timezone_aware": "必须带时区,如 +08:00",
    }
}

HINTS: dict[str, dict[str, str]] = {
    "zh": {
        "full registered name, 1 to 200 characters": "工商登记全称,1 到 200 个字符",
        "Unified Social Credit Code, GB 32100-2015": "统一社会信用代码,GB 32100-2015",
        "at most 20 names of 1 to 200 characters": "最多 20 个名称,每个 1 到 200 个字符",
        "0 to 1, where 1 is equal": "0 到 1,1 表示相同",
        "why it is another customer, 1 to 500 characters": "为何是另一客户,1 到 500 个字符",
        "what came out of the conversation": "沟通的结果",
        "the id of a customer on file": "已登记客户的编号",
        "what is to be sold, 1 to 200 characters": "销售内容,1 到 200 个字符",
        "ISO 4217, such as CNY": "ISO 4217 币种代码,如 CNY",
        "an exact amount, such as '1280.00'": "精确金额,如 '1280.00'",
        "an exact amount above zero, such as '1280.00'": "大于零的精确金额,如 '1280.00'",
        "a stage of the pipeline, or won, lost, invalid": "销售流程中的阶段,或 won、lost、invalid",
        "the version you read before editing": "修改前读取的版本号",
        "the version you read before moving": "移动前读取的版本号",
        "the id of a project": "销售项目的编号",
        "what the contract is about, 1 to 200 characters": "合同内容,1 到 200 个字符",
        "one of the expense categories": "费用类别之一",
        "the project's currency": "项目的币种",
        "the day of the expense": "费用发生的日期",
        "why it is reversed, in a few words": "冲销的原因,简要说明",
        "left out: today (UTC)": "不填则为今天(UTC)",
        "such as salesperson, sales_manager, finance": "如 salesperson、sales_manager、finance",
    }
}
