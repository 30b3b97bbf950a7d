"""Why somebody may or may not: the reach, the policy's words, and the rules that decided a row."""

from uuid import UUID

from sqlalchemy import select

from oa_crm.hooks.answers import RowRule
from oa_crm.hooks.ports import Reach
from oa_crm.models import rights_of, table_of
from oa_crm.schemas import Entrance, Explanation
from oa_crm.services import access, plain, seated
from oa_crm.services.base import Service
from oa_crm.services.clashes.verdicts import policy_for
from oa_crm.services.kinds import looked_up, model_of


class Permissions(Service):
    """Explains decisions; makes none."""

    def explain(self, action: str, kind: str, thing_id: UUID | None = None) -> Explanation:
        """May the actor do `action` on `kind`, or on that very thing, and which rule says so?"""
        action, kind = plain.text("action", action), plain.text("kind", kind)
        authorizer = self.work.runtime.ports.authorizer
        decides = rights_of(model_of(kind)) if looked_up(kind) else kind
        reach = authorizer.reach(self.work.who, action, decides)
        rule = authorizer.because(self.work.who, action, decides)
        if thing_id is None:
            allowed = reach is not Reach.NONE
            return Explanation(allowed=allowed, action=action, kind=kind, reach=reach.value, rule=rule)
        allowed, rows = self._row(action, kind, thing_id)
        return Explanation(allowed=allowed, action=action, kind=kind, reach=reach.value, rule=rule, rows=rows)

    def _row(self, action: str, kind: str, thing_id: UUID) -> tuple[bool, tuple[str, ...]]:
        model = model_of(kind)
        work, table = self.work, table_of(model)
        rules = access.rules_on(work, work.who, model, action)
        seats = list(seated.behind(work, work.who, model, action))
        query = select(
            access.allowed_rows(work, work.who, model, action).label("allowed"),
            access.reached_rows(work, work.who, model, action).label("reached"),
            *(condition.label(f"rule_{position}") for position, (_, condition) in enumerate(rules)),
            *(condition.label(f"seat_{position}") for position, (_, condition) in enumerate(seats)),
        ).where(table.c.tenant_id == work.scope.tenant, table.c.id == thing_id)
        row = work.connection.execute(query).one_or_none()
        if row is None or (work.who.external and not row.allowed):
            # An outsider learns nothing of what is not his.
            return False, ("there is no such thing in this company",)
        holds, sits = row[2 : 2 + len(rules)], row[2 + len(rules) :]
        told = [_verdict(rule, bool(one)) for (rule, _), one in zip(rules, holds, strict=True)]
        told += [f"{words} gives it" for (words, _), one in zip(seats, sits, strict=True) if one]
        told += [] if row.allowed else self._known(kind)
        return bool(row.allowed), (f"within reach: {'yes' if row.reached else 'no'}", *told)

    def _known(self, kind: str) -> list[str]:
        """What may be known of one that is not allowed."""
        cards = policy_for(self.work, Entrance.CARD).policy.cards if kind == "customer" else "nothing"
        return (
            [] if cards == "nothing" else [f"cards {cards}: that it exists may be known, by the policy of duplicates"]
        )


def _verdict(rule: RowRule, holds: bool) -> str:
    """What one row rule says about a row: a grant gives or does not, a limit lets pass or forbids."""
    says = {
        "grant": ("does not give it", "gives it"),
        "limit": ("forbids it", "lets it pass"),
    }
    return f"{rule.effect} {rule.name} {says[rule.effect][holds]}: {rule.because}"
