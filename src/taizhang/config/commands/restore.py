"""Bring a backup back into an empty database, and its files to where they stood."""

import argparse
import sys
from pathlib import Path

AS_OWNER = True
NEEDS_DATABASE = False


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder written by `taizhang backup`")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from taizhang.config import archive

    try:
        contents = archive.read_back(options.folder)
    except (archive.ArchiveFailed, OSError) as failed:
        print(f"taizhang: {failed}", file=sys.stderr)
        return 1
    print(f"已恢复 {contents['begun']} 的备份。请执行 taizhang migrate 和 taizhang doctor，再开放使用。")
    return 0
