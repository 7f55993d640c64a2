"""A chart is bound as a number is: drawn in Word, PDF and on the page from one answer, told in words, with its table behind."""

import io
import struct
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from taizhang.accounts.scope import Scope
from taizhang.kit.refusals import Refused
from taizhang.ledger import asking
from taizhang.members import actions as members
from taizhang.reports import masters, producing
from taizhang.stats.actions import set_target

DAY = date(2017, 12, 29)


@pytest.fixture
def year(world):
    """Four organisations, one covered, one joint branch of two."""
    first, second, third, _ = (world.organization(name) for name in ("甲协会", "乙协会", "丙协会", "丁协会"))
    world.branch(first, on=date(2017, 5, 2))
    world.branch(second, third, on=date(2017, 6, 1))
    return world


def whole(world) -> Scope:
    return Scope.of([world.committee.path])


def with_charts(*tags: str) -> bytes:
    return masters.written({"title": "简况", "part": [{"heading": "一", "text": [f"{{{tag}}}" for tag in tags]}]})


def test_the_shipped_report_draws_eight_charts_in_word_and_pdf(year):
    made = producing.report(2017, scope=whole(year))
    assert len(made.charts) == 8
    document = Document(io.BytesIO(made.docx()))
    alternatives = [each.get("descr") for each in document.element.body.iter(qn("wp:docPr"))]
    assert len(alternatives) == 8 and alternatives[0].startswith(
        "图1　党的组织覆盖，按类型（家）。计入、基数、覆盖率："
    )
    assert "社会团体 3、4、75.0%" in alternatives[0]
    with ZipFile(io.BytesIO(made.docx())) as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    assert len(pictures) == 8 and all(
        struct.unpack(">I", each[16:20])[0] > 1400 for each in pictures
    )  # wide enough to be crisp
    assert len(document.tables) == 6 and document.tables[0].cell(1, 1).text == "3"
    pdf = made.pdf()
    assert pdf.startswith(b"%PDF") and b"/Subtype/Image" not in pdf  # drawn, not painted
    assert pdf == producing.report(2017, scope=whole(year)).pdf()


def test_a_master_that_was_filled_is_filled_again(year):
    master = with_charts("bar:organisation_coverage?by=kind")
    once = producing.report(2017, scope=whole(year), master=master)
    twice = producing.report(2017, scope=whole(year), master=once.docx())
    assert [*twice.charts] == ["bar:organisation_coverage?by=kind"]
    assert len([*Document(io.BytesIO(twice.docx())).element.body.iter(qn("w:drawing"))]) == 1


def test_the_page_draws_it_and_its_rows_open_their_lists(year, client):
    client.force_login(year.clerk)
    page = client.get(reverse("reports:annual", args=[2017])).content.decode()
    assert (
        page.count("data-chart=") == 6 and page.count("没有记录") == 2 and "图1　党的组织覆盖，按类型（家）。" in page
    )
    lists = reverse("stats:records", args=["organisation_coverage"])
    address = f"{lists}?day=2017-12-31&amp;shown=counted&amp;group=kind%3Aassociation"
    assert address in page and client.get(address.replace("&amp;", "&")).content.decode().count("协会</") >= 3


def test_the_line_has_the_month_ends_and_the_path_leads_to_the_target(year):
    tags = ("line:organisation_coverage", "path:organisation_coverage?gain=5", "line:members")
    line, path, _ = producing.report(2017, scope=whole(year), day=DAY, master=with_charts(*tags)).charts.values()
    rates = line.data["series"][0]["values"]
    assert rates[-1] == 75.0 and rates[4] == 25.0 and line.data["categories"][4] == "2017-05-31"
    came, way = path.data["series"]
    assert way["name"] == "目标路径" and (came["values"][11], way["values"][11], way["values"][-1]) == (
        75.0,
        75.0,
        80.0,
    )
    assert path.title == "党的组织覆盖率：到2018-12-31的目标80%（%）"


def test_the_target_of_the_office_comes_before_the_masters(year):
    set_target(
        unit=year.committee, figure="organisation_coverage", variant="formal", begins_on=date(2017, 6, 30),
        due_on=date(2018, 6, 30), goal=Decimal(90), by=year.clerk,
    )  # fmt: skip
    master = with_charts("path:organisation_coverage?gain=5")
    [path] = producing.report(2017, scope=whole(year), day=DAY, master=master).charts.values()
    assert path.title.startswith("党的组织覆盖率：到2018-06-30的目标90%")
    with pytest.raises(Refused, match="没有目标可画"):
        _ = producing.report(2017, scope=whole(year), day=DAY, master=with_charts("path:sittings")).charts


def test_groups_of_few_people_are_not_drawn_for_whoever_may_not_read_their_names(year):
    branch = year.branch(year.organization("戊协会"), on=date(2017, 7, 1))
    members.enrol(
        name="某某", sex="male", party_organization=branch, standing="full", on=date(2017, 8, 1), by=year.clerk
    )
    [chart] = producing.report(2017, scope=whole(year), master=with_charts("bar:members?by=sex")).charts.values()
    assert (
        chart.rows and {row.numbers for row in chart.rows} == {("不显示",)} and not any(row.query for row in chart.rows)
    )
    assert chart.data["series"][0]["values"] == [None] * len(chart.rows)


@pytest.mark.parametrize(
    "tag", ["bar:organisation_coverage", "bar:organisation_coverage?by=stars", "line:nothing", "line:sittings?by=unit"]
)
def test_a_chart_that_cannot_be_drawn_is_named(year, tag):
    with pytest.raises(Refused, match=tag.partition("?")[0]):
        _ = producing.report(2017, scope=whole(year), master=with_charts(tag)).charts


def test_corrections_are_told_once_for_each_figure(year):
    moment = asking.version()
    year.branch(year.organization("戊协会"), on=date(2017, 7, 1))
    master = masters.written(
        {"title": "简况", "part": [{"heading": "一", "text": ["{organisation_coverage}，{organisation_coverage?base=registered#base}"]}]}
    )  # fmt: skip
    made = producing.report(2017, scope=whole(year), day=DAY, master=master, corrected_since=moment)
    told = [each for each in made.corrected() if "戊协会" in each and each.startswith("党的组织覆盖")]
    assert len(told) == 1 and made.as_dict()["corrections"]
    assert producing.report(2017, scope=whole(year), day=DAY, known_at=moment).corrected() == []
