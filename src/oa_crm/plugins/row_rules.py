"""What is wrong with a row rule. One that fits nothing would be in no query, and a limit would be gone in silence."""

from oa_crm.hooks.answers import RowRule
from oa_crm.models import Base, kind_of, rights_of, table_of


def misfit(rule: RowRule) -> str | None:
    """Why this rule could never hold, or None."""
    if rule.effect not in ("grant", "limit"):
        return f"effect {rule.effect!r}, which is neither 'grant' nor 'limit'"
    if rule.kind not in (kinds := _kinds()):
        return f"kind {rule.kind!r}, which is none of {', '.join(kinds)}"
    return None


def _kinds() -> list[str]:
    """The kinds that people own and reach: those on which permission becomes a condition."""
    models = [mapper.class_ for mapper in Base.registry.mappers]
    owned = [model for model in models if "owner_id" in table_of(model).c]
    return sorted(kind_of(model) for model in owned if rights_of(model) == kind_of(model))
