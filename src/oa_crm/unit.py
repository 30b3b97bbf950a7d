"""A unit: one transaction, one person, one company, and every service on it.

Its connection is private to it. At the end the journal is written, then everything commits together; after
the commit come the signals and the relay's wake-up, which may be lost without harm.
"""

from functools import cached_property

from oa_crm.exchange.unit_exchange import Exchange
from oa_crm.scope import Scope
from oa_crm.services.advice import Advice
from oa_crm.services.approvals import Approvals
from oa_crm.services.audit import Audit
from oa_crm.services.categories import Categories
from oa_crm.services.class_rules import ClassRules
from oa_crm.services.contacts import Contacts
from oa_crm.services.contracts import Contracts
from oa_crm.services.customers import Customers
from oa_crm.services.digests import Digests
from oa_crm.services.directory import Directory
from oa_crm.services.duplicates import Duplicates
from oa_crm.services.expenses import Expenses
from oa_crm.services.fields import Fields
from oa_crm.services.files import Files
from oa_crm.services.followups import FollowUps
from oa_crm.services.forecasts import Forecasts
from oa_crm.services.handovers import Handovers
from oa_crm.services.help import Help
from oa_crm.services.leads import Leads
from oa_crm.services.links import Links
from oa_crm.services.matters import Issues, Needs
from oa_crm.services.merges import Merges
from oa_crm.services.overrides import Overrides
from oa_crm.services.permissions import Permissions
from oa_crm.services.pipelines import Pipelines
from oa_crm.services.plans import Plans
from oa_crm.services.plugins import Plugins
from oa_crm.services.pool import Pool
from oa_crm.services.pools import Pools
from oa_crm.services.privacy import Privacy
from oa_crm.services.projects import Projects
from oa_crm.services.reminders import Reminders
from oa_crm.services.remits import Remits
from oa_crm.services.settlements import Settlements
from oa_crm.services.shares import Shares
from oa_crm.services.strategies import Strategies
from oa_crm.services.teams import Teams
from oa_crm.services.timeline import Timeline
from oa_crm.services.views import Views
from oa_crm.services.work import Work


class Unit:
    """What `crm.begin()` and `crm.join()` give. It lives as long as its `with` block."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def scope(self) -> Scope:
        """Who acts here, for which company."""
        return self._work.scope

    @cached_property
    def customers(self) -> Customers:
        """The customer file, checked for duplicates."""
        return Customers(self._work)

    @cached_property
    def categories(self) -> Categories:
        """The trees by which customers are classed."""
        return Categories(self._work)

    @cached_property
    def class_rules(self) -> ClassRules:
        """Rules that class customers by their facts."""
        return ClassRules(self._work)

    @cached_property
    def digests(self) -> Digests:
        """Key changes, told to who wants to know."""
        return Digests(self._work)

    @cached_property
    def views(self) -> Views:
        """Lists of customers as people keep them."""
        return Views(self._work)

    @cached_property
    def duplicates(self) -> Duplicates:
        """The company's rules for clashes, grants, and what scans found."""
        return Duplicates(self._work)

    @cached_property
    def overrides(self) -> Overrides:
        """Requests to pass a clash, and their grants."""
        return Overrides(self._work)

    @cached_property
    def leads(self) -> Leads:
        """Who may become a customer, and the pool."""
        return Leads(self._work)

    @cached_property
    def pool(self) -> Pool:
        """Customers that nobody has, who has the others, and how long he is safe."""
        return Pool(self._work)

    @cached_property
    def pools(self) -> Pools:
        """The company's pools and limits as they are set up."""
        return Pools(self._work)

    @cached_property
    def remits(self) -> Remits:
        """Who has to do with which customers, by their facts."""
        return Remits(self._work)

    @cached_property
    def handover(self) -> Handovers:
        """What somebody holds, given to others."""
        return Handovers(self._work)

    @cached_property
    def contacts(self) -> Contacts:
        """People at customers."""
        return Contacts(self._work)

    @cached_property
    def files(self) -> Files:
        """Files that are attached to things."""
        return Files(self._work)

    @cached_property
    def merges(self) -> Merges:
        """Two files made one, and split again."""
        return Merges(self._work)

    @cached_property
    def fields(self) -> Fields:
        """Custom fields of customers and projects."""
        return Fields(self._work)

    @cached_property
    def privacy(self) -> Privacy:
        """Who sees which field of a thing, and how."""
        return Privacy(self._work)

    @cached_property
    def exchange(self) -> Exchange:
        """Customers out to files, and imports."""
        return Exchange(self._work)

    @cached_property
    def followups(self) -> FollowUps:
        """What was said to customers."""
        return FollowUps(self._work)

    @cached_property
    def plans(self) -> Plans:
        """Follow-ups that are due."""
        return Plans(self._work)

    @cached_property
    def advice(self) -> Advice:
        """Hints from history, explained."""
        return Advice(self._work)

    @cached_property
    def reminders(self) -> Reminders:
        """When people are reminded."""
        return Reminders(self._work)

    @cached_property
    def issues(self) -> Issues:
        """Key issues of customers, until they are resolved."""
        return Issues(self._work)

    @cached_property
    def needs(self) -> Needs:
        """What customers need."""
        return Needs(self._work)

    @cached_property
    def projects(self) -> Projects:
        """Sales projects and their stages."""
        return Projects(self._work)

    @cached_property
    def strategies(self) -> Strategies:
        """How we mean to win customers and projects."""
        return Strategies(self._work)

    @cached_property
    def pipelines(self) -> Pipelines:
        """The stages that projects go through."""
        return Pipelines(self._work)

    @cached_property
    def forecasts(self) -> Forecasts:
        """What open projects may bring."""
        return Forecasts(self._work)

    @cached_property
    def help(self) -> Help:
        """Help that is asked for inside the company."""
        return Help(self._work)

    @cached_property
    def shares(self) -> Shares:
        """Facts that are shared with somebody outside the file."""
        return Shares(self._work)

    @cached_property
    def teams(self) -> Teams:
        """Who helps with what, and whose the credit is."""
        return Teams(self._work)

    @cached_property
    def contracts(self) -> Contracts:
        """Contracts up to their approval."""
        return Contracts(self._work)

    @cached_property
    def approvals(self) -> Approvals:
        """Approvals and opinions."""
        return Approvals(self._work)

    @cached_property
    def expenses(self) -> Expenses:
        """Sales expenses."""
        return Expenses(self._work)

    @cached_property
    def settlements(self) -> Settlements:
        """Profit and loss of projects."""
        return Settlements(self._work)

    @cached_property
    def directory(self) -> Directory:
        """People and departments."""
        return Directory(self._work)

    @cached_property
    def links(self) -> Links:
        """Receipts of plugins."""
        return Links(self._work)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self._work)

    @cached_property
    def timeline(self) -> Timeline:
        """What happened with a customer or a project, in order."""
        return Timeline(self._work)

    @cached_property
    def permissions(self) -> Permissions:
        """Why somebody may."""
        return Permissions(self._work)

    @cached_property
    def plugins(self) -> Plugins:
        """The company's plugins."""
        return Plugins(self._work)
