from datetime import date, timedelta

import pytest

from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Refused
from taizhang.ledger import actions as ledger
from taizhang.ledger.asking import as_of
from taizhang.ledger.models import AsOf
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Entry, Particulars, Supervision

DAY = timedelta(days=1)


def name_on(organization, at):
    fact = Particulars.objects.as_of(at).filter(organization=organization).first()
    return fact.name if fact else None


def test_a_fact_is_true_on_its_days_and_not_before(world):
    association = world.organization("甲协会", registered_on=date(2017, 3, 1))
    assert name_on(association, AsOf(date(2017, 2, 28))) is None
    assert name_on(association, AsOf(date(2017, 3, 1))) == "甲协会"


def test_nothing_is_true_from_a_day_on_that_has_not_come(world):
    association = world.organization("甲协会")
    tomorrow = Step.objects.latest("recorded_at").recorded_at.astimezone(OFFICE).date() + 2 * DAY
    with pytest.raises(Refused) as refusal:
        orgs.rename(association, name="甲联合会", on=tomorrow, by=world.clerk)
    (obstacle,) = refusal.value.obstacles
    assert obstacle.code == "in-future" and "今天是" in obstacle.reason and obstacle.remedy
    with pytest.raises(Refused) as refusal:
        world.organization("乙协会", registered_on=tomorrow)
    assert [each.code for each in refusal.value.obstacles] == ["in-future"]
    step = cases.do_at_once("test:term", "任期", unit=world.committee, by=world.clerk, on=tomorrow)
    fact = Particulars.objects.current().get(organization=association)
    assert ledger.correct(fact, step=step, until=tomorrow + 365 * DAY).until == tomorrow + 365 * DAY


def test_stating_a_fact_again_asks_nothing_of_what_it_points_at(world, django_assert_num_queries):
    association = world.organization("甲协会", under=world.education)
    fact = Supervision.objects.current().get(organization=association)
    with django_assert_num_queries(0):
        assert (fact.key, fact.values) == ({"organization": association.pk}, {"unit": world.education.pk})
    step = cases.do_at_once("test:again", "再记一次", unit=world.committee, by=world.clerk, on=date(2017, 6, 1))
    again = ledger.correct(fact, step=step, since=fact.since + DAY)
    assert (again.organization, again.unit, again.since) == (association, world.education, fact.since + DAY)


def test_a_renaming_leaves_the_old_name_for_the_days_before(world):
    association = world.organization("甲协会")
    orgs.rename(association, name="甲联合会", on=date(2017, 6, 1), by=world.clerk)
    assert name_on(association, AsOf(date(2017, 5, 31))) == "甲协会"
    assert name_on(association, AsOf(date(2017, 6, 1))) == "甲联合会"


def test_a_late_entry_changes_what_is_known_today_and_leaves_what_was_known_then(world):
    association = world.organization("甲协会")
    then = Step.objects.latest("recorded_at").recorded_at
    orgs.rename(association, name="甲联合会", on=date(2017, 2, 1), by=world.clerk)
    assert name_on(association, as_of(date(2017, 3, 1))) == "甲联合会"
    assert name_on(association, as_of(date(2017, 3, 1), then)) == "甲协会"


def test_a_correction_keeps_what_was_wrong_readable(world):
    association = world.organization("甲协汇")
    wrong = Particulars.objects.get(organization=association)
    orgs.correct(wrong, name="甲协会", note="录入错字", on=date(2017, 2, 1), by=world.clerk)
    wrong.refresh_from_db()
    assert wrong.name == "甲协汇" and not wrong.is_known_now and wrong.closing_step.verb == "orgs:correct"
    assert name_on(association, AsOf(date(2017, 1, 1))) == "甲协会"


def test_what_the_ledger_already_says_cannot_be_posted_again(world):
    association = world.organization("甲协会")
    step = Step.objects.latest("recorded_at")
    fact = Particulars.objects.get(organization=association)
    with pytest.raises(Refused) as refusal:
        ledger.post(Particulars, step=step, since=date(2017, 5, 1), organization=association, **fact.values)
    assert [obstacle.code for obstacle in refusal.value.obstacles] == ["already-stated"]


def test_a_fact_cannot_end_before_it_begins(world):
    association = world.organization("甲协会")
    fact = Particulars.objects.get(organization=association)
    with pytest.raises(Refused) as refusal:
        ledger.end(fact, on=fact.since, step=fact.step)
    assert refusal.value.obstacles[0].code == "empty-period"


def test_restating_what_is_known_writes_nothing(world):
    association = world.organization("甲协会")
    before = Particulars.objects.count()
    fact = Particulars.objects.get(organization=association)
    ledger.restate(Particulars, step=fact.step, since=fact.since + DAY, organization=association, **fact.values)
    assert Particulars.objects.count() == before


def test_restating_a_middle_keeps_what_was_before_and_after(world):
    association = world.organization("甲协会")
    first = Particulars.objects.get(organization=association)
    step = orgs.step_about(association, "orgs:change", "变更", by=world.clerk, on=date(2017, 5, 1))
    changed = {**first.values, "trade": "养老"}
    since, until = date(2017, 3, 1), date(2017, 4, 1)
    ledger.restate(Particulars, step=step, since=since, until=until, organization=association, **changed)
    held = {
        day: Particulars.objects.as_of(AsOf(day)).get(organization=association).trade
        for day in (since - DAY, since, until - DAY, until)
    }
    assert list(held.values()) == ["", "养老", "养老", ""]


def test_all_steps_of_one_transaction_share_one_moment(world):
    association = world.organization("甲协会")
    assert Particulars.objects.filter(organization=association).exists()
    moments = set(Step.objects.filter(case__unit=association.unit).values_list("recorded_at", flat=True))
    assert len(moments) == 1


def test_what_has_ended_does_not_end_again_later(world):
    association = world.organization("甲协会")
    orgs.rename(association, name="甲联合会", on=date(2017, 6, 1), by=world.clerk)
    before = Particulars.objects.current().get(organization=association, name="甲协会")
    with pytest.raises(Refused) as refusal:
        ledger.end(before, on=date(2017, 7, 1), step=before.step)
    assert refusal.value.obstacles[0].code == "already-ended"


@pytest.mark.parametrize("until", [None, date(2018, 1, 1)])
def test_what_only_the_database_refuses_is_said_like_any_other_refusal(world, until):
    association = world.organization("甲协会", registered_on=date(2017, 3, 1))
    step = cases.do_at_once("test:again", "再记一次", unit=world.committee, by=world.clerk, on=date(2017, 3, 2))
    with pytest.raises(Refused) as refusal:
        period = ledger.days(date(2017, 3, 2), until)
        ledger.insert(Entry, step=step, period=period, organization=association)
    assert [(obstacle.code, obstacle.where) for obstacle in refusal.value.obstacles] == [("already-stated", "since")]
