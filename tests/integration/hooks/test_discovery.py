"""Installed plugins: found by the entry-point group, loaded only when the host's allow-list names them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from tests.integration.hooks.probes import Listener

from oa_crm import CRM, Actor
from oa_crm.errors import ConfigurationError, PluginRefused

PLUGIN = """
from oa_crm.hooks import Receipt, hookimpl

class Finance:
    @hookimpl
    def on_expense_booked(self, event, delivery):
        return Receipt(f"V-{event.amount.minor}")

finance = Finance()
"""


class Install(Protocol):
    """Puts a distribution on the path, as an installer would."""

    def __call__(
        self, distribution: str, entries: dict[str, str], *, version: str = ..., code: str = ..., folder: str = ...
    ) -> Path: ...


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """A fake dist-info folder and a module, of the distribution's own name, on a path of its own."""
    before = set(sys.modules)

    def do(
        distribution: str, entries: dict[str, str], *, version: str = "1.0", code: str = PLUGIN, folder: str = "site"
    ) -> Path:
        site = tmp_path / folder
        info = site / f"{distribution}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        lines = [f"{name} = {target}" for name, target in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[oa_crm.plugins]", *lines, ""]))
        (site / f"{distribution}.py").write_text(code)
        if str(site) not in sys.path:
            monkeypatch.syspath_prepend(site)
        return site

    yield do
    for name in set(sys.modules) - before:
        del sys.modules[name]


def _crm(*allowed: str, plugins: tuple[object, ...] = (), block: tuple[str, ...] = ()) -> CRM:
    return CRM("sqlite://", discover=allowed, plugins=plugins, block=block)


def _names(crm: CRM) -> set[str]:
    return {one.name for one in crm.plugins.loaded if not one.builtin}


@pytest.mark.parametrize("target", ["finance", "Finance"], ids=["an instance", "a class"])
def test_an_allowed_plugin_is_loaded_under_its_entry_points_name(install: Install, target: str) -> None:
    install("acme_finance", {"acme": f"acme_finance:{target}"}, version="2.3")
    crm = _crm("acme")
    (loaded,) = [one for one in crm.plugins.loaded if one.name == "acme"]
    assert loaded.origin == "acme_finance 2.3"
    assert loaded.hooks == ("on_expense_booked",)


def test_a_module_may_be_the_entry_point(install: Install) -> None:
    code = "from oa_crm.hooks import hookimpl\n@hookimpl\ndef on_expense_booked(event): pass\n"
    install("acme_finance", {"acme": "acme_finance"}, code=code)
    assert _names(_crm("acme")) == {"acme"}


def test_an_installed_plugin_really_works(install: Install, tmp_path: Path) -> None:

    install("acme_finance", {"acme": "acme_finance:finance"})
    crm = CRM(f"sqlite:///{tmp_path / 'crm.db'}", discover=["acme"])
    crm.migrate()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        unit.directory.save_member({"id": "li.na", "name": "李娜", "roles": ("salesperson",)})
    with crm.begin(crm.scope(tenant="acme", actor="li.na")) as unit:
        customer = unit.customers.create({"name": "Quill Foundry"})
        project = unit.projects.create({"customer_id": customer.id, "name": "ERP"})
        booking = {"project_id": project.id, "category": "travel", "amount": "12.80", "occurred_on": "2026-03-02"}
        expense = unit.expenses.book(booking)
    crm.relay.drain()
    with crm.begin(crm.scope(tenant="acme", actor="li.na"), read_only=True) as unit:
        assert [(link.plugin, link.ref) for link in unit.links.of("expense", expense.id)] == [("acme", "V-1280")]
    crm.close()


def test_only_the_allow_list_is_loaded_and_nothing_else_even_imported(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"})
    install("evil_plugin", {"evil": "evil_plugin:finance"}, code="raise SystemExit('imported')")
    assert _names(_crm()) == set()
    assert _names(_crm("acme")) == {"acme"}
    assert "evil_plugin" not in sys.modules


def test_a_missing_plugin_is_named(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"})
    with pytest.raises(ConfigurationError) as missing:
        _crm("acme", "zeta", "beta")
    assert "no installed distribution offers the plugins beta, zeta" in str(missing.value)
    assert "oa_crm.plugins" in str(missing.value)


def test_two_distributions_with_one_plugin_name_are_named_with_their_versions(install: Install) -> None:
    install("acme_finance", {"finance": "acme_finance:finance"}, version="1.2")
    install("zeta_finance", {"finance": "zeta_finance:finance"}, version="3.4")
    with pytest.raises(PluginRefused) as clash:
        _crm("finance")
    assert clash.value.details["plugin"] == "finance"
    assert "acme_finance 1.2" in str(clash.value)
    assert "zeta_finance 3.4" in str(clash.value)
    assert _names(_crm()) == set()


def test_the_first_of_two_copies_on_the_path_wins_as_in_imports(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"}, version="1.0", folder="behind")
    install("acme_finance", {"acme": "acme_finance:finance"}, version="2.0", folder="before")
    (loaded,) = [one for one in _crm("acme").plugins.loaded if one.name == "acme"]
    assert loaded.origin == "acme_finance 2.0"


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        ("acme_finance:finance", "raise RuntimeError('no licence file')", "RuntimeError: no licence file"),
        ("acme_finance:nothing", PLUGIN, "AttributeError"),
        ("no_such_module:finance", PLUGIN, "ModuleNotFoundError"),
        ("acme_finance:Needy", "class Needy:\n    def __init__(self, api): pass\n", "TypeError"),
        ("acme_finance:finance", "def (:", "SyntaxError"),
    ],
    ids=["raises", "no attribute", "no module", "needs arguments", "no Python"],
)
def test_an_entry_point_that_cannot_be_loaded_names_the_plugin_and_why(
    install: Install, target: str, code: str, said: str
) -> None:
    install("acme_finance", {"acme": target}, code=code)
    with pytest.raises(PluginRefused, match="it could not be loaded") as refused:
        _crm("acme")
    assert refused.value.details["plugin"] == "acme"
    assert said in str(refused.value)
    assert refused.value.__cause__ is not None


def test_an_installed_plugin_and_a_given_one_may_not_share_a_name(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"}, version="1.2")
    with pytest.raises(PluginRefused, match=r"given by the host and acme_finance 1\.2 both use it"):
        _crm("acme", plugins=(Listener("on_expense_booked", "acme"),))


def test_an_installed_plugin_must_keep_the_contract_too(install: Install) -> None:
    install(
        "acme_finance", {"acme": "acme_finance:finance"}, code=PLUGIN.replace("on_expense_booked", "on_expense_bokked")
    )
    with pytest.raises(PluginRefused, match="did you mean on_expense_booked"):
        _crm("acme")


def test_a_blocked_plugin_is_neither_loaded_nor_missing(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"}, code="raise RuntimeError('imported')")
    assert _names(_crm("acme", block=("acme",))) == set()
    assert "acme_finance" not in sys.modules


def test_an_installed_plugin_that_nobody_allowed_may_be_blocked_and_its_name_is_not_mistyped(install: Install) -> None:
    install("acme_finance", {"acme": "acme_finance:finance"}, code="raise RuntimeError('imported')")
    assert _names(_crm(block=("acme",))) == set()
    with pytest.raises(ConfigurationError, match="did you mean acme"):
        _crm(block=("acmee",))


def test_plugins_of_another_group_are_not_ours(install: Install) -> None:
    site = install("acme_finance", {"acme": "acme_finance:finance"})
    (entry_points,) = site.glob("*.dist-info/entry_points.txt")
    entry_points.write_text(entry_points.read_text().replace("oa_crm.plugins", "console_scripts"))
    with pytest.raises(ConfigurationError, match="no installed distribution offers the plugins acme"):
        _crm("acme")
