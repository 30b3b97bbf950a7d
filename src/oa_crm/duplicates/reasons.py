"""Why two customers look alike, or not: a stable code, its facts, and words in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReasonCode(StrEnum):
    """What was found; stable, so that a page or a log may branch on it."""

    SAME_CREDIT_CODE = "same_credit_code"
    DIFFERENT_CREDIT_CODE = "different_credit_code"
    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"
    FORM_DIFFERS = "form_differs"
    SAME_CORE = "same_core"
    REGION_MISSING = "region_missing"
    REGION_NARROWER = "region_narrower"
    REGION_DIFFERS = "region_differs"
    SHORT_NAME = "short_name"
    SAME_WORDS = "same_words"
    HOMOPHONE = "homophone"
    SHAPE = "shape"
    SLIP = "slip"
    FORM_MISTYPED = "form_mistyped"
    LONGER_BRAND = "longer_brand"
    SAME_BRAND = "same_brand"
    NAMES_ALIKE = "names_alike"
    BRAND_DIFFERS = "brand_differs"
    TRADE_DIFFERS = "trade_differs"
    BRANCH_DIFFERS = "branch_differs"
    BRANCH_TOLD_OTHERWISE = "branch_told_otherwise"
    FORMER_NAME = "former_name"
    OTHER_NAME = "other_name"
    SAME_EMAIL = "same_email"
    SAME_DOMAIN = "same_domain"
    SAME_ADDRESS = "same_address"


_TEXTS: dict[ReasonCode, dict[str, str]] = {
    ReasonCode.SAME_CREDIT_CODE: {"en": "same credit code", "zh": "统一社会信用代码相同"},
    ReasonCode.DIFFERENT_CREDIT_CODE: {"en": "credit codes differ", "zh": "统一社会信用代码不同"},
    ReasonCode.SAME_PHONE: {"en": "same phone number", "zh": "电话相同"},
    ReasonCode.SAME_NAME: {"en": "same name", "zh": "名称相同"},
    ReasonCode.FORM_DIFFERS: {
        "en": "same name “{core}”, legal form differs",
        "zh": "字号与行业“{core}”相同，仅组织形式不同",
    },
    ReasonCode.SAME_CORE: {"en": "same name “{core}”", "zh": "字号与行业“{core}”相同"},
    ReasonCode.REGION_MISSING: {
        "en": "only one of the names tells a region ({region})",
        "zh": "仅一方名称写明地区（{region}）",
    },
    ReasonCode.REGION_NARROWER: {
        "en": "one region lies in the other ({regions})",
        "zh": "地区有包含关系（{regions}）",
    },
    ReasonCode.REGION_DIFFERS: {"en": "regions differ ({regions})", "zh": "地区不同（{regions}）"},
    ReasonCode.SHORT_NAME: {"en": "“{short}” may be short for it", "zh": "“{short}”可能是其简称"},
    ReasonCode.SAME_WORDS: {"en": "same words in another order", "zh": "用字相同，次序不同"},
    ReasonCode.HOMOPHONE: {"en": "sounds the same ({differ})", "zh": "读音相同（{differ}）"},
    ReasonCode.SHAPE: {"en": "characters look alike ({differ})", "zh": "字形相近（{differ}）"},
    ReasonCode.SLIP: {"en": "one character more or less ({differ})", "zh": "仅多或少一字（{differ}）"},
    ReasonCode.FORM_MISTYPED: {"en": "legal form mistyped", "zh": "组织形式有误写"},
    ReasonCode.LONGER_BRAND: {
        "en": "one brand has all of the other ({brands})",
        "zh": "一方字号包含另一方（{brands}）",
    },
    ReasonCode.SAME_BRAND: {
        "en": "same brand “{brand}”, trade told differently ({trades})",
        "zh": "字号“{brand}”相同，行业表述略有不同（{trades}）",
    },
    ReasonCode.NAMES_ALIKE: {"en": "names {percent} % alike", "zh": "名称相似度 {percent}%"},
    ReasonCode.BRAND_DIFFERS: {"en": "brands differ ({brands})", "zh": "字号不同（{brands}）"},
    ReasonCode.TRADE_DIFFERS: {
        "en": "same brand “{brand}”, another trade",
        "zh": "字号“{brand}”相同，行业不同",
    },
    ReasonCode.BRANCH_DIFFERS: {"en": "not the same branch office", "zh": "分支机构不同"},
    ReasonCode.BRANCH_TOLD_OTHERWISE: {
        "en": "branch told otherwise ({branches})",
        "zh": "分支机构写法不同（{branches}）",
    },
    ReasonCode.FORMER_NAME: {"en": "by the former name “{name}”", "zh": "与曾用名“{name}”比对"},
    ReasonCode.OTHER_NAME: {"en": "by the short name or alias “{name}”", "zh": "与简称或别名“{name}”比对"},
    ReasonCode.SAME_EMAIL: {"en": "same e-mail address", "zh": "邮箱相同"},
    ReasonCode.SAME_DOMAIN: {"en": "same internet domain {domain}", "zh": "网站或邮箱域名相同（{domain}）"},
    ReasonCode.SAME_ADDRESS: {"en": "same address", "zh": "地址相同"},
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `params` are the facts that its text names."""

    code: ReasonCode
    params: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, locale: str = "en") -> str:
        """The reason in the reader's language ("zh-CN", "en-GB", ...); an unknown language reads English."""
        language = locale.replace("_", "-").split("-")[0].lower()
        texts = _TEXTS[self.code]
        return texts.get(language, texts["en"]).format(**self.params)
