"""Targets with their path, lines through the months, small multiples, the dashboard; and few people told to nobody."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of
from taizhang.stats import actions, aiming, charts, figures, trending
from taizhang.stats.figures import WrongQuestion, ask, records, totals
from taizhang.stats.models import Look, Target
from taizhang.stats.tests import story as told
from taizhang.stats.tests.story import YEAR_END

AIMED = {
    "figure": "organisation_coverage",
    "variant": "formal",
    "begins_on": YEAR_END,
    "due_on": date(2018, 12, 31),
    "goal": Decimal("80"),
}


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


def set_target(story, by=None, unit=None, **said) -> Target:
    return actions.set_target(unit=unit or story.world.committee, by=by or story.world.clerk, **{**AIMED, **said})


def test_a_target_says_where_it_should_be_and_how_many_are_needed_each_month(story):
    found = aiming.aim(set_target(story), as_of(date(2018, 6, 30)), story.world.clerk.scope)
    assert round(found.at_start, 1) == 55.6 == round(found.at_present, 1)  # five of nine
    assert round(found.by_now, 1) == round(55.56 + (80 - 55.56) * 181 / 365, 1) and found.is_behind
    assert (found.needed, found.months_left, found.needed_monthly) == (3, 6, 1)  # eight of nine
    assert [day for day, _ in found.path][-1] == date(2018, 12, 31) and len(found.path) == 12


def test_the_nearest_are_those_who_lack_least(story):
    told.people(story)
    question = ask("organisation_coverage", as_of(YEAR_END), story.world.clerk.scope)
    found = {outcome.value: [each.label for each in rows] for outcome, _, rows in aiming.nearest(question)}
    assert found == {"alone": [], "transfer": ["未建协会"], "joint": ["指导协会"]}


def test_a_new_target_takes_the_place_of_the_one_before_and_both_stay_on_record(story):
    first, second = set_target(story), set_target(story, goal=Decimal("60"))
    assert list(Target.objects.visible_to(story.world.clerk).standing()) == [second]
    actions.end_target(second, by=story.world.clerk)
    assert not Target.objects.standing().exists() and Target.objects.count() == 3
    with pytest.raises(Refused):
        actions.end_target(first, by=story.world.clerk)


@pytest.mark.parametrize(
    "said", [{"goal": Decimal("101")}, {"due_on": YEAR_END}, {"figure": "nothing"}, {"variant": "most"}]
)
def test_what_cannot_be_aimed_at_is_refused(story, said):
    with pytest.raises(Refused):
        set_target(story, **said)


def test_nobody_sets_a_target_for_others(story):
    with pytest.raises(PermissionDenied):
        set_target(story, by=story.world.outsider)
    with pytest.raises(PermissionDenied):
        set_target(story, by=story.world.administrator)
    ours = set_target(story, by=story.world.outsider, unit=story.world.sports)
    assert ours not in Target.objects.visible_to(story.world.education_clerk)
    above = set_target(story)
    assert above in Target.objects.visible_to(story.world.outsider)  # what is asked of all is asked of them


def test_the_pages_of_a_target(story, client):
    told.people(story)
    client.force_login(story.world.clerk)
    sent = {**AIMED, "variant": "", "goal": "36", "document": "某社党〔2018〕1号"}
    answer = client.post("/stats/targets/set/", sent, follow=True)
    assert answer.status_code == 200 and "某社党〔2018〕1号" in answer.content.decode()
    target = Target.objects.get()
    assert "未建协会" in client.get(f"/stats/targets/{target.pk}/").content.decode()
    wrong = client.post("/stats/targets/set/", {**sent, "goal": "120"})
    assert wrong.status_code == 422 and wrong.context["form"].errors["goal"]
    client.force_login(story.world.outsider)
    assert "取消" not in client.get("/stats/targets/").content.decode()
    client.force_login(story.world.clerk)
    client.post(f"/stats/targets/{target.pk}/end/")
    assert not Target.objects.standing().exists()


def test_ten_years_are_one_question(story, django_assert_num_queries):
    question = ask("organisation_coverage", as_of(YEAR_END), story.world.clerk.scope)
    trending.trend(question, "kind", 24)
    with django_assert_num_queries(2):  # the line, and since when anything is known
        found = trending.work_out(question, "kind", trending.TEN_YEARS)
    assert len(found.days) == 120 and found.whole[0].base is None and found.whole[-1].counted == 5
    assert sum(each.counts[-1] for each in found.groups) == 5


def test_lines_are_drawn_and_the_same_numbers_stand_in_the_table(story, client):
    client.force_login(story.world.clerk)
    shown = client.get("/stats/organisation_coverage/trend/?day=2017-12-31&by=mode").content.decode()
    assert "55.6%" in shown and "直接登记" in shown
    line = client.get("/stats/organisation_coverage/trend.json?day=2017-12-31&by=mode").json()
    assert len(line["categories"]) == 120 and {each["name"] for each in line["series"]} >= {"直接登记", "双重管理"}
    small = client.get("/stats/organisation_coverage/multiples/?day=2017-12-31").content.decode()
    assert "省教育厅" in small and "<polyline" in small
    client.force_login(story.world.outsider)
    assert "省教育厅" not in client.get("/stats/organisation_coverage/multiples/?day=2017-12-31").content.decode()


def test_small_lines_break_where_nothing_was_known():
    assert charts.runs([None, 1, 2, None, 2], 2) == ["40.0,22.0 80.0,2.0", "160.0,2.0"]


def test_the_dashboard_tells_what_is_new_since_it_was_last_seen(story, client, world):
    client.force_login(world.leader)
    first = client.get("/stats/dashboard/").content.decode()
    assert "还没有看过的记录" in first and "55.6%" in first
    client.post("/stats/dashboard/look/")
    assert Look.objects.visible_to(world.leader).count() == 1 and not Look.objects.visible_to(world.clerk)
    assert "没有变动" in client.get("/stats/dashboard/").content.decode()
    world.branch(story.organizations["未建"], on=date(2017, 12, 1))
    told_ = client.get("/stats/dashboard/").content.decode()
    assert "新计入1家" in told_ and "未建协会" in told_
    set_target(story)
    assert "目标" in client.get("/stats/dashboard/").content.decode()


def test_the_dashboard_asks_the_database_a_fixed_number_of_times(story, client, django_assert_max_num_queries):
    client.force_login(story.world.leader)
    client.get("/stats/dashboard/")
    with django_assert_max_num_queries(32):
        client.get("/stats/dashboard/")


def test_few_people_of_an_age_sex_or_education_are_not_told_to_whoever_may_not_read_names(story):
    told.people(story)
    scope = story.world.clerk.scope
    seen = ask("members", as_of(YEAR_END), scope, people=scope)
    blind = ask("members", as_of(YEAR_END), scope)
    assert sum(group.base for group in totals(seen, "sex").groups) == 9
    assert all(group.base is None or group.base >= figures.FEWEST for group in totals(blind, "sex").groups)
    assert {row.dimensions["sex"] for row in records(blind, shown="base")} == {"（不显示）"}
    with pytest.raises(WrongQuestion):
        ask("members", as_of(YEAR_END), scope, where=("sex", "female"))


def spared(**people) -> set[str]:
    """Which groups are told, of those with so many people, of whom so many count."""
    groups = [figures.Group(key, key, *numbers) for key, numbers in people.items()]
    return {group.key for group in figures.sparing(groups) if not group.is_hidden}


def test_a_small_group_does_not_follow_from_the_total():
    assert spared(a=(40, 40), b=(9, 9), c=(2, 2)) == {"a"}
    assert spared(a=(40, 40), b=(9, 9), c=(7, 0)) == {"a", "b", "c"}
    assert spared(a=(40, 40), b=(1, 1), c=(1, 1)) == set()  # two who are two: each is one
    assert spared(a=(40, 40), b=(9, 9), c=(1, 1), d=(1, 1)) == {"a"}
    assert spared(a=(40, 37), b=(9, 9), c=(8, 8)) == {"b"}  # three who do not count are few too
    assert spared(a=(3, 3)) == set()
    assert [group.label for group in figures.sparing([figures.Group("a", "男", 3, 3)])] == [figures.TOO_FEW]
