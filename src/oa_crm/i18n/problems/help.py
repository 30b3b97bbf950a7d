"""Help that is asked for inside the company, and facts that are shown to others."""

from oa_crm.i18n.problems.words import Words

HELP: dict[str, dict[str, Words]] = {
    "one_addressee": {
        "en": ("help is asked of one", "one of member_id, department_id and role"),
        "zh": ("协助请求只能发给一方", "member_id、department_id 与 role 三者填一"),
    },
    "nobody_has_role": {
        "en": ("nobody has the role {role}", "a role of an active member"),
        "zh": ("没有成员担任 {role}", "在职成员担任的角色"),
    },
    "no_such_department": {
        "en": ("there is no department {department}", "the id of a department"),
        "zh": ("部门 {department} 不存在", "部门的 id"),
    },
    "day_is_past": {
        "en": ("that day is past", "today or later"),
        "zh": ("该日期已过", "今天或以后"),
    },
    "answer_missing": {
        "en": ("it is empty", "the answer, in words"),
        "zh": ("不能为空", "答复内容"),
    },
    "answer_too_long": {
        "en": ("it is too long", "at most {most} characters"),
        "zh": ("内容过长", "最多 {most} 字"),
    },
    "share_expiry": {
        "en": ("that time is past or too far away", "a time within {days} days from now"),
        "zh": ("该时间已过或过远", "从现在起 {days} 天以内"),
    },
    "unknown_fact": {
        "en": ("there is no such fact to show", "one of {known}"),
        "zh": ("没有这一项可供展示", "其中之一: {known}"),
    },
    "fact_not_for_both": {
        "en": ("{fact} is not for both of you to see", "a fact that both see openly"),
        "zh": ("{fact} 并非双方都可见", "双方都可见的项目"),
    },
}
