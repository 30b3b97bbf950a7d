"""on_*: what happens to files that are attached to things. In order per file."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class FileEvents:
    """The event specs of attached files."""

    @hookspec
    def on_file_attached(self, event: payloads.FileAttached, delivery: Delivery) -> Receipt | None:
        """A file was attached to something.

        Effect: a returned `Receipt` is kept as a link of the file (`unit.links.of("file", id)`), such as the number
            that a document archive gave it, or the verdict of a virus scanner.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `files.attach`. The content may be read by `unit.files.open`.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Archive:
                name = "archive"

                def __init__(self):
                    self.numbers = {}

                @hookimpl
                def on_file_attached(self, event, delivery):
                    number = self.numbers.setdefault(event.sha256, f"A-{len(self.numbers) + 1:05d}")
                    return Receipt(number, label="archive number")
        Since: 0.1
        """

    @hookspec
    def on_file_removed(self, event: payloads.FileRemoved, delivery: Delivery) -> Receipt | None:
        """A file was removed.

        Effect: a returned `Receipt` is kept as a link of the file. Its content stays for
            `settings.files.keep_removed`; copies that a plugin made are the plugin's to forget.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `files.remove`; after the file's `on_file_attached`.
        Example:
            from oa_crm.hooks import hookimpl

            class Copies:
                name = "copies"

                def __init__(self):
                    self.to_forget = set()

                @hookimpl
                def on_file_removed(self, event, delivery):
                    self.to_forget.add(event.file_id)
        Since: 0.1
        """
