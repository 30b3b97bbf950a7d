"""Seats on teams, and shares of credit."""

from oa_crm.i18n.problems.words import Words

TEAMS: dict[str, dict[str, Words]] = {
    "owner_needs_no_seat": {
        "en": ("{member} owns it", "somebody else"),
        "zh": ("{member} 是负责人,无需协作", "另一位成员"),
    },
    "no_such_member": {
        "en": ("{member} is no active member of the company", "an active member"),
        "zh": ("{member} 不是在职成员", "在职成员"),
    },
    "seat_beyond_post": {
        "en": ("the post of {member} gives no {level} on any {kind}", "a lower level, or another post for the member"),
        "zh": ("{member} 的岗位没有相应的{kind}权限({level})", "降低权限级别,或调整该成员的岗位"),
    },
    "on_the_team": {
        "en": ("{member} is on the team already", "change his seat"),
        "zh": ("{member} 已是协作人", "修改其协作权限"),
    },
    "team_is_full": {
        "en": ("a team has {most} seats at most", "take somebody off it first"),
        "zh": ("协作人最多 {most} 位", "请先移除一位"),
    },
    "too_many_seats": {
        "en": ("{member} has {most} seats already", "end one of them first"),
        "zh": ("{member} 已参与 {most} 个协作", "请先结束其中一个"),
    },
    "until_is_over": {
        "en": ("{until} is over", "today or later"),
        "zh": ("{until} 已过", "今天或以后"),
    },
    "unknown_team_role": {
        "en": ("{role} is no role on a team", "{known}"),
        "zh": ("没有“{role}”这一协作角色", "{known}"),
    },
    "has_a_share": {
        "en": ("{member} has a share of the project's credit", "a split without him"),
        "zh": ("{member} 持有该项目的业绩份额", "同时给出不含该成员的新分配"),
    },
    "no_credit_of_customers": {
        "en": ("customers have no credit to divide", "leave it out"),
        "zh": ("客户没有业绩份额", "不填"),
    },
    "no_percentage": {
        "en": ("{given} is no share", "more than 0, up to 100, with at most two decimals"),
        "zh": ("{given} 不是有效的份额", "大于 0、不超过 100,最多两位小数"),
    },
    "share_twice": {
        "en": ("{member} is named twice", "one share for each member"),
        "zh": ("{member} 出现两次", "每位成员一个份额"),
    },
    "shares_not_whole": {
        "en": ("the shares sum to {sum}", "shares that sum to exactly 100"),
        "zh": ("份额合计为 {sum}", "份额合计必须为 100"),
    },
    "share_of_a_stranger": {
        "en": ("{member} neither owns the project nor is on its team", "its owner, or who is on its team"),
        "zh": ("{member} 既不是项目负责人也不是协作人", "项目负责人或协作人"),
    },
}
