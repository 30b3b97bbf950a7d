"""What is wrong with a field, in the reader's language: each code of ours, and each that pydantic may answer."""

import json
import re
import string
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import ValidationError

import oa_crm
from oa_crm import schemas
from oa_crm.errors import FieldProblem, Forbidden, IllegalState, InvalidInput, NotFound, StaleVersion
from oa_crm.i18n import HINTS, PROBLEMS, VALIDATION, problems
from oa_crm.i18n.words import ACTIONS, KINDS, STATES
from oa_crm.money import Money
from oa_crm.plugins.builtin.policy import POLICY
from oa_crm.schemas.base import In

SOURCE = Path(oa_crm.__file__).parent
LANGUAGES = {"en", "zh"}
BAD: tuple[Any, ...] = (
    None, "", "x" * 30_000, "word", "\ud800", "2026-13-45", "2026-03-02T09:00:00", "1.5", 1.5, 2.0, 10**30, -1, True,
    float("nan"), float("inf"), [], ["x", 1], {}, {"a": 1}, b"x", object(), datetime(2026, 3, 2, 9, 30), "{ge}",  # noqa: DTZ001
)  # fmt: skip
INPUTS = [one for one in vars(schemas).values() if isinstance(one, type) and issubclass(one, In) and one is not In]


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_of_ours_is_told_in_every_language_with_the_same_facts(code: str) -> None:
    assert set(PROBLEMS[code]) == LANGUAGES
    english, chinese = PROBLEMS[code]["en"], PROBLEMS[code]["zh"]
    assert re.search("[一-鿿]", chinese[0])
    assert [_facts(one) for one in english] == [_facts(one) for one in chinese]


def test_the_problems_are_those_that_the_code_raises() -> None:
    paths = [path for path in SOURCE.rglob("*.py") if path.parent.name != "i18n"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    raised = set(re.findall(r"(?:InvalidInput|FieldProblem)\.of\(\s*[\w\".]+,\s*\"(\w+)\"", code))
    raised |= set(re.findall(r"(?:AmountError|CreditCodeError)\(\s*\"(\w+)\"", code))
    assert raised
    assert raised <= set(PROBLEMS)
    assert {one for one in PROBLEMS if f'"{one}"' not in code} == set(), "a problem that nobody has any more"


def test_no_service_speaks_english_only() -> None:
    """The relay does: it is the platform's own, and no salesperson meets it."""
    free = [path for path in SOURCE.rglob("*.py") if "InvalidInput.one(" in path.read_text(encoding="utf-8")]
    assert {path.parent.name for path in free} <= {"outbox"}


def _problems(schema: type[In]) -> Iterator[FieldProblem]:
    for name in schema.model_fields:
        for value in BAD:
            try:
                schema(**{name: value})
            except InvalidInput as refused:
                json.dumps(refused.as_dict("zh"))
                yield from refused.problems


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_whatever_pydantic_finds_is_told_in_chinese(schema: type[In]) -> None:
    found = list(_problems(schema))
    assert {one.code for one in found} <= {*VALIDATION["zh"], *PROBLEMS}
    for one in found:
        assert re.search("[一-鿿]", one.spoken("zh-CN").problem), one
        assert one.spoken("en") == one
        assert one.spoken("fr") == one


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_every_hint_of_an_input_is_told_in_chinese(schema: type[In]) -> None:
    hints = {field.description for field in schema.model_fields.values() if field.description}
    assert hints <= set(HINTS["zh"])


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_no_way_into_an_input_takes_a_zero_character(schema: type[In]) -> None:
    """As a web framework makes it from a body: by pydantic's own ways, past `__init__`."""
    for name in schema.model_fields:
        for value in ("a\0b", ["a\0b"], {"a": "b\0"}, [{"a": ["\0"]}]):
            for way in (schema.model_validate, lambda body: schema.model_validate_json(json.dumps(body))):
                with pytest.raises(ValidationError) as refused:
                    way({name: value})
                assert "zero_character" in {one["type"] for one in refused.value.errors() if one["loc"][:1] == (name,)}


@pytest.mark.parametrize(
    "several", [set, frozenset, deque, iter, lambda one: dict.fromkeys(one).keys(), lambda one: {"x": one[0]}.values()]
)
@pytest.mark.parametrize("wrong", ["a\0b", b"a\0b"])
def test_a_zero_character_comes_in_no_collection_and_by_no_bytes(several: Any, wrong: Any) -> None:
    for way in (schemas.CustomerIn.model_validate, lambda given: schemas.CustomerIn(**given)):
        with pytest.raises((InvalidInput, ValidationError), match="zero character"):
            way({"name": "Wang Shu", "aliases": several([wrong])})
    with pytest.raises(InvalidInput, match="name"):
        schemas.CustomerIn(name=b"a\0b")  # type: ignore[arg-type]


def test_an_iterator_of_texts_is_kept_whole() -> None:
    assert schemas.CustomerIn(name="Wang Shu", aliases=iter(["a", "b"])).aliases == ("a", "b")  # type: ignore[arg-type]


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_no_version_is_greater_than_a_database_keeps(schema: type[In]) -> None:
    for name in {name for name in schema.model_fields if name.endswith("version")}:
        with pytest.raises(InvalidInput) as refused:
            schema(**{name: 2**31})
        assert name in {one.field for one in refused.value.problems}


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_true_is_no_number(schema: type[In]) -> None:
    for name, one in schema.model_fields.items():
        if "int" not in str(one.annotation) or "bool" in str(one.annotation) or "list" in str(one.annotation):
            continue
        with pytest.raises(InvalidInput) as refused:
            schema(**{name: True})
        assert name in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize("schema", INPUTS, ids=lambda one: one.__name__)
def test_half_a_character_is_refused_in_every_text(schema: type[In]) -> None:
    for name, one in schema.model_fields.items():
        if "str" in str(one.annotation):
            with pytest.raises(InvalidInput) as refused:
                schema(**{name: "half a \ud800 character"})
            assert (name, "half_a_character") in {(problem.field, problem.code) for problem in refused.value.problems}
            with pytest.raises(ValidationError, match="half a character"):
                schema.model_validate({name: "half a \ud800 character"})


@pytest.mark.parametrize("given", [{"\ud800": 1}, {"custom": {"a\ud800": "x"}}, {"phones": [{"\ud800": "1"}]}])
def test_a_name_with_half_a_character_is_refused_in_words_that_can_be_sent(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        schemas.CustomerIn(**{"name": "甲", **given})
    assert [one.code for one in refused.value.problems] == ["half_a_character"]
    assert json.dumps(refused.value.as_dict("zh"), ensure_ascii=False).encode()


def test_what_is_nested_deeper_than_anybody_means_is_refused_before_it_is_read() -> None:
    deep: Any = "a"
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(InvalidInput) as refused:
        schemas.CustomerIn(name="甲", custom={"a": deep})
    (problem,) = refused.value.problems
    assert problem.code == "too_deep"
    assert problem.field.startswith("custom.a.0.0.")


def test_what_nobody_translated_is_told_in_english() -> None:
    unknown = FieldProblem("name", "Input is strange", "a plain one", "strange_type", {"more": "1"})
    assert unknown.spoken("zh") == unknown
    own = InvalidInput.one("route", "no such route", "north or south")
    assert own.text("zh-CN") == "输入内容有误:route: no such route (north or south)"


def test_amounts_say_what_is_wrong_with_a_code() -> None:
    with pytest.raises(ValueError, match="more decimals than JPY allows, which is 0") as refused:
        Money.of("1.5", "JPY")
    assert refused.value.code == "amount_decimals"  # type: ignore[attr-defined]


def test_kinds_actions_and_states_are_told_in_the_readers_words() -> None:
    assert NotFound("project", 7).text("zh-CN") == "找不到该销售项目:7"
    assert NotFound("project", 7).text("en") == "No such project: 7"
    refused = Forbidden(actor="wang", action="reverse", kind="expense", reason="no")
    assert refused.text("zh") == "wang 无权冲销销售费用:no"
    assert refused.details["kind"] == "expense", "a program reads the code"
    stale = StaleVersion(kind="customer", expected=1, current=2, state={"name": "甲"})
    assert stale.text("zh").startswith("该客户已被他人修改")
    state = IllegalState(kind="contract HT-7", state="in_approval", allowed=("draft", "rejected"))
    assert state.text("zh") == "该合同 HT-7当前状态为 审批中,此操作要求状态为 草稿 / 已驳回"
    foreign = Forbidden(actor="wang", action="fly", kind="kite", reason="no")
    assert foreign.text("zh") == "wang 无权“fly”“kite”:no"


def test_every_kind_and_action_of_the_policy_has_its_word() -> None:
    actions = {action for role in POLICY.values() for action in role}
    kinds = {kind for role in POLICY.values() for reach in role.values() for kind in reach}
    assert actions <= set(ACTIONS["zh"])
    assert kinds <= set(KINDS["zh"])


def test_the_words_are_those_of_the_glossary() -> None:
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|", Path("docs/glossary.md").read_text(encoding="utf-8"), re.M)
    glossary: dict[str, set[str]] = {}  # a department is a thing and a reach
    for codes, words in rows:
        for code, word in zip(re.findall(r"`(\w+)`", codes), words.split(", "), strict=False):
            glossary.setdefault(code, set()).add(word.split(" / ")[0])
    ours = {**KINDS["zh"], **STATES["zh"], "override": ACTIONS["zh"]["override"]}
    assert {code: word for code, word in ours.items() if word not in glossary.get(code, {word})} == {}


def test_no_code_is_told_in_two_rooms() -> None:
    """The later one would silently win."""
    rooms = [
        getattr(module, name.upper())
        for name in (one.name for one in iter_modules(problems.__path__))
        if hasattr(module := import_module(f"oa_crm.i18n.problems.{name}"), name.upper())
    ]
    assert sum(map(len, rooms)) == len(PROBLEMS)
