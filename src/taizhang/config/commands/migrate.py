"""Bring the database's tables up to this release, as its owner."""

import argparse

AS_OWNER = True
NEEDS_DATABASE = False


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if migrations are waiting")


def run(options: argparse.Namespace) -> int:
    import django
    from django.core.management import call_command

    from taizhang.config import schema

    django.setup()
    if options.check:
        waiting = schema.pending()
        print("\n".join(waiting) or "数据库结构已是最新。")
        return 1 if waiting else 0
    call_command("migrate", interactive=False)
    return 0
