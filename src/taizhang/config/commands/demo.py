"""Show Taizhang with a made-up province, in a database of its own, on this machine.

The first start makes and fills the database; later ones keep it. `--load-only` ends before serving.
"""

import argparse
import os
from importlib import import_module
from importlib.util import find_spec

from taizhang.config import environment
from taizhang.config.commands import serve


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--load-only", action="store_true", help="make and fill the database, print its figures, do not serve"
    )
    parser.add_argument(
        "--scale", type=int, default=0, metavar="N", help="a province of N organisations, for measurements"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def prepare(options: argparse.Namespace) -> None:
    """A demonstration has its own folder, and its database says what it is from its first moment on."""
    os.environ["TAIZHANG_DEMONSTRATION"] = "1"
    if "TAIZHANG_HOME" not in os.environ:
        os.environ["TAIZHANG_HOME"] = str(environment.home() / (f"demo-{options.scale}" if options.scale else "demo"))


def run(options: argparse.Namespace) -> int:
    from django.core.exceptions import ImproperlyConfigured

    from taizhang.cases.models import Office

    if not Office.objects.get().demonstration:
        raise ImproperlyConfigured(
            "This database holds an office's own ledger; a demonstration needs one of its own (see DATABASE_URL)."
        )
    sign_in = ""
    if find_spec("taizhang.config.demonstration"):
        demonstration = import_module("taizhang.config.demonstration")
        sign_in = demonstration.load(scale=options.scale or None) or ""
    if options.load_only:
        return 0
    print(
        f"\n台账演示：http://{options.host}:{options.port}\n{sign_in}\n按 Ctrl+C 结束；数据保留在 {os.environ['TAIZHANG_HOME']}\n",
        flush=True,
    )
    return serve.run(argparse.Namespace(host=options.host, port=options.port, processes=2, threads=4, no_worker=False))
