"""One import in a process of its own: `python -m benchmarks.exchange_worker KIND URL FILE TENANT`.

The tenant "plain" imports without matchers, so nothing is checked and no keys are kept. It tells, as JSON, the rows
that went on file, seconds of the clock and of the processor, and the most memory that the process held. What is loaded
is kept out of collections, and these come as seldom as in `oa-crm exchange import`.
"""

import gc
import json
import sys
import time

from benchmarks.databases import Place
from benchmarks.duplicate_costs import PLAIN
from benchmarks.duplicate_scan import most_memory
from benchmarks.firm_base import BOSS
from oa_crm import CRM
from oa_crm.duplicates import Engine as Matchers
from oa_crm.services.matching import Matching


def main(kind: str, url: str, path: str, tenant: str) -> None:
    engine = Place(kind, url).engine()
    crm = CRM(engine)
    if tenant == PLAIN:
        object.__setattr__(crm._runtime, "matching", Matching(Matchers(())))
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    started, used = time.perf_counter(), time.process_time()
    done = crm.exchange.import_customers(
        crm.scope(tenant=tenant, actor=BOSS), path, {"on_duplicate": "create", "reason": "another company"}
    )
    told = {
        "created": done.created,
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - used,
        "memory": most_memory(),
    }
    print(json.dumps(told))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:5])
