"""The verdict on two customers: a value, its tier, and the reasons."""

from dataclasses import dataclass
from enum import StrEnum

from oa_crm.hooks.matching import Why

CERTAIN, SUSPECTED, RELATED = 0.95, 0.75, 0.60


class Tier(StrEnum):
    """How sure: certain from .95, suspected from .75, related from .60."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"
    RELATED = "related"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Score:
    """`value` from 0 to 1, its tier, and why, the weightiest reason first."""

    value: float
    tier: Tier
    reasons: tuple[Why, ...]


def tier_of(value: float) -> Tier:
    """The tier that a value belongs to."""
    if value >= CERTAIN:
        return Tier.CERTAIN
    if value >= SUSPECTED:
        return Tier.SUSPECTED
    return Tier.RELATED if value >= RELATED else Tier.NONE
