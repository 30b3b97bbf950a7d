"""The words of every error, in the languages we speak.

Sentences in `messages`, problems of single fields in `problems` and `validation`, words in `words`. What a
language lacks is said in English. Labels of business data belong to the host.
"""

from collections.abc import Mapping

from oa_crm.i18n.messages import MESSAGES, NEWER_TABLES, OLDER_TABLES
from oa_crm.i18n.problems import PROBLEMS, Words
from oa_crm.i18n.validation import HINTS, VALIDATION
from oa_crm.i18n.words import said

__all__ = [
    "DEFAULT_LOCALE",
    "HINTS",
    "MESSAGES",
    "PROBLEMS",
    "VALIDATION",
    "field_words",
    "language_of",
    "outdated_advice",
    "problem_words",
    "translate",
]

DEFAULT_LOCALE = "en"


def language_of(locale: str) -> str:
    """The language of a locale: "zh" for "zh-CN" or "zh_Hans_CN"."""
    return locale.replace("_", "-").split("-")[0].lower()


def translate(code: str, locale: str, params: Mapping[str, object]) -> str:
    """The message for the error `code` in `locale` ("zh-CN", "en-GB", ...), filled with `params`."""
    language = language_of(locale)
    catalogue = MESSAGES[code]
    spoken = {name: said(name, value, language) for name, value in params.items()}
    return catalogue.get(language, catalogue[DEFAULT_LOCALE]).format(**spoken)


def outdated_advice(locale: str, *, newer: bool) -> str:
    """What to do about tables of another version than the code's, in `locale`."""
    catalogue = NEWER_TABLES if newer else OLDER_TABLES
    return catalogue.get(language_of(locale), catalogue[DEFAULT_LOCALE])


def problem_words(code: str, locale: str, params: Mapping[str, object]) -> Words:
    """One of our own problems and what would be right, in `locale`."""
    catalogue = PROBLEMS[code]
    problem, expected = catalogue.get(language_of(locale), catalogue[DEFAULT_LOCALE])
    return problem.format(**params), expected.format(**params)


def field_words(code: str, locale: str, params: Mapping[str, object], english: Words) -> Words:
    """The same for any code: ours, pydantic's, or none, which stays as the `english` says it."""
    if code in PROBLEMS:
        return problem_words(code, locale, params)
    language = language_of(locale)
    problem, hint = english
    known = VALIDATION.get(language, {}).get(code)
    return known.format(**params) if known else problem, HINTS.get(language, {}).get(hint, hint)
