"""A scope is one tenant, one actor, one request, and refuses ids that no table of ours can hold."""

from dataclasses import FrozenInstanceError
from typing import Any
from uuid import UUID

import pytest

from oa_crm import CRM, Actor, Scope


@pytest.mark.parametrize("id", ["", "x" * 65])
def test_an_actor_needs_an_id_of_1_to_64_characters(id: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        Actor(id)
    assert Actor("x" * 64).id == "x" * 64


def test_the_systems_id_is_not_for_people() -> None:
    with pytest.raises(ValueError, match=r"Actor\.system"):
        Actor("system")
    assert Actor.system() == Actor("system", is_system=True)


@pytest.mark.parametrize("tenant", ["", "x" * 65])
def test_a_tenant_needs_an_id_of_1_to_64_characters(tenant: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        Scope(tenant, Actor("zhang.wei"))


@pytest.mark.parametrize("field", ["request_id", "on_behalf_of"])
def test_what_the_audit_cannot_hold_is_refused_at_once(field: str) -> None:
    with pytest.raises(ValueError, match="64 characters"):
        Scope("acme", Actor("zhang.wei"), **{field: "x" * 65})


@pytest.mark.parametrize("wrong", [None, 5, b"acme", UUID(int=7), ["acme"]])
def test_what_is_no_text_is_told_at_once(wrong: Any) -> None:
    for made in (
        lambda: Actor(wrong),
        lambda: Scope(wrong, Actor("zhang.wei")),
        lambda: Scope("acme", wrong),
        lambda: Scope("acme", Actor("zhang.wei"), request_id=wrong),
        lambda: Scope("acme", Actor("zhang.wei"), locale=wrong),
    ):
        with pytest.raises(ValueError, match=rf"text.*, not {type(wrong).__name__}$"):
            made()


def test_half_a_character_is_refused_as_no_database_keeps_it() -> None:
    for made in (lambda: Actor("zhang\ud800"), lambda: Scope("ac\ud800me", Actor("zhang.wei"))):
        with pytest.raises(ValueError, match="half a character"):
            made()


@pytest.mark.parametrize(
    "made",
    [lambda: Actor("zh\0ang"), lambda: Scope("ac\0me", Actor("zhang.wei"))],
    ids=["in an actor", "in a tenant"],
)
def test_a_zero_character_is_refused_as_no_database_keeps_it(made: object) -> None:
    with pytest.raises(ValueError, match="zero character"):
        made()  # type: ignore[operator]


def test_every_scope_is_a_request_of_its_own() -> None:
    one, other = Scope("acme", Actor("zhang.wei")), Scope("acme", Actor("zhang.wei"))
    assert UUID(one.request_id).version == 7
    assert one.request_id != other.request_id
    assert one.locale == "en"
    assert one.on_behalf_of is None


def test_a_scope_cannot_be_changed() -> None:
    scope = Scope("acme", Actor("zhang.wei"))
    with pytest.raises(FrozenInstanceError):
        scope.tenant = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        scope.actor.id = "li.na"  # type: ignore[misc]


def test_as_system_keeps_tenant_and_request_but_acts_for_nobody() -> None:
    scope = Scope("acme", Actor("zhang.wei"), request_id="r-1", locale="zh", on_behalf_of="li.na")
    system = scope.as_system()
    assert system.actor.is_system
    assert (system.tenant, system.request_id, system.locale) == ("acme", "r-1", "zh")
    assert system.on_behalf_of is None


def test_the_crm_makes_scopes_from_plain_text() -> None:
    scope = CRM("sqlite://").scope(tenant="acme", actor="zhang.wei", locale="zh-CN", on_behalf_of="li.na")
    assert scope == Scope("acme", Actor("zhang.wei"), scope.request_id, "zh-CN", "li.na")
    assert CRM("sqlite://").scope(tenant="acme", actor=Actor.system()).actor.is_system
