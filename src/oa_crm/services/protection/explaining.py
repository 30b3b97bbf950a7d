"""Why a customer is protected until when: worked out from the facts as they are now, and said in words."""

from datetime import datetime
from typing import Any

from oa_crm.i18n import language_of
from oa_crm.i18n.protection import SAID
from oa_crm.schemas.protection import Counted, KeptOut, ProtectionOut, WarningGiven, When
from oa_crm.services.base import shown
from oa_crm.services.protection import facts, rules, warning
from oa_crm.services.protection.reckoning import Found, Reckoner
from oa_crm.services.work import Work

_PROGRESS = {"projects": "project_begun", "stages": "stage_forward", "contracts": "contract"}


def explain(work: Work, row: Any) -> ProtectionOut:
    """What the clock says of this customer."""
    reckoner = rules.read(work).reckoner
    (found,) = facts.of(work, reckoner.rules.progress, [row.id])
    verdict, rule = reckoner.verdict(found), reckoner.rule_for(found)
    deciding = reckoner.found(rule.when, found)
    kept = (*reckoner.out(found), *reckoner.floors(found)) if found.owner_id is not None else ()
    given = [shown(WarningGiven, one) for one in warning.of(work, row.id)]
    until = verdict.until
    return ProtectionOut(
        customer_id=row.id,
        owner_id=found.owner_id,
        owner_since=found.owner_since,
        protected_until=until,
        last_day=None if until is None else reckoner.days.before(until),
        rule=None if found.owner_id is None else rule.name,
        since=None if until is None else deciding.since,
        conditions=tuple(_counted(reckoner, one, found, deciding) for one in rule.when.leaves()),
        extended_by=() if until is None else tuple(_extended_by(reckoner, deciding.when)),
        kept_out=kept,
        warnings=tuple(given),
        recycled_from=None if until is None else reckoner.taken_from(found, until, work.journal.now()),
        text=_text(work, reckoner, found, verdict.rule, until, deciding, kept, given),
    )


def _counted(reckoner: Reckoner, when: When, found: Any, deciding: Found) -> Counted:
    one = reckoner.found(when, found)
    about = {"what": str(when.what), "days": when.days, "working": when.working}
    return Counted(**about, since=one.since, due=one.due, decides=when is deciding.when)


def _extended_by(reckoner: Reckoner, when: When) -> list[str]:
    """Codes of what would move the deadline on."""
    progress = reckoner.rules.progress
    counted = [code for name, code in _PROGRESS.items() if getattr(progress, name)]
    by = {
        "no_follow_up": ["follow_up"],
        "no_progress": [*progress.ways, *counted],
        "no_project": ["project_begun", "stage_forward"],
        "no_contract": ["contract"],
        "contract_over": ["contract"],
    }
    return [*by.get(str(when.what), []), *(["extension"] if reckoner.rules.extensions else [])]


def _text(
    work: Work,
    reckoner: Reckoner,
    found: Any,
    rule: str | None,
    until: datetime | None,
    deciding: Found,
    kept: tuple[KeptOut, ...],
    given: list[WarningGiven],
) -> str:
    said = SAID.get(language_of(work.scope.locale), SAID["en"])
    if until is None:
        stopping = [one.reason for one in kept if one.until is None]
        reasons = ["no_owner"] if found.owner_id is None else stopping or ["never"]
        return said["stands"].format(reason=" / ".join(said[one] for one in reasons))
    told = [
        said["runs"].format(day=reckoner.days.before(until), rule=rule, condition=_condition(said, reckoner, deciding))
    ]
    told += [
        said["floor"].format(day=reckoner.days.before(one.until), reason=said[one.reason])
        for one in kept
        if one.until is not None and one.until > (deciding.due or until)
    ]
    if found.warned_for == until:
        warned = [one for one in given if one.deadline == until and one.at >= found.warned_at]
        told.append(said["warned"].format(count=max(len(warned), 1), days=found.warned_days))
    return "; ".join(told)


def _condition(said: dict[str, str], reckoner: Reckoner, deciding: Found) -> str:
    assert deciding.since is not None
    unit = said["working_days" if deciding.when.working else "days"]
    facts_ = {"days": deciding.when.days, "unit": unit, "since": reckoner.days.of(deciding.since)}
    return said[str(deciding.when.what)].format(**facts_)
