"""The answers that are asked for once, at start: the host's ports, and what plugins register."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from oa_crm.errors import ConfigurationError, PluginRefused
from oa_crm.hooks.answers import ExpenseCategory, MergeLink, RowRule
from oa_crm.hooks.custom import CustomField
from oa_crm.hooks.matching import BUILT_IN_MATCHERS, DuplicateMatcher
from oa_crm.hooks.ports import Authorizer, FileStore, Ledger, Notifier, Numbering, OrgChart, Workflow
from oa_crm.hooks.scoring import LeadRule
from oa_crm.plugins import lead_rules, merge_links
from oa_crm.plugins.manager import PluginManager
from oa_crm.plugins.matchers import naming_its_plugin
from oa_crm.plugins.names import LoadedPlugin
from oa_crm.plugins.outsiders import Bounded
from oa_crm.plugins.row_rules import misfit

log = logging.getLogger("oa_crm.plugins")
ROW_RULES, MERGE_LINKS = "register_row_rules", "register_merge_links"
_NEVER_LEFT_OUT = {
    ROW_RULES: "if people may see what its row rules would hide",
    MERGE_LINKS: "if its rows may stay with customers that are merged into others",
}
CUSTOM_FIELDS = "register_custom_fields"


@dataclass(frozen=True, slots=True)
class Ports:
    """What the host has, after the built-in plugins filled the gaps. `ledger` has no built-in, and
    `file_store` only one where the settings name a folder."""

    org_chart: OrgChart
    authorizer: Authorizer
    workflow: Workflow
    notifier: Notifier
    numbering: Numbering
    ledger: Ledger | None
    file_store: FileStore | None


@dataclass(frozen=True, slots=True)
class Extras:
    """What plugins registered."""

    row_rules: tuple[RowRule, ...]
    expense_categories: tuple[ExpenseCategory, ...]
    duplicate_matchers: tuple[DuplicateMatcher, ...]
    merge_links: tuple[MergeLink, ...]
    custom_fields: tuple[Any, ...] = ()
    lead_rules: tuple[LeadRule, ...] = ()


def ports(manager: PluginManager) -> Ports:
    """Ask every `provide_*` hook. Raises `ConfigurationError` naming the plugins when two hosts answer."""
    return Ports(
        org_chart=_required(manager, "provide_org_chart", OrgChart),
        authorizer=Bounded(_required(manager, "provide_authorizer", Authorizer)),
        workflow=_required(manager, "provide_workflow", Workflow),
        notifier=_required(manager, "provide_notifier", Notifier),
        numbering=_required(manager, "provide_numbering", Numbering),
        ledger=_provided(manager, "provide_ledger", Ledger),
        file_store=_provided(manager, "provide_file_store", FileStore),
    )


def extras(
    manager: PluginManager, known_categories: Iterable[str] = (), field: Callable[[str, CustomField], Any] | None = None
) -> Extras:
    """Ask every `register_*` hook; a plugin that cannot answer is disabled and reported. `field` makes of a
    plugin's custom field what `Extras` holds, or raises `CrmError`.

    Raises `PluginRefused` if it is one with row rules, without whose limits people would see more than they may, or
    with merge links, without which its rows would be lost to the survivor.
    """
    rules = _registered(manager, ROW_RULES, RowRule)
    categories = _registered(manager, "register_expense_categories", ExpenseCategory, taken=known_categories)
    matchers = _registered(manager, "register_duplicate_matchers", DuplicateMatcher, taken=BUILT_IN_MATCHERS)
    named = [(plugin, naming_its_plugin(plugin, matcher)) for plugin, matcher in matchers]
    links = _registered(manager, MERGE_LINKS, MergeLink)
    fields = _registered(manager, CUSTOM_FIELDS, CustomField, called=_kind_and_name, made=field)
    scored = _registered(manager, "register_lead_rules", LeadRule)
    leads = [(plugin, lead_rules.naming_its_plugin(plugin, rule)) for plugin, rule in scored]
    return Extras(
        row_rules=tuple(rule for _, rule in rules),
        expense_categories=_of_enabled(manager, categories),
        duplicate_matchers=_of_enabled(manager, named),
        merge_links=tuple(link for _, link in links),
        custom_fields=_of_enabled(manager, fields),
        lead_rules=_of_enabled(manager, leads),
    )


def _kind_and_name(field: Any) -> str:
    return f"{field.kind}.{field.name}"


def _of_enabled(manager: PluginManager, found: list[tuple[str, Any]]) -> tuple[Any, ...]:
    # A plugin may have been disabled by its second answer, after its first was taken.
    return tuple(answer for plugin, answer in found if plugin not in manager.disabled)


def _required(manager: PluginManager, hook: str, port: type[Any]) -> Any:
    answer = _provided(manager, hook, port)
    if answer is None:
        raise ConfigurationError(f"no plugin answers {hook}; unblock the built-in one or let a plugin provide it")
    return answer


def _provided(manager: PluginManager, hook: str, port: type[Any]) -> Any:
    answers = [(one, _ask(manager, hook, one)) for one in manager.implementers(hook)]
    answers = [(one, answer) for one, answer in answers if answer is not None]
    hosts = [(one, answer) for one, answer in answers if not one.builtin]
    if len(hosts) > 1:
        names = " and ".join(one.name for one, _ in hosts)
        raise ConfigurationError(f"{names} both answer {hook}; only one may, so block the other")
    for one, answer in hosts or answers[:1]:
        _fits(one, hook, port, answer)
        return answer
    return None


def _ask(manager: PluginManager, hook: str, one: LoadedPlugin) -> Any:
    try:
        found = manager.caller(hook, one.name)()
    except Exception as exc:
        raise PluginRefused(one.name, f"{hook} raised {type(exc).__name__}: {exc}") from exc
    return found[0] if found else None


def _fits(one: LoadedPlugin, hook: str, port: type[Any], answer: object) -> None:
    wanted = [name for name, member in vars(port).items() if callable(member) and not name.startswith("_")]
    if missing := [name for name in wanted if not callable(getattr(answer, name, None))]:
        raise PluginRefused(one.name, f"{hook} answered a {type(answer).__name__} without {', '.join(missing)}()")


def _registered(
    manager: PluginManager,
    hook: str,
    answer_type: type[Any],
    taken: Iterable[str] = (),
    called: Callable[[Any], str] = lambda answer: str(answer.name),
    made: Callable[[str, Any], Any] | None = None,
) -> list[tuple[str, Any]]:
    owner = dict.fromkeys(taken, "oa_crm")
    kept: list[tuple[str, Any]] = []
    for one in manager.implementers(hook):
        for answer in _answers(manager, hook, one, answer_type, made):
            name = called(answer)
            if name in owner:
                raise ConfigurationError(f"{owner[name]} and {one.name} both register {name!r} by {hook}; rename one")
            owner[name] = one.name
            kept.append((one.name, answer))
    return kept


def _answers(
    manager: PluginManager,
    hook: str,
    one: LoadedPlugin,
    answer_type: type[Any],
    made: Callable[[str, Any], Any] | None,
) -> list[Any]:
    try:
        answers = _fitting(_ask(manager, hook, one), hook, one, answer_type)
        return answers if made is None else [_made(made, hook, one, answer) for answer in answers]
    except PluginRefused as refused:
        why = refused.details["problem"]
        if needed := [hook for hook in _NEVER_LEFT_OUT if hook in one.hooks]:
            raise PluginRefused(
                one.name, f"{why}; fix the plugin, or block it {_NEVER_LEFT_OUT[needed[0]]}"
            ) from refused
        log.exception("plugin %s is disabled: its %s failed", one.name, hook)
        manager.disable(one.name, why)
        return []


def _made(made: Callable[[str, Any], Any], hook: str, one: LoadedPlugin, answer: Any) -> Any:
    try:
        return made(one.name, answer)
    except Exception as exc:
        raise PluginRefused(one.name, f"{hook} answered {answer!r}: {exc}") from exc


def _fitting(found: Any, hook: str, one: LoadedPlugin, answer_type: type[Any]) -> list[Any]:
    try:
        answers = [] if found is None else list(found)
    except Exception as exc:
        raise PluginRefused(one.name, f"{hook} answered no list: {type(exc).__name__}: {exc}") from exc
    for answer in answers:
        if not isinstance(answer, answer_type):
            raise PluginRefused(one.name, f"{hook} answered {answer!r}, which is no {answer_type.__name__}")
        if isinstance(answer, RowRule) and (wrong := misfit(answer)):
            raise PluginRefused(one.name, f"{hook} answered a rule {answer.name!r} of {wrong}")
        if isinstance(answer, MergeLink) and (wrong := merge_links.misfit(answer)):
            raise PluginRefused(one.name, f"{hook} answered a link {answer.name!r} {wrong}")
    return answers
