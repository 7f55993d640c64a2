"""Find the Chromium the browser tests drive; on Debian as root, install it and a Chinese font."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")


def executable() -> str | None:
    chosen = os.environ.get("TAIZHANG_CHROMIUM")
    return chosen or next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    if executable():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"· 安装浏览器 ({' '.join(PACKAGES)}) …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if executable():
            return 0
    print(
        "浏览器测试需要系统中的 Chromium 与中文字体：\n"
        "The browser tests need Chromium and a Chinese font on this system:\n"
        "    Debian/Ubuntu   sudo apt install chromium fonts-noto-cjk\n"
        "    Fedora          sudo dnf install chromium google-noto-sans-cjk-fonts\n"
        "    elsewhere       set TAIZHANG_CHROMIUM to the program's path",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
