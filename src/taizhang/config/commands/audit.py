"""Remove rows of the audit older than TAIZHANG_AUDIT_KEEP_DAYS (183 or more; kept for ever without it), as the owner.

prune               removes them, and says so in the audit
prune --dry-run     says how many it would be
"""

import argparse
import sys

AS_OWNER = True
WRONG_USE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("prune",))
    parser.add_argument("--days", type=int, help="keep so many days, instead of TAIZHANG_AUDIT_KEEP_DAYS")
    parser.add_argument("--dry-run", action="store_true", help="remove nothing")


def run(options: argparse.Namespace) -> int:
    from datetime import timedelta

    from django.conf import settings
    from django.utils import timezone

    from taizhang.accounts.models import AuditRecord
    from taizhang.audit import actions, rules
    from taizhang.kit.refusals import Refused, refuse_if

    keep = options.days if options.days is not None else settings.AUDIT_KEEP_DAYS
    if not keep and options.days is None:
        print("没有设置 TAIZHANG_AUDIT_KEEP_DAYS：审计永久保存，没有删去任何记录。")
        return 0
    try:
        if options.dry_run:
            refuse_if(rules.obstacles_to_pruning(keep))
            older = AuditRecord.objects.filter(at__lt=timezone.now() - timedelta(days=keep)).count()
            print(f"{keep}天以前的审计记录有{older:,}条。")
            return 0
        print(f"已删去{keep}天以前的审计记录{actions.prune(keep_days=keep, at=timezone.now(), by=None):,}条。")
    except Refused as refusal:
        for obstacle in refusal.obstacles:
            print(f"{obstacle.reason}。{obstacle.remedy}", file=sys.stderr)
        return WRONG_USE
    return 0
