"""Write the database and the uploaded files into a new folder, while the office works on.

The keys (SECRET_KEY, TAIZHANG_KEYS) are not in it: keep a copy of them elsewhere. `--keys FILE` writes one, apart.
"""

import argparse
import sys
from pathlib import Path

AS_OWNER = True


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder, one for each backup")
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="write the keys too, into a new file that is not in the folder"
    )


def run(options: argparse.Namespace) -> int:
    from taizhang.config import archive

    if options.keys and options.folder.resolve() in options.keys.resolve().parents:
        print("taizhang: 密钥不能和备份放在一起：谁拿到备份就都能读。--keys 请写到别处。", file=sys.stderr)
        return 2
    try:
        contents = archive.write(options.folder)
        if options.keys:
            archive.write_keys(options.keys)
    except (archive.ArchiveFailed, OSError) as failed:
        print(f"taizhang: {failed}", file=sys.stderr)
        return 1
    print(
        f"已备份到 {options.folder}，共 {sum(contents['rows'].values()):,} 行，已核验。密钥"
        + (f"另存在 {options.keys}，请与备份分开保管。" if options.keys else "不在其中，请另行保存（--keys）。")
    )
    return 0
