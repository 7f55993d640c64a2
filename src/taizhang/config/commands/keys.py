"""The office's keys: print fresh ones, or bring everything that is sealed under the newest of them.

make            prints a fresh SECRET_KEY and TAIZHANG_KEYS for the environment of a production server
make --next     prints TAIZHANG_KEYS with a new key put before those in use: set it, restart everything, then rotate
rotate          seals each person's key, uploads and second factors with the first key, makes blind indexes anew; broken off,
                it goes on where it stopped; the office works on meanwhile, with both keys
status          how much is still under which key; a key under which nothing is may be taken out of TAIZHANG_KEYS
"""

import argparse
import json
import os

from taizhang.config import environment

NEEDS_DATABASE = False
BATCH = 500


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=("make", "rotate", "status"), default="make")
    parser.add_argument("--next", action="store_true", help="with make: a new key before those in use")
    parser.add_argument(
        "--batch", type=int, default=BATCH, help=f"with rotate: rows of one transaction (default {BATCH})"
    )
    parser.add_argument("--json", action="store_true", help="with rotate and status: for programs")


def run(options: argparse.Namespace) -> int:
    if options.what == "make":
        return make(put_before=options.next)
    import django

    django.setup()
    from taizhang.config import schema

    schema.make_current()
    return rotate(options) if options.what == "rotate" else status(options)


def make(*, put_before: bool) -> int:
    made = environment.new_keys()
    if put_before:
        kept = environment.keys(production=bool(os.environ.get("DATABASE_URL")))
        made = {"TAIZHANG_KEYS": f"{made['TAIZHANG_KEYS']},{kept['TAIZHANG_KEYS']}"}
    for name, value in made.items():
        print(f"{name}={value}")
    return 0


def rotate(options: argparse.Namespace) -> int:
    from django.conf import settings

    from taizhang.config import rotation

    for told in rotation.rotate(batch=options.batch):
        if options.json:
            print(json.dumps(vars(told), ensure_ascii=False), flush=True)
        else:
            print(f"{told.what}：已换 {told.done:,}，还有 {told.left:,}", flush=True)
    if not options.json:
        spare = [name for name, _ in settings.TAIZHANG_KEYS[1:]]
        print(f"全部已用新密钥 {settings.TAIZHANG_KEYS[0][0]} 封存。")
        if spare:
            print(f"确认各服务都已重启、备份已更新后，可从 TAIZHANG_KEYS 中去掉：{'、'.join(spare)}")
    return 0


def status(options: argparse.Namespace) -> int:
    from taizhang.config import rotation

    counted = rotation.status()
    if options.json:
        print(json.dumps(counted, ensure_ascii=False))
        return 0
    for what, keys in counted.items():
        print(f"{what}：{'，'.join(f'密钥 {name} {number:,} 件' for name, number in sorted(keys.items())) or '没有'}")
    return 0
