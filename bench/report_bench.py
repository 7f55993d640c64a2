"""The annual report of a large province: sixty bound numbers and eight charts, Word and PDF together, nothing remembered from
before; and the same with thousands of corrections since."""

import os
import time

from bench import databases

SIZE = int(os.environ.get("TAIZHANG_BENCH_ORGANISATIONS", "35000"))
FIELDS, SECONDS = 60, 10


CHARTS = (
    "bar:organisation_coverage?by=unit",
    "bar:organisation_coverage?by=kind",
    "bar:work_coverage?by=unit",
    "bar:organisations_without?by=absence",
    "bar:party_organisations?by=unit",
    "line:organisation_coverage",
    "line:work_coverage",
    "path:organisation_coverage?gain=5",
)


def run() -> list[dict]:
    with databases.fresh("report"):
        from bench import province

        _, moments = province.fill(SIZE, people=80_000)
        return measured(moments)


def measured(moments: list) -> list[dict]:
    from taizhang.accounts.models import Unit
    from taizhang.accounts.scope import Scope
    from taizhang.kit.addresses import address_of
    from taizhang.reports import producing
    from taizhang.stats import remembering

    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    address_of(Unit.objects.first())  # a server that has answered before: its addresses are read
    lines = []
    for told, since in (("", None), (", with what was corrected since", moments[3])):
        remembering._answers.clear()
        begun = time.perf_counter()
        made = producing.report(2017, scope=whole, master=master(), corrected_since=since)
        made.docx(), made.pdf()
        took = time.perf_counter() - begun
        assert (len(made.fields), len(made.charts)) == (FIELDS, len(CHARTS))
        assert bool(made.corrections) == bool(since)
        lines.append(
            {
                "name": f"annual report, {FIELDS} numbers, {len(CHARTS)} charts, {SIZE:,}, Word and PDF{told}",
                "value": took,
                "measure": "s",
                "at_most": SECONDS,
            }
        )
    return lines


def master() -> bytes:
    from taizhang.reports import masters, producing

    parts = ("#counted", "#base", "?base=registered", "?base=registered#base", "?variant=wider", "?organised=now")
    tags = [*producing.STATED, *(f"organisation_coverage{part}" for part in parts)]
    for part in ("", "#counted", "#base"):
        tags += [f"{figure}{part}" for figure in ("work_coverage", "party_organisations", "members")]
    for part in ("#counted", "#base", "#value", "?organised=now"):
        tags += [f"{figure}{part}" for figure in producing.STATED]
    tags = list(dict.fromkeys(tags))[:FIELDS]
    texts = ["，".join(f"{{{tag}}}" for tag in tags), *(f"{{{tag}}}" for tag in CHARTS)]
    return masters.written({"title": "{year}", "part": [{"heading": "一、", "text": texts}]})
