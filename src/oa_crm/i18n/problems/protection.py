"""The protection clock."""

from oa_crm.i18n.problems.words import Words

PROTECTION: dict[str, dict[str, Words]] = {
    "extension_too_long": {
        "en": ("{days} days are more than one extension may have", "1 to {longest}"),
        "zh": ("一次延期不能达到 {days} 天", "1 到 {longest}"),
    },
    "extensions_used_up": {
        "en": ("its owner had all extensions that the rules allow", "at most {limit} for each owner"),
        "zh": ("该负责人的延期次数已用完", "每位负责人最多 {limit} 次"),
    },
    "strike_without_reason": {
        "en": ("it is empty", "why the talk does not count"),
        "zh": ("不能为空", "该跟进不计入的原因"),
    },
}
