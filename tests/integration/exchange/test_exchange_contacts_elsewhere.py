"""People of a file who also stand at customers that are not the actor's: an import tells of nobody there."""

from pathlib import Path
from typing import Any

import pytest
from tests.integration.exchange.tables import book, sheet
from tests.integration.exchange.test_exchange_contacts import HEAD, YUNFAN, contacts_in, held, people
from tests.integration.services.acting import doing, everything
from tests.integration.teams.sitting import seat

from oa_crm import Actor
from oa_crm.errors import CustomerMerged
from oa_crm.ids import new_id
from oa_crm.services.base import Service
from oa_crm.services.persons import adding
from oa_crm.services.persons.adding import New
from oa_crm.testing import Kit

CHANGFENG = "长风物流有限公司"
THEIRS = ("13900139000", "13700137000", "13600136000")


@pytest.fixture
def lin(kit: Kit) -> Any:
    """Somebody at the seller's customer, who also stands at the colleague's, with three others there."""
    mine = kit.given.customer(name=YUNFAN)
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": CHANGFENG}))
    found = kit.given.contact(mine, name="林晓")
    also = {"customer_id": theirs.id, "keep_posts": True}
    doing(kit, Actor.system(), lambda unit: unit.contacts.move(found.id, also))
    for name, mobile in zip(("周航", "许澜", "陈默"), THEIRS, strict=True):
        one = {"customer_id": theirs.id, "name": name, "mobile": mobile, "emails": [f"{mobile}@changfeng.example"]}
        doing(kit, "colleague", lambda unit, one=one: unit.contacts.create(one))
    return found


def asking(lin: Any, path: Path, mobiles: tuple[str, ...] = THEIRS) -> Path:
    """A file that asks for each number, and each address, whether somebody beside 林晓 has it."""
    post = str(lin.posts[0].id)
    numbers = [(post, YUNFAN, "林晓", one, "") for one in mobiles]
    return book(path, [*numbers, *((*one[:3], "", f"{one[3]}@changfeng.example") for one in numbers)],
                ("任职编号", *HEAD[:4]))  # fmt: skip


@pytest.mark.parametrize("seated", [False, True])
def test_whoever_asks_for_numbers_learns_of_nobody_at_another_ones_customer(
    kit: Kit, tmp_path: Path, lin: Any, seated: bool
) -> None:
    if seated:  # He may see them, one by one and traced, and write nothing there.
        theirs = doing(kit, "colleague", lambda unit: unit.customers.find()).items[0]
        seat(kit, theirs, "seller", by="colleague")
    told = [tmp_path / "tried.xlsx", tmp_path / "nobodys.xlsx", tmp_path / "done.xlsx"]
    path, nobodys = asking(lin, tmp_path / "a.xlsx"), asking(lin, tmp_path / "b.xlsx", ("13100131000", "13200132000"))
    before = everything(kit)
    tried = contacts_in(kit, path, on_duplicate="update", dry_run=True, answers=told[0])
    blank = contacts_in(kit, nobodys, on_duplicate="update", dry_run=True, answers=told[1])
    assert everything(kit) == before
    assert (tried.updated, tried.failed, tried.asked) == (6, 0, 0)
    assert (blank.updated, blank.failed, blank.asked) == (4, 0, 0), "a number that somebody has looks like any other"
    done = contacts_in(kit, path, on_duplicate="update", answers=told[2])
    assert (done.updated, done.failed, held(kit, done)) == (6, 0, [])
    assert sheet(told[0]) == sheet(told[2])


def test_whoever_may_write_to_both_is_told_of_both(kit: Kit, tmp_path: Path, lin: Any) -> None:
    path = asking(lin, tmp_path / "a.xlsx")
    before = everything(kit)
    tried = contacts_in(kit, path, "manager", on_duplicate="update", dry_run=True, answers=tmp_path / "tried.xlsx")
    assert (tried.updated, tried.failed) == (0, 6)
    assert "周航" in repr(sheet(tmp_path / "tried.xlsx"))
    assert everything(kit) == before
    assert contacts_in(kit, path, "manager", on_duplicate="update").failed == 6


def test_whom_the_database_refused_a_later_row_does_not_find(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that wait are written together: until then nobody knows whether they will be on file."""
    put = adding.put

    def refusing(service: Service, new: list[New]) -> None:
        if any(one.person["name"] == "林晓" for one in new):
            raise CustomerMerged(id=new[0].data.customer_id, into=new_id())
        put(service, new)

    monkeypatch.setattr(adding, "put", refusing)
    yunfan = kit.given.customer(name=YUNFAN)
    given = [("林晓", "13800138000"), ("林晓", "13900139000"), ("周航", ""), ("周航", "13700137000")]
    path = book(tmp_path / "a.xlsx", [(YUNFAN, *one) for one in given], HEAD[:3])
    job = contacts_in(kit, path, on_duplicate="update")
    assert (job.created, job.updated, job.failed) == (1, 1, 2)
    assert [(row, outcome) for row, outcome, _, _ in held(kit, job)] == [(2, "failed"), (3, "failed")]
    assert {name: one.mobile for name, one in people(kit, yunfan).items()} == {"周航": "+8613700137000"}
