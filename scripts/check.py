"""Style, types, floors, migrations: all of them, then one verdict."""

import os
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = CHECKOUT / ".venv" / "bin"
CHECKS = {
    "style (ruff check)": [BIN / "ruff", "check", "--quiet", "."],
    "format (ruff format)": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "floors (lint-imports)": [BIN / "lint-imports", "--no-logo"],
    "settings (manage.py check)": [BIN / "python", "manage.py", "check", "--fail-level", "WARNING"],
    "migrations (makemigrations --check)": [BIN / "python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "types (mypy)": [BIN / "mypy", "--no-error-summary"],
}
# None of these needs a database; a data folder from other days must not have a say in them.
NO_DATABASE = {"DATABASE_URL": "postgresql:///none?host=/nowhere", "TAIZHANG_PRODUCTION": "0"}


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        begun = time.monotonic()
        environment = {**os.environ, **NO_DATABASE}
        done = subprocess.run(
            command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        print(f"{'✓' if done.returncode == 0 else '✗'} {name} {time.monotonic() - begun:.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    if failed:
        print(f"Not in order: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
