"""Do the jobs that wait: imports, exports, timers; and seal what was written. Ends on SIGTERM after the job in hand."""

import argparse
import threading


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs-at-once", type=int, default=1, help="jobs done at the same time (default 1)")
    parser.add_argument("--once", action="store_true", help="do what waits now, then end")


def run(options: argparse.Namespace) -> int:
    from django.db import connection
    from procrastinate.contrib.django import app

    from taizhang.ledger import sealing

    tidy()
    if options.once:
        sealing.seal_what_waits()
    connection.close()
    # beside the jobs: an import of a quarter of an hour must not keep the chain waiting
    stop = threading.Event()
    sealer = threading.Thread(target=sealing.keep_sealing, args=[stop], name="sealer", daemon=True)
    if not options.once:
        sealer.start()
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(concurrency=options.jobs_at_once, wait=not options.once, listen_notify=not options.once)
    stop.set()
    if not options.once:
        sealer.join(timeout=10)
    return 0


def tidy() -> None:
    """What a worker that was killed left behind, and what came of age while none ran."""
    from django.utils import timezone

    from taizhang.accounts import errands
    from taizhang.imports import actions as imports
    from taizhang.kit import passing
    from taizhang.kit.clock import today
    from taizhang.notices import actions as notices

    imports.forget_files(at=timezone.now(), by=None)
    errands.tidy()
    passing.sweep()
    notices.sweep(on=today(), at=timezone.now(), by=None)
