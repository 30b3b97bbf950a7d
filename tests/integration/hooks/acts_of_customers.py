"""What makes events of customers happen, of people and files there, clashes and erasures; and the facts they carry."""

from collections.abc import Callable
from io import BytesIO
from tempfile import NamedTemporaryFile

from oa_crm.testing import Kit

Facts = dict[str, object]


def _customer(**more: object) -> Facts:
    return {"name": "Quill Foundry", "owner_id": "seller", **more}


def _created(kit: Kit) -> Facts:
    made = kit.given.customer(name="Quill Foundry", industry="steel", region="CN-BJ")
    return _customer(
        customer_id=made.id,
        industry="C31",
        region="110000",
        credit_code=None,
        overrode_clash=None,
        kind="enterprise",
        parent_id=None,
        level=None,
        source=None,
        tags=(),
    )


def _updated(kit: Kit) -> Facts:
    made = kit.given.customer(name="Quill Foundry")
    with kit.unit() as unit:
        unit.customers.update(made.id, {"expected_version": 1, "level": "A", "phone": "010-62510000"})
    return _customer(customer_id=made.id, changed=("level", "phone"))


def _reclassified(kit: Kit) -> Facts:
    made = kit.given.customer(level="B")
    with kit.unit() as unit:
        unit.customers.classify(made.id, {"expected_version": 1, "level": "A", "reason": "A frame contract"})
    change = {"tree": "level", "before": "B", "after": "A", "cause": "hand", "rule": None, "reason": "A frame contract"}
    return {"customer_id": made.id, "name": made.name, "owner_id": "seller", **change}


def _told_of(kit: Kit) -> Facts:
    with kit.unit("manager") as unit:
        unit.digests.subscribe({"reach": "subtree"})
    _reclassified(kit)
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.build().digests
    return {"digest_id": digest.id, "member_id": "manager", "changes": 1}


def _merged(kit: Kit) -> Facts:
    winner, loser = kit.given.customer(name="Quill Foundry"), kit.given.customer(phone="010-62510000")
    ids = {"winner_id": winner.id, "loser_id": loser.id}
    with kit.unit("manager") as unit:
        done = unit.merges.merge({**ids, "winner_version": 1, "loser_version": 1})
    facts = _customer(customer_id=winner.id, merge_id=done.id, loser_id=loser.id, loser_name=loser.name)
    return {**facts, "fields": ("former_names", "phone"), "moved": done.moved}


def _split(kit: Kit) -> Facts:
    merged = _merged(kit)
    with kit.unit("manager") as unit:
        told = unit.merges.split(merged["merge_id"], reason="Two companies")  # type: ignore[arg-type]
    kept = {name: value for name, value in merged.items() if name not in ("fields", "moved")}
    return {**kept, "restored": told.restored}


def _talked(kit: Kit) -> Facts:
    project = kit.given.project()
    talk = {
        "customer_id": project.customer_id,
        "project_id": project.id,
        "way": "visit",
        "outcome": "Very private words",
    }
    with kit.unit() as unit:
        entry = unit.followups.log({**talk, "next_contact_on": "2026-03-09"})
    ids = {"follow_up_id": entry.id, "customer_id": project.customer_id, "project_id": project.id}
    return {**ids, "way": "visit", "next_contact_on": entry.next_contact_on}


def _met(kit: Kit) -> Facts:
    made = kit.given.contact(role="user", primary=True)
    (post,) = made.posts
    facts = {"contact_id": made.id, "customer_id": post.customer_id, "post_id": post.id}
    return {**facts, "role": "user", "primary": True, "moved_from": ()}


def _corrected(kit: Kit) -> Facts:
    made = kit.given.contact(mobile="13800138000")
    with kit.unit() as unit:
        unit.contacts.update(made.id, {"expected_version": 1, "mobile": None, "wechat": "private"})
    return {"contact_id": made.id, "customer_ids": (made.posts[0].customer_id,), "changed": ("mobile", "wechat")}


def _gone(kit: Kit) -> Facts:
    made = kit.given.contact()
    (post,) = made.posts
    with kit.unit() as unit:
        unit.contacts.leave(post.id, {"expected_version": 1, "on": "2026-02-28"})
    facts = {"contact_id": made.id, "customer_id": post.customer_id, "post_id": post.id}
    return {**facts, "ended_on": "2026-02-28"}


def _attached(kit: Kit) -> Facts:
    made = kit.given.file(content=b"Very private words")
    facts = {"file_id": made.id, "of": "customer", "of_id": made.thing_id}
    return {**facts, "media_type": "text/plain", "size": 18, "sha256": made.sha256}


def _thrown_away(kit: Kit) -> Facts:
    made = kit.given.file()
    with kit.unit() as unit:
        unit.files.remove(made.id, reason="Very private words")
    return {"file_id": made.id, "of": "customer", "of_id": made.thing_id}


def _asked(kit: Kit) -> Facts:
    request = kit.given.override_request()
    facts = {"override_id": request.id, "name": request.name, "requested_by": "colleague"}
    return {**facts, "reason": "Another company of that name", "manager_id": "manager"}


def _granted(kit: Kit) -> Facts:
    request = kit.given.override_request()
    with kit.unit("manager") as unit:
        unit.overrides.grant(request.id, comment="Indeed another")
    facts = {"override_id": request.id, "name": request.name, "requested_by": "colleague"}
    return {**facts, "granted": True, "comment": "Indeed another"}


def _forgotten(kit: Kit) -> Facts:
    person = kit.given.contact()
    asked = {"kind": "contact", "thing_id": person.id, "reason": "On request"}
    with kit.unit("admin") as unit:
        done = unit.privacy.erase(asked)
    facts = {"erasure_id": done.id, "of": "contact", "of_id": person.id, "contact_ids": (person.id,)}
    return {**facts, "customer_ids": (), "lead_ids": (), "attachments": False}


def _left(kit: Kit) -> Facts:
    del kit.company.people["colleague"]
    with kit.unit("admin") as unit:
        unit.directory.sync()
    return {"member_id": "colleague", "name": "Other Salesperson", "department_id": "sales", "manager_id": "manager"}


def _taken_in(kit: Kit) -> Facts:
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("name,phone\nQuill Foundry,\nMarble Drum,1\n")
        file.flush()
        done = kit.crm.exchange.import_customers(kit.scope(), file.name)
    counts = {"created": 1, "updated": 0, "skipped": 0, "asked": 0, "failed": 1}
    return {"import_id": done.id, "file_name": done.file_name, **counts}


def _taken_out(kit: Kit) -> Facts:
    kit.given.customer()
    with kit.unit() as unit:
        out = unit.exchange.export_customers(to=BytesIO(), fields=("name", "phone"), format="csv")
    return {"export_id": out.id, "rows": 1, "fields": ("name", "phone"), "format": "csv"}


ACTS: dict[str, Callable[[Kit], Facts]] = {
    "on_customer_created": _created,
    "on_customer_updated": _updated,
    "on_customer_reclassified": _reclassified,
    "on_customer_merged": _merged,
    "on_customer_split": _split,
    "on_customers_imported": _taken_in,
    "on_customers_exported": _taken_out,
    "on_follow_up_logged": _talked,
    "on_contact_added": _met,
    "on_contact_updated": _corrected,
    "on_contact_left": _gone,
    "on_file_attached": _attached,
    "on_file_removed": _thrown_away,
    "on_override_requested": _asked,
    "on_override_decided": _granted,
    "on_digest_built": _told_of,
    "on_person_erased": _forgotten,
    "on_member_left": _left,
}
ACTORS = {
    "on_customer_merged": "manager",
    "on_customer_split": "manager",
    "on_override_requested": "colleague",
    "on_override_decided": "manager",
    "on_digest_built": "manager",
    "on_person_erased": "admin",
    "on_member_left": "admin",
}
