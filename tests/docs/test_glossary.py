"""The glossary and the code use the same words: none that is gone, and every state, role and kind is in it."""

import re
from pathlib import Path
from typing import get_args

from oa_crm import Settings
from oa_crm.hooks import EVENTS, Decision, Reach, RowRule
from oa_crm.outbox import tables
from oa_crm.plugins.builtin.policy import POLICY
from oa_crm.schemas import ContractFilter, ProjectFilter, Verdict
from tests.docs.markdown import ROOT, table_rows

GLOSSARY = Path("docs/glossary.md")
SOURCE = ROOT / "src" / "oa_crm"


def _words() -> set[str]:
    return {word for row in table_rows(GLOSSARY) for word in re.findall(r"`([a-z_]+)`", row[0])}


def _choices(schema: type, field: str) -> set[str]:
    literal = schema.model_fields[field].annotation  # type: ignore[attr-defined]
    return {choice for part in (literal, *get_args(literal)) for choice in get_args(part) if isinstance(choice, str)}


def test_every_word_of_the_glossary_is_a_word_of_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")).lower()
    gone = {word for word in _words() if not re.search(rf"(?<![a-z]){word}s?(?![a-z])", code)}
    assert not gone


def test_every_row_has_its_chinese_and_its_meaning() -> None:
    rows = [row for row in table_rows(GLOSSARY) if row[0].startswith("`")]
    assert rows
    assert not [row for row in rows if len(row) != 3 or not re.search(r"[一-鿿]", row[1]) or not row[2]]


def test_words_and_chinese_come_in_pairs() -> None:
    for row in table_rows(GLOSSARY):
        words = re.findall(r"`[a-z_]+`", row[0])
        assert len(words) < 2 or len(words) == len(row[1].split(", ")), row


def test_every_kind_that_events_are_about_is_explained() -> None:
    assert {event.KIND for event in EVENTS.values()} <= _words()


def test_every_state_and_choice_is_explained() -> None:
    choices = {
        *_choices(ProjectFilter, "state"),
        *_choices(ContractFilter, "state"),
        *Settings().follow_up_ways,
        *Settings().follow_up_results,
        *Settings().expense_categories,
        *(one.value for one in (*Decision, *Verdict, *Reach)),
        tables.PENDING,
        tables.DONE,
        tables.DEAD,
        tables.SKIPPED,
        "waiting",
        "withdrawn",
    }
    assert choices <= _words()


def test_every_role_and_every_effect_of_a_row_rule_is_explained() -> None:
    effects = get_args(RowRule.__annotations__["effect"])
    assert effects
    assert {*POLICY, *effects} <= _words()
