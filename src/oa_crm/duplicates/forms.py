"""Legal forms and branch tails: the parts of a name that say what kind of body it is.

Chinese forms stand at the end without a gap; Latin ones are words, told whole (`Co., Ltd.`), so that
"Incline" keeps its letters. A branch is not its head office: its tail stays part of the core.
"""

import re

_CHINESE = (
    "股份有限责任公司", "股份有限公司", "有限责任公司", "有限公司", "股份公司", "集团公司", "总公司", "公司",
    "特殊普通合伙", "有限合伙", "普通合伙", "合伙企业", "株式会社", "集团", "股份", "有限责任",
)  # fmt: skip
_LATIN_WORDS = (
    "co company coltd ltd limited colimited inc incorporated corp corporation llc llp lp plc gmbh mbh "
    "ag kg kgaa ug ohg ev sa sas sarl srl spa bv nv ab as asa aps oy oyj pty pte pvt private pteltd "
    "ptyltd pvtltd kk sdn bhd ltda sl slu sro zrt kft doo dd ooo oao jsc group grp"
)
_LATIN = frozenset(_LATIN_WORDS.split())
_SPELLED = {"limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co"}
_FORM = re.compile(f"({'|'.join(_CHINESE)})$")
_NOT_A_FORM = re.compile("(?:分|子)公司$")
_BRANCH = re.compile(
    "(?P<head>.+?(?:公司|银行|信用社|证券|保险|集团))"
    "(?P<tail>(?:(?!公司).)+(?:分公司|支公司|分行|支行|营业部|营业厅|办事处|分店|分部))"
)
_LONGEST_LATIN = 4


def split_branch(text: str) -> tuple[str, str]:
    """Head office and branch tail; the tail is empty where there is none."""
    found = _BRANCH.fullmatch(text)
    return (found["head"], found["tail"]) if found else (text, "")


def without_form(text: str) -> tuple[str, str]:
    """A Chinese name and the legal form taken off its end; a name that is only a form keeps it."""
    name = text
    while (found := _FORM.search(name)) and found.start() > 0 and not _NOT_A_FORM.search(name):
        name = name[: found.start()]
    return name, text[len(name) :]


def without_latin_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Words without the legal forms at the end, however they are split: ("s", "a") is a form as "sa" is."""
    kept = words[1:] if len(words) > 1 and words[0] == "the" else words
    whole = kept
    while size := _form_size(kept):
        kept = kept[:-size]
    return kept, "".join(_SPELLED.get(word, word) for word in whole[len(kept) :])


def names_a_body(form: str) -> bool:
    """Whether `form` is that of a registered body; people put 集团 and 股份 behind a short name too."""
    return form not in {"", "集团", "股份"}


def other_body(one: str, other: str) -> bool:
    """Whether two forms more likely belong to two bodies: group and member, partnership, Inc and GmbH.

    A limited company that became one by shares is one body, so Chinese company forms agree.
    """
    if any((word in one) != (word in other) for word in ("集团", "合伙")):
        return True
    return bool(one and other) and one != other and (one + other).isascii()


def _form_size(words: tuple[str, ...]) -> int:
    longest = min(_LONGEST_LATIN, len(words) - 1)
    return next((size for size in range(longest, 0, -1) if "".join(words[-size:]) in _LATIN), 0)
