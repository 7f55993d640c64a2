"""Write requirements.txt and requirements-dev.txt anew from pyproject.toml (needs `uv`; only maintainers run this).

The locks carry hashes and no host: whoever installs chooses the index.
"""

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.txt": ["build"], "requirements-dev.txt": ["build", "dev"]}


def main() -> int:
    for name, extras in LOCKS.items():
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", *sys.argv[1:]]
        for extra in extras:
            command += ["--extra", extra]
        subprocess.run([*command, "pyproject.toml", "-o", name], cwd=CHECKOUT, check=True)
        if hosts := re.findall(r"\w+://\S+", (CHECKOUT / name).read_text()):
            print(f"{name} names a host: {hosts[0]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
