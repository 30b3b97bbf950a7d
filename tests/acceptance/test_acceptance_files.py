"""附件:合同扫描件、名片、报价单,谁能看客户谁就能看,下载留痕。 Attachments in the words of those who need them."""

import io

import pytest
from sqlalchemy import Engine

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.testing import CrmKit


def test_a_signed_contract_is_scanned_and_looked_at(crm_kit: CrmKit, database: Engine) -> None:
    """销售上传合同扫描件,经理下载查看,下载记录在案;换版后旧件移除,三十天后清掉。"""
    kit = crm_kit(database=database)
    contract = kit.given.contract()
    scan = {"kind": "contract", "thing_id": contract.id, "name": "合同扫描件(盖章).pdf"}
    with kit.unit() as unit:
        first = unit.files.attach(scan, io.BytesIO(b"%PDF-1.7 first"))
    with kit.unit("manager") as unit:
        assert unit.files.open(first.id).read() == b"%PDF-1.7 first"
    with kit.unit() as unit:
        second = unit.files.attach(scan, io.BytesIO(b"%PDF-1.7 second"))
        unit.files.remove(first.id, reason="盖章不清晰,已重新扫描")
    with kit.unit(read_only=True) as unit:
        assert [one.id for one in unit.files.of("contract", contract.id).items] == [second.id]
        looked = [one.actor_id for one in unit.audit.of("file", first.id) if one.operation == "files.open"]
    assert looked == ["manager"]
    kit.clock.advance(days=31)
    assert kit.crm.files.sweep().removed == 1
    assert list(kit.files.kept.values()) == [b"%PDF-1.7 second"]


def test_a_colleague_gets_nothing_and_a_disguised_program_is_refused(crm_kit: CrmKit, database: Engine) -> None:
    """同事打不开我客户的附件;改了扩展名的程序传不上来,提示说清楚为什么。"""
    kit = crm_kit(database=database)
    card = kit.given.file(name="名片.txt")
    with kit.unit("colleague") as unit, pytest.raises(NotFound):
        unit.files.open(card.id)
    with kit.unit() as unit, pytest.raises(InvalidInput) as told:
        unit.files.attach({"kind": "customer", "thing_id": card.thing_id, "name": "报价单.pdf"}, [b"MZ\x90\0\3"])
    assert told.value.text("zh-CN").startswith("输入内容有误:name: 扩展名为 pdf,内容却是")
