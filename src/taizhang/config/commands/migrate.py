"""Bring the database's tables up to this release, as its owner."""

import argparse
import sys

AS_OWNER = True
NEEDS_DATABASE = False
WRONG_USE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if migrations are waiting")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")


def run(options: argparse.Namespace) -> int:
    import django
    from django.core.management import call_command

    from taizhang.config import schema

    django.setup()
    if options.check:
        waiting = schema.pending()
        print("\n".join(waiting) or "数据库结构已是最新。")
        return 1 if waiting else 0
    call_command("migrate", interactive=False, verbosity=0 if options.quiet else 1)
    spell_names()
    return load_statutes(quiet=options.quiet)


def spell_names() -> None:
    """What came on record before names were spelled, or otherwise than by a verb, is found by pinyin too."""
    from taizhang.accounts.spelling import spell_missing as spell_units
    from taizhang.members.identity import spell_missing as spell_people

    spell_units()
    spell_people()


def load_statutes(*, quiet: bool) -> int:
    from taizhang.statutes.actions import PastRewritten, load

    try:
        changed = load()
    except PastRewritten as error:
        print(f"政策依据没有更新：\n{error}", file=sys.stderr)
        return WRONG_USE
    if not quiet:
        print(f"政策依据已是本版内容，变动{changed}条。" if changed else "政策依据已是最新。")
    return 0
