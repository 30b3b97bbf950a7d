"""The worker process of the platform: `python -m examples.host_app.relay_worker URL`.

It carries the CRM's events to the plugins until SIGTERM, or until whoever started it is gone. For the crash test,
`--hold-at N` stops it inside the transaction of the Nth voucher, written and not committed, to be killed there.
"""

import argparse
import logging
import os
import sys
import threading

from examples.host_app.app import build


def main() -> None:
    """Run the relay."""
    parser = argparse.ArgumentParser(prog="relay_worker")
    parser.add_argument("url")
    parser.add_argument("--hold-at", type=int, default=0)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(process)d %(name)s %(message)s")
    starter = os.getppid()
    app = build(given.url)
    if given.hold_at:
        app.ledger.after_posting = HoldAt(given.hold_at, starter)
    print("READY", flush=True)
    app.crm.relay.run(stop_when=lambda: os.getppid() != starter)
    app.close()


class HoldAt:
    """Counts vouchers, and at the Nth one waits to be killed."""

    def __init__(self, number: int, starter: int) -> None:
        self._left, self._starter = number, starter

    def __call__(self, voucher: str) -> None:
        """Called inside the delivery's transaction, after the entry was written."""
        self._left -= 1
        if self._left == 0:
            print(f"HOLDING {voucher}", flush=True)
            while os.getppid() == self._starter:
                threading.Event().wait(0.5)
            os._exit(1)


if __name__ == "__main__":
    main()
