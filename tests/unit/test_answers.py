"""What a plugin may answer, and what it is told when the answer cannot be kept."""

import pytest

from oa_crm.hooks import Judgement, Objection, Receipt, RetryLater


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"ref": ""}, "ref"),
        ({"ref": "x" * 201}, "ref"),
        ({"ref": "V-1", "url": "x" * 501}, "url"),
        ({"ref": "V-1", "label": "x" * 61}, "label"),
    ],
)
def test_a_receipt_that_no_link_can_hold_is_refused(fields: dict[str, str], about: str) -> None:
    with pytest.raises(ValueError, match=f"receipt's {about} has"):
        Receipt(**fields)


def test_a_receipt_at_its_limits_is_taken() -> None:
    receipt = Receipt("x" * 200, url="u" * 500, label="l" * 60)
    assert len(receipt.ref) == 200
    assert Receipt("V-1") == Receipt("V-1", None, None)


def test_a_wait_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        RetryLater(seconds=-1)
    assert RetryLater().seconds == 60
    assert str(RetryLater("the period is locked", seconds=5)) == "the period is locked"


def test_an_approval_cannot_wait_for_nobody() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Judgement.waiting()
    assert Judgement.waiting("he.lin", "wang.fang").waiting_on == ("he.lin", "wang.fang")


def test_an_objection_may_blame_a_field_or_none() -> None:
    assert Objection("period_closed", "The period is closed").field is None
    assert Objection("period_closed", "The period is closed", "occurred_on").field == "occurred_on"
