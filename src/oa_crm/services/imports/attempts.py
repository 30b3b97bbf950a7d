"""One row of a slice tried by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from oa_crm.services.work import Work


@contextmanager
def taken_back(work: Work) -> Iterator[None]:
    """A savepoint: what raises leaves neither rows nor anything in the journal."""
    mark = work.journal.mark()
    try:
        with work.connection.begin_nested():
            yield
    except BaseException:
        work.journal.back_to(mark)
        work.taken_back()
        raise
