"""A round for 35,000 organisations handed out; the pre-filled declaration of one with 500 people opened; a round of 1,068 by
workbook."""

import io
import re
import statistics
from datetime import date, timedelta
from time import perf_counter

from bench.databases import fresh

PROVINCE, PEOPLE, OPENINGS = 35_000, 500, 9
REPORTED, STRUCK_OFF, CORRECTED = (
    1_068,
    120,
    100,
)  # organisations of the report; of the bench's province one in ten is gone
DAY = date(2018, 6, 30)

ENGAGED = """
    WITH made AS (
        INSERT INTO members_person (name, pinyin, initials, sex, education)
        SELECT '员工' || g, '', '', 'unknown', 'unknown' FROM generate_series(1, %(people)s) g RETURNING id
    )
    INSERT INTO members_engagement (period, recorded, step_id, person_id, organization_id, employment, title, is_management)
    SELECT daterange('2018-01-01', NULL), tstzrange(%(moment)s, NULL), %(step)s, id, %(organization)s, 'full_time', '', false
    FROM made
"""
HELD = """
    INSERT INTO members_membership (period, recorded, step_id, person_id, outside_id, standing)
    SELECT period, recorded, step_id, person_id, %(outside)s, 'full' FROM members_engagement WHERE step_id = %(step)s
"""


def run() -> list[dict]:
    with fresh("declarations"):
        from bench.province import fill

        clerk, _ = fill(PROVINCE)
        lines = [*handed_out(clerk), *opened(clerk)]
    with fresh("workbook"):
        clerk, _ = fill(REPORTED + STRUCK_OFF, people=3 * REPORTED)
        return [*lines, *by_workbook(clerk)]


def handed_out(clerk, *, title: str = "年度年报") -> list[dict]:
    from taizhang.accounts.models import Unit, UnitKind
    from taizhang.declarations import actions
    from taizhang.declarations.models import Opening

    committee = Unit.objects.get(kind=UnitKind.COMMITTEE)
    asked = {"title": title, "cut_off_on": DAY, "due_on": DAY + timedelta(60), "on": DAY}
    began = perf_counter()
    found = actions.open_round(committee, by=clerk, **asked)
    while found.opening != Opening.OPEN:
        found = actions.hand_out(found, by=clerk)
    took = perf_counter() - began
    assert found.made == found.wanted == found.declarations.count()
    name = f"a round handed out to {found.made:,} organisations"
    return [{"name": name, "value": took, "measure": "s", "at_most": 10}]


def opened(clerk) -> list[dict]:
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from taizhang.accounts.acting import action
    from taizhang.cases import actions as cases
    from taizhang.declarations.models import Declaration
    from taizhang.members.models import OutsidePartyOrganization
    from tests.proof import prove

    declaration = Declaration.objects.select_related("organization__unit").order_by("-pk")[0]

    @action("bench.engage")
    def engage(*, by):
        unit = declaration.organization.unit
        step = cases.do_at_once("bench:engage", "从业", unit=unit, by=by, on=DAY, about_people=True)
        named = {"people": PEOPLE, "moment": step.recorded_at, "step": step.pk}
        named["organization"] = declaration.organization_id
        named["outside"] = OutsidePartyOrganization.objects.create(name="原单位支部").pk
        with connection.cursor() as cursor:
            cursor.execute(ENGAGED, named)
            cursor.execute(HELD, named)

    with transaction.atomic():
        engage(by=clerk)
    client = Client(HTTP_HOST="localhost")
    client.force_login(clerk)
    prove(client)
    address, taken = f"/declarations/{declaration.pk}/", []
    for _ in range(OPENINGS + 1):
        began = perf_counter()
        page = client.get(address)
        taken.append(1000 * (perf_counter() - began))
    assert page.status_code == 200 and len(re.findall("员工", page.content.decode())) >= PEOPLE
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    name = f"a declaration of an organisation with {PEOPLE} people opened"
    note = f"{len(queries)} queries"
    return [{"name": name, "value": statistics.median(taken[1:]), "measure": "ms", "at_most": 300, "note": note}]


def by_workbook(clerk) -> list[dict]:
    """Taken out; back with a hundred corrections and the rest untouched; then every row filled in, under a name."""
    from taizhang.declarations import actions
    from taizhang.declarations.models import Round

    handed_out(clerk, title="按工作簿的年报")
    found = Round.objects.latest("pk")
    lines = []

    def timed(name, do, *, at_most):
        began = perf_counter()
        done = do()
        lines.append({"name": name, "value": perf_counter() - began, "measure": "s", "at_most": at_most})
        return done

    def sent(book):
        content = io.BytesIO()
        book.save(content)
        sending = actions.send(found, content=content.getvalue(), name="round.xlsx", by=clerk)
        return actions.take_in(sending, on=DAY, by=clerk)

    def take_out():
        return actions.take_out(found, unit=found.unit, on=DAY, by=clerk)

    book, rows, columns = typed_into(timed(f"a workbook of {found.made:,} rows taken out", take_out, at_most=10))
    for row in rows[:CORRECTED]:
        book.worksheets[0].cell(row, columns["建有工会"]).value = "是"
    done = timed(f"sent back with {CORRECTED} corrections, the rest untouched", lambda: sent(book), at_most=30)
    assert (done.unchanged, done.changed, done.refused) == (found.made - CORRECTED, CORRECTED, 0), done.findings[:3]
    book, rows, columns = typed_into(take_out())
    fill_in(book, found, columns)
    done = timed("sent back with every row filled in and submitted", lambda: sent(book), at_most=240)
    assert (done.submitted, done.refused) == (found.made, 0), done.findings[:3]
    return lines


def typed_into(content: bytes):
    import openpyxl

    from taizhang.declarations.workbooks.writing import HEADING

    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    rows = [row for row in range(HEADING + 2, sheet.max_row + 1) if sheet.cell(row, 1).value]
    return book, rows, {cell.value: cell.column for cell in sheet[HEADING + 1]}


def fill_in(book, found, columns: dict[str, int]) -> None:
    """Samples as the ledger has them, what it does not know made up, a name at the end."""
    from taizhang.declarations.drafts import drafts_of
    from taizhang.declarations.models import Declaration
    from taizhang.declarations.workbooks.columns import BY_NAME
    from taizhang.declarations.workbooks.sealing import opened as seal_of

    rows = Declaration.objects.filter(round=found).select_related("round", "organization__unit__parent")
    drafts = drafts_of(list(rows), names=False)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=5):
        draft = drafts[seal_of(row[columns["行校验码"] - 1].value).declaration]
        members = draft.record("workforce").values["party_members"]
        held = {"full_time_members": members, "held_employer": members}
        said = {("absence", "reason"): "正式党员不足"} if draft.record("absence") else {}
        said |= {("breakdown", each.name): held.get(each.name, 0) for each in draft.record("breakdown").kind.fields}
        for record, name in draft.samples:
            place = BY_NAME[f"{record}-{name}"]
            said[record, name] = place.asked.text(draft.record(record).values[name])
        for (record, name), value in said.items():
            row[columns[BY_NAME[f"{record}-{name}"].column.title] - 1].value = value
        row[columns["核对人姓名"] - 1].value = "王某"
