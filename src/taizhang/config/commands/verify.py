"""Is the ledger still what was written? Every step and fact against its mark, the marks against the chain of seals.

(nothing)          all of the database, while the office works; names the first record that was altered, removed or inserted
--against FILE     and the chain against digests of days that were kept elsewhere: finds a chain that was rebuilt as a whole, or ends too early
--note FILE        add the digest of now to such a file (the worker does it daily when TAIZHANG_DIGESTS names one)
--export FILE      write the evidence into a file that can be checked without the database; nothing about people is in it but digests
--from FILE        check such a file instead of the database

Tamper-evident, not tamper-proof: an alteration is found, not prevented. Exit codes: 0 agrees; 1 does not; 2 wrong use.
"""

import argparse
import json
import sys
import time
from pathlib import Path

NEEDS_DATABASE = False
NO, WRONG_USE = 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="steps, facts, ok, first_bad and the head of the chain as JSON"
    )
    parser.add_argument("--against", type=Path, metavar="FILE", help="digests of days that were kept elsewhere")
    parser.add_argument("--note", type=Path, metavar="FILE", help="add the digest of now to this file, if all agrees")
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the evidence, to be checked elsewhere")
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help="check an export, without a database")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from taizhang.ledger import exported, sealing

    begun = time.perf_counter()
    try:
        outside = sealing.lines_of(options.against) if options.against else []
        if options.file:
            with options.file.open(encoding="utf-8") as opened:
                verdict = exported.check(opened, outside)
            return tell(options, verdict, time.perf_counter() - begun)
        return examine(options, outside, begun)
    except OSError as error:
        print(f"taizhang verify: {error.filename}：{error.strerror}", file=sys.stderr)
        return WRONG_USE


def examine(options: argparse.Namespace, outside: list, begun: float) -> int:
    from taizhang.config import schema
    from taizhang.ledger import exported, sealing
    from taizhang.ledger.verifying import verify

    schema.make_current()
    sealing.seal_what_waits()
    verdict = verify(outside)
    told = tell(options, verdict, time.perf_counter() - begun)
    if options.export:
        exported.write(options.export)
    if options.note and verdict.ok:
        sealing.note_head(options.note)
    return told


def tell(options: argparse.Namespace, verdict, seconds: float) -> int:
    if options.json:
        print(json.dumps({**verdict.as_dict(), "seconds": round(seconds, 3)}, ensure_ascii=False))
        return 0 if verdict.ok else NO
    print(
        f"办理记录 {verdict.steps:,} 条，台账记录 {verdict.facts:,} 条，封存 {verdict.seals:,} 批，用时 {seconds:.1f} 秒"
    )
    print(f"链头 {verdict.head or '（还没有封存）'}")
    if verdict.ok:
        print("与写入时一致。" if not verdict.unsealed else f"与写入时一致；有 {verdict.unsealed} 个印记还没有封存。")
        return 0
    print(f"不一致。第一处：{verdict.first_bad.sentence}")
    for bad in verdict.bad[1:10]:
        print(f"  另有：{bad.sentence}")
    return NO
