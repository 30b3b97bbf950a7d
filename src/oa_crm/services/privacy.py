"""Privacy: who sees which field of a thing, who looked, and who is erased. The rooms beside this file do the work.

`sights` has the rules on built-in fields; what goes in and out passes them around every service. `looking` notes who
was shown personal data, `erasing` takes a person out of everything.
"""

from typing import Any
from uuid import UUID

from oa_crm.hooks.ports import Sight
from oa_crm.masks import Mask
from oa_crm.models import FieldRule, table_of
from oa_crm.schemas import (
    ErasureIn,
    ErasureOut,
    ErasurePreview,
    FieldRuleIn,
    FieldRuleOut,
    FieldSight,
    LookFilter,
    LookOut,
    Page,
)
from oa_crm.schemas.privacy import FIELDS
from oa_crm.services import access, erasing, looking, sights
from oa_crm.services.base import Service, as_id, given, shown, words
from oa_crm.services.sights import ruling


class Privacy(Service):
    """A company's rules on the fields of its things."""

    def fields(self, kind: str) -> tuple[FieldSight, ...]:
        """The fields of a kind that rules may be about, as the actor has them: what a form needs to know.

        Raises `invalid_input` for a kind without such fields.
        """
        ruling.known(kind, next(iter(FIELDS.get(kind, ("",)))))
        return tuple(self._sight(kind, field) for field in FIELDS[kind])

    def rules(self, kind: str | None = None) -> tuple[FieldRuleOut, ...]:
        """The company's rules, by kind and field. Raises `forbidden` for all but those who administer privacy."""
        access.require(self.work, "administer", ruling.KIND)
        table = table_of(FieldRule)
        query = self.company_wide(FieldRule).order_by(table.c.kind, table.c.field)
        rows = self.work.connection.execute(query if kind is None else query.where(table.c.kind == kind))
        return tuple(shown(FieldRuleOut, row) for row in rows)

    def set_rule(self, data: FieldRuleIn | dict[str, Any]) -> FieldRuleOut:
        """Say which roles see a field, see it masked, and fill it in. Holds from the next unit on, everywhere.

        A rule takes rights away; where a host's authorizer answers for fields, the stricter holds. Raises `forbidden`
        for all but those who administer privacy, `invalid_input` for what has no rules, and `stale_version`.
        """
        wanted = given(FieldRuleIn, data)
        return self.act("privacy.set_rule", lambda: self._set_rule(wanted), given=wanted, answer=FieldRuleOut)

    def remove_rule(self, kind: str, field: str, *, expected_version: int) -> FieldRuleOut:
        """Let everybody see the field and fill it in again. Raises `not_found`, `stale_version`, `forbidden`."""
        return self.act(
            "privacy.remove_rule",
            lambda: self._remove_rule(kind, field, expected_version),
            given={"kind": kind, "field": field},
            answer=FieldRuleOut,
        )

    def because(self, reason: str) -> None:
        """Say why personal data is looked at in this unit; kept with every look until it says otherwise."""
        self.work.because = words("reason", reason, "reason_missing")

    def looks(
        self,
        where: LookFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[LookOut]:
        """Who was shown personal data, newest first: files that were opened, searches by a number, exports.

        A file is kept when the actor saw something personal in it openly, with the fields and never their values.
        Raises `forbidden` for all but those who administer privacy.
        """
        access.require(self.work, "administer", ruling.KIND)
        return looking.find(self, given(LookFilter, where or {}), after, limit)

    def preview_erasure(self, kind: str, thing_id: UUID, *, attachments: bool = False) -> ErasurePreview:
        """What erasing a person would take away, counted by column, and what stays and why. Writes nothing.

        `kind` is contact, customer (of the kind person) or lead. Raises `forbidden` for all but those who administer
        privacy, `not_found`, `merged`, and `invalid_input` for what is no person.
        """
        access.require(self.work, "administer", ruling.KIND)
        return erasing.preview(self, kind, as_id(thing_id), attachments=attachments)

    def erase(self, data: ErasureIn | dict[str, Any], *, idempotency_key: str | None = None) -> ErasureOut:
        """Erase a person on request: from his files, those that became his by a merge or a conversion, the audit,
        events, what people wrote, search words and keys. Whatever happened stays, without him. It cannot be taken
        back, and is the only act of its unit.

        (PIPL Art. 47, GDPR Art. 17.) A person who is erased already stays so. Raises as `preview_erasure` does.
        """
        wanted = given(ErasureIn, data)
        return self.act(
            "privacy.erase", lambda: self._erase(wanted), given=wanted, answer=ErasureOut, key=idempotency_key
        )

    def erasures(self, *, after: str | None = None, limit: int | None = None) -> Page[ErasureOut]:
        """The erasures that were done, newest first. Raises `forbidden` for all but those who administer privacy."""
        access.require(self.work, "administer", ruling.KIND)
        return erasing.find(self, after, limit)

    def _erase(self, wanted: ErasureIn) -> ErasureOut:
        access.require(self.work, "administer", ruling.KIND)
        return erasing.erase(self, wanted)

    def _set_rule(self, wanted: FieldRuleIn) -> FieldRuleOut:
        access.require(self.work, "administer", ruling.KIND)
        return ruling.set_rule(self, wanted)

    def _remove_rule(self, kind: str, field: str, expected_version: int) -> FieldRuleOut:
        access.require(self.work, "administer", ruling.KIND)
        return ruling.remove_rule(self, kind, field, expected_version)

    def _sight(self, kind: str, field: str) -> FieldSight:
        right, shape = sights.right(self.work, kind, field), FIELDS[kind][field]
        # Of what has no mask, those see nothing who would see a mask.
        sight = Sight.HIDDEN if right.sight is Sight.MASKED and shape is None else right.sight
        mask = shape.shows if isinstance(shape, Mask) else None
        return FieldSight(kind=kind, field=field, sight=sight, editable=right.edit, mask=mask)
