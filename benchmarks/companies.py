"""Names of companies that do not exist, each different, and a base of them put on file quickly."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert

from oa_crm.duplicates import Draft, default_engine, keys, race_keys
from oa_crm.duplicates.prefixes import prefixes
from oa_crm.ids import new_id
from oa_crm.models import SCHEMA_TOKEN, metadata_for
from oa_crm.services.clashes.inner_words import inner_words
from oa_crm.services.clashes.keeping import write

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
_AT_ONCE = 1000
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
        drafts = [(id, Draft(name)) for id, name in zip(ids, names, strict=True)]
        for at in range(0, len(drafts), _AT_ONCE):
            write(
                connection.execution_options(schema_translate_map={SCHEMA_TOKEN: None}),
                default_engine,
                tenant,
                drafts[at : at + _AT_ONCE],
            )


def customer_row(tenant: str, owner: str, id: object, name: str) -> dict[str, object]:
    """A customer's row as the library writes it."""
    now = datetime.now(UTC)
    return {
        "id": id, "tenant_id": tenant, "name": name, "short_name": None, "credit_code": None,
        "industry": "software", "region": "CN", "phone": None, "email": None, "website": None, "address": None,
        "former_names": (), "aliases": (), "level": None, "source": None, "owner_id": owner,
        "last_follow_up_at": None, "version": 1, "created_at": now, "created_by": owner, "updated_at": now,
        "updated_by": owner,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Under what a name is found again: hashes of its keys, gates, and how one may begin to type it."""

    keys: tuple[int, ...]
    gates: tuple[int, ...]
    typed: tuple[str, ...]

    @classmethod
    def by(cls, tenant: str, name: str) -> "Found":
        """As the library works it out."""
        draft = Draft(name)
        hashes = {key.hash for key in keys(draft, tenant)}
        return cls(
            tuple(sorted(hashes)),
            tuple(sorted(race_keys(draft, tenant))),
            tuple(sorted(prefixes(draft) | inner_words(draft))),
        )
