"""Money and the Unified Social Credit Code."""

from oa_crm.i18n.problems.words import Words

_AMOUNT_EN, _AMOUNT_ZH = "an exact amount as text, such as '1280.00'", "以文本给出的精确金额,如 '1280.00'"
_LETTERS_EN = "only digits and the capitals without I, O, S, V, Z occur (1 and 0 look like I and O)"
_LETTERS_ZH = "只含数字和除 I、O、S、V、Z 以外的大写字母(1、0 与 I、O 形似)"

AMOUNTS: dict[str, dict[str, Words]] = {
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
}
