"""The columns of a customer: what each is called in a file, and how a fact is told in a cell.

Export, template and import share them, so that what was taken out can be taken in again. A list stands in one cell,
its parts apart by semicolons.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oa_crm.exchange import cells
from oa_crm.exchange.column import DECIDES, Cell, Column, Options, plain
from oa_crm.i18n import language_of
from oa_crm.schemas import CustomerOut
from oa_crm.schemas.custom import CustomFieldOut
from oa_crm.schemas.customers import InvoiceFacts

_KINDS: Options = {
    "enterprise": ("企业", "enterprise"),
    "institution": ("事业单位", "institution"),
    "government": ("政府机关", "government"),
    "person": ("个人", "person"),
}
_SIZES: Options = {
    "micro": ("微型", "micro"),
    "small": ("小型", "small"),
    "medium": ("中型", "medium"),
    "large": ("大型", "large"),
}
_STATUS: Options = {
    "prospect": ("潜在", "prospect"),
    "active": ("正常", "active"),
    "dormant": ("休眠", "dormant"),
    "lost": ("流失", "lost"),
}
_LIST = ("多个之间用分号隔开", "several, apart by semicolons")
FIXED = (
    Column("name", "客户名称", "name", ("名称", "公司名称", "企业名称", "单位名称", "客户", "客户全称", "公司全称",
           "企业全称", "全称", "公司",
           "customer", "customer name", "company", "company name", "full name"),
           note=("必填,完整注册名称", "needed: the full registered name"), needed=True),
    Column("short_name", "简称", "short name", ("客户简称", "公司简称", "short")),
    Column("foreign_name", "外文名称", "foreign name", ("英文名", "英文名称", "外文名", "english name")),
    Column("credit_code", "统一社会信用代码", "credit code", ("信用代码", "社会信用代码", "税号信用代码", "uscc",
           "unified social credit code")),
    Column("numbers", "证件号码", "identity numbers", ("其他证件", "numbers"),
           note=("种类:号码,如 us.ein:91-1144442;多个之间用分号隔开",
                 "scheme:number, such as us.ein:91-1144442; several apart by semicolons"), read=cells.numbers),
    Column("kind", "客户类型", "kind", ("类型", "性质", "客户性质", "type", "customer type"),
           options=_KINDS),
    Column("industry", "行业", "industry", ("所属行业", "行业分类", "sector"),
           note=("国标行业代码或名称,如 I65 或 软件", "a code or name of GB/T 4754, such as I65")),
    Column("region", "地区", "region", ("所在地区", "区域", "省市", "城市", "所在地", "city", "area", "province"),
           note=("行政区划代码或名称,如 330106 或 杭州", "a code or name of GB/T 2260 or ISO 3166, such as 330106")),
    Column("size", "规模", "size", ("企业规模", "公司规模", "人员规模"), options=_SIZES),
    Column("level", "客户级别", "level", ("级别", "等级", "客户等级", "grade", "class")),
    Column("status", "客户状态", "status", ("状态", "customer status"), options=_STATUS),
    Column("source", "来源", "source", ("客户来源", "线索来源", "渠道", "channel", "origin")),
    Column("owner_id", "负责人", "owner", ("销售", "业务员", "跟进人", "销售负责人", "客户经理", "归属人", "owner id",
           "salesperson", "sales", "sales rep"), note=("成员姓名或编号", "the name or id of a member")),
    Column("phone", "电话", "phone", ("联系电话", "手机", "手机号", "固定电话", "座机", "公司电话", "tel", "telephone",
           "mobile", "phone number")),
    Column("phones", "其他电话", "other phones", ("备用电话", "phones"), note=_LIST, read=cells.phones),
    Column("email", "邮箱", "email", ("电子邮箱", "电子邮件", "邮件", "e-mail", "mail")),
    Column("website", "网站", "website", ("网址", "官网", "公司网址", "主页", "url", "homepage", "web")),
    Column("address", "地址", "address", ("公司地址", "办公地址", "注册地址", "详细地址")),
    Column("latitude", "纬度", "latitude", ("lat",)),
    Column("longitude", "经度", "longitude", ("lng", "lon")),
    Column("former_names", "曾用名", "former names", ("former name",), note=_LIST, read=cells.parts),
    Column("aliases", "别名", "aliases", ("其他名称", "alias"), note=_LIST, read=cells.parts),
    Column("tags", "标签", "tags", ("客户标签", "tag"), note=_LIST, read=cells.parts),
    Column("parent_id", "上级客户编号", "parent id", ("parent", "上级客户"),
           note=("上级客户的编号", "id of the customer above")),
    Column("invoice.title", "发票抬头", "invoice title", ("开票抬头", "开票名称")),
    Column("invoice.tax_number", "税号", "tax number", ("纳税人识别号",)),
    Column("invoice.address", "开票地址", "invoice address", ()),
    Column("invoice.phone", "开票电话", "invoice phone", ()),
    Column("invoice.bank_name", "开户行", "bank", ("开户银行", "bank name")),
    Column("invoice.bank_account", "银行账号", "bank account", ("账号", "开户账号")),
    DECIDES,
    Column("id", "编号", "id", (), given=False),
    Column("created_at", "创建时间", "created", (), given=False),
    Column("updated_at", "更新时间", "updated", (), given=False),
    Column("last_follow_up_at", "最近跟进", "last follow-up", (), given=False),
    Column("next_contact_on", "下次联系", "next contact", (), given=False),
)  # fmt: skip
BY_NAME = {one.name: one for one in FIXED}


def all_columns(fields: Iterable[CustomFieldOut]) -> dict[str, Column]:
    """Every column of a customer, the company's own fields as far as the asker sees them."""
    own = (
        Column(f"custom.{one.name}", one.said("zh"), one.said("en"), note=(one.said("zh"), ""), custom=one)
        for one in fields
    )
    return {**BY_NAME, **{one.name: one for one in own}}


def exported(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """What an export holds when nothing else is said: everything that can be told."""
    return tuple(name for name, one in columns.items() if one.told)


def told(column: Column, customer: CustomerOut, locale: str) -> Cell:
    """A customer's fact as a cell."""
    name = column.name
    if column.custom is not None:
        return _own(column.custom, customer.custom.get(column.custom.name), locale)
    if name.startswith("invoice."):
        return getattr(customer.invoice or InvoiceFacts(), name.removeprefix("invoice."), None)
    value = getattr(customer, name)
    if column.options and value in column.options:
        return column.called(value, locale)
    return _TELL.get(name, plain)(value)


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _own(field: CustomFieldOut, value: Any, locale: str) -> Cell:
    if isinstance(value, dict):
        return str(value["amount"])
    if isinstance(value, list):
        return _joined(_option(field, one, locale) for one in value)
    if field.type == "choice" and value is not None:
        return _option(field, value, locale)
    return None if value is None else str(value)


def _option(field: CustomFieldOut, code: str, locale: str) -> str:
    labels = field.options.get(code)
    return code if not labels else labels.get(language_of(locale)) or next(iter(labels.values()))


_TELL: dict[str, Callable[[Any], Cell]] = {
    "numbers": lambda given: _joined(f"{one.scheme}:{one.number}" for one in given),
    "phones": lambda given: _joined(f"{one.number} ({one.label})" if one.label else one.number for one in given),
    "former_names": _joined,
    "aliases": _joined,
    "tags": _joined,
}
