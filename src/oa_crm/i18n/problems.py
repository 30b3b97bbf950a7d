"""What may be wrong with one field: our own problems, by a stable code, with what would be right.

Each entry is (problem, expected) per language, filled with the same facts. What pydantic finds out by itself
is in `validation.py`.
"""

Words = tuple[str, str]

_AMOUNT_EN, _AMOUNT_ZH = "an exact amount as text, such as '1280.00'", "以文本给出的精确金额,如 '1280.00'"
_LETTERS_EN = "only digits and the capitals without I, O, S, V, Z occur (1 and 0 look like I and O)"
_LETTERS_ZH = "只含数字和除 I、O、S、V、Z 以外的大写字母(1、0 与 I、O 形似)"

PROBLEMS: dict[str, dict[str, Words]] = {
    # Any field.
    "unknown_field": {
        "en": ("there is no such field", "one of {known}"),
        "zh": ("没有这个字段", "可用字段:{known}"),
    },
    "zero_character": {"en": ("it holds a zero character", "text"), "zh": ("含有空字符(U+0000)", "普通文本")},
    "not_an_id": {
        "en": ("{given} is no id", "a UUID, as we gave it out"),
        "zh": ("{given} 不是有效的编号", "系统给出的 UUID"),
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
    # Merges.
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
    # Leads.
    "customer_or_lead": {
        "en": ("a follow-up is of a customer or of a lead", "one of customer_id and lead_id"),
        "zh": ("跟进记录属于客户或线索", "customer_id 与 lead_id 二者填一"),
    },
    "owner_in_the_pool": {
        "en": ("a lead in the pool has no owner", "owner_id or pool"),
        "zh": ("公海线索没有负责人", "owner_id 与 pool 二者选一"),
    },
    "reason_missing": {"en": ("no reason is given", "why, in a few words"), "zh": ("未填写原因", "简要说明原因")},
    "unknown_reason": {
        "en": ("{given} is no reason for an invalid lead", "one of {known}"),
        "zh": ("没有 {given} 这种无效原因", "可选:{known}"),
    },
    "fact_of_a_new_customer": {
        "en": ("the customer is on file already", "left out where `into` is given"),
        "zh": ("客户已在册", "指定 `into` 时不填"),
    },
    "contact_without_customer": {
        "en": ("a contact on file stands at a customer on file", "`into` as well"),
        "zh": ("已有联系人须属于已有客户", "同时填写 `into`"),
    },
    "contact_elsewhere": {
        "en": ("this contact does not stand at that customer", "somebody who stands there now"),
        "zh": ("该联系人不在此客户任职", "目前在此客户任职的联系人"),
    },
    "name_of_no_project": {
        "en": ("no project is wanted", "left out where `project` is false"),
        "zh": ("未要求新建项目", "`project` 为 false 时不填"),
    },
    # Lists.
    "page_limit": {"en": ("{limit} rows", "1 to 500"), "zh": ("不能一次取 {limit} 行", "1 到 500")},
    "foreign_cursor": {
        "en": ("it is no cursor of this list", "the `next` of the page before, same sort"),
        "zh": ("不是本列表的游标", "同一排序下上一页的 `next`"),
    },
    # People.
    "owner_missing": {
        "en": ("the system owns nothing", "the id of an active member"),
        "zh": ("系统不能作为负责人", "一位在职成员的 id"),
    },
    "owner_out_of_reach": {
        "en": ("{owner} is no active member within your reach", "an active member's id"),
        "zh": ("{owner} 不是您数据范围内的在职成员", "一位在职成员的 id"),
    },
    "no_manager": {
        "en": (
            "{member} has no manager who could approve",
            "give the member a manager in the directory, or provide a workflow",
        ),
        "zh": ("{member} 没有可审批的上级", "请在组织架构中为其指定上级,或接入审批流"),
    },
    "host_org_chart": {
        "en": ("people come from the host's org chart", "change them there, then directory.sync()"),
        "zh": ("人员来自宿主平台的组织架构", "请在宿主平台修改,再执行 directory.sync()"),
    },
    "department_loop": {
        "en": ("{path} is a loop", "a tree of departments"),
        "zh": ("{path} 形成了循环", "部门须为树状结构"),
    },
    "unknown_parent": {
        "en": ("{department} lies under {parent}, which is unknown", "a known department"),
        "zh": ("{department} 的上级部门 {parent} 不存在", "已有的部门"),
    },
    "department_too_deep": {
        "en": ("{department} lies too deep", "a path of {longest} characters"),
        "zh": ("{department} 的层级过深", "路径不超过 {longest} 个字符"),
    },
    "unknown_department": {
        "en": ("{member} is in {named}, which is unknown", "a known department, or none"),
        "zh": ("{member} 所在的部门 {named} 不存在", "已有的部门,或不填"),
    },
    "unknown_manager": {
        "en": ("{member} reports to {named}, who is unknown", "a known member, or none"),
        "zh": ("{member} 的上级 {named} 不存在", "已有的成员,或不填"),
    },
    # Money.
    "amount_not_exact": {
        "en": ("{given} is not exact; give the amount as text, such as '1280.00'", _AMOUNT_EN),
        "zh": ("{given} 不是精确数值,请以文本给出金额,如 '1280.00'", _AMOUNT_ZH),
    },
    "amount_not_a_number": {
        "en": ("{given} is no amount; a decimal number such as '1280.00' is", _AMOUNT_EN),
        "zh": ("{given} 不是金额,金额应为 '1280.00' 这样的十进制数", _AMOUNT_ZH),
    },
    "amount_not_finite": {
        "en": ("{given} is no amount; a finite decimal number is", _AMOUNT_EN),
        "zh": ("{given} 不是金额,金额应为有限的十进制数", _AMOUNT_ZH),
    },
    "amount_decimals": {
        "en": ("{given} has more decimals than {currency} allows, which is {places}", _AMOUNT_EN),
        "zh": ("{given} 的小数位过多,{currency} 最多 {places} 位", _AMOUNT_ZH),
    },
    "amount_beyond_all": {
        "en": ("{given} {currency} is more than can be kept", _AMOUNT_EN),
        "zh": ("{given} {currency} 超出可保存的范围", _AMOUNT_ZH),
    },
    "amount_beyond_a_document": {
        "en": ("{amount} is more than one document may carry", _AMOUNT_EN),
        "zh": ("{amount} 超出单笔单据的上限", _AMOUNT_ZH),
    },
    "amount_not_positive": {
        "en": ("{amount} is not above zero", "an amount above zero"),
        "zh": ("{amount} 不大于零", "大于零的金额"),
    },
    "amount_negative": {
        "en": ("{amount} is below zero", "an amount from zero up"),
        "zh": ("{amount} 小于零", "不小于零的金额"),
    },
    "unknown_currency": {
        "en": ("{given} is no ISO 4217 currency code; three capital letters are, such as CNY", "such as CNY"),
        "zh": ("{given} 不是 ISO 4217 币种代码,应为三个大写字母,如 CNY", "如 CNY"),
    },
    "other_currency": {
        "en": ("the project is kept in {currency}", "an amount in {currency}"),
        "zh": ("该项目以 {currency} 核算", "以 {currency} 计的金额"),
    },
    # The file and the sale.
    "credit_code_length": {
        "en": ("the credit code has {length} characters", "a Unified Social Credit Code has 18"),
        "zh": ("统一社会信用代码有 {length} 位", "应为 18 位"),
    },
    "credit_code_character": {
        "en": ("character {place} of the credit code is {character}", _LETTERS_EN),
        "zh": ("统一社会信用代码第 {place} 位是 {character}", _LETTERS_ZH),
    },
    "credit_code_check": {
        "en": (
            "the check character of {given} is {found}",
            "the first seventeen characters call for {wanted}; one of them may be mistyped",
        ),
        "zh": ("{given} 的校验位是 {found}", "按前 17 位计算应为 {wanted},其中可能有一位输错"),
    },
    "name_taken_away": {
        "en": ("a customer needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("客户必须有名称", "1 到 200 个字符,不改则不要给出"),
    },
    "in_the_future": {
        "en": ("it lies in the future", "a time up to now; plans are not follow-ups"),
        "zh": ("时间在未来", "不晚于当前的时间;计划不是跟进记录"),
    },
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
    # People at customers.
    "not_a_phone": {
        "en": ("{given} is no phone number that can be dialled", "a number of {region}, or one that begins with +"),
        "zh": ("{given} 不是有效的电话号码", "{region} 的号码,或以 + 开头的国际号码"),
    },
    "day_to_come": {"en": ("{day} is still to come", "a day up to today"), "zh": ("{day} 在未来", "不晚于今天的日期")},
    "ends_before_it_began": {
        "en": ("it lies before the beginning, {began}", "a day from {began} on"),
        "zh": ("早于开始日期 {began}", "不早于 {began} 的日期"),
    },
    "contact_needs_a_name": {
        "en": ("a contact needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("联系人必须有姓名", "1 到 200 个字符,不改则不要给出"),
    },
    "superior_elsewhere": {
        "en": ("nobody of that id stands at this customer now", "a contact at the same customer"),
        "zh": ("该客户目前没有这位联系人", "同一客户的在职联系人"),
    },
    "reporting_loop": {
        "en": ("the superior would report to the one he leads", "somebody who does not report to him"),
        "zh": ("汇报关系形成了循环", "不向其汇报的人"),
    },
    "reporting_too_deep": {
        "en": ("the reporting line would be too deep", "at most {deepest} levels"),
        "zh": ("汇报层级过深", "最多 {deepest} 层"),
    },
    "stands_there": {
        "en": ("the person stands there already", "another customer, or contacts.change_post"),
        "zh": ("此人已在该客户任职", "另一客户;如需修改任职信息请用 contacts.change_post"),
    },
    # Files.
    "file_name_empty": {
        "en": ("the file has no name", "a name with its extension, such as offer.pdf"),
        "zh": ("文件没有名称", "带扩展名的文件名,如 报价单.pdf"),
    },
    "file_name_too_long": {
        "en": ("the name has {length} characters", "at most {longest} characters"),
        "zh": ("文件名有 {length} 个字符", "最多 {longest} 个字符"),
    },
    "file_name_character": {
        "en": ("character {place} of the name, {character}, could mislead", "a name without it"),
        "zh": ("文件名第 {place} 个字符 {character} 可能造成误导", "不含该字符的文件名"),
    },
    "file_name_reserved": {
        "en": ("{name} is a device on some machines", "another name"),
        "zh": ("{name} 在某些系统上是设备名", "其他名称"),
    },
    "file_type_unknown": {
        "en": ("files of type “{extension}” are not taken", "one of {known}"),
        "zh": ("不接受“{extension}”类型的文件", "可选:{known}"),
    },
    "file_type_mismatch": {
        "en": ("the name says {extension}, but the content is {found}", "a file whose name tells its type"),
        "zh": ("扩展名为 {extension},内容却是 {found}", "扩展名与内容一致的文件"),
    },
    "file_too_large": {
        "en": ("it is larger than {largest} bytes", "at most {largest} bytes"),
        "zh": ("文件超过 {largest} 字节", "最多 {largest} 字节"),
    },
    "file_empty": {"en": ("it is empty", "a file with content"), "zh": ("文件为空", "有内容的文件")},
    "content_not_bytes": {
        "en": ("it gives {given}", "an open binary file, or chunks of bytes"),
        "zh": ("读到的是 {given}", "以二进制打开的文件,或字节块"),
    },
    "no_file_store": {
        "en": ("there is nowhere to keep files", "settings.files.folder, or a plugin that answers provide_file_store"),
        "zh": ("没有存放附件的地方", "设置 settings.files.folder,或由插件实现 provide_file_store"),
    },
    "removal_without_reason": {"en": ("it is empty", "why it is removed"), "zh": ("不能为空", "移除的原因")},
    # Facts of a customer.
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
    # Saved views.
    "view_name_taken": {
        "en": ("you have a view named {name}", "another name"),
        "zh": ("您已有名为 {name} 的视图", "换一个名称"),
    },
    "no_department": {
        "en": ("you are in no department to share with", "nobody or everybody"),
        "zh": ("您不属于任何部门,无法与部门共享", "nobody 或 everybody"),
    },
    "project_name_taken_away": {
        "en": ("a project needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("销售项目必须有名称", "1 到 200 个字符,不改则不要给出"),
    },
    # Custom fields.
    "custom_missing": {"en": ("{label} is required", "{hint}"), "zh": ("{label} 为必填项", "{hint}")},
    "not_yours_to_edit": {
        "en": ("you may not fill it in", "leave it out"),
        "zh": ("您无权填写", "不要给出此项"),
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
    "slice_size": {"en": ("{given} things at a time", "1 to 10000"), "zh": ("不能一次处理 {given} 个", "1 到 10000")},
    # Duplicates.
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
    "empty_comment": {"en": ("it is empty", "some words, or leave it out"), "zh": ("不能为空", "填写内容,或不填此项")},
    "unknown_state": {
        "en": ("{state} is no state of it", "one of {known}"),
        "zh": ("没有状态 {state}", "可选:{known}"),
    },
    "without_time_zone": {
        "en": ("{given} has no time zone", "an aware time"),
        "zh": ("{given} 没有时区", "带时区的时间"),
    },
    "no_likeness": {"en": ("{given} is no likeness", "0 to 1"), "zh": ("{given} 不是相似度", "0 到 1")},
    "dismissal_without_reason": {
        "en": ("it is empty", "why they are two customers"),
        "zh": ("不能为空", "为何是两个客户"),
    },
    "not_positive": {"en": ("{given} is below 1", "1 or more"), "zh": ("{given} 小于 1", "不小于 1")},
    "unknown_shard": {
        "en": ("{shard} of {shards} is no shard", "0 up to one less than shards"),
        "zh": ("{shards} 个分片中没有第 {shard} 个", "从 0 到分片数减 1"),
    },
    # How the CRM was put together.
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
    "unknown_plugin": {
        "en": ("no plugin {plugin} is loaded", "one of {known}"),
        "zh": ("没有加载插件 {plugin}", "可选:{known}"),
    },
}
