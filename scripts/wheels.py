"""Put into build/wheels all that an installation needs, and try it: a new environment from that folder alone, without a network.

`--only-try` tries a folder that is there already. What is done at the office's server is in docs/how-to/offline.md.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
WHEELS = CHECKOUT / "build" / "wheels"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
NO_WAY_OUT = {
    "PIP_NO_INDEX": "1",
    "PIP_CONFIG_FILE": os.devnull,
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}


def collect() -> None:
    """Every file is one whose hash the lock names, and the product's own wheel with its built pages."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    WHEELS.mkdir(parents=True)
    lock = CHECKOUT / "requirements.txt"
    run(*PIP, "download", "--require-hashes", "--only-binary=:all:", "--dest", WHEELS, "-r", lock)
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", WHEELS, CHECKOUT)
    shutil.copy(lock, WHEELS / lock.name)
    total = sum(file.stat().st_size for file in WHEELS.iterdir())
    print(f"build/wheels: {len(list(WHEELS.glob('*.whl')))} wheels, {total / 2**20:.0f} MB")


def attempt() -> None:
    """From the folder alone, into an environment that is thrown away: the command answers, the settings and all models load."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        venv.create(environment, with_pip=True)
        pip = [environment / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        away = {**os.environ, **NO_WAY_OUT, "TAIZHANG_HOME": str(Path(folder) / "home"), "TAIZHANG_PRODUCTION": "0"}
        source = ["--no-index", "--find-links", WHEELS]
        run(*pip, *source, "--require-hashes", "-r", WHEELS / "requirements.txt", env=away, cwd=folder)
        run(*pip, *source, "--no-deps", "taizhang", env=away, cwd=folder)
        run(environment / "bin" / "taizhang", "--help", env=away, cwd=folder)
        run(environment / "bin" / "taizhang", "keys", env=away, cwd=folder)
        code = "import django; django.setup(); from django.urls import get_resolver; print(len(get_resolver().url_patterns))"
        settings = {**away, "DJANGO_SETTINGS_MODULE": "taizhang.config.settings"}
        run(environment / "bin" / "python", "-c", code, env=settings, cwd=folder)
    print("installed from the folder alone, without a network: the command answers, every page loads")


def run(*command: object, **options) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        **{"cwd": CHECKOUT, **options},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise SystemExit(f"failed: {' '.join(map(str, command))}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-try", action="store_true")
    if not parser.parse_args().only_try:
        collect()
    attempt()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
