"""on_*: who comes to a team and leaves it, in order per customer; and whose the credit is, in order per project."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class TeamEvents:
    """The event specs of teams."""

    @hookspec
    def on_team_member_joined(self, event: payloads.TeamMemberJoined, delivery: Delivery) -> Receipt | None:
        """A member came to the team of a customer, or with `project_id` of one of its projects.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells the member.
            A seat that runs out on its last day gives nothing from then on, and tells nobody.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `teams.join`.
        Example:
            from oa_crm.hooks import hookimpl

            class Rooms:
                name = "rooms"

                def __init__(self):
                    self.members = {}

                @hookimpl
                def on_team_member_joined(self, event, delivery):
                    self.members.setdefault(event.customer_id, set()).add(event.member_id)
        Since: 0.1
        """

    @hookspec
    def on_team_member_left(self, event: payloads.TeamMemberLeft, delivery: Delivery) -> Receipt | None:
        """A member is on a team no longer; `how` tells why: he left or was removed, or somebody else has the customer.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells the member,
            unless he left himself.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `teams.leave`, or of what gave the customer to somebody or a pool;
            after the member's `on_team_member_joined`.
        Example:
            from oa_crm.hooks import hookimpl

            class Badges:
                name = "badges"

                def __init__(self):
                    self.taken_back = {}

                @hookimpl
                def on_team_member_left(self, event, delivery):
                    self.taken_back[event.seat_id] = event.how
        Since: 0.1
        """

    @hookspec
    def on_project_shares_changed(self, event: payloads.ProjectSharesChanged, delivery: Delivery) -> Receipt | None:
        """The credit of a project was divided otherwise. `shares` are all of it: they sum to exactly 100.

        Effect: a returned `Receipt` is kept as a link of the project. The built-in plugin `notices` tells everybody who
            has a share now or had one before.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `teams.set_shares`, or of `teams.leave` with a new split.
        Example:
            from oa_crm.hooks import hookimpl

            class Bonuses:
                name = "bonuses"

                def __init__(self):
                    self.percent = {}

                @hookimpl
                def on_project_shares_changed(self, event, delivery):
                    self.percent[event.project_id] = dict(event.shares)
        Since: 0.1
        """
