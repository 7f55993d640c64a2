"""Run one of Django's own commands: `taizhang manage shell`."""

import argparse
import sys

NEEDS_DATABASE = False


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.add_argument(
        "--as-owner", action="store_true", help="as the database's owner instead of the application's role"
    )


def prepare(options: argparse.Namespace) -> None:
    import os

    if options.as_owner:
        os.environ["TAIZHANG_AS_OWNER"] = "1"


def run(options: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line([f"{sys.argv[0]} manage", *options.arguments])
    return 0
