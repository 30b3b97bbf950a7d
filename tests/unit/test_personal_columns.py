"""No column that may tell of a person is forgotten: each says what becomes of it, or is known to tell of nobody."""

from typing import Any

import pytest
from sqlalchemy import Column, String

from oa_crm.models import Base
from oa_crm.models.types import Json

NOBODY = {
    "tenant_id", "id", "version", "kind", "thing_kind", "of", "state", "status", "stage", "before", "after", "way",
    "created_by", "updated_by", "by", "at", "owner_id", "member_id", "given_by", "actor_id", "on_behalf_of",
    "requested_by", "decided_by", "dismissed_by", "merged_by", "split_by", "removed_by", "settled_by", "claimant_id",
    "rule", "tree", "cause", "by_id",
    "request_id", "operation", "thing_id", "currency", "category", "hook", "plugin", "industry", "region", "size",
    "level", "source", "role", "entrance", "verdict", "tier", "field", "what", "link", "key", "fingerprint",
}  # fmt: skip
"""Ids, codes and states."""
ELSEWHERE = {
    "customer.kind": "a word of four",
    "customer.tags": "words that sort customers; they name nobody by the glossary",
    "customer_tag.tag": "the same",
    "department.name": "the company's own", "department.path": "ids", "department.parent_id": "an id",
    "department.manager_id": "an id",
    "member.name": "the company's own people are the host's",
    "member.manager_id": "an id", "member.department_id": "an id",
    "member.roles": "codes",
    "view.name": "a title that its owner gives; he renames it",
    "view.fields": "names of columns", "view.shared": "a word",
    "view.department_id": "an id",
    "contract.number": "the company's own", "contract.title": "stays with the contract: its hash was approved",
    "approval.snapshot": "what was approved stays as it was", "approval.snapshot_hash": "a hash",
    "approval.waiting_on": "ids of members", "opinion.words": "words of approvers on a contract",
    "opinion.decision": "a word", "opinion.snapshot_hash": "a hash",
    "expense.description": "a line of the books", "settlement.by_category": "sums",
    "follow_up.result": "a code", "follow_up.members": "ids of members", "follow_up.met": "ids of contacts",
    "follow_up_note.mentions": "ids of members", "follow_up_note.reached": "ids of members",
    "plan.assignee_id": "an id", "matter.assignee_id": "an id", "matter.product_line": "the company's own",
    "reminder.manager_id": "an id", "reminder_policy.document": "the company's rules",
    "file.media_type": "a type", "file.sha256": "a hash of the content", "file.store_key": "ours; it names nobody",
    "lead.scored": "names of rules", "lead.invalid_because": "a code",
    "merge.moved": "counts", "merge.laid_aside": "counts", "merge_part.what": "a word",
    "duplicate_policy.policy": "the company's rules",
    "custom_field.name": "a name for programs", "custom_field.definition": "what a field is",
    "field_rule.see": "roles", "field_rule.edit": "roles", "field_rule.masked": "roles",
    "look.fields": "names of columns", "erasure.erased": "counts", "erasure.stays": "counts",
    "category_tree.name": "a name for programs", "category_tree.labels": "what a tree is called",
    "category.name": "a name for programs", "category.labels": "what a category is called",
    "class_rule.name": "a name for programs", "class_rule.gives": "a name for programs",
    "class_rule.labels": "what a rule is called", "class_rule.conditions": "the company's rules",
    "digest_subscription.kinds": "codes", "digest_subscription.reach": "a word",
    "holding_limit.subject_kind": "a word", "holding_limit.subject": "an id", "holding_limit.free": "codes",
    "remit.name": "the company's own", "remit.subject_kind": "a word", "remit.subject": "an id",
    "remit.effect": "a word", "remit.may": "a word", "remit.wanted": "codes",
    "pool.name": "the company's own", "pool.admins": "ids", "pool.members": "ids",
    "pool.hidden": "names of columns", "pool.routes": "codes",
    "import.file_name": "a file of the company's own", "import.digest": "a hash", "import.options": "headings",
    "import_row.outcome": "a word",
    "customer.protected_by": "the name of a rule", "protection.document": "the company's rules",
    "protection.changed_by": "an id", "protection_warning.manager_id": "an id",
    "share.receiver_id": "an id", "share.revoked_by": "an id",
    "help_request.to_kind": "a word", "help_request.to_id": "an id", "help_request.helper_id": "an id",
    "help_request.answered_by": "an id",
    "team_seat.ended_by": "an id", "team_seat.ended_how": "a word",
    "strategy.ticked": "numbers, times and ids", "strategy.ended_by": "an id",
    "strategy_version.changed": "names of columns", "strategy_comment.mentions": "ids",
    "pipeline.name": "a name for programs", "pipeline.labels": "what a pipeline is called",
    "pipeline.departments": "ids", "pipeline.types": "words of the company's own", "pipeline.stages": "the same",
    "project_line.code": "a product's", "project_line.name": "a product's",
    "project_line.product_line": "a product's", "chain_link.attitude": "a code",
    "forecast.name": "a period", "forecast.frozen_by": "an id", "forecast_line.department_id": "an id",
    "project.end_reason": "a code", "stage_change.because": "a code",
    "project.type": "a word of the company's own", "project.board_rank": "a place",
    "handover.cause": "a word", "handover.superior_id": "an id", "handover.due_mark": "an id",
    "handover.clock": "a word",
    "handover.counts": "counts", "handover_receiver.counts": "counts", "handover_receiver.member_id": "an id",
    "handover.leaver_id": "an id", "handover.executed_by": "an id", "handover.closed_by": "an id",
    "handover_item.receiver_id": "an id", "handover_item.kept": "a list of ids, or the name of a view",
    "counter.series": "the company's own",
    "link.ref": "another system's number: its plugin is told", "link.url": "the same", "link.label": "the same",
}  # fmt: skip
COLUMNS = [
    column
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Json) or isinstance(getattr(column.type, "impl", column.type), String)
]


def _name(column: Column[Any]) -> str:
    return f"{column.table.name.removeprefix('oa_crm_')}.{column.name}"


@pytest.mark.parametrize("column", COLUMNS, ids=_name)
def test_every_column_of_words_says_what_becomes_of_it(column: Column[Any]) -> None:
    known = column.name in NOBODY or _name(column) in ELSEWHERE
    assert ("personal" in column.info) != known, f"declare {_name(column)} with info=personal(...), or say why not"


def test_what_cannot_be_empty_is_not_emptied() -> None:
    emptied = [one for one in COLUMNS if "personal" in one.info and one.info["personal"].how == "emptied"]
    assert [_name(one) for one in emptied if not one.nullable] == []


def test_no_exception_is_about_a_column_that_is_gone() -> None:
    assert set(ELSEWHERE) <= {_name(one) for one in COLUMNS}
