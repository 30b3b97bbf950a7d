"""How many examples a law is tried with whose every example plays a day of a whole company."""

import os

LONG = bool(os.environ.get("CI") or os.environ.get("OA_CRM_LONG_LAWS"))


def examples(many: int) -> int:
    """`many` in CI and where `OA_CRM_LONG_LAWS` is set; else a quarter, new ones each time."""
    return many if LONG else many // 4
