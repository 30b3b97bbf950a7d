"""One scanner in a process of its own: `python -m benchmarks.duplicate_scan KIND URL SHARD SHARDS`.

It looks through its shard from the start and tells, as JSON, the customers looked at, the pairs found, the seconds
and the most memory that the process held.
"""

import json
import resource
import sys
import time

from benchmarks.databases import Place
from benchmarks.firm_base import TENANT
from oa_crm import CRM, Actor


def main(kind: str, url: str, shard: int, shards: int) -> None:
    engine = Place(kind, url).engine()
    crm = CRM(engine)
    started = time.perf_counter()
    done = crm.duplicates.scan(crm.scope(tenant=TENANT, actor=Actor.system()), full=True, shard=shard, shards=shards)
    told = {
        "looked_at": done.done,
        "found": done.found,
        "seconds": time.perf_counter() - started,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
