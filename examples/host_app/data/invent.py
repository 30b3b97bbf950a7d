"""Fictitious customers: no company, person or number here is meant to exist.

Brands are rare pairs of characters, each used once, so that two rows are one customer only where `mess` says so.
"""

from dataclasses import dataclass
from random import Random

from oa_crm.duplicates import check_character

SALESPEOPLE = ("zhang.wei", "li.na", "wang.qiang", "chen.jing", "liu.yang", "zhao.min")
CITIES = {
    "杭州": ("浙江", "330106", "0571"), "宁波": ("浙江", "330203", "0574"), "上海": ("上海", "310115", "021"),
    "苏州": ("江苏", "320505", "0512"), "南京": ("江苏", "320102", "025"), "深圳": ("广东", "440305", "0755"),
    "广州": ("广东", "440106", "020"), "北京": ("北京", "110108", "010"), "成都": ("四川", "510107", "028"),
    "武汉": ("湖北", "420106", "027"), "青岛": ("山东", "370202", "0532"), "西安": ("陕西", "610113", "029"),
}  # fmt: skip
TRADES = {
    "科技": "信息技术", "信息技术": "信息技术", "软件": "信息技术", "机械设备": "制造业", "精密机械": "制造业",
    "电子": "制造业", "电气": "制造业", "新材料": "制造业", "包装": "制造业", "医疗器械": "医药", "生物科技": "医药",
    "商贸": "批发零售", "进出口": "批发零售", "食品": "食品", "餐饮管理": "餐饮",
    "物流": "物流运输", "供应链管理": "物流运输",
    "建筑工程": "建筑", "装饰设计": "建筑", "文化传媒": "文化", "环保工程": "环保", "节能服务": "环保",
}  # fmt: skip
FORMS = ("有限公司",) * 7 + ("股份有限公司", "有限责任公司", "集团有限公司")
LATIN = (
    "Harbourlight Trading Co., Ltd.", "Northfield Pumps GmbH", "Tallow & Finch Ltd", "Kestrelmoor Instruments Inc.",
    "Ostrava Glimmer s.r.o.", "Pellworth Logistics Pte. Ltd.", "Quillbrook Software LLC", "Saltmarsh Optics AB",
    "Vantervale Chemicals B.V.", "Wrenhollow Design Limited",
)  # fmt: skip
_FIRST, _SECOND = "岚砚蘅颂穗朔筠瓒霁珂澄棠黛砺琢蔚", "渡陌岑垣汀槐峤苕蒲莳矶埭浔坞滢涧"
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SOURCES = ("展会", "转介绍", "官网", "电话开发", "老客户介绍", "招投标平台")
_NOTES = (
    "", "", "", "", "2024/3/5 来访", "24年3月初次拜访", "20231118寄样品", "2024-1-9报价，等回复", "客户要求月结60天",
    "对接采购部", "老板本人加微信了", "明年预算再谈", "2023.12.1 展会名片",
)  # fmt: skip


@dataclass(frozen=True)
class Customer:
    """One row of the workbook before it is typed; `name` is what is written."""

    name: str
    brand: str
    trade: str
    form: str
    city: str
    industry: str
    code: str
    phone: str | float
    owner: str
    level: str
    source: str
    note: str


def brands(random: Random) -> list[str]:
    """Every brand there is, in an order of this seed."""
    found = [first + second for first in _FIRST for second in _SECOND]
    random.shuffle(found)
    return found


def chinese(random: Random, brand: str, *, trade: str | None = None, city: str | None = None) -> Customer:
    """A customer of this brand; trade and city are drawn unless given."""
    city = city or random.choice(list(CITIES))
    trade = trade or random.choice(list(TRADES))
    form = random.choice(FORMS)
    code = credit_code(random, city) if random.random() < 0.6 else ""
    return _customer(random, f"{city}{brand}{trade}{form}", brand, trade, form, city, code)


def latin(random: Random, name: str) -> Customer:
    """A customer from abroad: no credit code."""
    return _customer(random, name, name, "", "", "", "")


def credit_code(random: Random, city: str) -> str:
    """A well-formed code that nobody was issued knowingly."""
    body = f"91{CITIES[city][1]}MA" + "".join(random.choices(_CODE_CHARACTERS, k=7))
    return body + check_character(body)


def phone(random: Random, city: str) -> str:
    """A mobile in an exchange of zeros, or a landline of the city."""
    if city and random.random() < 0.3:
        return f"{CITIES[city][2]}-5550{random.randrange(10_000):04}"
    return f"{random.choice(('139', '138', '158', '186'))}0000{random.randrange(10_000):04}"


def _customer(random: Random, name: str, brand: str, trade: str, form: str, city: str, code: str) -> Customer:
    return Customer(
        name, brand, trade, form, city, TRADES.get(trade, "其他"), code,
        phone(random, city) if random.random() < 0.75 else "",
        random.choice(SALESPEOPLE), random.choice("AABBBCC"), random.choice(_SOURCES), random.choice(_NOTES),
    )  # fmt: skip
