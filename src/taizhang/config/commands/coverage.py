"""A figure of any day, as known at any moment: coverage by default, in groups, with its records, or explained since another day."""

import argparse
import json
import sys
from datetime import date, datetime

WRONG_USE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=day, required=True, metavar="DAY", help="the day asked about, 2017-12-29")
    parser.add_argument(
        "--known-at",
        type=moment,
        metavar="MOMENT",
        help="as known then: a day (its end) or 2018-01-31T16:30; now if not given",
    )
    parser.add_argument(
        "--figure",
        default="organisation_coverage",
        metavar="NAME",
        help="organisation_coverage, work_coverage, should_have, party_organisations or members",
    )
    parser.add_argument(
        "--variant", default="", metavar="NAME", help="another way of counting, as the definition names them"
    )
    parser.add_argument(
        "--base", default="", metavar="entered|registered", help="of which organisations; entered if not given"
    )
    parser.add_argument(
        "--by", default="", metavar="DIMENSION", help="in groups: unit, kind, region, level, mode, trade, form …"
    )
    parser.add_argument(
        "--organised", default="then", choices=["then", "now"], help="units as responsible that day, or today"
    )
    parser.add_argument("--unit", default="", metavar="CODE", help="only one unit's: its code, number or name")
    parser.add_argument("--records", action="store_true", help="list the records of the base, and whether they count")
    parser.add_argument("--since", type=day, metavar="DAY", help="name each record that changed since that day")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a day as 2017-12-29: {text}") from None


def moment(text: str) -> date | datetime:
    """A bare date means its end; a moment without a zone is the office's."""
    from taizhang.kit.clock import OFFICE

    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"neither a day nor a moment as 2018-01-31T16:30: {text}") from None
    return found if found.tzinfo else found.replace(tzinfo=OFFICE)


def run(options: argparse.Namespace) -> int:
    """Asked on the server, so of the whole tree; persons stay without names here, where nobody has signed in."""
    from taizhang.accounts.models import Unit
    from taizhang.accounts.scope import Scope
    from taizhang.ledger.asking import as_of
    from taizhang.stats import answers
    from taizhang.stats.changes import changes
    from taizhang.stats.figures import WrongQuestion, ask, records, totals

    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))

    def question(day: date):
        where = ("unit", str(unit_number(options.unit))) if options.unit else None
        return ask(
            options.figure,
            as_of(day, options.known_at),
            whole,
            variant=options.variant,
            base=options.base,
            organised=options.organised,
            where=where,
        )

    try:
        if options.since and options.since > options.on:
            raise WrongQuestion(f"--since {options.since} 晚于 --on {options.on}；变化从早的一天说到晚的一天。")
        asked = question(options.on)
        found = totals(asked, options.by)
        answer = answers.of_totals(found, by=options.by)
        if options.records:
            answer["records"] = [answers.of_record(row) for row in records(asked, shown="base")]
        if options.since:
            answer["since"] = answers.of_changes(changes(question(options.since), asked, by=options.by or "unit"))
    except WrongQuestion as error:
        print(f"taizhang coverage: {error}", file=sys.stderr)
        return WRONG_USE
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else table(answer, found.question.figure))
    return 0


def unit_number(named: str) -> int:
    from taizhang.accounts.models import Unit
    from taizhang.stats.figures import WrongQuestion

    found = Unit.objects.filter(code=named).first() or Unit.objects.filter(name=named, parent=None).first()
    found = found or Unit.objects.filter(name=named).order_by("closed_on", "pk").first()
    if found is None and named.isdecimal():
        found = Unit.objects.filter(pk=int(named)).first()
    if found is None:
        raise WrongQuestion(f"没有这个单位：{named}")
    return found.pk


def table(answer: dict, figure) -> str:
    """For people: the definition, then a line for each group."""
    lines = [f"{answer['name']}（{answer['variant_label']}）  {answer['day']}  {answer['known']}", answer["definition"]]
    if answer["base_is_label"]:
        lines.append(f"基数：{answer['base_is_label']}")
    if answer["base"] is None:
        return "\n".join([*lines, answer["not_known"]])
    rows = [("", "基数", "计入", answer["rate_is"] or "占比")] if answer["groups"] else []
    rows += [(group["label"], group["base"], group["counted"], percent(group["rate"])) for group in answer["groups"]]
    rows.append(("合计", answer["base"], answer["counted"], percent(answer["rate"])))
    width = max(columns(str(row[0])) for row in rows)
    lines += [
        "",
        *(f"{padded(str(name), width)} {base!s:>8} {counted!s:>8} {rate:>8}" for name, base, counted, rate in rows),
    ]
    for row in answer.get("records", ()):
        lines.append(f"{'✓' if row['counted'] else '·'} {row['label']}  {row['reason']}")
    if isinstance(answer.get("since"), dict):  # of a figure that counts what happened, `since` is a day
        lines += [
            "",
            f"自{answer['since']['day']}以来：",
            *(change["sentence"] for change in answer["since"]["records"]),
        ]
    return "\n".join(lines)


def percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate * 100:.1f}%"


def columns(text: str) -> int:
    """A Chinese character takes two columns of a terminal."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
