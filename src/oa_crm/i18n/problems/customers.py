"""Customers: their facts, groups, views, clashes and merges."""

from oa_crm.i18n.problems.words import Words

CUSTOMERS: dict[str, dict[str, Words]] = {
    "name_taken_away": {
        "en": ("a customer needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("客户必须有名称", "1 到 200 个字符,不改则不要给出"),
    },
    "unknown_industry": {
        "en": ("{given} is no industry of GB/T 4754-2017", "a code or a name, such as {near}"),
        "zh": ("{given} 不是 GB/T 4754-2017 中的行业", "行业代码或名称,如 {near}"),
    },
    "unknown_region": {
        "en": ("{given} is no region", "a code of GB/T 2260 or ISO 3166, or a name, such as {near}"),
        "zh": ("没有 {given} 这个地区", "GB/T 2260 或 ISO 3166 代码,或名称,如 {near}"),
    },
    "ambiguous_region": {
        "en": ("{given} is the name of several regions", "one of {near}"),
        "zh": ("名为 {given} 的地区不止一个", "其中之一:{near}"),
    },
    "unknown_scheme": {
        "en": ("{given} is no kind of number", "country and kind as python-stdnum names them, such as {near}"),
        "zh": ("没有 {given} 这种号码", "国家与种类(python-stdnum 的名称),如 {near}"),
    },
    "number_not_valid": {
        "en": ("{given} is no valid number of {scheme}", "one with the right length, characters and check digits"),
        "zh": ("{given} 不是有效的 {scheme} 号码", "长度、字符和校验位均正确的号码"),
    },
    "number_has_a_field": {
        "en": ("{scheme} has a field of its own", "give it as {field_name}"),
        "zh": ("{scheme} 有专门的字段", "请填写在 {field_name}"),
    },
    "half_a_point": {
        "en": ("a point needs latitude and longitude", "both, or neither"),
        "zh": ("坐标须同时有纬度和经度", "两者都填,或都不填"),
    },
    "group_loop": {
        "en": ("it belongs to this customer itself", "a customer that is not below this one"),
        "zh": ("该客户本身隶属于当前客户", "不在当前客户下级的客户"),
    },
    "group_too_large": {
        "en": ("the group would have more than {most} customers", "a smaller group"),
        "zh": ("集团客户将超过 {most} 家", "规模较小的集团"),
    },
    "fact_taken_away": {
        "en": ("a customer needs it", "a value, or leave it out"),
        "zh": ("客户必须有此项", "给出值,不改则不要给出"),
    },
    "nothing_to_search": {
        "en": ("it has no letter", "a name, a part of one, its pinyin or initials"),
        "zh": ("没有任何文字", "名称、名称中的词、拼音或首字母"),
    },
    "view_name_taken": {
        "en": ("you have a view named {name}", "another name"),
        "zh": ("您已有名为 {name} 的视图", "换一个名称"),
    },
    "no_department": {
        "en": ("you are in no department to share with", "nobody or everybody"),
        "zh": ("您不属于任何部门,无法与部门共享", "nobody 或 everybody"),
    },
    "unknown_entrance": {
        "en": ("{given} is no entrance", "one of {known}"),
        "zh": ("没有 {given} 这个入口", "可选:{known}"),
    },
    "unknown_matcher": {
        "en": ("no matcher is named {matcher}", "one of {known}"),
        "zh": ("没有名为 {matcher} 的匹配器", "可选:{known}"),
    },
    "nothing_to_type_ahead": {
        "en": ("it has no letter", "the first letters of a name, its pinyin or initials"),
        "zh": ("没有任何文字", "名称、拼音或首字母的开头"),
    },
    "no_clash": {
        "en": ("nothing on file clashes with it", "customers.create, without a grant"),
        "zh": ("没有与之冲突的客户", "直接新建,无需批准"),
    },
    "no_likeness": {"en": ("{given} is no likeness", "0 to 1"), "zh": ("{given} 不是相似度", "0 到 1")},
    "dismissal_without_reason": {
        "en": ("it is empty", "why they are two customers"),
        "zh": ("不能为空", "为何是两个客户"),
    },
    "unknown_shard": {
        "en": ("{shard} of {shards} is no shard", "0 up to one less than shards"),
        "zh": ("{shards} 个分片中没有第 {shard} 个", "从 0 到分片数减 1"),
    },
    "merge_with_itself": {
        "en": ("a customer cannot be merged into itself", "another customer"),
        "zh": ("客户不能与自身合并", "另一个客户"),
    },
    "no_list": {
        "en": ("{field} holds one value, so both cannot stay", "keep or take"),
        "zh": ("{field} 只有一个值,不能两者都保留", "keep 或 take"),
    },
    "kept_together": {
        "en": ("{field} of both stay, so that none of them leads to a third customer later", "both, or no choice"),
        "zh": ("双方的 {field} 须一并保留,以免日后归到第三个客户名下", "both,或不作选择"),
    },
    "split_without_reason": {
        "en": ("a split needs a reason", "a sentence"),
        "zh": ("拆分还原须说明原因", "一句话的原因"),
    },
}
