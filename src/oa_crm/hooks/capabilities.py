"""provide_*: what the host has. One answer each, asked once at start.

A host's plugin beats the built-in one; two host plugins answering is an error at start that names both. An
answer holds for every tenant: switching a plugin off for one company does not take its port away.
"""

from oa_crm.hooks.markers import hookspec
from oa_crm.hooks.ports import Authorizer, FileStore, Ledger, Notifier, Numbering, OrgChart, Workflow


class Capabilities:
    """The specs of the provide family."""

    @hookspec
    def provide_org_chart(self) -> OrgChart | None:
        """The host's people and departments.

        Effect: `unit.directory.sync()` mirrors them into our tables, where permission and reports read them.
            Without a host's answer the built-in `local_org_chart` leaves people to `unit.directory.save_*`.
        Errors: raising, or an answer without both methods, is `plugin_refused` when the CRM is made; a second
            host answering is `configuration`. What the port itself raises ends the sync and undoes it.
        Timing: the hook once, in `CRM(...)`; the port's methods only in a sync, inside its transaction.
        Example:
            from oa_crm.hooks import Department, Member, hookimpl

            class AcmePeople:
                name = "acme_people"

                @hookimpl
                def provide_org_chart(self):
                    return self

                def departments(self, tenant):
                    return [Department("sales", "Sales", manager_id="he.lin")]

                def members(self, tenant):
                    yield Member("he.lin", "何琳", "sales", roles=("sales_manager",))
                    yield Member("zhang.wei", "张伟", "sales", "he.lin", ("salesperson",))
        Since: 0.1
        """

    @hookspec
    def provide_authorizer(self) -> Authorizer | None:
        """How far each person reaches.

        Effect: replaces the built-in `default_policy`. The core turns each reach into SQL conditions; what the
            authorizer does not know reaches nothing. The system sees every row, but is asked about before it acts.
        Errors: raising, or an answer without both methods, is `plugin_refused` when the CRM is made; a second
            host answering is `configuration`. What `reach` raises ends the act that asked, and undoes it.
        Timing: the hook once, in `CRM(...)`; `reach` several times in every act, so answer from memory.
        Example:
            from oa_crm.hooks import Reach, hookimpl

            class AcmeRights:
                name = "acme_rights"

                @hookimpl
                def provide_authorizer(self):
                    return self

                def reach(self, who, action, kind):
                    if who.is_system or {"sales_manager", "crm_admin"} & set(who.roles):
                        return Reach.ALL
                    return Reach.OWN if action in ("read", "write", "reverse") else Reach.NONE

                def because(self, who, action, kind):
                    return f"Acme's rule: {self.reach(who, action, kind)} for {', '.join(who.roles) or 'no role'}"
        Since: 0.1
        """

    @hookspec
    def provide_workflow(self) -> Workflow | None:
        """The route of an approval: who is asked, and when it is decided.

        Effect: `judge` names whom a submitted contract waits on, and after each opinion says where it stands.
            Without a host's answer the built-in `manager_approval` asks the requester's manager.
        Errors: raising, or an answer without `judge`, is `plugin_refused` when the CRM is made; a second host
            answering is `configuration`. What `judge` raises ends the act and undoes it. A judgement other than
            waiting before the first opinion is `invalid_input`.
        Timing: the hook once, in `CRM(...)`; `judge` inside the transaction of `contracts.submit` and
            `approvals.decide`. It must be pure: start processes in `on_approval_requested`. It knows of no handover:
            whom it names is asked in the person of who took over from him, who is heard by his name. To find out whose
            word each was, it is asked again after every word of such an approval.
        Example:
            from oa_crm.hooks import Decision, Judgement, hookimpl

            class TwoInTurn:
                name = "two_in_turn"

                @hookimpl
                def provide_workflow(self):
                    return self

                def judge(self, facts, opinions):
                    route = [facts.manager_id or "chief", "accountant"]
                    if any(one.decision is Decision.REJECT for one in opinions):
                        return Judgement.rejected()
                    if len(opinions) == len(route):
                        return Judgement.approved()
                    return Judgement.waiting(route[len(opinions)])
        Since: 0.1
        """

    @hookspec
    def provide_ledger(self) -> Ledger | None:
        """The host's books, to reconcile with.

        Effect: `unit.settlements.reconcile(project_id)` compares every approved contract and every expense with
            what the books hold. There is no built-in ledger; without an answer it raises `invalid_input`.
        Errors: raising, or an answer without `postings`, is `plugin_refused` when the CRM is made; a second host
            answering is `configuration`. What `postings` raises goes to whoever reconciles.
        Timing: the hook once, in `CRM(...)`; `postings` only in a reconciliation. It reads; entries are posted
            by `on_contract_approved`, `on_expense_booked` and `on_expense_reversed`.
        Example:
            from oa_crm.hooks import Posting, Receipt, hookimpl

            class AcmeBooks:
                name = "acme_books"

                def __init__(self):
                    self.lines = {}

                @hookimpl
                def provide_ledger(self):
                    return self

                def postings(self, tenant, document_ids):
                    return [self.lines[id] for id in document_ids if id in self.lines]

                @hookimpl
                def on_expense_booked(self, event, delivery):
                    voucher = f"V-{event.expense_id}"
                    self.lines[event.expense_id] = Posting("expense", event.expense_id, event.amount, voucher)
                    return Receipt(voucher, label="voucher")
        Since: 0.1
        """

    @hookspec
    def provide_notifier(self) -> Notifier | None:
        """The way to people's inboxes.

        Effect: the built-in plugin `notices` tells approvers that they are asked and owners how it ended, through
            this port; docs/plugins/notices.md lists every topic. Without a host's answer the built-in `log_notices`
            writes a line to a log.
        Errors: raising, or an answer without `notify`, is `plugin_refused` when the CRM is made; a second host
            answering is `configuration`. What `notify` raises makes `notices` try that delivery again.
        Timing: the hook once, in `CRM(...)`; `notify` in the relay, after commit and outside any transaction. It
            may come again with the same `key`: keep a message once per key.
        Example:
            from oa_crm.hooks import hookimpl

            class AcmeInbox:
                name = "acme_inbox"

                def __init__(self):
                    self.messages = {}

                @hookimpl
                def provide_notifier(self):
                    return self

                def notify(self, message, *, key):
                    self.messages.setdefault(key, f"{message.to}: {message.text}")
        Since: 0.1
        """

    @hookspec
    def provide_numbering(self) -> Numbering | None:
        """How documents are numbered.

        Effect: `number_format` says how the next number of a kind is written; the counter is ours, so numbers
            are unique and without gaps. The only kind so far is "contract". Without a host's answer the
            built-in `yearly_numbers` writes HT-2026-0001.
        Errors: raising, or an answer without `number_format`, is `plugin_refused` when the CRM is made; a second
            host answering is `configuration`. What `number_format` raises ends the act; two series that write
            the same number are `configuration`, at the second one.
        Timing: the hook once, in `CRM(...)`; `number_format` inside the transaction of `contracts.create`.
        Example:
            from oa_crm.hooks import NumberFormat, hookimpl

            class MonthlyNumbers:
                name = "monthly_numbers"

                @hookimpl
                def provide_numbering(self):
                    return self

                def number_format(self, tenant, kind, on):
                    return NumberFormat(series=f"{kind}-{on:%Y%m}", prefix=f"ACME-{on:%Y%m}-", width=3)
        Since: 0.1
        """

    @hookspec
    def provide_file_store(self) -> FileStore | None:
        """Where the content of attachments lies.

        Effect: `unit.files.attach` writes there, before its row commits; `crm.files.sweep()` takes away what no row
            stands for. The built-in `local_files` keeps a folder when `settings.files.folder` names one; without
            either, attaching is `invalid_input`. `oa_crm.contrib.fsspec_store.FsspecStore` speaks to object stores.
        Errors: raising, or an answer that lacks a method, is `plugin_refused` when the CRM is made; a second host
            answering is `configuration`. What `write` raises ends the act and undoes it.
        Timing: the hook once, in `CRM(...)`; `write` inside the transaction of `files.attach`, `read` while a
            download is read, `delete` and `keys` in `crm.files.sweep()`.
        Example:
            from oa_crm.hooks import hookimpl

            class AcmeFiles:
                name = "acme_files"

                def __init__(self):
                    self.kept = {}

                @hookimpl
                def provide_file_store(self):
                    return self

                def write(self, key, chunks):
                    self.kept[key] = b"".join(chunks)

                def read(self, key):
                    if key not in self.kept:
                        raise FileNotFoundError(key)
                    yield self.kept[key]

                def delete(self, key):
                    self.kept.pop(key, None)

                def keys(self, prefix):
                    yield from [key for key in self.kept if key.startswith(prefix)]
        Since: 0.1
        """
