"""How projects end, and when an end may be taken back."""

from typing import Any

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.models import Contract, table_of
from oa_crm.schemas import StageMove
from oa_crm.services.base import Service
from oa_crm.settings import Settings

OTHER = "other"


def because(settings: Settings, move: StageMove) -> str | None:
    """The word for why the project ends. Who gives a sentence alone means "other"."""
    known = _known(settings).get(move.to)
    if known is None:
        if move.because is not None:
            raise InvalidInput.of("because", "because_of_no_end", stage=move.to)
        return None
    if move.because is not None and move.because not in known:
        raise InvalidInput.of(
            "because", "unknown_end_reason", given=move.because, stage=move.to, known=", ".join(known)
        )
    if move.because == OTHER and move.reason is None:
        raise InvalidInput.of("reason", "other_without_words")
    return move.because or (None if move.to == "won" else OTHER)


def must_be_free(service: Service, project: Any) -> None:
    """Raises `IllegalState` for a won project with a contract that binds: approved, or about to be."""
    if project.state != "won":
        return
    table = table_of(Contract)
    binding = (
        service.company_wide(Contract, table.c.number, table.c.state)
        .where(table.c.project_id == project.id, table.c.state.in_(("approved", "in_approval")))
        .with_for_update(read=True)
    )
    row = service.work.connection.execute(binding.limit(1)).first()
    if row is not None:
        raise IllegalState(kind=f"contract {row.number}", state=row.state, allowed=("draft", "rejected"))


def _known(settings: Settings) -> dict[str, tuple[str, ...]]:
    return {
        "won": settings.project_won_reasons,
        "lost": settings.project_lost_reasons,
        "invalid": settings.project_invalid_reasons,
    }
