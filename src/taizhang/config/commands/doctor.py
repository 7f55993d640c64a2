"""Look at this installation and say what is not in order, and what to do about it."""

import argparse
import json

NEEDS_DATABASE = False
SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from taizhang.config import health

    findings = health.examine()
    if options.json:
        healthy = all(finding.state != "fail" for finding in findings)
        print(
            json.dumps(
                {"healthy": healthy, "findings": [finding.as_dict() for finding in findings]},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for finding in findings:
            print(f"{SIGNS[finding.state]} {finding.title}：{finding.found}")
            if finding.remedy and finding.state != "ok":
                print(f"    → {finding.remedy}")
    return 1 if any(finding.state == "fail" for finding in findings) else 0
