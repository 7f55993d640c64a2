"""Hold an issued paper against the digest 校验码 printed on it; see which fonts papers are set in.

check FILE                 off-line, with nothing but the file: was any byte changed since it was issued?
check FILE --digest TEXT   and is it the paper whose printed digest is this (at least 16 of the 64 signs, as on paper)?
check FILE --register      and is it in this office's register, under which number, and does it still hold?
fonts                      the fonts that stand for those of GB/T 9704-2012

A file whose text and digest were both forged passes the first test alone: hold it against the paper or the register as well.
Exit codes: 0 everything asked is so; 1 it is not; 2 wrong use.
"""

import argparse
import json
import sys
from pathlib import Path

NEEDS_DATABASE = False
NO, WRONG_USE = 1, 2
LARGEST = 64 * 2**20


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="was this file changed since it was issued?")
    check.add_argument("file", type=Path)
    check.add_argument("--digest", default="", help="the digest as printed, spaces do not matter")
    check.add_argument("--register", action="store_true", help="look it up in this office's register too")
    check.add_argument("--json", action="store_true")
    verbs.add_parser("fonts", help="the fonts papers are set in").add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    return check(options) if options.verb == "check" else fonts(options)


def check(options: argparse.Namespace) -> int:
    from taizhang.papers import digest

    typed = digest.plain(options.digest)
    if options.digest and (len(typed) < digest.TYPED_AT_LEAST or set(typed) - set(digest.DIGITS)):
        return fail(f"--digest: 至少写校验码的前 {digest.TYPED_AT_LEAST} 个字符，只有 0–9 和 a–f")
    try:
        if options.file.stat().st_size > LARGEST:
            return fail(f"{options.file}：文件过大，不是本系统印发的文书")
        content = options.file.read_bytes()
    except OSError as error:
        return fail(f"{options.file}：{error.strerror}")
    try:
        printed, taken = digest.read(content)
    except digest.NotOurs:
        return tell(
            options, {"ours": False}, ["不是本系统印发的正本：里面没有校验码（草稿和编辑稿都没有）"], holds=False
        )
    told: dict[str, object] = {"ours": True, "printed": printed, "taken": taken, "intact": printed == taken}
    said = [
        f"印在上面的校验码：{digest.grouped(printed)}",
        "文件自印发以来没有改动" if printed == taken else f"文件被改动过：现在算出的是 {digest.grouped(taken)}",
    ]
    holds = printed == taken
    if typed:
        told["as_typed"] = printed.startswith(typed)
        said.append("与纸上的校验码相符" if told["as_typed"] else "与给出的校验码不符，不是那一份")
        holds = holds and bool(told["as_typed"])
    if options.register:
        found = in_register(taken)
        told["register"] = found
        said.append(words_of(found))
        holds = holds and found is not None and bool(found) and not found["void"]
    elif not typed:
        said.append("还没有核对是哪一份：请再与纸上的校验码（--digest）或登记（--register）核对")
    return tell(options, told, said, holds=holds)


def in_register(digest: str) -> dict | None:
    """As the office, who may look at all of its papers from the server's own console."""
    import django

    django.setup()
    from taizhang.config import schema
    from taizhang.papers.models import Rendering, State

    schema.make_current()
    found = Rendering.objects.filter(digest=digest).select_related("paper").defer("pdf").first()
    if found is None:
        return None
    paper = found.paper
    void = paper.state == State.VOID
    return {"number": paper.number, "title": paper.title, "issued_on": f"{paper.issued_on}", "void": void}


def words_of(found: dict | None) -> str:
    if found is None:
        return "登记里没有这一份"
    named = " ".join(filter(None, (found["number"], found["title"])))
    return f"登记里有：{named}，{found['issued_on']} 印发{'；已作废' if found['void'] else ''}"


def fonts(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from taizhang.papers import fonts as papers_fonts

    chosen = {papers_fonts.CALLED[role]: [*names] for role, names in papers_fonts.chosen().items()}
    said = [f"{called}：{'、'.join(names)}" for called, names in chosen.items()]
    if missing := papers_fonts.substituted():
        said.append(f"没有 {'、'.join(missing)}，用 Noto 代替；有使用权的，放进 TAIZHANG_FONTS 所指的文件夹")
    return tell(options, {"fonts": chosen, "substituted": papers_fonts.substituted()}, said, holds=True)


def tell(options: argparse.Namespace, told: dict, said: list[str], *, holds: bool) -> int:
    print(json.dumps(told, ensure_ascii=False) if options.json else "\n".join(said))
    return 0 if holds else NO


def fail(reason: str) -> int:
    print(f"taizhang paper: {reason}", file=sys.stderr)
    return WRONG_USE
