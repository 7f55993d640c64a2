"""The pages of the statutes, and the way from an obstacle to its clause."""

import pytest
from django.template import engines

from taizhang.kit.refusals import Obstacle


@pytest.fixture
def reader(world, client):
    """Somebody with the narrowest role sees the rules too."""
    client.force_login(world.outsider)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_holds_what_is_in_force_on_the_day(reader):
    august = text(reader.get("/statutes/?day=2017-08-25&q=三人以上"))
    assert "第二十九条" in august and "第三十条" not in august
    november = text(reader.get("/statutes/?day=2017-11-03&q=三人以上"))
    assert "第三十条" in november and "第二十九条" not in november


def test_without_a_day_it_is_todays_and_an_empty_day_lists_every_version(reader):
    assert "第二十九条" not in text(reader.get("/statutes/?q=三人以上"))
    assert "第二十九条" in text(reader.get("/statutes/?q=三人以上&day="))


def test_clauses_are_found_by_words_of_a_parameter_or_a_document(reader):
    assert "第五条（联合党支部）" in text(reader.get("/statutes/?q=联合党支部覆盖单位"))
    assert "第五条（联合党支部）" in text(reader.get("/statutes/?q=支部工作条例 五个"))


def test_the_parameters_of_a_day_are_said_in_words(reader):
    page = text(reader.get("/statutes/parameters/?day=2018-11-01"))
    assert "联合党支部覆盖单位上限" in page and "5个" in page
    assert "超过应到会的1/2" in page and "提醒" in page and "functools" not in page
    assert "联合党支部覆盖单位上限" not in text(reader.get("/statutes/parameters/?day=2017-08-25"))


def test_another_places_parameters_are_listed_only_when_asked_for(reader):
    assert "怀宁县" not in text(reader.get("/statutes/parameters/?day=2022-06-01&q=评获"))
    assert "怀宁县" in text(reader.get("/statutes/parameters/?day=2022-06-01&q=评获&jurisdiction=every"))


def test_the_parameters_go_out_as_a_file(reader):
    page = reader.get("/statutes/parameters/?day=2018-11-01&format=csv")
    assert "成立党组织所需正式党员" in b"".join(page).decode("utf-8-sig")


def test_a_clause_shows_its_gist_its_source_its_parameters_and_its_versions(reader):
    page = text(reader.get("/statutes/clauses/party-constitution-29/"))
    for said in ("正式党员三人以上", "起始不详至2017年10月23日", "3名", "第三十条", "见于全国性规定文本", "所见出处"):
        assert said in page
    assert "/statutes/clauses/party-constitution-30/" in page


def test_a_document_shows_its_clauses(reader):
    page = text(reader.get("/statutes/documents/report-2017/"))
    assert "谁主管、谁负责" in page and "/statutes/clauses/report-2017-division/" in page
    assert "report-2017" in text(reader.get("/statutes/documents/?q=年度报告"))


def test_an_unknown_clause_is_not_found(reader):
    assert reader.get("/statutes/clauses/no-such-clause/").status_code == 404


def test_the_list_makes_few_queries(reader, django_assert_max_num_queries):
    reader.get("/statutes/")  # the first request of a session writes down that it began
    with django_assert_max_num_queries(7):
        text(reader.get("/statutes/"))


def test_an_obstacle_links_to_the_clause_it_rests_on(db):
    template = engines["django"].from_string("{% obstacles found %}")
    drawn = template.render({"found": [Obstacle("too-few", "正式党员2名", basis="party-constitution-29")]})
    assert '<a href="/statutes/clauses/party-constitution-29/">《中国共产党章程》第二十九条</a>' in drawn
