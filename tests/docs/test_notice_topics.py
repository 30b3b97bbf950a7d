"""The page of notices has every topic that people are told, and none that is gone."""

import ast
import inspect
import re
from pathlib import Path

from oa_crm.plugins.builtin import notices
from tests.docs.markdown import table_rows

PAGE = Path("docs/plugins/notices.md")
FILLED_IN = {"what": "(issue|need|accepted|declined|answered)", "change": "[a-z_]+"}
"""What an event fills into a topic."""


def _topics() -> set[str]:
    """As patterns: a part that the event fills in may be any word."""
    tree = ast.parse(inspect.getsource(notices))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("_tell", "_point"):
            found |= _texts(node.args[2])
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "topic":
            found |= _texts(node.value)
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return {"".join(one.value if isinstance(one, ast.Constant) else _filled_in(one) for one in node.values)}
    return {node.value} if isinstance(node, ast.Constant) else set()


def _filled_in(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    assert isinstance(part.value, ast.Attribute)
    return FILLED_IN[part.value.attr]


def _listed() -> set[str]:
    rows = [row[0] for row in table_rows(PAGE) if len(row) == 4]
    return {topic for row in rows for topic in re.findall(r"`([a-z_]+)`", row)}


def test_every_topic_is_on_the_page_and_none_that_is_gone() -> None:
    topics, listed = _topics(), _listed()
    assert len(topics) > 25
    assert {one for one in topics if not any(re.fullmatch(one, it) for it in listed)} == set()
    assert {it for it in listed if not any(re.fullmatch(one, it) for one in topics)} == set()
