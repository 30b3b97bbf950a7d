"""register_custom_fields: fields in code, beside those of a company."""

from typing import Any

import pytest
from tests.integration.custom.defining import customer, define
from tests.integration.hooks.probes import answering
from tests.integration.services.acting import doing, invalid

from oa_crm import CRM
from oa_crm.errors import ConfigurationError
from oa_crm.hooks import CustomField
from oa_crm.testing import CrmKit

HOOK = "register_custom_fields"
GRADE = CustomField("customer", "partner_grade", "choice", {"zh": "等级"}, options={"gold": {"zh": "金牌"}})


def test_a_field_in_code_is_like_a_companys_but_no_company_changes_it(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(answering("acme", HOOK, [GRADE]), database=database)
    define(kit, "other")
    made = customer(kit, partner_grade="gold", other="x")
    assert made.custom == {"other": "x", "partner_grade": "gold"}
    with kit.unit("admin") as unit:
        assert [(one.name, one.plugin, one.id is None) for one in unit.fields.of("customer")] == [
            ("other", None, False),
            ("partner_grade", "acme", True),
        ]
        assert unit.customers.find({"custom": {"partner_grade": "gold"}}).items == (made,)
        assert unit.fields.rebuild("customer", "partner_grade").finished
        with invalid("name"):
            unit.fields.define({"kind": "customer", "name": "partner_grade", "type": "text", "label": {"zh": "x"}})


def test_equal_names_of_two_plugins_are_an_error_naming_both() -> None:
    with pytest.raises(ConfigurationError, match=r"acme and zeta both register 'customer\.partner_grade'"):
        CRM("sqlite://", plugins=[answering("zeta", HOOK, [GRADE]), answering("acme", HOOK, [GRADE])])
    project = CustomField("project", "partner_grade", "text", {"zh": "等级"})
    CRM("sqlite://", plugins=[answering("zeta", HOOK, [GRADE]), answering("acme", HOOK, [project])]).close()


def test_a_name_that_a_company_used_first_is_an_error_naming_both(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(database=database)
    define(kit, "partner_grade")
    later = CRM(kit.crm.engine, plugins=[answering("acme", HOOK, [GRADE])])
    clash = pytest.raises(ConfigurationError, match="the plugin acme and the company acme both")
    with clash, later.begin(later.scope(tenant="acme", actor="seller")) as unit:
        unit.customers.create({"name": "云帆智能科技"})
    assert doing(kit, "seller", lambda unit: unit.customers.create({"name": "云帆智能科技"}))


@pytest.mark.parametrize(
    "field",
    [
        CustomField("kite", "x", "text", {"zh": "x"}),
        CustomField("customer", "X", "text", {"zh": "x"}),
        CustomField("customer", "x", "colour", {"zh": "x"}),
        CustomField("customer", "x", "choice", {"zh": "x"}),
        CustomField("customer", "x", "text", {}),
        "x",
    ],
    ids=str,
)
def test_a_plugin_with_a_field_that_cannot_be_is_disabled_and_named(field: Any) -> None:
    crm = CRM("sqlite://", plugins=[answering("acme", HOOK, [field])])
    assert HOOK in crm.plugins.disabled["acme"]
    crm.close()
