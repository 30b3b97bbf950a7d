"""A company grows its customer file by itself: a field, its values, a list by it, and a change of mind."""

from sqlalchemy import Engine

from oa_crm.testing import CrmKit


def test_a_company_adds_a_grade_and_a_volume_and_lives_with_them(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    grades = {"strategic": {"zh": "战略客户"}, "regular": {"zh": "普通客户"}}
    with kit.unit("admin") as unit:
        unit.fields.define(
            {"kind": "customer", "name": "grade", "type": "choice", "label": {"zh": "客户分级"}, "options": grades}
        )
        volume = unit.fields.define(
            {
                "kind": "customer",
                "name": "volume",
                "type": "money",
                "label": {"zh": "年采购额"},
                "currency": "CNY",
                "masked": ("hr",),
                "see": ("salesperson", "sales_manager", "crm_admin"),
            }
        )
    with kit.unit("seller") as unit:
        large = unit.customers.create(
            {"name": "云帆智能科技(杭州)有限公司", "custom": {"grade": "strategic", "volume": "3200000"}}
        )
        small = unit.customers.create({"name": "长风物流有限公司", "custom": {"grade": "regular", "volume": "80000"}})
    with kit.unit("manager") as unit:
        by_volume = unit.customers.find({"sort": "-custom:volume"})
        assert [one.name for one in by_volume.items] == [large.name, small.name]
        strategic = unit.customers.find({"custom": {"grade": "strategic", "volume": {"at_least": "1000000"}}})
        assert strategic.items == (large,)
    with kit.unit("accountant") as unit:
        assert unit.customers.get(large.id).custom == {"grade": "strategic"}, "the volume is none of finance's business"
    with kit.unit("admin") as unit:
        retired = unit.fields.retire(volume.id, expected_version=1)
    with kit.unit("seller") as unit:
        assert unit.customers.get(large.id).custom == {"grade": "strategic"}
    with kit.unit("admin") as unit:
        unit.fields.revive(volume.id, expected_version=retired.version or 0)
    with kit.unit("seller") as unit:
        assert unit.customers.get(large.id).custom["volume"] == {"amount": "3200000.00", "currency": "CNY"}
