"""The verbs of requests for help and of shares: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.testing import Kit


def _question(customer: Any, title: str) -> dict[str, Any]:
    facts = {"customer_id": customer.id, "member_id": "colleague", "due_on": "2026-03-20"}
    return {**facts, "title": title, "show": ["customer.industry"]}


def _answered(kit: Kit) -> Any:
    asked = kit.given.help_request()
    with kit.unit("colleague") as unit:
        return unit.help.answer(asked.id, "可以")


def _shared(customer: Any, title: str) -> dict[str, Any]:
    return {"customer_id": customer.id, "receiver_id": "colleague", "title": title, "show": ["customer.industry"]}


HELP_VERBS = (
    Verb(
        "shares.give", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.shares.give(_shared(it, "华东客户"), **key),
        lambda unit, it, **key: unit.shares.give(_shared(it, "华南客户"), **key),
    ),
    Verb(
        "shares.revoke", "seller", lambda kit: kit.given.share(),
        lambda unit, it: unit.shares.revoke(it.id, reason="合作终止"),
        lambda unit, it: unit.shares.revoke(it.id, reason="发错了"),
    ),
    Verb(
        "help.ask", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.help.ask(_question(it, "能接他们的接口吗?"), **key),
        lambda unit, it, **key: unit.help.ask(_question(it, "合同条款行吗?"), **key),
    ),
    Verb(
        "help.accept", "colleague", lambda kit: kit.given.help_request(),
        lambda unit, it: unit.help.accept(it.id),
        lambda unit, it: unit.help.accept(it.customer_id),
    ),
    Verb(
        "help.decline", "colleague", lambda kit: kit.given.help_request(),
        lambda unit, it: unit.help.decline(it.id, reason="下周才有空"),
        lambda unit, it: unit.help.decline(it.id, reason="不熟"),
    ),
    Verb(
        "help.answer", "colleague", lambda kit: kit.given.help_request(),
        lambda unit, it, **key: unit.help.answer(it.id, "可以,两周", **key),
        lambda unit, it, **key: unit.help.answer(it.id, "不行", **key),
    ),
    Verb(
        "help.close", "seller", lambda kit: kit.given.help_request(),
        lambda unit, it: unit.help.close(it.id),
        lambda unit, it: unit.help.close(it.id, reason="不需要了"),
    ),
    Verb(
        "help.reopen", "seller", _answered,
        lambda unit, it: unit.help.reopen(it.id, reason="少了报价"),
        lambda unit, it: unit.help.reopen(it.id, reason="换了版本"),
    ),
)  # fmt: skip

HELP_KEYLESS = {
    "shares.revoke": "what is revoked is not revoked again",
    "help.accept": "one has it, once",
    "help.decline": "what is declined is not declined again",
    "help.close": "what is closed is not closed again",
    "help.reopen": "what is open is not opened again",
}
