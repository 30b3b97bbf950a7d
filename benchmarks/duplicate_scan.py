"""One scanner in a process of its own: `python -m benchmarks.duplicate_scan KIND URL SHARD SHARDS`.

It looks through its shard from the start and tells, as JSON, the customers looked at, the pairs found, the seconds
and the most memory that the process held.
"""

import json
import sys
import time
from pathlib import Path

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
        "memory": most_memory(),
    }
    print(json.dumps(told))
    engine.dispose()


def most_memory() -> float:
    """The most memory that this process held, in MiB."""
    # Not `ru_maxrss`, which on Linux keeps what the parent held when it started us.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
