"""What is said to a strategy. Whoever is named in it may see the strategy already: a mention opens nothing."""

from uuid import UUID

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.hooks.payloads import StrategyCommented
from oa_crm.ids import new_id
from oa_crm.models import Strategy, StrategyComment
from oa_crm.schemas import StrategyCommentIn, StrategyCommentOut
from oa_crm.services import subjects
from oa_crm.services.base import Service
from oa_crm.services.strategies import readers, telling


def comment(service: Service, id: UUID, data: StrategyCommentIn) -> StrategyCommentOut:
    """Keep a comment to the present version."""
    row = service.one(Strategy, id)
    mentions = tuple(dict.fromkeys(data.mentions))
    _mentioned(service, id, mentions)
    kept = {
        "id": new_id(), "strategy_id": id, "number": row.version, "words": data.words, "mentions": list(mentions),
        "at": service.work.journal.now(), "by": service.work.scope.actor.id,
    }  # fmt: skip
    service.add(StrategyComment, **kept)
    service.work.journal.record("strategies.comment", "strategy", id, {"comment": [None, kept["id"]]})
    facts = telling.facts(row, subjects.named(service, row))
    service.work.journal.emit(StrategyCommented, **facts, comment_id=kept["id"], mentioned=mentions)
    return StrategyCommentOut.model_validate(kept)


def _mentioned(service: Service, id: UUID, mentions: tuple[str, ...]) -> None:
    seeing = set(readers.seeing(service, id, mentions))
    problems = [
        FieldProblem.of(f"mentions.{at}", "mention_out_of_sight", member=one)
        for at, one in enumerate(mentions)
        if one not in seeing
    ]
    if problems:
        raise InvalidInput(problems)
