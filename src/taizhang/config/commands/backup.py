"""Write the database and the uploaded files into a new folder, while the office works on.

The keys (SECRET_KEY, TAIZHANG_KEYS) are not in it: keep a copy of them elsewhere.
"""

import argparse
import sys
from pathlib import Path

AS_OWNER = True


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder, one for each backup")


def run(options: argparse.Namespace) -> int:
    from taizhang.config import archive

    try:
        contents = archive.write(options.folder)
    except archive.ArchiveFailed as failed:
        print(f"taizhang: {failed}", file=sys.stderr)
        return 1
    print(f"已备份到 {options.folder}，共 {sum(contents['rows'].values()):,} 行。密钥不在其中，请另行保存。")  # type: ignore[attr-defined]
    return 0
