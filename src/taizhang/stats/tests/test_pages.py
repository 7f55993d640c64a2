"""The pages of the figures: every number opens its list, every list says what it is of, nobody sees beyond their scope."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.stats.tests import story as told

DAY = "2017-12-31"


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


@pytest.fixture
def page(story, client):
    def get(path: str, user=None, code: int = 200, **query):
        client.force_login(user or story.world.clerk)
        response = client.get(f"/stats/{path}", None if "?" in path else {"day": DAY, **query})
        assert response.status_code == code
        return response

    return get


def read(response) -> str:
    return response.content.decode()


def test_home_shows_every_figure_of_the_day_with_its_definition(page):
    shown = read(page(""))
    assert "党的组织覆盖" in shown and "55.6%" in shown and "应建未建" in shown
    assert "当日处于正常状态的社会组织中" in shown
    assert f"/stats/organisation_coverage/records/?day={DAY}" in shown


def test_a_figure_page_has_number_base_definition_groups_and_months(page):
    shown = read(page("organisation_coverage/"))
    assert "55.6%" in shown and "已录入的社会组织" in shown and "opinion-2015-forms" in shown
    assert "省教育厅" in shown and "2017年11月30日" in shown
    assert f"/stats/organisation_coverage/bars.json?day={DAY}" in shown


def test_the_question_stays_in_every_link(page):
    shown = read(page("organisation_coverage/", base="registered", organised="now", by="mode", variant="wider"))
    assert "variant=wider&amp;base=registered&amp;organised=now&amp;by=mode" in shown
    assert "按登记体制" in shown


def test_the_number_opens_the_list_it_counts(page):
    shown = read(page("organisation_coverage/records/"))
    assert "单独协会" in shown and "未建协会" not in shown
    assert "由中共单独协会支部覆盖" in shown
    assert "未建协会" in read(page("organisation_coverage/records/", shown="uncounted"))
    grouped = read(page("organisation_coverage/records/", group="mode:decoupled"))
    assert "移交协会" in grouped and "单独协会" not in grouped and "登记体制：已脱钩" in grouped


def test_a_row_leads_to_the_organisations_page(page, story, settings):
    settings.PAGES = {**settings.PAGES, "orgs.organization": "cases:detail"}
    assert f'href="/cases/{story.organizations["单独"].pk}/"' in read(page("organisation_coverage/records/"))


def test_a_long_list_goes_on_where_the_page_ended(page, story, monkeypatch):
    monkeypatch.setattr("taizhang.stats.views.asking.PAGE_SIZE", 2)
    first = page("organisation_coverage/records/")
    second = page("organisation_coverage/records/" + first.context["next"])
    names = [row["name"] for response in (first, second) for row in response.context["rows"]]
    assert len(names) == 4 == len(set(names))


def test_the_file_is_the_same_list_and_says_what_it_is_of(page, story):
    named = story.organizations["单独"]
    response = page("organisation_coverage/records/", format="xlsx", base="registered")
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[0].values)
    assert rows[0][:2] == ("社会组织名称", "统一社会信用代码")
    assert (named.unit.name, named.code) in [row[:2] for row in rows[1:]]
    assert len(rows) == 1 + 5
    about = dict(book["说明"].values)
    assert (about["指标"], about["日期"], about["所知"], about["基数"]) == (
        "党的组织覆盖", DAY, "按现在所知", "已登记的社会组织",
    )  # fmt: skip
    assert about["结果"] == "5 / 10 家（50.0%）"
    [audited] = AuditRecord.objects.filter(kind=AuditKind.EXPORT)
    assert audited.details["rows"] == 5


def test_a_name_that_looks_like_a_formula_stays_text_in_the_file(page, story):
    world = story.world
    world.branch(world.organization("=1+1协会", number=900), on=date(2017, 3, 1))
    response = page("organisation_coverage/records/", format="xlsx")
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    [cell] = [row[0] for row in book.worksheets[0].iter_rows() if "1+1" in str(row[0].value)]
    assert cell.data_type == "s"


def test_a_file_of_too_many_rows_is_refused_with_what_to_do(page, monkeypatch):
    monkeypatch.setattr("taizhang.stats.views.asking.EXPORT_LIMIT", 2)
    assert "点开一个分组" in read(page("organisation_coverage/records/", format="xlsx", code=422))


def test_two_days_compared_name_each_record_and_link_the_step(page):
    shown = read(page("organisation_coverage/changes/", since="2017-02-28"))
    assert "由中共单独协会支部覆盖（单独组建），自2017-03-01起" in shown
    assert "/cases/steps/" in shown
    late = read(page("organisation_coverage/changes/", since="2017-02-28", kind="left"))
    assert "注销协会" in late and "单独协会" not in late


def test_charts_come_as_json_through_the_same_scope_and_open_lists(page, story):
    bars = page("organisation_coverage/bars.json").json()
    assert bars["categories"] == ["某省社会组织综合党委", "省体育局", "省教育厅"] or set(bars["categories"]) == {
        "某省社会组织综合党委", "省教育厅", "省体育局",
    }  # fmt: skip
    assert bars["series"][1]["values"][0] == 4
    assert bars["series"][1]["links"][0].startswith("/stats/organisation_coverage/records/?")
    line = page("organisation_coverage/line.json").json()
    assert line["series"][0]["values"][-1] == 55.6
    theirs = page("organisation_coverage/bars.json", user=story.world.outsider).json()
    assert theirs["categories"] == ["省体育局"]


def test_who_has_the_answer_already_is_told_so_until_a_step_touches_it(page, story, client):
    first = page("organisation_coverage.json", by="unit")
    assert first.json()["counted"] == 5 and len(first.json()["groups"]) == 3
    again = client.get(f"/stats/organisation_coverage.json?day={DAY}&by=unit", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    story.world.branch(story.organizations["未建"], on=date(2017, 12, 1))
    changed = client.get(
        f"/stats/organisation_coverage.json?day={DAY}&by=unit", headers={"If-None-Match": first["ETag"]}
    )
    assert changed.status_code == 200 and changed.json()["counted"] == 6


def test_an_outsider_sees_only_their_own_on_every_page(page, story):
    outsider = story.world.outsider
    for path in ("", "organisation_coverage/", "organisation_coverage/records/", "organisation_coverage/changes/"):
        shown = read(page(path, user=outsider, shown="base", since="2017-01-01"))
        assert "单独协会" not in shown and "移交协会" not in shown and "省教育厅" not in shown
    for shown in ("counted", "uncounted", "base", "outside", "all"):
        assert "单独协会" not in read(page("organisation_coverage/records/", user=outsider, shown=shown))
    group = f"unit:{story.world.education.pk}"
    assert "省教育厅" not in read(page("organisation_coverage/records/", user=outsider, group=group))


def test_before_the_first_record_the_page_says_so_and_shows_no_nought(page):
    shown = read(page("organisation_coverage/", day="2016-06-30"))
    assert "无从得知" in shown and "2017-01-01 之前台账没有记录" in shown
    assert page("organisation_coverage.json", day="2016-06-30").json()["base"] is None


@pytest.mark.parametrize(
    "path", ["nothing/", "organisation_coverage/?group=colour:red", "organisation_coverage/?group=unit:x",
             "organisation_coverage/records/?shown=x", "organisation_coverage/changes/?kind=x"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(client, world, path):
    client.force_login(world.clerk)
    assert client.get(f"/stats/{path}").status_code == 404


def test_a_day_that_cannot_be_read_is_said_beside_the_field(page):
    shown = read(page("organisation_coverage/", day="昨天"))
    assert "日期写作" in shown
    assert page("organisation_coverage.json", day="昨天", code=400).json()["errors"]["day"]


def test_members_are_named_to_whom_may_see_them_and_counted_for_all(page, story):
    told.people(story)
    assert "丙一" in read(page("members/records/"))


def test_a_figure_page_asks_the_database_little(page, django_assert_max_num_queries, story, client):
    page("organisation_coverage/")
    with django_assert_max_num_queries(16):
        client.get("/stats/organisation_coverage/", {"day": DAY})
