"""The default policy: how far each role reaches, as one table.

A person with several roles has the widest reach of them. Actions: `read`, `write` (create, update, log,
move, submit, book), `claim` (leads and customers from a pool), `assign` (customers of a pool), `transfer`,
`release` and `lock` (customers), `hand_over` (everything that a member holds), `override` (create in spite of
a clash), `merge` (customers, and split them again), `extend` (decide on longer protection), `strike` (talks
out of the protection clock), `approve` (a project's entry into a stage), `reopen` (a project that ended),
`freeze` (forecasts of projects), `team` (seats on the teams of customers and projects, and shares of credit),
`reverse` (expenses), `settle`, `administer` (directory, plugins, duplicates, custom fields, categories with the
rules that class by them, digests, pools, protection, privacy, remits, pipelines, handovers). There is none for
approvals: whoever the workflow asks may give his opinion.
"""

from oa_crm.hooks import Reach, Who, hookimpl

_ORDER = list(Reach)
_ADMINISTERED = (
    "directory", "plugin", "duplicate", "field", "category", "digest", "pool", "protection", "privacy", "remit",
    "pipeline", "handover",
)  # fmt: skip
_KINDS = ("customer", "lead", "project", "contract", "expense")
_TEAMED = ("customer", "project")


def _all(reach: Reach, *kinds: str) -> dict[str, Reach]:
    return dict.fromkeys(kinds or _KINDS, reach)


POLICY: dict[str, dict[str, dict[str, Reach]]] = {
    "salesperson": {
        "read": _all(Reach.OWN) | {"directory": Reach.ALL},
        "write": _all(Reach.OWN),
        "claim": {"lead": Reach.OWN, "customer": Reach.OWN},
        "release": {"customer": Reach.OWN},
        "hand_over": {"customer": Reach.OWN},
        "lock": {"customer": Reach.OWN},
        "team": _all(Reach.OWN, *_TEAMED),
        "reverse": {"expense": Reach.OWN},
    },
    "sales_manager": {
        "read": _all(Reach.SUBTREE) | {"directory": Reach.ALL},
        "write": _all(Reach.SUBTREE),
        "claim": {"lead": Reach.SUBTREE, "customer": Reach.SUBTREE},
        "assign": {"customer": Reach.SUBTREE},
        "transfer": {"customer": Reach.SUBTREE},
        "release": {"customer": Reach.SUBTREE},
        "hand_over": {"customer": Reach.SUBTREE},
        "lock": {"customer": Reach.SUBTREE},
        "override": {"customer": Reach.SUBTREE},
        "merge": {"customer": Reach.SUBTREE},
        "extend": {"customer": Reach.SUBTREE},
        "strike": {"customer": Reach.SUBTREE},
        "approve": {"project": Reach.SUBTREE},
        "reopen": {"project": Reach.SUBTREE},
        "freeze": {"project": Reach.SUBTREE},
        "team": _all(Reach.SUBTREE, *_TEAMED),
        "reverse": {"expense": Reach.SUBTREE},
        "settle": {"project": Reach.SUBTREE},
    },
    "finance": {
        "read": _all(Reach.ALL) | {"directory": Reach.ALL, "delivery": Reach.ALL},
        "write": {"expense": Reach.ALL},
        "reverse": {"expense": Reach.ALL},
        "settle": {"project": Reach.ALL},
    },
    "hr": {"read": _all(Reach.ALL, "project", "contract", "directory")},
    "executive": {
        "read": _all(Reach.ALL) | {"directory": Reach.ALL},
        "override": {"customer": Reach.ALL},
        "freeze": {"project": Reach.ALL},
    },
    "crm_admin": {
        "read": _all(Reach.ALL, *_KINDS, "directory", "delivery"),
        "write": _all(Reach.ALL),
        "claim": {"lead": Reach.ALL, "customer": Reach.ALL},
        "assign": {"customer": Reach.ALL},
        "transfer": {"customer": Reach.ALL},
        "release": {"customer": Reach.ALL},
        "hand_over": {"customer": Reach.ALL},
        "lock": {"customer": Reach.ALL},
        "override": {"customer": Reach.ALL},
        "merge": {"customer": Reach.ALL},
        "extend": {"customer": Reach.ALL},
        "strike": {"customer": Reach.ALL},
        "approve": {"project": Reach.ALL},
        "reopen": {"project": Reach.ALL},
        "freeze": {"project": Reach.ALL},
        "team": _all(Reach.ALL, *_TEAMED),
        "reverse": {"expense": Reach.ALL},
        "settle": {"project": Reach.ALL},
        "administer": _all(Reach.ALL, *_ADMINISTERED),
    },
}


class DefaultPolicy:
    """Answers from `POLICY`; the system reaches everything, an unknown role nothing."""

    name = "default_policy"

    @hookimpl
    def provide_authorizer(self) -> "DefaultPolicy":
        return self

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        return self._best(who, action, kind)[0]

    def because(self, who: Who, action: str, kind: str) -> str:
        reach, role = self._best(who, action, kind)
        if reach is Reach.NONE:
            roles = ", ".join(who.roles) or "no role"
            return f"{roles} gives no {action} on {kind}"
        return f"{role} may {action} {kind}: {reach.value}"

    def _best(self, who: Who, action: str, kind: str) -> tuple[Reach, str]:
        if who.is_system:
            return Reach.ALL, "the system"
        offers = [(POLICY.get(role, {}).get(action, {}).get(kind, Reach.NONE), role) for role in who.roles]
        return max(offers, key=lambda offer: _ORDER.index(offer[0]), default=(Reach.NONE, ""))
