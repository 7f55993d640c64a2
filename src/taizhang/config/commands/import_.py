"""Take a workbook into a register: checked row by row, entered by one step; the same file again changes nothing.

With errors nothing is entered, unless --good-rows is given. Exit code: 0 all in, 1 something refused, 2 wrong use.
In the JSON, accepted + unchanged + rejected = rows; of a file that was refused as a whole every row that would have
changed something counts as rejected, and `errors` names the cells that are the reason.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

WHAT = ("units", "organisations", "party", "people")
ALL_IN, SOMETHING_REFUSED, WRONG_USE = 0, 1, 2
LISTED = 200
BAR = 30


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=[*WHAT, "organizations"])
    parser.add_argument("file", type=Path, metavar="FILE", help="xlsx, xls, ods, csv or tsv")
    parser.add_argument("--preview", action="store_true", help="check and report, enter nothing")
    parser.add_argument("--good-rows", action="store_true", help="enter the rows without errors")
    parser.add_argument("--map", action="append", default=[], metavar="HEADING=COLUMN", help="inst_nm=name; repeatable")
    parser.add_argument("--on", type=_day, metavar="DAY", help="the day on which it is done; today if not given")
    parser.add_argument(
        "--as", dest="user", metavar="USER", help="who does it; the committee's first clerk if not given"
    )
    parser.add_argument(
        "--annotated",
        type=Path,
        metavar="FILE",
        help="where the annotated copy goes, if something was found; beside the file if not given",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of text")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a day as 2017-12-29: {text}") from None


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from taizhang.imports import actions as imports
    from taizhang.imports.rules import NO_SUCH_HEADING, unit_for
    from taizhang.imports.sheet import resolve
    from taizhang.kit.clock import today
    from taizhang.kit.refusals import Refused

    path = settings.SHEETS[options.what.replace("organizations", "organisations")]
    sheet = resolve(path)
    wrong, names = _names(options.map, sheet)
    by = _somebody(options.user, sheet.roles)
    if not options.file.is_file():
        wrong = f"没有这个文件：{options.file}"
    elif by is None:
        wrong = f"没有能导入{sheet.title}的用户{f'“{options.user}”' if options.user else ''}；用 taizhang user 开设。"
    if wrong:
        print(f"taizhang import: {wrong}", file=sys.stderr)
        return WRONG_USE

    tell = _bar(sys.stderr) if sys.stderr.isatty() and not options.json else imports.silent
    on, unit = options.on or today(), unit_for(by, sheet.roles)
    batch, entered = None, False
    refused: tuple[Any, ...] = ()
    try:
        batch = imports.receive(options.file, name=options.file.name, sheet=path, unit=unit, on=on, by=by)
        batch = imports.check(batch, names=names, by=by, tell=tell)
        if not options.preview:
            batch = imports.apply(batch, good_rows=options.good_rows, by=by, tell=tell)
            entered = True
    except Refused as refusal:
        refused = refusal.obstacles
    if batch is not None and any(each.code == NO_SUCH_HEADING for each in refused):
        imports.throw_away(batch, by=by)
        print("\n".join(f"taizhang import: --map：{each.reason}{each.remedy}" for each in refused), file=sys.stderr)
        return WRONG_USE
    report = _report(options, batch, refused, entered=entered)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _say(report, batch, refused, entered=entered)
    return SOMETHING_REFUSED if refused or report["rejected"] or report["errors"] else ALL_IN


def _names(pairs: list[str], sheet) -> tuple[str, dict[str, str]]:
    names = {}
    for pair in pairs:
        heading, equals, column = pair.partition("=")
        if not equals or column not in sheet.names():
            return f"--map {pair}：应写成 表头=列，列可用 {'、'.join(sheet.names())}", {}
        names[heading] = column
    return "", names


def _somebody(username: str | None, roles):
    """Named, or the one who has kept the office's records longest."""
    from taizhang.accounts.models import User

    users = User.objects.filter(is_active=True).order_by("pk")
    users = (
        users.filter(username__iexact=username)
        if username
        else users.filter(grants__role="clerk", grants__ended_at=None)
    )
    return next((user for user in users if user.holds(roles)), None)


def _report(options: argparse.Namespace, batch, refused, *, entered: bool) -> dict[str, object]:
    from taizhang.imports.models import Finding, Severity

    unread = [
        {
            "sheet": "",
            "row": 0,
            "column": "",
            "value": "",
            "code": each.code,
            "message": each.reason,
            "remedy": each.remedy,
        }
        for each in refused
        if each.code != "rows-with-errors"
    ]
    if batch is None:
        return {
            "batch": None, "rows": 0, "accepted": 0, "unchanged": 0, "rejected": 0, "warnings": 0, "annotated": None, "errors": unread,
        }  # fmt: skip
    found = Finding.objects.filter(batch=batch).order_by("number", "id")
    good = batch.accepted if entered else batch.good if options.preview else 0
    return {
        "batch": batch.pk,
        "rows": batch.rows,
        "accepted": good,
        "unchanged": batch.unchanged,
        "rejected": batch.rows - good - batch.unchanged,
        "warnings": batch.warnings,
        "annotated": _annotate(options, batch) if found.exists() else None,
        "errors": unread
        + [
            {
                "sheet": each.sheet,
                "row": each.row,
                "column": each.title or each.column,
                "value": each.value,
                "code": each.code,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in found.filter(severity=Severity.ERROR)
        ],
    }


def _annotate(options: argparse.Namespace, batch) -> str:
    from taizhang.imports.returning import annotated

    target = options.annotated or options.file.resolve().with_name(f"{options.file.stem}-检查.xlsx")
    target.write_bytes(annotated(batch))
    return str(target)


def _say(report: dict, batch, refused, *, entered: bool) -> None:
    from taizhang.imports.models import Finding

    for each in refused:
        print(f"不能导入：{each.reason}{each.remedy}")
    if batch is None:
        return
    for note in batch.notes:
        print(f"说明：{note['message']}{note['remedy']}")
    found = Finding.objects.filter(batch=batch).order_by("number", "id")
    for each in found[:LISTED]:
        where = f"{each.sheet} " if each.sheet else ""
        said = f"“{each.value}” " if each.value else ""
        print(f"{each.get_severity_display()}：{where}第 {each.row} 行 {each.title} {said}{each.message}{each.remedy}")
    if (more := found.count() - LISTED) > 0:
        print(f"……还有 {more} 条，见标注后的文件。")
    done = "入账" if entered else "可以入账" if not refused else "未入账"
    print(
        f"第 {report['batch']} 批：{report['rows']} 行，{done} {report['accepted'] if entered or not refused else batch.good} 行，"
        f"无变化 {report['unchanged']} 行，有错误 {batch.rejected} 行，提醒 {report['warnings']} 条。"
    )
    if entered and batch.nothing_changed:
        print("与台账完全相同，没有改动任何记录。")
    if report["annotated"]:
        print(f"标注后的文件：{report['annotated']}")


def _bar(stream):
    words = {"read": "读取", "compare": "与台账比对", "apply": "入账"}

    def tell(work: str, done: int) -> None:
        filled = BAR if work != "read" else min(BAR, done * BAR // 100_000)
        print(
            f"\r{words.get(work, work)} [{'█' * filled}{' ' * (BAR - filled)}] {done} 行 ",
            end="",
            file=stream,
            flush=True,
        )

    return tell
