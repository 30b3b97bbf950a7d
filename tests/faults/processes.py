"""Warm children from a process without threads: a kill lands in the work and not in the imports."""

import multiprocessing

warm = multiprocessing.get_context("forkserver")
warm.set_forkserver_preload(
    ["tests.faults.workers", "tests.faults.leavers", "psycopg", "pymysql", "sqlalchemy.dialects.mysql"]
)
