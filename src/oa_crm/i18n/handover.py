"""What stands against a handover, in the languages we speak. Codes are those of the schema."""

from typing import Any

from oa_crm.i18n import DEFAULT_LOCALE, language_of
from oa_crm.i18n.words import said

CONFLICTS: dict[str, dict[str, str]] = {
    "receiver_inactive": {"en": "{member} is not an active member", "zh": "{member} 不是在职成员"},
    "receiver_is_leaver": {"en": "{member} is who hands over", "zh": "{member} 就是交接人本人"},
    "receiver_out_of_reach": {"en": "{member} is beyond your reach", "zh": "{member} 不在您的管理范围内"},
    "receiver_without_right": {"en": "{member} may not have a {kind}", "zh": "{member} 无权负责{kind}"},
    "receiver_external": {
        "en": "{member} is an outsider and gets no {kind}",
        "zh": "{member} 是外部人员,不能接收{kind}",
    },
    "holding_limit": {
        "en": "{member} holds {held} customers and would get {count} more, and {limit} is the limit",
        "zh": "{member} 已持有 {held} 个客户,将再接收 {count} 个,上限为 {limit} 个",
    },
    "nobody_takes": {
        "en": "nobody takes {count} of kind {kind}; name `rest_to`",
        "zh": "有 {count} 项{kind}无人接收,请指定 `rest_to`",
    },
    "own_request": {
        "en": "{member} would decide on {count} requests of his own",
        "zh": "{member} 将审批自己提交的 {count} 项申请",
    },
}


def conflict_words(conflict: Any, locale: str) -> str:
    """The sentence for one conflict."""
    language = language_of(locale)
    sentences = CONFLICTS[conflict.code]
    kind = said("kind", conflict.kind, language) if conflict.kind else ""
    facts = {name: getattr(conflict, name) for name in ("count", "limit", "held")}
    return sentences.get(language, sentences[DEFAULT_LOCALE]).format(member=conflict.member_id, kind=kind, **facts)
