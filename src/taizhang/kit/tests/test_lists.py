"""Lists, tried on the units of the tree: whatever the slice, the list behaves the same."""

import csv
import io
import zipfile

import django_filters
import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit import lists, paging
from taizhang.kit.lists import Column, Table

TABLE = Table(
    (
        Column("名称", "name", sort="name"),
        Column("代码", "code", sort="code", style="code"),
        Column("停用日期", "closed_on", sort="closed_on"),
    ),
    sort="name",
)


class Filters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=UnitKind.choices)


FIRST = 900_000_000  # no number that a test before this one was given


@pytest.fixture
def units(world):
    """Seven bureaus, three of them closed, two of those on one day."""
    closed = {1: "2017-03-01", 2: "2017-03-01", 3: "2017-02-01"}
    for number in range(1, 8):
        unit = Unit(kind=UnitKind.BUREAU, name=f"第{number}局", closed_on=closed.get(number), pk=FIRST + number)
        unit.path = f"{unit.pk}."
        unit.save(force_insert=True)
    return Unit.objects.filter(kind=UnitKind.BUREAU)


@pytest.fixture
def show(units, world):
    def ask(query="", rows=units, **headers):
        request = RequestFactory().get(f"/units/{query}", headers=headers)
        request.user = world.clerk
        return lists.show(
            request,
            table=TABLE,
            rows=rows,
            filters=Filters,
            title="单位",
            empty=lists.Empty("还没有单位", "先登记一个单位。"),
        )

    return ask


@pytest.mark.parametrize("sort", ["pk", "-pk", "name", "-name", "closed_on", "-closed_on"])
def test_pages_follow_one_another_without_gap_or_repetition_both_ways(units, sort):
    order = paging.Sort.named(sort)
    expected = [unit.pk for unit in units.order_by(*order.order())]
    assert len(expected) == 7
    seen, cursor, last = [], "", None
    while True:
        last = paging.page(units, sort=order, after=cursor, size=2)
        seen += [unit.pk for unit in last.rows]
        cursor = last.next
        if not cursor:
            break
    assert seen == expected

    back = [unit.pk for unit in last.rows]
    while last.previous:
        last = paging.page(units, sort=order, before=last.previous, size=2)
        back = [unit.pk for unit in last.rows] + back
    assert back == expected


def test_rows_without_a_value_come_last_whichever_way_the_list_is_sorted(units):
    for sort in ("closed_on", "-closed_on"):
        found = paging.page(units, sort=paging.Sort.named(sort), size=7).rows
        assert [unit.closed_on is None for unit in found] == [False] * 3 + [True] * 4


def test_a_changed_cursor_or_one_of_another_order_begins_at_page_one(units):
    first = paging.page(units, sort=paging.Sort.named("name"), size=2)
    for cursor in ("nonsense", first.next + "x", "\x00"):
        assert paging.page(units, sort=paging.Sort.named("name"), after=cursor, size=2).rows == first.rows
    other = paging.page(units, sort=paging.Sort.named("-name"), after=first.next, size=2)
    assert [unit.name for unit in other.rows] == ["第7局", "第6局"]


def test_counting_stops_at_the_limit(units, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_UP_TO", 5)
    assert paging.page(units, sort=paging.Sort.named("pk")).count_text == "5 条以上"


def test_a_list_takes_one_query(show, django_assert_num_queries):
    show()  # what the menu knows of the database it asks once
    with django_assert_num_queries(1):
        page = show("?kind=bureau&sort=-name").content.decode()
    assert page.index("第7局") < page.index("第6局")
    assert "共 7 条" in page


def test_the_part_for_htmx_is_the_list_alone(show):
    part = show(**{"HX-Target": "list", "HX-Request": "true"})
    text = part.content.decode()
    assert text.strip().startswith('<div id="list"') and "<html" not in text
    assert "HX-Target" in part["Vary"]


def test_an_empty_list_says_what_to_do_next(show):
    assert "先登记一个单位" in show(rows=Unit.objects.none()).content.decode()
    assert "清除条件" in show("?kind=street").content.decode()


def test_a_filter_that_cannot_be_read_shows_no_rows_and_says_so(show):
    page = show("?kind=nowhere").content.decode()
    assert "查询条件有误" in page and "第1局" not in page


def test_conditions_are_said_in_words_and_each_can_be_taken_away(show):
    page = show("?kind=bureau&sort=name&after=x").content.decode()
    assert "类别：登记管理机关" in page and 'href="?sort=name"' in page


def test_counting_goes_to_the_end_when_asked(show, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_UP_TO", 5)
    page = show().content.decode()
    assert "5 条以上" in page and "?count=exact" in page
    assert "共 7 条" in show("?count=exact").content.decode()


@pytest.fixture
def file(units, world):
    def ask(query="", kind="xlsx"):
        request = RequestFactory().get(f"/units/{query}")
        request.user = world.clerk
        answer = lists.found(request, table=TABLE, rows=units, filters=Filters, title="单位").file(kind)
        return b"".join(answer.streaming_content)

    return ask


def test_the_files_hold_the_same_rows_as_the_list(file):
    sheet = load_workbook(io.BytesIO(file("?kind=bureau&sort=-name"))).active
    rows = list(sheet.values)
    assert rows[0] == ("名称", "代码", "停用日期")
    assert [row[0] for row in rows[1:]] == [f"第{number}局" for number in range(7, 0, -1)]
    assert str(rows[6][2])[:10] == "2017-03-01"


def test_a_text_that_looks_like_a_formula_stays_text(file, units):
    Unit.objects.filter(pk=FIRST + 1).update(name="=HYPERLINK(1)")
    text = file(kind="csv").decode("utf-8-sig")
    assert any(row[0] == "'=HYPERLINK(1)" for row in csv.reader(io.StringIO(text)))
    workbook = zipfile.ZipFile(io.BytesIO(file()))
    sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK(1)" in sheet and "<f>" not in sheet
