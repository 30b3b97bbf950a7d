"""Names of companies that do not exist, each different, and a base of them put on file quickly."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine, insert

from oa_crm.duplicates import Draft, keys
from oa_crm.ids import new_id
from oa_crm.models import metadata_for

_CITIES = ("北京", "上海", "杭州", "苏州", "深圳", "成都", "武汉", "西安", "青岛", "长沙", "厦门", "合肥")
_TRADES = (
    "智能科技",
    "软件",
    "机械设备",
    "生物医药",
    "建筑工程",
    "物流",
    "新能源",
    "电子商务",
    "环保技术",
    "教育咨询",
    "食品",
    "精密仪器",
)
_LETTERS = "云帆启明瑞远恒泰鼎盛嘉和锦程博雅正阳凌志宏图天翼佳诚昊宇晨曦朗润致信达通卓越新锐源创合众兴安康宁怡景"


def companies(seed: int) -> Iterator[str]:
    """Full registered names without end, none twice."""
    chance, given = random.Random(seed), set()
    while True:
        brand = "".join(chance.choices(_LETTERS, k=chance.choice((2, 3, 3, 4))))
        name = f"{chance.choice(_CITIES)}{brand}{chance.choice(_TRADES)}有限公司"
        if name not in given:
            given.add(name)
            yield name


def fill(engine: Engine, tenant: str, owner: str, names: Sequence[str]) -> None:
    """Put customers on file with their duplicate keys, set-based, as an old base would lie there."""
    tables = metadata_for(None).tables
    ids = [new_id() for _ in names]
    with engine.begin() as connection:
        connection.execute(
            insert(tables["oa_crm_customer"]),
            [customer_row(tenant, owner, id, name) for id, name in zip(ids, names, strict=True)],
        )
        connection.execute(
            insert(tables["oa_crm_duplicate_key"]),
            [
                row
                for id, name in zip(ids, names, strict=True)
                for row in key_rows(tenant, id, key_hashes(tenant, name))
            ],
        )


def customer_row(tenant: str, owner: str, id: object, name: str) -> dict[str, object]:
    """A customer's row as the library writes it."""
    now = datetime.now(UTC)
    return {
        "id": id, "tenant_id": tenant, "name": name, "short_name": None, "credit_code": None,
        "industry": "software", "region": "CN", "phone": None, "level": None, "source": None, "owner_id": owner,
        "last_follow_up_at": None, "version": 1, "created_at": now, "created_by": owner, "updated_at": now,
        "updated_by": owner,
    }  # fmt: skip


def key_hashes(tenant: str, name: str) -> list[int]:
    """The hashes under which a name is found again."""
    return sorted({key.hash for key in keys(Draft(name), tenant)})


def key_rows(tenant: str, id: object, hashes: Sequence[int]) -> list[dict[str, object]]:
    """The rows of these hashes."""
    return [{"tenant_id": tenant, "key_hash": one, "customer_id": id} for one in hashes]
