"""The product in processes of its own, with a home and a database that go away: for whoever measures it from outside."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TAIZHANG = (sys.executable, "-m", "taizhang.config.cli")


def at_home(home: str | Path) -> dict[str, str]:
    """The environment of an installation there, whatever is set here."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("TAIZHANG_", "DJANGO_"))}
    others.pop("DATABASE_URL", None)
    return {**others, "TAIZHANG_HOME": str(home), "TAIZHANG_PRODUCTION": "0", "PYTHONPATH": str(CHECKOUT)}


def command(environment: dict[str, str], *arguments: str) -> str:
    """What it printed."""
    ran = subprocess.run([*TAIZHANG, *arguments], cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"taizhang {' '.join(arguments)[:200]}: {ran.stderr[-2000:]}")
    return ran.stdout


def in_shell(environment: dict[str, str], code: str) -> str:
    """As the owner of the database: for what is written set-wise, or counted in no person's scope."""
    return command({**environment, "TAIZHANG_AS_OWNER": "1"}, "manage", "shell", "-v0", "-c", code)


@contextmanager
def served(environment: dict[str, str], port: int, *options: str) -> Iterator[None]:
    """It answers at the port, without a worker."""
    serve = [*TAIZHANG, "serve", "--port", str(port), "--no-worker", *options]
    nowhere = subprocess.DEVNULL
    server = subprocess.Popen(serve, cwd=CHECKOUT, env=environment, stdout=nowhere, stderr=nowhere)
    try:
        wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")
