"""Show Taizhang with a made-up province, in a database of its own, on this machine.

The first start makes and fills the database; later ones keep it. `--load-only` ends before serving.
"""

import argparse
import os
import sys

from taizhang.config import environment
from taizhang.config.commands import coverage, serve

DAY = "2017-12-29"
PAGE = f"/stats/?day={DAY}&known_at={DAY}"


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
    loaded = load(options.scale)
    figures(options)
    address = f"http://{options.host}:{options.port}"
    print(
        f"\n{accounts()}\n\n台账演示：{address}{PAGE if not options.scale else '/'}\n数据保留在 {os.environ['TAIZHANG_HOME']}"
        + ("" if loaded else "（上次已装入，本次沿用）"),
        flush=True,
    )
    if options.load_only:
        return 0
    print("按 Ctrl+C 结束\n", flush=True)
    return serve.run(argparse.Namespace(host=options.host, port=options.port, processes=2, threads=4, no_worker=False))


def load(scale: int) -> bool:
    from django.db import connection

    from taizhang.config import demonstration, schema

    bar = Bar("正在经历2012至2018年的台账" if not scale else f"正在生成{scale}家社会组织")
    loaded = demonstration.load(scale=scale or None, progress=bar)
    if loaded:
        connection.close()
        schema.analyse_as_owner()
    return loaded


def accounts() -> str:
    from taizhang.config.demonstration import accounts

    return accounts.text()


def figures(options: argparse.Namespace) -> None:
    """The coverage of the day of the report, by unit, as `taizhang coverage` prints it."""
    asked = ["coverage", "--on", DAY, "--by", "kind" if options.scale else "unit"]
    if not options.scale:
        print(f"\n当时所知（known at {DAY}）", flush=True)
        asked += ["--known-at", DAY]
    coverage_options = argparse.ArgumentParser()
    coverage.configure(coverage_options)
    coverage.run(coverage_options.parse_args(asked[1:]))


class Bar:
    """A progress bar on the terminal; ten plain lines where there is none."""

    def __init__(self, title: str) -> None:
        self.title, self.shown = title, -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // total
        if percent == self.shown:
            return
        self.shown = percent
        if sys.stderr.isatty():
            filled = percent * 30 // 100
            end = "\n" if done == total else ""
            print(
                f"\r{self.title} {'█' * filled}{'·' * (30 - filled)} {percent:3d}%",
                end=end,
                file=sys.stderr,
                flush=True,
            )
        elif percent % 10 == 0:
            print(f"{self.title} {percent}%", file=sys.stderr, flush=True)
