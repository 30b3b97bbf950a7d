"""Legal forms and branch tails: the parts of a name that say what kind of body it is.

Chinese forms stand at the end without a gap; Latin ones are words, told whole (`Co., Ltd.`), so that
"Incline" keeps its letters.
"""

import re

from oa_crm.duplicates import regions
from oa_crm.duplicates.tables import words

_CHINESE = (
    "股份有限责任公司", "股份有限公司", "有限责任公司", "责任有限公司", "有限公司", "股份公司", "集团公司", "总公司",
    "公司", "特殊普通合伙", "有限合伙", "普通合伙", "合伙企业", "株式会社", "集团", "股份", "有限责任", "个体工商户",
    "个人独资", "有限会社", "合同会社", "주식회사",
)  # fmt: skip
# Forms that stand in front in Japan and Korea, and as a word in Russia and Indonesia.
_IN_FRONT = ("株式会社", "有限会社", "合同会社", "주식회사")
_IN_BRACKETS = {"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(주)": "주식회사"}
_WORDS_IN_FRONT = frozenset(("the", "pt", "ooo", "ооо", "оао", "зао", "пао", "ао", "тоо", "тов", "ип", "주식회사"))
_SPELLED = {"limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co"}
_FORMS = frozenset(_CHINESE)
# By last character, how long the forms are that end with it, longest first.
_SIZES = {
    last: sorted({len(form) for form in _CHINESE if form[-1] == last}, reverse=True)
    for last in {form[-1] for form in _CHINESE}
}
# Stock exchanges mark classes of shares so: 有限公司A, 望舒集团-W.
_MARKED_SHARE = re.compile("(?<=[\u3400-\u9fff])(?:[abhsuw]|sw)$")
_NOT_A_FORM = ("分公司", "子公司", "支公司")
_BRANCH_ENDS = (
    *_NOT_A_FORM, "分行", "支行", "营业部", "营业厅", "办事处", "分店", "分部", "分社", "分院", "分所", "储蓄所",
    "分理处", "代表处", "营业所", "项目部", "经营部", "专卖店", "门店", "分厂", "煤矿", "厂", "矿", "店", "站", "中心",
    "部", "处", "所", "院",
)  # fmt: skip
# With these a city in the middle begins the tail: 青禾餐饮武汉分公司.
_SURELY_A_BRANCH = ("分公司", "分行", "支行", "营业部", "办事处", "分店")
_LONGEST_HEAD = 16
_HEAD_ENDS = ("银行", "信用社", "证券", "保险", "集团")
_INSTITUTIONS = ("大学", "学院", "医院", "学校", "中学", "小学", "幼儿园", "政府", "委员会", "局", "协会")
_LONGEST_LATIN = 4


def spelled_out(text: str) -> str:
    """A folded name whose legal form in brackets, as ㈱ becomes one, is written as a word."""
    for short, form in _IN_BRACKETS.items() if "(" in text else ():
        text = text.replace(short, form)
    return text


def split_branch(text: str) -> tuple[str, str]:
    """Head office and branch tail; the tail is empty where there is none."""
    if not text.endswith(_BRANCH_ENDS):
        return text, ""
    # The last two characters belong to the tail: its own 公司 ends no head office.
    at = text.rfind("公司", 2, len(text) - 2) + 2
    if at < 2:
        at = min((found + len(end) for end in _HEAD_ENDS if (found := text.find(end, 1)) > 0), default=0)
    if not at and text.endswith(_SURELY_A_BRANCH):
        at = next((start for start in range(2, min(len(text) - 3, _LONGEST_HEAD)) if regions.leading(text[start:])), 0)
    tail = text[at:]
    return (text[:at], tail) if at and len(tail) > 2 and not _only_a_head(tail) else (text, "")


def _only_a_head(tail: str) -> bool:
    """Whether what follows belongs to the head's own name: 有限公司 behind 银行, or a bare 分公司."""
    return tail in _BRANCH_ENDS or (tail.endswith("公司") and not tail.endswith(_NOT_A_FORM))


def without_form(text: str) -> tuple[str, str]:
    """A Chinese name and the legal form taken off its end; a name that is only a form keeps it."""
    for form in _IN_FRONT if text.startswith(_IN_FRONT) else ():
        if text.startswith(form) and len(text) > len(form) + 1:
            text = text[len(form) :] + form
    # Most names end in no such letter; asking costs a tenth of looking for the mark.
    unmarked = _MARKED_SHARE.sub("", text) if len(text) > 3 and text[-1].isascii() else text
    name = unmarked
    while (size := _form_at_the_end(name)) and size < len(name):
        name = name[:-size]
    return name, unmarked[len(name) :]


def _form_at_the_end(name: str) -> int:
    """How long the legal form is that `name` ends with; 0 where it ends with none."""
    for size in _SIZES.get(name[-1:], ()):
        if name[-size:] in _FORMS:
            return 0 if name.endswith(_NOT_A_FORM) else size
    return 0


def without_latin_form(parts: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Words without the legal forms at the end, however they are split: ("s", "a") is a form as "sa" is."""
    if len(parts) < 2:
        return parts, ""
    kept = parts[1:] if parts[0] in _WORDS_IN_FRONT else parts
    whole = kept
    while size := _form_size(kept):
        kept = kept[:-size]
    return kept, "".join(_SPELLED.get(word, word) for word in whole[len(kept) :])


def names_a_body(core: str, form: str) -> bool:
    """Whether a name is that of a registered body, by its form or, as a hospital's, without one.

    People put 集团 and 股份 behind a short name too.
    """
    return form not in {"", "集团", "股份", "股份公司"} or core.endswith(_INSTITUTIONS)


def other_body(one: str, other: str) -> bool:
    """Whether two forms more likely belong to two bodies: group and member, partnership, Inc and GmbH.

    A limited company that became one by shares is one body, so Chinese company forms agree; so is a company by shares
    that calls itself a group, since beside its members a group is a limited company.
    """
    if not (one and other):
        return False
    if "股份" in one and "股份" in other:
        return False
    if any((word in one) != (word in other) for word in ("集团", "合伙")):
        return True
    return one != other and (one + other).isascii()


def _form_size(parts: tuple[str, ...]) -> int:
    known = words("latin_forms")
    longest = min(_LONGEST_LATIN, len(parts) - 1)
    return next((size for size in range(longest, 0, -1) if "".join(parts[-size:]) in known), 0)
