"""Print a fresh SECRET_KEY and TAIZHANG_KEYS for the environment of a production server."""

import argparse

from taizhang.config import environment

NEEDS_DATABASE = False


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(options: argparse.Namespace) -> int:
    for name, value in environment.new_keys().items():
        print(f"{name}={value}")
    return 0
