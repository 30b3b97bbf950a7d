"""Of two who count what one person holds, one goes first and the other counts what he did.

Whoever gives a person a customer holds that person's gate until his transaction ends; then he counts. SQLite needs no
gate: its writers take turns from the start.
"""

import hashlib

from oa_crm.services.clashes import gate
from oa_crm.services.work import Work


def wait_for(work: Work, *names: str) -> None:
    """Hold the gates of these names, in one order for all. Raises `busy` when the wait is too long."""
    gate.hold(work, (_hash(work.scope.tenant, name) for name in names))


def hold_of(owner: str) -> str:
    """The name of a person's gate."""
    return f"member {owner}"


def hold_of_departments() -> str:
    """The name of the gate for sums of departments: there is one for all of a company."""
    return "departments"


def _hash(tenant: str, name: str) -> int:
    digest = hashlib.blake2b(f"holding\0{tenant}\0{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
