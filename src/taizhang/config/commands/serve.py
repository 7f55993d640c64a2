"""Serve the pages. With the embedded database the worker for jobs runs along; with a server of yours start it apart."""

import argparse
import os
import subprocess
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--processes", type=int, default=min(4, os.cpu_count() or 1), help="server processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each process")
    parser.add_argument("--no-worker", action="store_true", help="do not run the worker along")


def run(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connection

    embedded = bool(settings.DATABASES["default"].get("EMBEDDED_HOME"))
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # the processes that follow open their own
    worker = None
    if embedded and not options.no_worker:
        worker = subprocess.Popen([sys.executable, "-m", "taizhang.config.cli", "worker"])
    try:
        serve(host=options.host, port=options.port, processes=options.processes, threads=options.threads)
    finally:
        if worker:
            worker.terminate()
            worker.wait(timeout=30)
    return 0


def serve(*, host: str, port: int, processes: int, threads: int) -> None:
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    import taizhang.config.wsgi  # noqa: F401 (read once, before the processes part: none of them has a slow first page)

    Granian(
        "taizhang.config.wsgi:application",
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=processes,
        blocking_threads=threads,
        backpressure=256,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_level=LogLevels.info if settings.PRODUCTION else LogLevels.warning,
        log_access=settings.PRODUCTION,
    ).serve()
