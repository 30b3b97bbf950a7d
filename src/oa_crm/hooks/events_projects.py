"""on_*: what happens to sales projects. In order per project."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ProjectEvents:
    """The event specs of sales projects."""

    @hookspec
    def on_project_created(self, event: payloads.ProjectCreated, delivery: Delivery) -> Receipt | None:
        """A sales project began.

        Effect: a returned `Receipt` is kept as a link of the project.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.create`; the first event of its project.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class CostCentres:
                name = "cost_centres"

                def __init__(self):
                    self.opened = {}

                @hookimpl
                def on_project_created(self, event, delivery):
                    centre = self.opened.setdefault(delivery.key, f"CC-{len(self.opened) + 1:04d}")
                    return Receipt(centre, label="cost centre")
        Since: 0.1
        """

    @hookspec
    def on_project_updated(self, event: payloads.ProjectUpdated, delivery: Delivery) -> Receipt | None:
        """Facts of a sales project changed, from its name to its amount lines, competitors and decision chain.

        Effect: a returned `Receipt` is kept as a link of the project. `changed` names fields, such as "expected",
            "custom.grade", "lines", "competitors" or "chain"; whoever needs the values reads the project.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.update` that changed something, and of `set_lines`,
            `add_competitor`, `update_competitor` or `set_chain`. In order per project.
        Example:
            from oa_crm.hooks import hookimpl

            class Forecast:
                name = "forecast"

                def __init__(self):
                    self.to_refresh = set()

                @hookimpl
                def on_project_updated(self, event, delivery):
                    if {"expected", "expected_close_on"} & set(event.changed):
                        self.to_refresh.add(event.project_id)
        Since: 0.1
        """

    @hookspec
    def on_project_stage_changed(self, event: payloads.ProjectStageChanged, delivery: Delivery) -> Receipt | None:
        """A sales project moved to another stage or pipeline, or was won, lost, found invalid or opened again.

        Effect: a returned `Receipt` is kept as a link of the project.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.move`, `change_pipeline` or `reopen`; of the
            `approvals.decide` that approved a contract of an open project and so won it; of `pipelines.redefine` that
            dropped its stage and of `pipelines.move_projects`, for each project, where `before` and `after` may be one
            stage; and of a sweep that recycles its customer, where the company's rules close open projects as lost.
            In order per project.
        Example:
            from oa_crm.hooks import hookimpl

            class Bell:
                name = "bell"

                def __init__(self):
                    self.rung_for = set()

                @hookimpl
                def on_project_stage_changed(self, event, delivery):
                    if event.after == "won":
                        self.rung_for.add(event.project_id)
        Since: 0.1
        """

    @hookspec
    def on_project_reopened(self, event: payloads.ProjectReopened, delivery: Delivery) -> Receipt | None:
        """A sales project that was won, lost or invalid is open again.

        Effect: a returned `Receipt` is kept as a link of the project. The built-in plugin `notices` tells `owner_id`.
            `on_project_stage_changed` of the same move comes before.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.reopen`. In order per project.
        Example:
            from oa_crm.hooks import hookimpl

            class Bell:
                name = "bell"

                def __init__(self):
                    self.rung_for = set()

                @hookimpl
                def on_project_stage_changed(self, event, delivery):
                    if event.after == "won":
                        self.rung_for.add(event.project_id)

                @hookimpl
                def on_project_reopened(self, event, delivery):
                    self.rung_for.discard(event.project_id)
        Since: 0.1
        """

    @hookspec
    def on_stage_entry_requested(self, event: payloads.StageEntryRequested, delivery: Delivery) -> Receipt | None:
        """Somebody asks to let a sales project enter a stage that needs a grant.

        Effect: a returned `Receipt` is kept as a link of the project. The built-in plugin `notices` tells
            `manager_id`; a host may start an approval process of its own, which ends in
            `unit.projects.grant_entry` or `refuse_entry`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.ask_entry`. In order per project.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Gatekeeper:
                name = "gatekeeper"

                def __init__(self):
                    self.asked = {}

                @hookimpl
                def on_stage_entry_requested(self, event, delivery):
                    self.asked[event.entry_id] = (event.manager_id, event.stage, event.reason)
                    return Receipt(f"GATE-{len(self.asked):04d}", label="entry form")
        Since: 0.1
        """

    @hookspec
    def on_stage_entry_decided(self, event: payloads.StageEntryDecided, delivery: Delivery) -> Receipt | None:
        """A request to enter a stage was granted or refused. The project has not moved by it.

        Effect: a returned `Receipt` is kept as a link of the project. The built-in plugin `notices` tells
            `requested_by`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `projects.grant_entry` or `projects.refuse_entry`.
        Example:
            from oa_crm.hooks import hookimpl

            class Tally:
                name = "tally"

                def __init__(self):
                    self.let_in = {}

                @hookimpl
                def on_stage_entry_decided(self, event, delivery):
                    self.let_in[event.entry_id] = event.granted
        Since: 0.1
        """

    @hookspec
    def on_project_settled(self, event: payloads.ProjectSettled, delivery: Delivery) -> Receipt | None:
        """A project's profit and loss was frozen.

        Effect: a returned `Receipt` is kept as a link of the project. Figures are exact, in the project's currency.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `settlements.settle`; the last event of its project. Its contracts
            and expenses are other aggregates, whose events may still be under way to you: wait by `RetryLater`.
        Example:
            from oa_crm.hooks import Receipt, RetryLater, hookimpl

            class Commission:
                name = "commission"

                def __init__(self):
                    self.contracts = {}

                @hookimpl
                def on_contract_approved(self, event, delivery):
                    self.contracts[event.contract_id] = (event.project_id, event.amount.minor)

                @hookimpl
                def on_project_settled(self, event, delivery):
                    known = sum(minor for project, minor in self.contracts.values() if project == event.project_id)
                    if known != event.revenue.minor:
                        raise RetryLater("a contract of the project is still under way", seconds=30)
                    return Receipt(f"commission-{event.settlement_id}", label="commission sheet")
        Since: 0.1
        """
