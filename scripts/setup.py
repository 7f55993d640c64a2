"""Make .venv with the command `taizhang`, and build the assets. Does only what has changed since the last run.

Runs on the system's Python and uses its standard library alone.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
STAMPS = CHECKOUT / "build" / "stamps"
ASSETS = CHECKOUT / "src" / "taizhang" / "kit" / "static" / "kit" / "dist"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--develop", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    try:
        make_environment()
        install_packages(develop=options.develop)
        install_taizhang()
        install_node_packages()
        build_assets()
        collect_static_files()
    except subprocess.CalledProcessError as failed:
        print(f"\n失败 (failed): {' '.join(map(str, failed.cmd))}", file=sys.stderr)
        return failed.returncode or 1
    return 0


def make_environment() -> None:
    works = (VENV / "bin" / "python").exists() and run_quietly(VENV / "bin" / "python", "-c", "import pip") == 0
    if works:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    shutil.rmtree(STAMPS, ignore_errors=True)
    with Step("建立 Python 环境 .venv"):
        venv.create(VENV, with_pip=True, prompt="taizhang")


def install_packages(*, develop: bool) -> None:
    lock = CHECKOUT / "requirements-dev.txt"
    if not develop and not unchanged("packages-dev", [lock]):
        lock = CHECKOUT / "requirements.txt"
    name = "packages-dev" if lock.stem.endswith("dev") else "packages"
    if unchanged(name, [lock]):
        return
    with Step(f"安装 Python 依赖 ({lock.name})"):
        pip("install", "--require-hashes", "-r", lock)
    stamp(name, [lock])


def install_taizhang() -> None:
    sources = [CHECKOUT / "pyproject.toml"]
    if unchanged("taizhang", sources) and (VENV / "bin" / "taizhang").exists():
        return
    with Step("安装命令 taizhang"):
        pip("install", "--no-deps", "--no-build-isolation", "--editable", CHECKOUT)
    stamp("taizhang", sources)


def install_node_packages() -> None:
    sources = [CHECKOUT / "package.json", CHECKOUT / "package-lock.json"]
    if unchanged("node", sources) and (CHECKOUT / "node_modules").exists():
        return
    with Step("安装页面依赖 (npm)"):
        run(python(), CHECKOUT / "scripts" / "assets.py", "--install")
    stamp("node", sources)


def build_assets() -> None:
    package = CHECKOUT / "src" / "taizhang"
    sources = [CHECKOUT / "package-lock.json", CHECKOUT / "scripts" / "assets.py", *files(CHECKOUT / "assets")]
    sources += [*package.glob("*/templates/**/*.html"), package / "config" / "menu.py"]  # they name the icons
    if unchanged("assets", sources) and (ASSETS / "app.js").exists():
        return
    with Step("打包脚本与样式 (esbuild)"):
        run(python(), CHECKOUT / "scripts" / "assets.py")
    stamp("assets", sources)


def collect_static_files() -> None:
    if os.environ.get("TAIZHANG_DEBUG") == "1":
        return
    sources = [path for folder in (CHECKOUT / "src" / "taizhang").glob("*/static") for path in files(folder)]
    sources.append(CHECKOUT / "requirements.txt")
    if unchanged("static", sources) and (CHECKOUT / "staticfiles").exists():
        return
    with Step("汇集静态文件"):
        # Not cleared: a server that is still running serves the files it started with.
        leave_out = [f"--ignore={pattern}" for pattern in ("ninja*", "*.map")]
        quietly = ("--no-input", "--verbosity", "0")
        # No keys are needed for it, whatever DATABASE_URL the demonstration or the tests will be pointed at.
        run(python(), "manage.py", "collectstatic", *quietly, *leave_out, TAIZHANG_PRODUCTION="0")
    stamp("static", sources)


class Step:
    """Says what is being done and how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        self.begun = time.monotonic()
        print(f"· {self.title} …", end="", flush=True)

    def __exit__(self, kind: object, *_: object) -> None:
        print(f" {time.monotonic() - self.begun:.1f} s" if kind is None else " 失败", flush=True)


def python() -> Path:
    return VENV / "bin" / "python"


def pip(*arguments: object) -> None:
    run(python(), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments)


def run(*command: object, **surroundings: str) -> None:
    """Run quietly; show the output only if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=CHECKOUT,
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(f"\n{done.stdout}", file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)


def run_quietly(*command: object) -> int:
    try:
        return subprocess.run([str(part) for part in command], capture_output=True).returncode
    except OSError:
        return 1


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def digest(sources: Iterable[Path]) -> str:
    whole = hashlib.sha256(sys.version.encode())
    for path in sources:
        whole.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return whole.hexdigest()


def unchanged(name: str, sources: Iterable[Path]) -> bool:
    kept = STAMPS / name
    return kept.exists() and kept.read_text() == digest(sources)


def stamp(name: str, sources: Iterable[Path]) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(digest(sources))


if __name__ == "__main__":
    raise SystemExit(main())
