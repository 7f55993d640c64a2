"""Golden answers: what was in force on a day, and under which clause."""

from datetime import date

import pytest

from taizhang.statutes.models import Clause, Jurisdiction
from taizhang.statutes.rules import Criteria, criteria

pytestmark = pytest.mark.django_db


def test_the_sitting_of_august_2017_cites_article_29():
    on = criteria(date(2017, 8, 25))
    assert (on["full-members-to-form"], on.clause("full-members-to-form")) == (3, "party-constitution-29")


def test_the_sitting_of_november_2017_cites_article_30():
    on = criteria(date(2017, 11, 3))
    assert (on["full-members-to-form"], on.clause("full-members-to-form")) == (3, "party-constitution-30")


def test_the_congress_day_itself_is_under_the_new_article():
    assert criteria(date(2017, 10, 23)).clause("full-members-to-form") == "party-constitution-29"
    assert criteria(date(2017, 10, 24)).clause("full-members-to-form") == "party-constitution-30"


def test_in_2017_a_joint_branch_has_no_cap_and_a_secretary_needs_no_party_years():
    on = criteria(date(2017, 12, 21))
    assert on.get("joint-branch-max-organizations") is None
    assert on.get("secretary-min-party-years") is None
    assert on.get("reply-within-days") is None


def test_since_the_regulation_of_2018_they_have():
    on = criteria(date(2018, 11, 1))
    assert on["joint-branch-max-organizations"] == 5
    assert on["secretary-min-party-years"] == 1
    assert on["reply-within-days"] == 30
    assert on["branch-max-members"] == 50
    assert on.severity("joint-branch-max-organizations") == "warn"
    assert on.is_waivable("joint-branch-max-organizations")


@pytest.mark.parametrize(
    ("elected_on", "committee", "branch"),
    [
        (date(2016, 5, 1), [3, 5], [2, 3]),
        (date(2017, 12, 1), [3, 5], [3, 5]),
        (date(2018, 7, 12), [5, 5], [3, 3]),
    ],
)
def test_a_term_is_as_long_as_the_rule_of_the_day_of_election_says(elected_on, committee, branch):
    on = criteria(elected_on)
    assert on["term-years-committee"] == committee
    assert on["term-years-general-branch"] == on["term-years-branch"] == branch


def test_only_full_time_staff_count_toward_formation_and_the_wider_circle_is_a_what_if():
    on = criteria(date(2017, 8, 25))
    assert on["who-counts-toward-formation"] == "full_time"
    what_if = on.but(who_counts_toward_formation="extended")
    assert what_if["who-counts-toward-formation"] == "extended"
    assert on["who-counts-toward-formation"] == "full_time"
    assert what_if.clause("full-members-to-form") == on.clause("full-members-to-form")


def test_without_a_party_organisation_no_4a_in_principle():
    on = criteria(date(2017, 12, 29))
    assert on["grade-gate-without-party-organisation"] == "4A"
    assert on.is_waivable("grade-gate-without-party-organisation")


def test_another_places_figure_is_not_in_force_here():
    assert criteria(date(2022, 6, 1))["grade-gate-without-party-organisation"] == "4A"
    there = criteria(date(2022, 6, 1), jurisdiction=Jurisdiction.HUAINING)
    assert there["grade-gate-without-party-organisation"] == "5A"
    assert not there.is_waivable("grade-gate-without-party-organisation")


def test_a_committee_decides_with_more_than_half_of_those_entitled():
    on = criteria(date(2017, 8, 25))
    assert on["committee-meeting-quorum"] == {"share": "1/2", "of": "entitled", "strictly": True}
    assert on["committee-meeting-quorum-appointments"] == {"share": "2/3", "of": "entitled", "strictly": False}
    assert on["committee-meeting-majority"] == {"share": "1/2", "of": "entitled", "strictly": True}


def test_the_instructors_days_rest_on_the_report_alone():
    on = criteria(date(2017, 12, 1))
    assert on["instructor-days-per-month"] == 10
    assert Clause.objects.get(key=on.clause("instructor-days-per-month")).confidence == "S"


def test_the_first_instructors_were_posted_before_there_was_a_cap():
    assert criteria(date(2017, 6, 15)).get("instructor-load") is None
    assert criteria(date(2018, 1, 1))["instructor-load"] == 5


def test_criteria_for_a_rules_test_need_no_database_rows():
    on = Criteria(date(2017, 8, 25), {"full-members-to-form": 3})
    assert (on["full-members-to-form"], on.clause("full-members-to-form"), on.get("nothing", 7)) == (3, "", 7)
