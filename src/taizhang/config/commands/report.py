"""The report of a year: every number asked of the ledger as it is written, as Word and PDF; what was corrected since.

(nothing)          report-YEAR.docx and report-YEAR.pdf in the folder of --to, with what has been corrected since the report's day
--known-at DAY     as it was known then: the same day gives the same numbers for ever
--json             the stated numbers with definition, day and records, for a programme; writes no file
--from FILE        another master than the shipped one: a Word file whose numbers are content controls
--master FILE      write the shipped master for editing, and end
"""

import argparse
import json
import sys
import time
from pathlib import Path

from taizhang.config.commands.coverage import day, moment

NO, WRONG_USE = 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=int, metavar="YEAR")
    parser.add_argument("--known-at", type=moment, metavar="MOMENT", help="as known then: a day (its end) or a moment")
    parser.add_argument("--on", type=day, metavar="DAY", help="the report's day; that of --known-at, or 31 December")
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help="a master of your own (.docx)")
    parser.add_argument("--master", type=Path, metavar="FILE", help="write the shipped master and end")
    parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where the files go (default: here)")
    parser.add_argument("--month", type=int, choices=range(1, 13), default=0, metavar="1-12", help="a month's notice")
    parser.add_argument("--quarter", type=int, choices=range(1, 5), default=0, metavar="1-4", help="a quarter's notice")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Asked on the server, so of the whole tree; persons stay without names here, where nobody has signed in."""
    from taizhang.accounts.models import Unit
    from taizhang.accounts.scope import Scope
    from taizhang.kit.clock import today
    from taizhang.kit.refusals import Refused
    from taizhang.reports import masters, producing

    if not 1949 <= options.year <= 9998:
        return fail(f"不是年份：{options.year}")
    try:
        if options.master:
            options.master.write_bytes(masters.shipped(producing.ANNUAL))
            print(f"母版已写到 {options.master}：在 Word 里改文字，数字框原样保留，再用 --from 交回。")
            return 0
        begun = time.perf_counter()
        whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
        made = producing.report(
            options.year, month=options.month, quarter=options.quarter, scope=whole, known_at=options.known_at, day=options.on, until=today(),
            master=options.file.read_bytes() if options.file else b"",
        )  # fmt: skip
        if options.json:
            print(json.dumps(made.as_dict(), ensure_ascii=False, indent=2))
            return 0
        return write(options, made, begun)
    except OSError as error:
        return fail(f"{error.filename}：{error.strerror}")
    except Refused as refusal:
        return fail("；".join(f"{each.reason}（{each.remedy}）" for each in refusal.obstacles))


def write(options: argparse.Namespace, made, begun: float) -> int:
    from taizhang.reports import telling

    options.to.mkdir(parents=True, exist_ok=True)
    for suffix in telling.FILES:
        file = options.to / f"{made.asking.file_name}.{suffix}"
        file.write_bytes(telling.content_of(made, suffix))
        print(file)
    print(f"{made.title}：{made.footing}。用时 {time.perf_counter() - begun:.1f} 秒")
    for line in made.corrected():
        print(f"更正：{line}")
    return 0


def fail(reason: str) -> int:
    print(f"taizhang report: {reason}", file=sys.stderr)
    return WRONG_USE
