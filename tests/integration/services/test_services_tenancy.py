"""Companies: another company's id answers exactly like one that does not exist, wherever an id is taken."""

from tempfile import NamedTemporaryFile
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from tests.integration.services import surface
from tests.integration.services.acting import SYSTEM, doing, everything
from tests.integration.services.ids_taken import CALL, DAY, TAKES, TWIN, Call, Here
from tests.integration.services.plugins import Books
from tests.integration.services.remit_verbs import east

from oa_crm import Actor, Unit
from oa_crm.errors import CrmError
from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    """Two companies with the same people, and a ledger so that nothing is refused for want of one."""
    made = crm_kit(Books(), database=database)
    doing(made, SYSTEM, lambda unit: unit.directory.sync(), tenant="other")
    return made


def _elsewhere(kit: Kit) -> dict[str, UUID]:
    """One thing of each kind in the other company."""

    def make(unit: Unit) -> dict[str, UUID]:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司"})
        project = unit.projects.create({"customer_id": customer.id, "name": "ERP"})
        contract = unit.contracts.create({"project_id": project.id, "title": "甲", "amount": "1"})
        gated = unit.projects.create({"customer_id": customer.id, "name": "MES", "type": "direct"})
        facts = {"project_id": project.id, "category": "travel", "amount": "1", "occurred_on": DAY}
        contact = unit.contacts.create({"customer_id": customer.id, "name": "林晓"})
        return {
            "customer": customer.id,
            "contact": contact.id,
            "post": contact.posts[0].id,
            "file": unit.files.attach({"kind": "customer", "thing_id": customer.id, "name": "甲.txt"}, [b"1"]).id,
            "project": project.id,
            "contract": contract.id,
            "expense": unit.expenses.book(facts).id,
            "approval": unit.contracts.submit(contract.id, expected_version=1).id,
            "seat": unit.teams.join({"kind": "customer", "thing_id": customer.id, "member_id": "colleague"}).id,
            "lead": unit.leads.create({"company_name": "重点线索"}).id,
            "extension": unit.pool.extend({"customer_id": customer.id, "days": 9, "reason": "立项"}).id,
            "follow_up": unit.followups.log({"customer_id": customer.id, "way": "visit", "outcome": "好"}).id,
            "strategy": unit.strategies.write({"customer_id": customer.id, "goal": "签约"}).id,
            "share": unit.shares.give(
                {"customer_id": customer.id, "receiver_id": "manager", "title": "华东", "show": ["customer.name"]}
            ).id,
            "help_request": unit.help.ask(
                {"customer_id": customer.id, "member_id": "seller", "title": "接口", "due_on": DAY}
            ).id,
            "plan": unit.plans.plan({"customer_id": customer.id, **CALL}).id,
            "matter": unit.issues.open({"customer_id": customer.id, "words": "价格"}).id,
            "view": unit.views.save({"name": "重点客户"}).id,
            "competitor": unit.projects.add_competitor(project.id, {"name": "长风软件"}).id,
            "stage_request": unit.projects.ask_entry(gated.id, {"to": "offered", "reason": "要报价"}).id,
            "override": unit.overrides.request({"customer": TWIN, "reason": "另一家公司"}).id,
        }

    def merge(unit: Unit) -> UUID:
        two = [unit.customers.create({"name": name, "owner_id": "seller"}) for name in ("长风物流", "碧海食品")]
        ids = {"winner_id": two[0].id, "loser_id": two[1].id}
        return unit.merges.merge({**ids, "winner_version": 1, "loser_version": 1}).id

    def classes(unit: Unit) -> dict[str, UUID]:
        tree = unit.categories.define_tree({"name": "type", "labels": {"zh": "类型"}})
        category = unit.categories.define({"tree": "type", "name": "dealer", "labels": {"zh": "经销商"}})
        rule = unit.class_rules.define({"name": "all", "tree": "level", "gives": "C"})
        return {"tree": tree.id, "category": category.id, "class_rule": rule.id}

    def digest(unit: Unit) -> UUID:
        unit.digests.subscribe({"reach": "all"})
        customer = unit.customers.create({"name": "松岭医药", "owner_id": "seller"})
        unit.customers.update(customer.id, {"expected_version": 1, "level": "A"})
        return customer.id

    doing(kit, "admin", digest, tenant="other")
    built = doing(kit, "admin", lambda unit: unit.digests.build().digests[0].id, tenant="other")
    classed = doing(kit, "admin", classes, tenant="other")
    pool = doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海"}), tenant="other")
    limit = doing(kit, "admin", lambda unit: unit.pools.set_limit({"holding": 9}), tenant="other")
    remit = doing(kit, "admin", lambda unit: unit.remits.give(east(seat={"kind": "role", "id": "hr"})), tenant="other")
    forecast = doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "一季度"}), tenant="other")
    gated = [{"key": "contacted", "win_rate": 9}, {"key": "offered", "win_rate": 50, "gates": {"approval": True}}]
    direct = {"name": "direct", "types": ["direct"], "stages": gated}
    pipeline = doing(kit, "admin", lambda unit: unit.pipelines.define(direct), tenant="other")
    text = {"kind": "customer", "name": "grade", "type": "text", "label": {"zh": "等级"}}
    field = doing(kit, "admin", lambda unit: unit.fields.define(text), tenant="other")
    merged = doing(kit, "manager", merge, tenant="other")
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("name\n青山造纸有限公司\n")
        file.flush()
        imported = kit.crm.exchange.import_customers(kit.scope("seller", tenant="other"), file.name)
    return {
        **doing(kit, "seller", make, tenant="other"),
        "merge": merged,
        "handover": _handed_over(kit),
        "import": imported.id or field.id,
        "field": field.id,
        **classed,
        "digest": built,
        "pool": pool.id,
        "remit": remit.id,
        "pipeline": pipeline.id,
        "forecast": forecast.id,
        "holding_limit": limit.id,
    }


def _handed_over(kit: Kit) -> UUID:
    def do(unit: Unit) -> UUID:
        wanted = {"leaver_id": "seller", "rest_to": "colleague"}
        return unit.handover.execute(wanted, fingerprint=unit.handover.preview(wanted).fingerprint).id

    return doing(kit, "admin", do, tenant="other")


def _here(kit: Kit, customer: UUID, project: UUID, actor: str = "seller") -> Here:
    def make(unit: Unit) -> Here:
        contact = unit.contacts.create({"customer_id": customer, "name": "许澜"})
        other = unit.customers.create({"name": f"{actor} 百川能源有限公司"}, override_reason="测试")
        lead = unit.leads.create({"company_name": "青山造纸有限公司", "person_name": "林晓"})
        pooled = unit.customers.create({"name": f"{actor} 松岭医药有限公司"}, override_reason="测试")
        pool = unit.pool.release(pooled.id, expected_version=1, reason="测试").pool_id
        stands = contact.posts[0].id
        return Here(customer, project, contact.id, stands, other.id, lead.id, pooled.id, pool, pipeline.id, forecast.id)

    pipeline = kit.given.pipeline()
    forecast = doing(kit, "manager", lambda unit: unit.forecasts.freeze({"name": "一季度"}))
    return doing(kit, actor, make)


def _answer(kit: Kit, actor: str | Actor, call: Call, id: UUID, here: Here) -> object:
    try:
        answer = doing(kit, actor, lambda unit: call(unit, id, here))
    except CrmError as error:
        texts = tuple(error.text(locale).replace(str(id), "<id>") for locale in ("en", "zh"))
        return type(error), error.code, texts, str(error.details).replace(str(id), "<id>")
    return repr(answer).replace(str(id), "<id>")


_TOLD = (
    "items=()",
    "no such thing",
    "'not_found'",
    "'superior_elsewhere'",
    "'no_such_pool'",
    "'stood_elsewhere_then'",
    "invalid_input",
    "'forbidden'",
)


def test_the_table_of_ids_is_complete() -> None:
    assert set(TAKES) == surface.ids_taken()


@pytest.mark.parametrize("actor", ["admin", "manager", SYSTEM], ids=str)
def test_another_companys_id_answers_like_a_missing_one(kit: Kit, actor: str | Actor) -> None:
    theirs, project = _elsewhere(kit), kit.given.project()
    here = _here(kit, project.customer_id, project.id)
    before = everything(kit)
    for name, (kind, call) in TAKES.items():
        missing = _answer(kit, actor, call, uuid4(), here)
        assert _answer(kit, actor, call, theirs[kind], here) == missing, name
        # Who may not try a rule at all is told so, whatever he names.
        told = ("'forbidden'",) if name == "pool.try_rule:rule.pools" else ()
        assert any(one in str(missing) for one in (*_TOLD, *told)), (name, missing)
    assert everything(kit) == before


def test_another_persons_id_answers_like_a_missing_one(kit: Kit) -> None:
    """Also inside one company: who may not see a thing does not learn that it is there."""
    contract = kit.given.approved_contract()
    expense = kit.given.expense()
    contact, file, lead = kit.given.contact(), kit.given.file(), kit.given.lead()
    follow_up = kit.given.follow_up()
    strategy = kit.given.strategy()
    with kit.unit(read_only=True) as unit:
        ids = {
            "customer": contract.customer_id,
            "project": contract.project_id,
            "contract": contract.id,
            "expense": expense.id,
            "contact": contact.id,
            "post": contact.posts[0].id,
            "file": file.id,
            "follow_up": follow_up.id,
            "lead": lead.id,
            "strategy": strategy.id,
        }
        assert unit.customers.get(ids["customer"])
    mine = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    here = _here(kit, mine.id, mine.id, "colleague")
    for name, (kind, call) in TAKES.items():
        if kind in ids and not name.startswith(("permissions", "settlements.settle")):
            missing = _answer(kit, "colleague", call, uuid4(), here)
            assert _answer(kit, "colleague", call, ids[kind], here) == missing, name
