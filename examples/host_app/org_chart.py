"""The host's people: the org chart that the CRM mirrors, and the twelve who work here.

The CRM reads this port in `unit.directory.sync()`; it never writes here. This OA serves one company.
"""

from collections.abc import Iterable

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from examples.host_app.tables import Department, Employee
from oa_crm import hooks
from oa_crm.hooks import hookimpl

COMPANY = "hengzhou"
COMPANY_NAME = "蘅舟办公软件(杭州)有限公司"

DEPARTMENTS = (
    ("hq", "总经办", None, "sun.yue"),
    ("sales", "销售中心", "hq", None),
    ("sales-1", "销售一部", "sales", "he.lin"),
    ("sales-2", "销售二部", "sales", "xu.bo"),
    ("finance", "财务部", "hq", "tang.xin"),
    ("people", "人力资源部", "hq", "gao.fei"),
    ("it", "信息中心", "hq", "deng.kai"),
)
EMPLOYEES = (
    ("sun.yue", "孙岳", "hq", None, "executive"),
    ("he.lin", "何琳", "sales-1", "sun.yue", "sales_manager"),
    ("zhang.wei", "张伟", "sales-1", "he.lin", "salesperson"),
    ("li.na", "李娜", "sales-1", "he.lin", "salesperson"),
    ("wang.qiang", "王强", "sales-1", "he.lin", "salesperson"),
    ("xu.bo", "徐波", "sales-2", "sun.yue", "sales_manager"),
    ("chen.jing", "陈静", "sales-2", "xu.bo", "salesperson"),
    ("liu.yang", "刘洋", "sales-2", "xu.bo", "salesperson"),
    ("zhao.min", "赵敏", "sales-2", "xu.bo", "salesperson"),
    ("tang.xin", "唐欣", "finance", "sun.yue", "finance"),
    ("gao.fei", "高菲", "people", "sun.yue", "hr"),
    ("deng.kai", "邓凯", "it", "sun.yue", "crm_admin"),
)
FINANCE_LEAD = "tang.xin"
NAMES = {id: name for id, name, *_ in EMPLOYEES}


class OrgChart:
    """The port, read from the host's own tables."""

    name = "oa_org_chart"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @hookimpl
    def provide_org_chart(self) -> "OrgChart":
        return self

    def departments(self, tenant: str) -> Iterable[hooks.Department]:
        """The departments of our one company."""
        if tenant != COMPANY:
            return []
        with Session(self._engine) as session:
            rows = session.scalars(select(Department)).all()
        return [hooks.Department(row.id, row.name, row.parent_id, row.manager_id) for row in rows]

    def members(self, tenant: str) -> Iterable[hooks.Member]:
        """Everybody, those who left as inactive."""
        if tenant != COMPANY:
            return []
        with Session(self._engine) as session:
            rows = session.scalars(select(Employee)).all()
        return [
            hooks.Member(row.id, row.name, row.department_id, row.manager_id, tuple(row.posts.split()), row.active)
            for row in rows
        ]


def seed(session: Session) -> None:
    """Put the company's people into the host's tables."""
    for id, name, parent, manager in DEPARTMENTS:
        session.add(Department(id=id, name=name, parent_id=parent, manager_id=manager))
        session.flush()
    for id, name, department, manager, posts in EMPLOYEES:
        session.add(Employee(id=id, name=name, department_id=department, manager_id=manager, posts=posts))
