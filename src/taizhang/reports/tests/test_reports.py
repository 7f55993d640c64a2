"""The report says what the ledger answers, in Word, PDF and on a page; what is published stays, and corrections stand beside it."""

import html
import io
import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from taizhang.accounts.scope import Scope
from taizhang.kit.refusals import Refused
from taizhang.party import actions as party
from taizhang.reports import actions, masters, producing, telling
from taizhang.reports.models import Publication
from taizhang.stats import figures
from taizhang.stats.tests import story as told
from tests.world import FIRST_DAY

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


def test_every_number_of_the_shipped_masters_is_answered(year):
    for options in ({}, {"month": 6}, {"quarter": 2}):
        made = producing.report(2017, scope=whole(year), **options)
        assert set(producing.STATED) <= set(made.fields)
        assert "〔" not in "".join(made.said(piece) for each in made.paragraphs for piece in each.pieces)
    assert made.title.startswith("2017年第二季度") and made.asking.day == date(2017, 6, 30)


def test_the_same_numbers_stand_in_word_and_in_the_pdf_and_in_json(year):
    made = producing.report(2017, scope=whole(year))
    told = {each["key"]: each for each in made.as_dict()["figures"]}
    assert list(told) == list(producing.STATED)
    assert (told["organisations_entered"]["value"], told["organisation_coverage"]["value"]) == (4, 0.75)
    assert len(told["organisation_coverage"]["records"]) == 3
    document = Document(io.BytesIO(made.docx()))
    shown = {
        masters.tag_of(box): "".join(t.text for t in box.iter(qn("w:t")))
        for box in document.element.body.iter(qn("w:sdt"))
    }
    assert shown["organisation_coverage"] == "75%" and shown["organisations_entered"] == "4" and shown["year"] == "2017"
    assert made.pdf().startswith(b"%PDF") and made.pdf() == made.pdf()
    headings, rows = made.table()
    assert rows == [["某省社会组织综合党委", 4, 3, 0.75, 3, 0.75]] and len(headings) == 6


def test_the_office_writes_its_own_words_around_the_numbers(year):
    mine = masters.written(
        {"title": "简况", "part": [{"heading": "一", "text": ["覆盖{organisation_coverage#counted}家"]}]}
    )
    made = producing.report(2017, scope=whole(year), master=mine)
    assert [made.said(piece) for piece in made.paragraphs[-1].pieces] == ["覆盖", "3", "家"]
    again = producing.report(2017, scope=whole(year), master=masters.filled(mine, made.texts))
    assert again.texts == made.texts


def test_a_notice_is_of_its_own_time_and_its_table_says_what_it_is(year):
    june = producing.report(2017, scope=whole(year), month=6)
    assert (
        june.fields["branches_approved"].answer.since == date(2017, 6, 1) and june.asking.file_name == "report-2017-06"
    )
    assert june.title == "2017年6月社会组织党建工作情况通报" and len(june.charts) == 2
    told = dict(june.labels())
    assert {"指标", "日期", "所知", "隶属", "基数", "范围"} <= set(told)
    assert (told["指标"], told["隶属"]) == ("党的组织覆盖、党的工作覆盖", "按当日隶属")
    assert told["范围"] == year.committee.name and told["日期"] == "2017-06-30"


def test_while_a_year_goes_on_its_report_is_of_the_day_it_is_made(year):
    made = producing.report(2018, scope=whole(year), until=date(2018, 3, 5))
    assert made.asking.day == date(2018, 3, 5) and "截至2018年3月5日" in made.footing
    assert producing.report(2017, scope=whole(year), until=date(2018, 3, 5)).asking.day == date(2017, 12, 31)


@pytest.mark.parametrize(
    "tag", ["no_such_figure", "organisation_coverage?variant=none", "sittings#everything", "sittings?day=1"]
)
def test_a_field_that_asks_for_nothing_is_named(year, tag):
    master = masters.written({"title": "简况", "part": [{"heading": "一", "text": [f"{{{tag}}}"]}]})
    with pytest.raises(Refused, match=tag.partition("?")[0]):
        _ = producing.report(2017, scope=whole(year), master=master).fields
    with pytest.raises(Refused):
        masters.paragraphs(b"not a document")


def test_a_report_known_then_stays_and_one_known_now_lists_what_was_corrected(year, monkeypatch):
    """The world's moments are today's, so the day before the correction is known by the moment of the step."""
    from taizhang.ledger import asking

    moment = asking.version()
    party.establish(
        name="中共丁协会支部", organizations=[organization("丁协会")], form="single", on=date(2017, 11, 1), by=year.clerk,
        level="branch", nature="formal", superior=year.committee,
    )  # fmt: skip
    then = producing.report(2017, scope=whole(year), known_at=moment, day=DAY)
    now = producing.report(2017, scope=whole(year), day=DAY)
    assert (
        then.fields["organisation_coverage#counted"].value == 3
        and now.fields["organisation_coverage#counted"].value == 4
    )
    assert "corrections" not in then.as_dict()


def organization(name: str):
    from taizhang.orgs.models import Organization

    return Organization.objects.get(unit__name=name)


def test_the_page_leads_from_a_number_to_its_list(year, client):
    client.force_login(year.clerk)
    page = client.get(reverse("reports:annual", args=[2017])).content.decode()
    assert "75%" in page and f"{reverse('stats:records', args=['organisation_coverage'])}?day=2017-12-31" in page
    for kind, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(reverse("reports:file", args=[2017, kind])).content.startswith(begins)
    assert client.get(reverse("reports:file", args=[2017, "exe"])).status_code == 404
    assert client.get(reverse("reports:annual", args=[2017]) + "?month=13").status_code == 404
    assert client.get(reverse("reports:choose") + "?year=2017&month=6").status_code == 302


def test_a_program_reads_the_report_and_the_notice_of_a_month(year, client):
    client.force_login(year.clerk)
    told = {
        query: {each["key"]: each["value"] for each in client.get(f"/api/reports/2017{query}").json()["figures"]}
        for query in ("", "?month=5")
    }
    assert [told[each]["organisation_coverage"] for each in told] == [0.75, 0.25]
    file = client.get("/api/reports/2017/xlsx?quarter=2")
    assert file["Content-Type"] == telling.FILES["xlsx"] and file.content.startswith(b"PK")
    assert client.get("/api/reports/2017?month=5&quarter=2").status_code == 422
    assert client.get("/api/reports/2017?month=13").status_code == 422


def test_the_outsider_reads_a_report_of_nothing(year):
    client = Client()
    client.force_login(year.outsider)
    page = client.get(reverse("reports:annual", args=[2017])).content.decode()
    assert "75%" not in page and "甲协会" not in page


def published(world, **said) -> Publication:
    return actions.publish("organisation_coverage", **{"title": "", "day": DAY, "by": world.clerk, **said})


def test_what_is_published_is_numbered_and_stays_and_the_correction_stands_beside_it(year):
    first = published(year, dimension="kind")
    party.establish(
        name="中共丁协会支部", organizations=[organization("丁协会")], form="single", on=date(2017, 11, 1), by=year.clerk,
        level="branch", nature="formal", superior=year.committee,
    )  # fmt: skip
    second = published(year)
    assert [first.number, second.number] == [1, 2] and (first.counted, second.counted) == (3, 4)
    assert first.groups == [{"key": "association", "label": first.groups[0]["label"], "base": 4, "counted": 3}]
    told = telling.beside(first)
    assert told["agrees"] and told["now"].counted == 4 and [each.label for each in told["changed"]] == ["丁协会"]
    assert "甲协会" not in json.dumps(first.groups) and len(first.records) == 3
    for statement in (first.save, first.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()
    assert telling.table(first)[1][-1] == ["合计", 3, 4] and len(telling.labels(first)) == 12


def test_a_refused_publication_leaves_no_gap(year):
    published(year)
    with pytest.raises(Refused):
        published(year, day=FIRST_DAY - timedelta(days=4000))
    with pytest.raises(PermissionDenied):
        published(year, by=year.education_clerk)
    assert published(year).number == 2


def test_groups_of_few_people_are_not_published(world):
    told.people(told.tell(world))
    made = actions.publish("members", title="", day=DAY, dimension="sex", by=world.clerk)
    assert made.base and all(group["base"] is None or group["base"] >= figures.FEWEST for group in made.groups)
    assert telling.table(made)[1][-1] == ["合计", made.counted, made.base]
    made = actions.publish("members", title="", day=DAY, dimension="standing", by=world.clerk)
    assert [(group["label"], group["base"]) for group in made.groups] == [("正式党员", None), ("预备党员", None)]


def test_what_will_be_frozen_is_shown_first_and_is_what_is_published(year, client):
    client.force_login(year.clerk)
    figure = client.get(reverse("stats:figure", args=["organisation_coverage"]), {"day": "2017-12-29", "by": "kind"})
    address = html.unescape(re.search(r'href="([^"]*/publish/[^"]*)"', figure.content.decode())[1])
    page = client.get(address).content.decode()
    assert not Publication.objects.exists() and "将冻结的内容" in page and "3 条记录的编号" in page
    shown = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    party.establish(
        name="中共丁协会支部", organizations=[organization("丁协会")], form="single", on=date(2017, 11, 1), by=year.clerk,
        level="branch", nature="formal", superior=year.committee,
    )  # fmt: skip
    client.post(reverse("reports:publish"), {name: html.unescape(value) for name, value in shown.items()})
    assert Publication.objects.get().counted == 3  # as it was shown, though a fourth is known by now
    client.force_login(year.outsider)
    assert "/publish/" not in client.get(reverse("stats:figure", args=["sittings"])).content.decode()


def test_the_pages_of_publications(year, client):
    client.force_login(year.clerk)
    answer = client.post(
        reverse("reports:publish"), {"figure": "organisation_coverage", "day": "2017-12-29", "dimension": "kind"}
    )
    made = Publication.objects.get()
    assert answer.url == reverse("reports:detail", args=[made.pk])
    page = client.get(answer.url).content.decode()
    assert made.digest in page and "发布以后没有更正" in page
    assert client.get(answer.url + "?format=xlsx").status_code == 200
    assert made.title in client.get(reverse("reports:home")).content.decode()
    wrong = client.post(reverse("reports:publish"), {"figure": "sittings", "day": "2017-12-29", "dimension": "sex"})
    assert wrong.status_code == 200 and "可按" in wrong.content.decode()
    other = Client()
    other.force_login(year.outsider)
    assert other.get(answer.url).status_code == 404
    assert other.post(reverse("reports:publish"), {"figure": "sittings", "day": "2017-12-29"}).status_code == 403
