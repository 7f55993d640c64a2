"""Bring a backup back into an empty database, and its files to where they stood."""

import argparse
import os
import sys
from pathlib import Path

from taizhang.config import environment

AS_OWNER = True
NEEDS_DATABASE = False


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder written by `taizhang backup`")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the keys as `taizhang backup --keys` wrote them")


def prepare(options: argparse.Namespace) -> None:
    """The keys are those of the file; an office on the embedded database keeps them, if it has none of its own yet."""
    if options.keys is None:
        return
    try:
        lines = options.keys.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SystemExit(f"taizhang: {error.filename}：{error.strerror}") from None
    os.environ.update(dict(line.split("=", 1) for line in lines if "=" in line))
    kept = environment.home() / "keys"
    if not os.environ.get("DATABASE_URL") and not kept.exists():
        environment.private_folder(kept.parent)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.writelines(f"{line}\n" for line in lines)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from taizhang.config import archive

    try:
        contents = archive.read_back(options.folder)
    except (archive.ArchiveFailed, OSError) as failed:
        print(f"taizhang: {failed}", file=sys.stderr)
        return 1
    for sentence in contents["differing"]:
        print(f"备份时已经不一致：{sentence}", file=sys.stderr)
    print(
        f"已恢复 {contents['begun']} 的备份，各表行数、内容和存证链与备份时一致。请执行 taizhang migrate 和 taizhang doctor，再开放使用。"
    )
    return 0
