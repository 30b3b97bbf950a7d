"""People without a host: the directory's own tables are the truth, filled by `unit.directory.save_*`."""

from collections.abc import Iterable

from oa_crm.hooks import Department, Member, hookimpl


class LocalOrgChart:
    """An org chart that has nothing of its own. `unit.directory.sync()` leaves the tables as they are."""

    name = "local_org_chart"
    is_local = True

    @hookimpl
    def provide_org_chart(self) -> "LocalOrgChart":
        return self

    def departments(self, tenant: str) -> Iterable[Department]:
        return ()

    def members(self, tenant: str) -> Iterable[Member]:
        return ()
