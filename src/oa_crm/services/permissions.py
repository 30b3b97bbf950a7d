"""Why somebody may or may not: the reach, the policy's words, and the rules that decided a row."""

from uuid import UUID

from sqlalchemy import select

from oa_crm.hooks.ports import Reach
from oa_crm.models import table_of
from oa_crm.schemas import Explanation
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.kinds import model_of


class Permissions(Service):
    """Explains decisions; makes none."""

    def explain(self, action: str, kind: str, thing_id: UUID | None = None) -> Explanation:
        """May the actor do `action` on `kind`, or on that very thing, and which rule says so?"""
        authorizer = self.work.runtime.ports.authorizer
        reach = authorizer.reach(self.work.who, action, kind)
        rule = authorizer.because(self.work.who, action, kind)
        if thing_id is None:
            allowed = reach is not Reach.NONE
            return Explanation(allowed=allowed, action=action, kind=kind, reach=reach.value, rule=rule)
        allowed, rows = self._row(action, kind, thing_id)
        return Explanation(allowed=allowed, action=action, kind=kind, reach=reach.value, rule=rule, rows=rows)

    def _row(self, action: str, kind: str, thing_id: UUID) -> tuple[bool, tuple[str, ...]]:
        model = model_of(kind)
        table = table_of(model)
        rules = [
            (f"{rule.effect} {rule.name}: {rule.because}", condition)
            for effect in ("grant", "limit")
            for rule, condition in access.row_rules(self.work, self.work.who, kind, effect, table)
        ]
        query = select(
            access.allowed_rows(self.work, self.work.who, model, action).label("allowed"),
            *(condition.label(f"rule_{position}") for position, (_, condition) in enumerate(rules)),
        ).where(table.c.tenant_id == self.work.scope.tenant, table.c.id == thing_id)
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            return False, ("there is no such thing in this company",)
        told = [f"{text}: {'yes' if row[position + 1] else 'no'}" for position, (text, _) in enumerate(rules)]
        return bool(row.allowed), (f"owner within reach or granted: {'yes' if row.allowed else 'no'}", *told)
