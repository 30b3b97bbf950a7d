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
    "plan_of_another": {
        "en": ("the plan is of another customer or lead", "a plan of this one"),
        "zh": ("该计划属于另一客户或线索", "该客户或线索自己的计划"),
    },
    "not_in_the_future": {
        "en": ("it does not lie in the future", "a time to come"),
        "zh": ("时间不在未来", "晚于当前的时间"),
    },
    "may_not_write_there": {
        "en": ("{member} may not write to this customer or lead", "a member who may"),
        "zh": ("{member} 无权写入该客户或线索", "有权写入的成员"),
    },
    "follow_up_of_another": {
        "en": ("the follow-up is of another customer", "a follow-up with this customer"),
        "zh": ("该跟进记录属于另一客户", "与该客户的跟进记录"),
    },
    "not_closed_like_this": {
        "en": ("{what} is not closed as {state}", "one of {known}"),
        "zh": ("{what} 不能以 {state} 结束", "可选:{known}"),
    },
    "no_customer_named": {
        "en": ("no customer is named", "the customer's name, credit code or id"),
        "zh": ("未写明客户", "客户名称、统一社会信用代码或编号"),
    },
    "no_such_customer": {
        "en": ("there is no such customer that you may write to", "a customer on file, by name, credit code or id"),
        "zh": ("没有您可写入的该客户", "已有客户的名称、统一社会信用代码或编号"),
    },
    "another_customer": {
        "en": ("it is another customer than the row's number says", "name and number of one customer"),
        "zh": ("与本行编号所指的不是同一客户", "同一客户的名称和编号"),
    },
    "no_such_author": {
        "en": ("there is no such member within your reach", "the id or name of a member"),
        "zh": ("您的数据范围内没有该成员", "成员的 id 或姓名"),
    },
    "several_of_that_name": {
        "en": ("several are called so", "what only one of them has, such as the id"),
        "zh": ("有多个同名", "只属于其中一个的编号等信息"),
    },
    "on_file_already": {
        "en": ("it is on file already", "each follow-up once"),
        "zh": ("该跟进记录已在册", "每条跟进记录只导入一次"),
    },
    "no_members": {
        "en": ("{given} is no member of the company", "ids of members"),
        "zh": ("{given} 不是本公司成员", "成员的 id"),
    },
}
