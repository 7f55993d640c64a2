"""Other criteria beside those of the day: who would be able to form, and nothing in the ledger moves."""

from datetime import date

import pytest

from taizhang.kit.refusals import Refused
from taizhang.ledger import asking
from taizhang.stats import actions, supposing
from taizhang.stats.models import Scenario
from taizhang.stats.supposing import Supposition
from taizhang.stats.tests import story as told
from taizhang.stats.tests.story import YEAR_END
from taizhang.statutes.rules import criteria

REPORT = Supposition(who="extended", promised=True, wanted=3, most_organizations=5)


@pytest.fixture
def story(world) -> told.Story:
    made = told.tell(world)
    told.people(made)
    return made


def compared(world, supposition=REPORT, **asked):
    rule = Supposition.by_rule(criteria(YEAR_END))
    return supposing.compare(rule, supposition, day=YEAR_END, scope=world.clerk.scope, **asked)


def test_the_reports_question_names_who_would_be_able_to_form(story, world):
    before = asking.version()
    found = compared(world)
    lines = {line.outcome.label: (line.by_rule, line.supposed) for line in found.lines}
    assert lines["可单独组建"] == (0, 2) and lines["应建未建，待转入"] == (1, 0) and lines["可联合组建"] == (1, 0)
    assert {(each.label, each.was_group, each.is_group) for each in found.changes.records} == {
        ("未建协会", "应建未建，待转入", "可单独组建"),
        ("指导协会", "可联合组建", "可单独组建"),
    }
    assert asking.version() == before


def test_fewer_members_wanted_and_more_organisations_are_able(story, world):
    found = compared(world, Supposition(who="full_time", promised=True, wanted=2, most_organizations=5))
    assert next(line.supposed for line in found.lines if line.outcome == "alone") == 2


def test_the_rule_of_the_day_changes_nothing(story, world):
    found = compared(world, Supposition.by_rule(criteria(YEAR_END)))
    assert found.changes.records == [] and all(line.more == 0 for line in found.lines)


def test_the_page_shows_both_and_one_click_asks_the_reports_question(story, world, client):
    client.force_login(world.clerk)
    page = client.get("/stats/what-if/", {"day": "2017-12-31"} | settings_of(Supposition.by_rule(criteria(YEAR_END))))
    assert "没有变化" in page.content.decode()
    report = page.context["report"]
    answer = client.get(f"/stats/what-if/{report}").content.decode()
    assert "由 0 家变为 2 家，多 2 家" in answer and "未建协会" in answer and "由可联合组建转为可单独组建" in answer
    assert "组织覆盖当日 55.6%" in answer and "按设想到 <strong>77.8%</strong>" in answer  # 5 of 9, and 7
    listed = client.get("/stats/eligibility/records/", {"day": "2017-12-31", "variant": "extended_promised", "wanted": "3",
                                                        "group": "outcome:alone", "shown": "base"})  # fmt: skip
    assert "指导协会" in listed.content.decode()
    client.force_login(world.outsider)
    assert "未建协会" not in client.get(f"/stats/what-if/{report}").content.decode()


def test_a_day_alone_is_enough(story, world, client):
    client.force_login(world.clerk)
    page = client.get("/stats/what-if/", {"day": "2017-12-31"})
    assert page.context["day"] == YEAR_END and "day=2017-12-31" in page.context["report"]
    assert not page.context["form"].errors


def test_wrong_settings_are_said_beside_the_field(story, world, client):
    client.force_login(world.clerk)
    page = client.get("/stats/what-if/", {"day": "明天", "who": "everybody", "wanted": "0", "most_organizations": "x"})
    assert page.status_code == 200 and page.context["form"].errors.keys() == {
        "day",
        "who",
        "wanted",
        "most_organizations",
    }


def test_a_scenario_is_kept_found_again_and_let_go_of_by_whoever_kept_it(story, world, client):
    client.force_login(world.leader)
    sent = {"name": "负责人也计", "day": "2018-01-01", **settings_of(REPORT)}
    assert client.post("/stats/what-if/keep/", sent, follow=True).status_code == 200
    kept = Scenario.objects.get()
    assert (kept.name, kept.who, kept.promised, kept.day) == ("负责人也计", "extended", True, date(2018, 1, 1))
    client.force_login(world.clerk)
    assert "负责人也计" in client.get("/stats/what-if/").content.decode()
    with pytest.raises(Refused):
        actions.forget_scenario(kept, by=world.clerk)
    client.force_login(world.outsider)
    assert "负责人也计" not in client.get("/stats/what-if/").content.decode()
    assert client.post(f"/stats/what-if/{kept.pk}/forget/").status_code == 404
    client.force_login(world.leader)
    client.post(f"/stats/what-if/{kept.pk}/forget/")
    assert not Scenario.objects.exists()


def test_whoever_sees_no_record_keeps_nothing(story, world, client):
    client.force_login(world.administrator)
    sent = {"name": "甲", "day": "", **settings_of(REPORT)}
    assert client.post("/stats/what-if/keep/", sent).status_code == 403


def settings_of(supposition: Supposition) -> dict:
    said = {"who": supposition.who, "wanted": supposition.wanted, "most_organizations": supposition.most_organizations}
    return said | ({"promised": "on"} if supposition.promised else {})
