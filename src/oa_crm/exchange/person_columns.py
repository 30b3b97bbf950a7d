"""The columns of a contact: what each is called in a file, and how its cells are read and told.

Export, template and import share them, so that what was taken out can be taken in again.
"""

from typing import Any

from oa_crm.exchange import cells
from oa_crm.exchange.column import DECIDES, NUMBER, Cell, Column, Options, plain
from oa_crm.i18n import language_of
from oa_crm.i18n.documents import WORDS
from oa_crm.schemas.contacts import ContactLine

_ALSO = {"decision_maker": ("决策者", "关键决策人"), "influencer": ("影响人",), "user": ("用户",)}
_ROLES: Options = {
    code: (word, code.replace("_", " "), *_ALSO.get(code, ())) for code, word in WORDS["zh"]["role"].items()
}
_STATUS: Options = {"active": ("在职", "active", "在任"), "left": ("已离职", "left", "离职")}
_GENDERS: Options = {
    "male": ("男", "male", "先生", "m"),
    "female": ("女", "female", "女士", "f"),
    "other": ("其他", "other"),
}
_YES_NO: Options = {"true": ("是", "yes", "1", "y", "√"), "false": ("否", "no", "0", "n", "×")}
_LIST = ("多个之间用分号隔开", "several, apart by semicolons")
_INSTEAD = ("可代替客户名称", "instead of the customer's name")
FIXED = (
    Column("name", "姓名", "name", ("联系人", "联系人姓名", "客户联系人", "人员姓名", "contact", "contact name",
           "person", "full name"), note=("必填", "needed"), needed=True),
    Column("customer", "客户名称", "customer", ("客户", "公司名称", "公司", "企业名称", "单位", "单位名称", "所属客户",
           "所在公司", "customer name", "company", "company name", "account"),
           note=("已有客户的名称;也可改填统一社会信用代码或客户编号",
                 "the name of a customer on file; its credit code or id will do instead"), needed=True),
    Column("credit_code", "统一社会信用代码", "credit code", ("信用代码", "社会信用代码", "uscc",
           "unified social credit code"), note=_INSTEAD, told=False),
    Column("number", "证件号码", "identity number", ("其他证件", "number"), note=NUMBER, told=False),
    Column("customer_id", "客户编号", "customer id", (), note=_INSTEAD),
    Column("title", "职务", "title", ("职位", "岗位", "头衔", "job title", "position", "post")),
    Column("department", "部门", "department", ("所在部门", "科室", "dept")),
    Column("role", "决策角色", "role", ("角色", "决策身份", "part in the decision", "decision role"), options=_ROLES),
    Column("reports_to", "汇报对象", "reports to", ("上级", "直接上级", "上级联系人", "汇报给", "superior", "manager",
           "boss"),
           note=("同一客户另一位联系人的姓名,可以是本文件中的",
                 "the name of another contact at the same customer, also one of this file")),
    Column("mobile", "手机", "mobile", ("手机号", "手机号码", "移动电话", "联系手机", "电话", "联系电话", "cell",
           "mobile phone", "phone", "tel"),
           note=("手机或座机,分机写作 0571-88886666转801", "with its extension, such as 0571-88886666 ext. 801")),
    Column("phones", "其他电话", "other phones", ("固定电话", "座机", "办公电话", "备用电话", "phones", "office phone"),
           note=_LIST, read=cells.dialled),
    Column("emails", "邮箱", "e-mail", ("电子邮箱", "电子邮件", "邮件", "email", "emails", "mail"), note=_LIST,
           read=cells.dialled),
    Column("wechat", "微信", "wechat", ("微信号", "weixin")),
    Column("birthday", "生日", "birthday", ("出生日期", "出生年月日", "date of birth", "birth date"),
           note=("如 1985-03-02;不知道年份可写 3月2日", "such as 1985-03-02, or 03-02 without the year"),
           read=cells.birthday),
    Column("gender", "性别", "gender", ("sex",), options=_GENDERS),
    Column("salutation", "称呼", "salutation", ("称谓", "尊称")),
    Column("primary", "首要联系人", "primary", ("主要联系人", "主联系人", "是否首要", "main contact",
           "primary contact"), options=_YES_NO,
           note=("每个客户一位,填“是”即取代原来的那位", "one for each customer; yes takes it from whoever was it")),
    Column("status", "状态", "status", ("在职状态", "是否在职"), options=_STATUS,
           note=("留空为在职", "empty means active")),
    Column("started_on", "任职日期", "since", ("任职时间", "入职日期", "到任日期", "started on", "start date"),
           note=("如 2021-06-01", "such as 2021-06-01"), read=cells.day),
    Column("ended_on", "离职日期", "left on", ("离任日期", "离开日期", "ended on", "end date"),
           note=("已离职的填写;留空为今天", "of who left; empty means today"), read=cells.day),
    Column("notes", "备注", "notes", ("说明", "note", "remark", "remarks", "comment")),
    DECIDES,
    Column("post_id", "任职编号", "post id", (), offered=False),
    Column("contact_id", "联系人编号", "contact id", (), given=False),
)  # fmt: skip
BY_NAME = {one.name: one for one in FIXED}
_DIALLED = {"en": " ext ", "zh": "转"}


def told(column: Column, person: ContactLine, locale: str) -> Cell:
    """A fact of a person at a customer as a cell."""
    value: Any = getattr(person, column.name)
    if isinstance(value, bool):
        value = str(value).lower()
    if value in column.options:
        return column.called(value, locale)
    if column.name in ("mobile", "phones"):
        # Several stand apart by semicolons, as an extension stands behind its number where it is kept.
        spoken = _DIALLED["zh" if language_of(locale) == "zh" else "en"]
        numbers = [value] if isinstance(value, str) else value or ()
        return "; ".join(one.replace(";ext=", spoken) for one in numbers) or None
    return "; ".join(value) or None if isinstance(value, tuple) else plain(value)
