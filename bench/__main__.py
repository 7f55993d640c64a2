"""`make bench`: every bench/*_bench.py, or those named; a table for people, JSON for programs.

A bench module has `run()`, which returns lines {name, value, measure, ratio, at_most, aim, note}: a ratio is against a comparator of
the same run on the same machine, and `at_most` is what is promised of it.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    known = sorted(path.stem.removesuffix("_bench") for path in HERE.glob("*_bench.py"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; all if none is named")
    parser.add_argument("--json", action="store_true", help="JSON alone, without the table")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    lines = [
        {"bench": name, **line}
        for name in options.names or known
        for line in importlib.import_module(f"bench.{name}_bench").run()
    ]
    if not options.json:
        table(lines)
    print(json.dumps(lines, ensure_ascii=False, indent=2))
    return 1 if any(broken(line) for line in lines) else 0


def table(lines: list[dict]) -> None:
    for line in lines:
        promised = f"≤ {line['at_most']}" if line.get("at_most") is not None else ""
        aim = f"aim {line['aim']}" if line.get("aim") is not None else ""
        ratio = f"×{line['ratio']:.1f}" if line.get("ratio") is not None else ""
        mark = "✗" if broken(line) else " "
        print(
            f"{mark} {line['bench']:<10} {line['name']:<62} {line['value']:>12,.2f} {line['measure']:<7} {ratio:>8} {promised:<9} {aim}",
            file=sys.stderr,
        )


def broken(line: dict) -> bool:
    """What is promised is of the ratio where there is one, of the value itself where there is none."""
    promised = line.get("at_most")
    measured = line["ratio"] if line.get("ratio") is not None else line["value"]
    return promised is not None and measured > promised


if __name__ == "__main__":
    sys.exit(main())
