"""The pages of verbs and inputs have every verb and every field, and none that is gone."""

from pathlib import Path

import pytest

from docs import generate_verbs
from oa_crm import schemas
from oa_crm.schemas.base import In
from tests.integration.services.surface import methods


def test_the_pages_have_what_the_code_has() -> None:
    assert generate_verbs.stale() == [], "run `python -m docs.generate_verbs`"


def test_what_is_missing_or_gone_is_found(tmp_path: Path) -> None:
    for name, text in generate_verbs.pages().items():
        (tmp_path / name).write_text(text.replace("`claim(", "`grab(").replace("| `due_at` |", "| `due_on` |"))
    found = "\n".join(generate_verbs.stale(tmp_path))
    assert all(one in found for one in ("`claim(", "`grab(", "`due_at`", "`due_on`"))


@pytest.mark.parametrize("verb", methods())
def test_every_verb_of_a_unit_is_listed(verb: str) -> None:
    service, _, name = verb.partition(".")
    kinds = {written: kind for written, _, kind in generate_verbs.services()}
    assert name in dict(generate_verbs.verbs(kinds[f"unit.{service}"]))


def test_every_input_that_a_verb_takes_is_listed() -> None:
    listed = set(generate_verbs.schemas())
    public = {one for one in vars(schemas).values() if isinstance(one, type) and issubclass(one, In) and one is not In}
    behind = {"ContactRow", "FollowUpRow", "CustomMatch", "Patch"}  # rows of files, and what others are made of
    assert {one.__name__ for one in public - listed} == behind
