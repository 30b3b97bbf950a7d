"""What is wrong with a code: a stable `code` of `oa_crm.i18n.problems`, and its facts."""

import difflib
from collections.abc import Iterable
from typing import Any

from oa_crm.i18n import DEFAULT_LOCALE, problem_words

_SHOWN = 5


class CodeError(ValueError):
    """A code or number that means nothing; `code` and `params` say why and what would be near."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(problem_words(code, DEFAULT_LOCALE, params)[0])


def near(text: str, known: Iterable[str]) -> list[str]:
    """At most five of `known` that somebody may have meant: those that hold the text, then those spelt like it."""
    names = sorted(set(known), key=lambda one: (len(one), one))
    holding = [one for one in names if text and (text in one or (len(one) > 1 and one in text))]
    return list(dict.fromkeys([*holding[:_SHOWN], *difflib.get_close_matches(text, names, _SHOWN, 0.5)]))[:_SHOWN]
