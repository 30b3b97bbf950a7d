"""Follow-ups and what hangs on them."""

from oa_crm.i18n.problems.words import Words

FOLLOWUPS: dict[str, dict[str, Words]] = {
    "unknown_way": {
        "en": ("{given} is no way of a follow-up", "one of {known}"),
        "zh": ("没有 {given} 这种跟进方式", "可选:{known}"),
    },
    "unknown_result": {
        "en": ("{given} is no result of a follow-up", "one of {known}"),
        "zh": ("没有 {given} 这种跟进结果", "可选:{known}"),
    },
    "ends_when_it_cannot": {
        "en": ("it ended before it began, or has not ended yet", "a time between its beginning and now"),
        "zh": ("早于开始时间,或晚于当前时间", "介于开始时间与当前时间之间"),
    },
    "met_at_no_customer": {
        "en": ("a lead has no contacts", "left out; name the person in the words"),
        "zh": ("线索没有联系人", "不填;请在内容中写明对方"),
    },
    "stood_elsewhere_then": {
        "en": ("somebody did not stand at this customer then", "contacts of this customer on that day"),
        "zh": ("有人当时不在该客户任职", "当日在该客户任职的联系人"),
    },
    "no_members": {
        "en": ("{given} is no member of the company", "ids of members"),
        "zh": ("{given} 不是本公司成员", "成员的 id"),
    },
}
