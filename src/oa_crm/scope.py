"""Who acts, for which company, in which request. Every unit has exactly one scope.

A scope is facts only. What the actor may do is answered by the `Authorizer` port.
"""

from dataclasses import dataclass, field, replace

from oa_crm.i18n import DEFAULT_LOCALE
from oa_crm.ids import new_id

SYSTEM_ACTOR_ID = "system"


def _fit(value: object, complaint: str) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{complaint}, as text, not {type(value).__name__}")
    if not value or len(value) > 64:
        raise ValueError(complaint)
    if value != value.encode(errors="replace").decode():
        raise ValueError(f"{value!r} holds half a character, which no database keeps")
    if "\0" in value:
        raise ValueError(f"{value!r} holds a zero character, which no database keeps")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person by the host's own id, or the system itself."""

    id: str
    is_system: bool = False

    def __post_init__(self) -> None:
        _fit(self.id, "an actor's id has 1 to 64 characters: the host's own member id")
        if self.id == SYSTEM_ACTOR_ID and not self.is_system:
            raise ValueError(f"{SYSTEM_ACTOR_ID!r} is kept for the system actor; use Actor.system()")

    @classmethod
    def system(cls) -> "Actor":
        """The CRM acting by itself: the relay, a scheduled job, a migration of data."""
        return cls(SYSTEM_ACTOR_ID, is_system=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant, one actor, one request.

    `on_behalf_of` names the active member for whom the actor acts (a deputy, an assistant); both are audited.
    A unit's first act raises `unknown_actor` when either is not an active member of the tenant.
    `locale` picks the language of errors and reasons.
    """

    tenant: str
    actor: Actor
    request_id: str = field(default_factory=lambda: str(new_id()))
    locale: str = DEFAULT_LOCALE
    on_behalf_of: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.actor, Actor):
            raise ValueError(f"an actor is a member's id as text, or an Actor, not {type(self.actor).__name__}")
        if not isinstance(self.locale, str):
            raise ValueError(f"a locale is text such as 'zh-CN', not {type(self.locale).__name__}")
        _fit(self.tenant, "a tenant's id has 1 to 64 characters: the host's own company id")
        _fit(self.request_id, "a request's id has 1 to 64 characters")
        if self.on_behalf_of is not None:
            _fit(self.on_behalf_of, "the id of whom one acts for has 1 to 64 characters: a member id")

    def as_system(self) -> "Scope":
        """The same tenant and request, acted in by the system."""
        return replace(self, actor=Actor.system(), on_behalf_of=None)
