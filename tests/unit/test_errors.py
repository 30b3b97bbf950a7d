"""One tree of errors: every class has its code, its words in every language, and facts that are JSON."""

import json
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from oa_crm import errors
from oa_crm.errors import CrmError, FieldProblem, InvalidInput
from oa_crm.hooks import Objection
from oa_crm.i18n import MESSAGES, translate
from oa_crm.schemas import CheckReport, Verdict
from oa_crm.schemas.handovers import HandoverConflict

LANGUAGES = ("en", "zh")

EVERY = (
    errors.ConfigurationError("two plugins answer provide_ledger"),
    errors.CustomerMerged(id=uuid4(), into=uuid4()),
    errors.PluginRefused("acme", "there is no hook on_nothing"),
    errors.SchemaOutdated(None, "0001"),
    errors.InvalidInput([FieldProblem("amount", "it is a float", "text"), FieldProblem("name", "it is empty")]),
    errors.GatesClosed([FieldProblem.of("expected", "gate_field", stage="proposal", what="expected")]),
    errors.NotFound("customer", uuid4()),
    errors.Forbidden(actor="zhang.wei", action="write", kind="contract", reason="no role gives it"),
    errors.UnknownActor(actor="zhang.wei", tenant="acme"),
    errors.Vetoed([("books", Objection("closed", "Closed", "occurred_on")), ("hold", Objection("held", "Held"))]),
    errors.DuplicateCustomer("云帆智能", CheckReport(verdict=Verdict.CLEAR, hits=())),
    errors.DuplicateContact("林晓", [{"id": str(uuid4()), "name": "林晓", "same": "name"}]),
    errors.DuplicateKeysMissing("acme"),
    errors.TooManySearches(limit=600, actor="zhang.wei"),
    errors.HoldingLimitReached(owner="zhang.wei", limit=100, held=100, together=False),
    errors.ClaimQuotaReached(owner="zhang.wei", limit=5, claimed=5),
    errors.ClaimTooEarly(until=datetime(2026, 3, 2, tzinfo=UTC), because="cooldown"),
    errors.LockLimitReached(owner="zhang.wei", limit=3, locked=3),
    errors.HandoverConflicts([HandoverConflict(code="receiver_inactive", member_id="li.na", text="li.na has left")]),
    errors.ExportLimit(actor="zhang.wei", limit=1000, left=12, asked=40),
    errors.FileDamaged(uuid4(), "报价单.pdf"),
    errors.StaleVersion(kind="customer", expected=1, current=2, state={"name": "云帆智能", "version": 2}),
    errors.IllegalState(kind="contract", state="approved", allowed=("draft", "rejected")),
    errors.IdempotencyConflict("key-1"),
    errors.UnitClosed(),
    errors.Busy(),
    errors.ReadOnlyUnit("customers.create"),
)
EACH = pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)


def _classes(base: type[CrmError] = CrmError) -> Iterator[type[CrmError]]:
    for one in base.__subclasses__():
        yield one
        yield from _classes(one)


def test_no_error_class_is_missing_here() -> None:
    assert {one for one in _classes() if one.__module__ == errors.__name__} == {type(error) for error in EVERY}


def test_every_code_has_words_and_no_words_are_without_a_code() -> None:
    assert {error.code for error in EVERY} == set(MESSAGES)
    assert len({error.code for error in EVERY}) == len(EVERY)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_language_says_every_code_with_the_same_facts(code: str) -> None:
    assert set(MESSAGES[code]) == set(LANGUAGES)
    facts = [{field for _, field, _, _ in string.Formatter().parse(MESSAGES[code][one]) if field} for one in LANGUAGES]
    assert facts[0] == facts[1]


@EACH
@pytest.mark.parametrize("locale", ["en", "zh", "zh-CN", "zh_Hans_CN", "fr", ""])
def test_every_error_speaks_with_all_its_facts_filled_in(error: CrmError, locale: str) -> None:
    words = error.text(locale)
    assert words.strip()
    assert "{" not in words
    if locale.startswith("zh"):
        assert any("一" <= character <= "鿿" for character in words)
    if locale in ("en", "fr", ""):
        assert words == str(error)


@EACH
def test_an_error_is_a_json_body_for_an_api(error: CrmError) -> None:
    body = json.loads(json.dumps(error.as_dict("zh-CN")))
    assert body["code"] == error.code
    assert body["message"] == error.text("zh-CN")
    assert set(body) == {"code", "message", "details"}


def test_facts_with_braces_are_shown_as_they_are() -> None:
    assert "{name}" in errors.PluginRefused("acme", "a literal {name} in its text").text("zh")
    assert translate("not_found", "en", {"kind": "customer", "id": "{id}"}) == "No such customer: {id}"


def test_invalid_input_tells_every_wrong_field_why_and_what_would_be_right() -> None:
    error = InvalidInput([FieldProblem("amount", "it is a float", "text"), FieldProblem("name", "it is empty")])
    assert error.text() == "Some of the input cannot be taken: amount: it is a float (text); name: it is empty"
    assert error.as_dict()["details"]["problems"][0] == {
        "field": "amount",
        "problem": "it is a float",
        "expected": "text",
        "code": "",
        "params": {},
    }
    assert InvalidInput.one("name", "it is empty").problems == (FieldProblem("name", "it is empty"),)


def test_a_veto_names_each_plugin_once_and_keeps_every_objection() -> None:
    error = errors.Vetoed(
        [("books", Objection("a", "A")), ("books", Objection("b", "B", "f")), ("hold", Objection("c", "C"))]
    )
    assert error.details["plugins"] == "books, hold"
    assert error.details["objections"][1] == {"plugin": "books", "code": "b", "message": "B", "field": "f"}
    assert error.text() == "Refused by books, hold: A; B; C"


def test_a_stale_version_carries_the_present_state() -> None:
    error = errors.StaleVersion(kind="customer", expected=1, current=2, state={"level": "A"})
    assert error.details["state"] == {"level": "A"}
    assert "version 1" in str(error)
    assert "now 2" in str(error)
