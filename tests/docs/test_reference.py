"""The reference pages say what the code does: every error code, every role, every dial of the relay."""

import re
from pathlib import Path
from string import Formatter

import pytest

from oa_crm import errors
from oa_crm.errors import CrmError
from oa_crm.hooks import Reach
from oa_crm.i18n import MESSAGES
from oa_crm.plugins.builtin.policy import POLICY
from oa_crm.schemas.privacy import FIELDS
from tests.docs.markdown import table_rows

ERRORS = Path("docs/reference/errors.md")
PERMISSIONS = Path("docs/reference/permissions.md")
PRIVACY = Path("docs/privacy.md")
CLASSES = {one.code: one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CrmError)}
CODES = sorted({*CLASSES, *MESSAGES})


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_a_class_a_row_and_words_in_english_and_chinese(code: str) -> None:
    assert code in CLASSES, "a message without an error"
    assert set(MESSAGES.get(code, {})) == {"en", "zh"}
    assert [row for row in table_rows(ERRORS) if row[0] == f"`{code}`"], f"{ERRORS} has no row for it"


@pytest.mark.parametrize("code", CODES)
def test_both_languages_fill_in_the_same_facts(code: str) -> None:
    fields = {
        locale: {name for _, name, _, _ in Formatter().parse(text) if name} for locale, text in MESSAGES[code].items()
    }
    assert fields["en"] == fields["zh"]


def test_the_page_of_errors_has_no_code_that_is_gone() -> None:
    listed = {row[0].strip("`") for row in table_rows(ERRORS) if re.fullmatch(r"`[a-z_]+`", row[0])}
    assert listed == set(CODES)


def test_the_page_of_permissions_is_the_default_policy() -> None:
    wanted = [_policy_row(role, action) for role in POLICY for action in POLICY[role]]
    listed = [row for row in table_rows(PERMISSIONS) if row[0].strip("`") in POLICY]
    assert listed == wanted, "the table should be\n" + "\n".join(f"| {' | '.join(row)} |" for row in wanted)


def test_the_page_of_permissions_explains_every_reach() -> None:
    listed = {row[0].strip("`") for row in table_rows(PERMISSIONS)}
    assert {reach.value for reach in Reach} <= listed


def test_the_page_of_permissions_says_what_every_action_is_for() -> None:
    explained = {row[0].strip("`") for row in table_rows(PERMISSIONS) if len(row) == 2}
    assert {action for granted in POLICY.values() for action in granted} <= explained


def test_the_page_of_privacy_lists_every_field_that_has_rules() -> None:
    listed = [(row[0].strip("`"), re.findall(r"`(\w+)`", row[1])) for row in table_rows(PRIVACY) if len(row) == 2]
    assert [one for one in listed if one[0] in FIELDS and one[1]] == [(kind, list(FIELDS[kind])) for kind in FIELDS]


def _policy_row(role: str, action: str) -> list[str]:
    kinds: dict[str, list[str]] = {}
    for kind, reach in POLICY[role][action].items():
        kinds.setdefault(reach.value, []).append(kind)
    told = "; ".join(f"{reach}: {', '.join(sorted(names))}" for reach, names in kinds.items())
    return [f"`{role}`", f"`{action}`", told]
