"""Loading plugins: who may come in, and what each is told that may not."""

import functools
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine
from tests.integration.hooks.probes import Listener, plugin

from oa_crm import CRM
from oa_crm.errors import ConfigurationError, PluginRefused
from oa_crm.hooks import hookimpl
from oa_crm.plugins.names import LoadedPlugin
from oa_crm.testing import CrmKit


class Quiet:
    """A plugin without a `name`."""

    @hookimpl
    def on_customer_created(self, event: object) -> None:
        """Nothing to do."""


def _crm(*plugins: object, **options: Any) -> CRM:
    return CRM("sqlite://", plugins=plugins, **options)


def _loaded(crm: CRM) -> dict[str, LoadedPlugin]:
    return {one.name: one for one in crm.plugins.loaded}


def _refusal(*plugins: object) -> PluginRefused:
    with pytest.raises(PluginRefused) as refused:
        _crm(*plugins)
    return refused.value


def test_a_plugin_goes_by_its_name_attribute_or_else_by_its_class() -> None:
    loaded = _loaded(_crm(Quiet(), Listener("on_customer_created", "own_name")))
    assert {"Quiet", "own_name"} <= set(loaded)
    assert loaded["Quiet"].origin == "given by the host"
    assert loaded["Quiet"].hooks == ("on_customer_created",)
    assert not loaded["Quiet"].builtin


def test_a_module_is_a_plugin_too() -> None:
    module = types.ModuleType("acme_module")
    exec(
        "from oa_crm.hooks import hookimpl\n@hookimpl\ndef on_expense_booked(event, delivery): pass\n", module.__dict__
    )
    assert _loaded(_crm(module))["acme_module"].hooks == ("on_expense_booked",)


def test_the_built_in_plugins_are_plugins_like_anybodys_and_sorted_by_name() -> None:
    crm = _crm(Quiet())
    names = [one.name for one in crm.plugins.loaded]
    assert names == sorted(names)
    assert {one.name for one in crm.plugins.loaded if one.builtin} == {
        "default_policy",
        "handover_start",
        "lead_rules",
        "local_files",
        "local_org_chart",
        "log_notices",
        "manager_approval",
        "notices",
        "yearly_numbers",
    }
    assert {one.name: one.unmarked for one in crm.plugins.loaded if one.unmarked} == {}, "a hook without its marker"


def test_a_class_instead_of_an_instance_is_refused() -> None:
    refusal = _refusal(Quiet)
    assert "it is a class; give an instance, such as MyPlugin()" in str(refusal)
    assert "Quiet" in str(refusal)


@pytest.mark.parametrize("name", ["", 7, "x" * 101, "new\nline", ["acme"]])
def test_a_name_that_cannot_be_kept_is_refused(name: object) -> None:
    listener = Listener("on_customer_created", name)  # type: ignore[arg-type]
    assert "1 to 100 printable characters" in str(_refusal(listener))


@pytest.mark.parametrize("wrong", [None, "acme_finance", b"x", 5, ["x"], ("x",), {"name": "x"}, set()])
def test_what_is_no_plugin_is_refused(wrong: Any) -> None:
    """A factory that forgot to return would leave finance without vouchers."""
    with pytest.raises(PluginRefused, match="it is no plugin"):
        CRM("sqlite://", plugins=[wrong])


@pytest.mark.parametrize("argument", ["plugins", "discover", "block"])
@pytest.mark.parametrize("wrong", [None, "notices", 5, object()])
def test_one_instead_of_several_is_refused(argument: str, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"`{argument}` is several, such as"):
        CRM("sqlite://", **{argument: wrong})


def test_the_same_name_twice_is_refused_naming_both() -> None:
    refusal = _refusal(Listener("on_customer_created", "acme"), Listener("on_expense_booked", "acme"))
    assert refusal.details["plugin"] == "acme"
    assert "the name is taken" in str(refusal)


def test_the_name_of_a_built_in_plugin_is_taken() -> None:
    assert "oa_crm and given by the host both use it" in str(_refusal(Listener("on_customer_created", "notices")))


def test_the_same_object_twice_is_refused() -> None:
    one = Quiet()
    assert _refusal(one, one).details["plugin"] == "Quiet"
    listener = Listener("on_customer_created", "acme")
    renamed = [listener, listener]
    assert "acme" in str(_refusal(*renamed))


def test_the_same_object_under_two_names_is_refused() -> None:
    names = iter(["first", "second"])

    class Changing(Quiet):
        @property
        def name(self) -> str:
            return next(names)

    changing = Changing()
    assert "the same plugin object was given twice" in str(_refusal(changing, changing))


@pytest.mark.parametrize(
    ("hook", "meant"),
    [
        ("on_customer_creation", "on_customer_created"),
        ("on_expense_book", "on_expense_booked"),
        ("check_expense_bookings", "check_expense_booking"),
        ("provide_org_charts", "provide_org_chart"),
        ("register_row_rule", "register_row_rules"),
    ],
)
def test_an_unknown_hook_is_refused_with_the_nearest_name(hook: str, meant: str) -> None:
    refusal = _refusal(plugin("acme", **{hook: lambda self: None}))
    assert f"Plugin acme was refused: there is no hook {hook}; did you mean {meant}?" == str(refusal)


def test_a_hook_unlike_any_other_is_refused_with_a_pointer_to_the_list() -> None:
    refusal = _refusal(plugin("acme", zzz_qqq=lambda self: None))
    assert "there is no hook zzz_qqq; the hooks are listed in docs/hooks/" in str(refusal)


async def _async(self: object) -> None:
    """A coroutine function."""


async def _async_generator(self: object) -> Any:
    yield None


@pytest.mark.parametrize("function", [_async, _async_generator], ids=["async def", "async def with yield"])
@pytest.mark.parametrize("hook", ["on_customer_created", "check_customer_creation", "provide_ledger"])
def test_async_def_is_refused_saying_what_to_do(hook: str, function: Any) -> None:
    copy = types.FunctionType(function.__code__, function.__globals__, hook)
    refusal = _refusal(plugin("acme", **{hook: copy}))
    assert f"{hook} is `async def`" in str(refusal)
    assert "write a plain `def`" in str(refusal)


@pytest.mark.parametrize("option", ["wrapper", "hookwrapper"])
def test_a_wrapper_is_refused_saying_what_to_do(option: str) -> None:
    class Wrapping:
        name = "acme"

        @hookimpl(**{option: True})  # type: ignore[call-overload, untyped-decorator]
        def check_customer_creation(self) -> Iterator[None]:
            yield

    refusal = _refusal(Wrapping())
    assert "check_customer_creation is a wrapper" in str(refusal)
    assert "implement the hook itself" in str(refusal)


@pytest.mark.parametrize("option", ["optionalhook", "tryfirst", "trylast"])
def test_an_option_of_the_marker_that_would_do_nothing_is_refused(option: str) -> None:
    class Marked:
        name = "acme"

        @hookimpl(**{option: True})  # type: ignore[call-overload, untyped-decorator]
        def on_customer_created(self, event: object) -> None:
            """Nothing to do."""

    refusal = _refusal(Marked())
    assert f"on_customer_created is marked `{option}`" in str(refusal)
    assert "take the option off" in str(refusal)


def test_an_optional_hook_that_does_not_exist_is_refused_like_any_other() -> None:
    class Slip:
        name = "acme"

        @hookimpl(optionalhook=True)
        def on_customer_create(self, event: object) -> None:
            """Misspelt."""

    assert "there is no hook on_customer_create; did you mean on_customer_created?" in str(_refusal(Slip()))


@pytest.mark.parametrize("method", ["hear", "on_expense_booked"])
def test_a_method_that_is_not_called_like_its_hook_is_refused(method: str) -> None:
    def hear(self: object, event: object) -> None:
        """Nothing to do."""

    other = type("Other", (), {"name": "acme", method: hookimpl(hear, specname="on_customer_created")})
    refusal = _refusal(other())
    assert f"{method} is marked with `specname`; call the method on_customer_created instead" in str(refusal)


@pytest.mark.parametrize("hook", ["on_customer_created", "check_expense_booking", "provide_ledger"])
def test_an_argument_that_the_hook_has_not_is_refused_naming_plugin_hook_and_argument(hook: str) -> None:
    made = plugin("acme", **{hook: lambda self, evnt: None})
    refusal = _refusal(made)
    assert refusal.details["plugin"] == "acme"
    assert f"{hook} takes evnt, which it is never given; it may take " in str(refusal)


def test_a_parameter_that_no_call_would_fill_in_is_refused() -> None:
    def behind_a_star(self: object, *, event: object) -> None:
        """pluggy calls by position."""

    def forgotten() -> None:
        """A method without self."""

    def optional(self: object, event: object, client: object = None, *more: object, **rest: object) -> None:
        """What has a default need not be filled in."""

    assert "event behind a `*`" in str(_refusal(plugin("acme", on_customer_created=behind_a_star)))
    assert "without `self`" in str(_refusal(plugin("acme", on_customer_created=forgotten)))
    CRM("sqlite://", plugins=[plugin("acme", on_customer_created=optional)])


def test_a_hook_whose_decorator_fills_in_what_no_call_would_is_taken() -> None:
    def hear(self: object, event: object, *, client: object) -> None:
        """The client comes from the decorator."""

    @functools.wraps(hear)
    def with_client(self: object, event: object) -> None:
        hear(self, event, client=object())

    assert "acme" in _loaded(_crm(plugin("acme", on_customer_created=with_client)))


def test_a_plugin_may_be_a_named_tuple() -> None:
    class Host(NamedTuple):
        url: str = "https://example.com"

        @hookimpl
        def on_customer_created(self, event: object) -> None:
            """Nothing to do."""

    assert "Host" in _loaded(_crm(Host()))


def test_a_method_named_like_a_hook_without_the_marker_is_reported() -> None:
    class Slip:
        name = "acme"

        def on_customer_created(self, event: object) -> None:
            """The marker was forgotten."""

        @hookimpl
        def on_expense_booked(self, event: object) -> None:
            """Marked."""

        def on_something_of_its_own(self) -> None:
            """No hook of ours."""

    loaded = _loaded(_crm(Slip()))["acme"]
    assert loaded.unmarked == ("on_customer_created",)
    assert loaded.hooks == ("on_expense_booked",)


def test_hooks_of_a_base_class_and_static_ones_count() -> None:
    class Derived(Quiet):
        name = "derived"

        @staticmethod
        @hookimpl
        def on_expense_booked(event: object) -> None:
            """Needs no self."""

    assert _loaded(_crm(Derived()))["derived"].hooks == ("on_customer_created", "on_expense_booked")


@pytest.mark.parametrize("kind", [property, functools.cached_property], ids=["property", "cached_property"])
def test_looking_at_a_plugin_does_not_run_it(kind: Any) -> None:
    ran: list[str] = []

    def api(self: object) -> None:
        ran.append("connected to the finance system")
        raise ConnectionError("no such host")

    lazy = type("Lazy", (Quiet,), {"api": kind(api)})
    _crm(lazy())
    assert ran == []


def test_a_dataclass_is_a_fine_plugin(crm_kit: CrmKit, sqlite: Engine) -> None:
    @dataclass
    class Finance:
        name: str
        posted: list[Any] = field(default_factory=list)

        @hookimpl
        def on_expense_booked(self, event: Any) -> None:
            self.posted.append(event.expense_id)

    plugins = [Finance("acme"), Finance("zeta"), Listener("on_expense_booked")]
    kit = crm_kit(*plugins, database=sqlite)
    booked = kit.given.expense()
    kit.relay.drain()
    assert [one.posted for one in plugins if isinstance(one, Finance)] == [[booked.id], [booked.id]]


def test_each_crm_has_plugins_of_its_own() -> None:
    shared = Quiet()
    one, other = _crm(shared), _crm(shared)
    one.plugins.disable("Quiet", "a test")
    assert "Quiet" not in _loaded(one)
    assert "Quiet" in _loaded(other)


def test_a_blocked_plugin_takes_no_part() -> None:
    crm = _crm(Quiet(), Listener("on_customer_created", "acme"), block=["Quiet"])
    assert "Quiet" not in _loaded(crm)
    assert "acme" in _loaded(crm)
    assert [one.name for one in crm.plugins.implementers("on_customer_created")] == ["acme"]


def test_a_built_in_plugin_may_be_blocked() -> None:
    crm = _crm(block=["notices"])
    assert "notices" not in _loaded(crm)
    assert "log_notices" in _loaded(crm)


def test_blocking_what_is_needed_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="no plugin answers provide_authorizer; unblock the built-in one"):
        _crm(block=["default_policy"])


@pytest.mark.parametrize(
    ("slip", "hint"),
    [("notice", "did you mean notices?"), ("acmee", "did you mean acme?"), ("zzz", "take it off `block`")],
)
def test_blocking_what_does_not_exist_is_an_error_with_the_nearest_name(slip: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        _crm(Listener("on_customer_created", "acme"), block=[slip])
    assert f"`block` names {slip}, but there is no plugin of that name; {hint}" == str(refused.value)


def test_a_blocked_plugin_may_be_broken() -> None:
    _crm(plugin("acme", on_nothing_at_all=lambda self: None), block=["acme"])
