"""Two answers differ by named records, each with the fact and the step that did it."""

from datetime import date

import pytest

from taizhang.accounts.models import Role
from taizhang.ledger.asking import as_of
from taizhang.members import actions as members
from taizhang.members.models import Engagement
from taizhang.stats.changes import changes
from taizhang.stats.explaining import CORRECTED, ENDED, LATE, STATED
from taizhang.stats.figures import ask
from taizhang.stats.labels import HIDDEN
from taizhang.stats.tests import story as told
from taizhang.stats.tests.story import YEAR_END


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


def compared(story, before, after, figure="organisation_coverage", known=(None, None), user=None, **chosen):
    user = user or story.world.clerk
    by = chosen.pop("by", "unit")

    def asked(day, moment):
        return ask(figure, as_of(day, moment), user.scope, people=user.people_scope, **chosen)

    return changes(asked(before, known[0]), asked(after, known[1]), by=by)


def by_name(found) -> dict:
    return {change.label: change for change in found.records}


def only_cause(change, noun):
    [cause] = [cause for cause in change.causes if cause.fact._meta.verbose_name == noun]
    return cause


def test_over_a_year_each_record_that_came_in_or_went_out_is_named(story):
    found = compared(story, date(2017, 2, 28), YEAR_END)
    named = by_name(found)
    assert found.counts == {"joined": 1, "left": 1, "came": 5, "went": 0, "moved": 1}
    assert named["晚录协会"].kinds == ("joined",)
    assert named["注销协会"].kinds == ("left",)
    assert named["移交协会"].kinds == ("came", "moved")
    assert named["移交协会"].did == "新计入，由省教育厅转到某省社会组织综合党委"


def test_the_numbers_add_up_to_the_difference(story):
    for figure in ("organisation_coverage", "work_coverage"):
        found = compared(story, date(2017, 4, 30), YEAR_END, figure=figure)
        assert found.after.counted - found.before.counted == found.counts["came"] - found.counts["went"]
        assert found.after.base - found.before.base == found.counts["joined"] - found.counts["left"]


def test_what_came_in_shows_the_fact_and_the_step_that_stated_it(story):
    cause = only_cause(by_name(compared(story, date(2017, 2, 28), YEAR_END))["单独协会"], "党组织覆盖")
    assert (cause.how, cause.step.verb, cause.step.on) == (STATED, "party:establish", date(2017, 3, 1))
    assert "由中共单独协会支部覆盖（单独组建），自2017-03-01起" in cause.sentence
    assert cause.title and cause.address


def test_what_went_out_shows_the_step_that_ended_it(story):
    found = compared(story, date(2017, 9, 30), date(2017, 10, 1))
    change = by_name(found)["注销协会"]
    assert change.kinds == ("left", "went")
    cause = only_cause(change, "基本情况")
    assert "状态由正常变为注销" in cause.text
    assert cause.step.document == "注销〔2017〕2号"
    assert "注销协会：退出基数，不再计入。" in change.sentence


def test_an_end_said_later_does_not_hide_who_began_it(story):
    """As known now the fact has an end; what brought it in is still the first step."""
    coverage = told.Coverage.objects.current().get(organization=story.organizations["单独"])
    told.party.uncover(coverage, on=date(2018, 3, 1), by=story.world.clerk)
    came = only_cause(by_name(compared(story, date(2017, 2, 28), YEAR_END))["单独协会"], "党组织覆盖")
    went = only_cause(by_name(compared(story, YEAR_END, date(2018, 3, 1)))["单独协会"], "党组织覆盖")
    assert (came.how, came.step.verb) == (STATED, "party:establish")
    assert (went.how, went.step.verb) == (ENDED, "party:uncover")


def test_between_two_moments_of_knowledge_late_entries_and_corrections_are_told_apart(story):
    late = compared(story, YEAR_END, YEAR_END, known=(story.moments["told"], None))
    assert set(by_name(late)) == {"新名协会"}
    assert only_cause(by_name(late)["新名协会"], "党组织覆盖").how == LATE

    october = date(2017, 10, 15)
    corrected = compared(story, october, october, known=(story.moments["late"], None))
    cause = only_cause(by_name(corrected)["联合二协会"], "党组织覆盖")
    assert (cause.how, cause.step.note) == (CORRECTED, "批复日期抄错")


def test_as_organised_now_nobody_changes_unit(story):
    found = compared(story, date(2017, 7, 31), date(2017, 8, 1), organised="now")
    assert found.counts["moved"] == 0
    assert compared(story, date(2017, 7, 31), date(2017, 8, 1)).counts["moved"] == 1


def test_a_step_not_for_these_eyes_shows_its_day_but_neither_title_nor_address(story):
    instructed = compared(story, date(2017, 5, 31), YEAR_END, figure="work_coverage")
    cause = only_cause(by_name(instructed)["指导协会"], "指导员派驻")
    assert cause.address and "指导员甲" in cause.title

    world = story.world
    blind = ask("work_coverage", as_of(YEAR_END), world.clerk.scope)
    before = ask("work_coverage", as_of(date(2017, 5, 31)), world.clerk.scope)
    cause = only_cause({c.label: c for c in changes(before, blind).records}["指导协会"], "指导员派驻")
    assert (cause.title, cause.address) == ("", "")
    assert "2017-06-01办理" in cause.sentence


def test_a_persons_change_explains_an_organisations_number_without_a_name(story):
    known = told.people(story)
    change = by_name(compared(story, date(2017, 1, 31), YEAR_END, figure="should_have"))["未建协会"]
    assert change.kinds == ("came",)
    assert all(name not in change.sentence.split("入账")[0] for name in known)


def test_members_who_came_are_named_to_whom_may_see_them(story):
    told.people(story)
    found = compared(story, date(2017, 2, 28), YEAR_END, figure="members")
    assert set(by_name(found)) >= {"丙一", "丙二"}
    hidden = compared(story, date(2017, 2, 28), YEAR_END, figure="members", user=story.world.outsider)
    assert hidden.records == []


def test_where_else_a_branchs_member_works_is_not_told_to_whom_may_not_see_it(story):
    known = told.people(story)
    own, elsewhere = story.organizations["单独"], story.world.organization("别处协会", number=77)
    members.engage(
        known["丙一"], organization=elsewhere, employment="part_time", on=date(2017, 5, 1), by=story.world.clerk
    )
    user = story.world.account(own.unit, Role.SECRETARY, username="shuji", name="书记")
    for reader, named in ((story.world.clerk, True), (user, False)):
        found = compared(story, date(2017, 2, 1), YEAR_END, figure="members", user=reader)
        sentences = [cause.sentence for change in found.records for cause in change.causes]
        assert any("从业，自2017-05-01起" in each for each in sentences), reader
        assert any("别处协会" in each for each in sentences) is named, reader


def test_whoever_went_elsewhere_is_not_named_by_the_title_of_a_matter_either(story):
    gone, clerk = told.people(story)["甲一"], story.world.clerk
    members.leave(Engagement.objects.still().get(person=gone), on=date(2017, 6, 1), by=clerk)
    elsewhere = story.world.organization("别处协会", under=story.world.sports, number=77)
    members.engage(gone, organization=elsewhere, employment="full_time", on=date(2017, 6, 1), by=clerk)
    secretary = story.world.account(story.organizations["未建"].unit, Role.SECRETARY, username="shuji", name="书记")
    for reader, name in ((clerk, "甲一"), (secretary, HIDDEN)):
        found = compared(
            story, date(2017, 5, 31), YEAR_END, figure="members", user=reader, variant="working", by="unit"
        )
        [cause] = by_name(found)[name].causes[:1]
        assert ("甲一" in cause.sentence) is (reader == clerk), cause.sentence
        assert cause.address


def test_the_list_of_one_kind_pages_on(story):
    before = ask("organisation_coverage", as_of(date(2017, 2, 28)), story.world.clerk.scope)
    after = ask("organisation_coverage", as_of(YEAR_END), story.world.clerk.scope)
    whole = [change.label for change in changes(before, after, kind="came").records]
    first = changes(before, after, kind="came", limit=2).records
    rest = changes(before, after, kind="came", beyond=(first[-1].label, first[-1].record)).records
    assert [change.label for change in first + rest] == whole
