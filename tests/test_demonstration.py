"""The demonstration province tells the story of the annual report: asked by the figures, and by SQL that knows nothing of them."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from taizhang.accounts.models import Unit
from taizhang.accounts.scope import Scope
from taizhang.config import demonstration
from taizhang.ledger.asking import as_of
from taizhang.reports import producing
from taizhang.stats.answering import figure
from taizhang.stats.changes import changes
from taizhang.stats.figures import ask, records, totals
from tests.office import set_role

DAY = date(2017, 12, 29)
THEN = "2017-12-30 00:00+08"
pytestmark = pytest.mark.django_db
SITTINGS = (date(2017, 8, 25), date(2017, 11, 3), date(2017, 12, 21))


@pytest.fixture(scope="module", params=["organisations", pytest.param("people too", marks=pytest.mark.nightly)])
def province(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """Lived through once, in a database that is a demonstration for as long as the transaction lasts."""
    from django.conf import settings

    home, settings.HOME = settings.HOME, tmp_path_factory.mktemp("demonstration")
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                become_a_demonstration()
                set_role("taizhang_app")
                office = demonstration.live_through(lambda *_: None, with_people=request.param == "people too")
                know_the_sizes()
                yield office
                transaction.set_rollback(True)
        finally:
            settings.HOME = home
            connection.close()


@pytest.fixture
def _django_db_helper(province):
    """Instead of a transaction for each test: the province's own stays open, and none of them writes."""


@pytest.fixture(autouse=True)
def as_the_application(province):
    """The province was lived through in that role already."""


def become_a_demonstration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_office DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_office SET demonstration = true")
        cursor.execute("ALTER TABLE cases_office ENABLE TRIGGER USER")


def know_the_sizes() -> None:
    """An autovacuum that looks at tables whose rows are all uncommitted counts none, and questions are planned for none."""
    set_role("none")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    set_role("taizhang_app")


def asked(sql: str, **parameters) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def coverage(known_at: date | None = None, **options):
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    return ask("organisation_coverage", as_of(DAY, known_at), whole, **options)


def test_as_known_on_the_day_331_of_1068_are_covered_which_is_31_per_cent():
    found = totals(coverage(DAY))
    assert (found.base, found.counted) == (1068, 331)
    assert round(100 * found.counted / found.base) == 31
    assert asked(COUNT_BY_HAND, day=DAY, known_at=THEN) == (1068, 331)


COUNT_BY_HAND = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM party_coverage c WHERE c.organization_id = o.id AND c.nature = 'formal'
            AND %(day)s::date <@ c.period AND %(known_at)s::timestamptz <@ c.recorded))
    FROM orgs_organization o
    WHERE EXISTS (SELECT FROM orgs_entry e WHERE e.organization_id = o.id
            AND %(day)s::date <@ e.period AND %(known_at)s::timestamptz <@ e.recorded)
        AND 'normal' = (SELECT p.status FROM orgs_particulars p WHERE p.organization_id = o.id
            AND %(day)s::date <@ p.period AND %(known_at)s::timestamptz <@ p.recorded)
"""


def test_as_known_now_the_corrections_of_2018_change_the_day_and_each_is_named():
    then, now = coverage(DAY), coverage()
    found = totals(now)
    assert (found.base, found.counted) == (1068 + 4 - 1, 331 + 9 - 3)
    assert asked(COUNT_BY_HAND, day=DAY, known_at="infinity") == (1071, 337)
    told = changes(then, now)
    assert {kind: told.counts.get(kind, 0) for kind in ("joined", "left", "came", "went")} == {
        "joined": 4,
        "left": 1,
        "came": 9,
        "went": 3,
    }
    assert all(change.causes for change in told.records)


def test_some_twelve_hundred_are_registered_under_some_sixty_units():
    on_record = "SELECT count(DISTINCT organization_id) FROM orgs_particulars WHERE recorded @> %(at)s::timestamptz"
    assert asked(on_record, at=THEN) == (1200,)
    assert asked("SELECT count(*) FROM accounts_unit WHERE kind = 'supervising'") == (63,)


def test_ten_instructors_went_to_31_organisations_in_june():
    posted = """SELECT count(DISTINCT instructor_id), count(DISTINCT organization_id), min(lower(period))
        FROM instructors_posting WHERE recorded @> %(at)s::timestamptz"""
    assert asked(posted, at=THEN) == (10, 31, date(2017, 6, 12))


def test_three_sittings_approved_21_branches_that_cover_26_organisations():
    approved = """SELECT count(DISTINCT party_organization_id), count(DISTINCT organization_id),
            count(DISTINCT lower(period))
        FROM party_coverage c WHERE nature = 'formal' AND lower(period) = ANY (%(sittings)s)
            AND recorded @> %(at)s::timestamptz"""
    assert asked(approved, sittings=list(SITTINGS), at=THEN) == (21, 26, 3)


def test_34_organisations_applied_and_those_not_approved_were_told_why_and_what_to_do_next():
    covered = """SELECT count(DISTINCT p.organization_id), count(DISTINCT p.organization_id) FILTER (WHERE a.state = 'closed'),
            count(DISTINCT a.id) FILTER (WHERE a.state = 'closed'), count(DISTINCT a.established_id),
            array_agg(DISTINCT a.decided_on)
        FROM formation_application a JOIN formation_participant p ON p.application_id = a.id
        WHERE a.submitted_on <= %(day)s"""
    assert asked(covered, day=DAY) == (34, 26, 21, 21, list(SITTINGS))
    refused = """SELECT count(*), count(*) FILTER (WHERE a.reasons <> '' AND a.next_step <> '' AND a.letter <> ''
            AND p.number = a.letter AND p.kind = 'reply_refusal' AND p.state = 'issued' AND position('下步' in p.body) > 0)
        FROM formation_application a JOIN papers_paper p ON p.case_id = a.case_id
        WHERE a.state = 'answered' AND a.submitted_on <= %(day)s"""
    assert asked(refused, day=DAY) == (8, 8)
    again = """SELECT count(*) FROM formation_application a JOIN formation_application b ON b.id = a.resubmits_id
        WHERE a.state = 'closed' AND b.state = 'answered'"""
    assert asked(again) == (1,)


def test_every_item_was_put_voted_and_minuted_on_its_own_and_the_minutes_went_out():
    resolved = """SELECT count(*), count(DISTINCT step_id), min(present), bool_and(in_favour + against = present)
        FROM meetings_agendaitem i JOIN meetings_sitting s ON s.id = i.sitting_id
        WHERE s.state = 'closed' AND i.outcome IN ('approved', 'refused') AND s.held_on <= %(day)s"""
    assert asked(resolved, day=DAY) == (29, 29, 7, True)
    minutes = "SELECT count(*) FROM papers_paper WHERE kind = 'minutes' AND state = 'issued' AND issued_on <= %(day)s"
    assert asked(minutes, day=DAY) == (3,)


def test_the_change_across_a_sitting_names_its_organisations_and_their_resolutions():
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    for day in SITTINGS:
        before, after = (
            ask("organisation_coverage", as_of(each, day + timedelta(1)), whole, base="registered")
            for each in (day - timedelta(1), day)
        )
        came = {each.record for each in changes(before, after).records if "came" in each.kinds}
        approved = """SELECT array_agg(DISTINCT p.organization_id) FROM formation_application a
            JOIN formation_participant p ON p.application_id = a.id
            JOIN party_coverage c ON c.organization_id = p.organization_id AND lower(c.period) = %(day)s
            JOIN meetings_agendaitem i ON i.case_id = a.case_id AND i.step_id = c.step_id AND i.outcome = 'approved'
            WHERE a.decided_on = %(day)s AND a.state = 'closed'"""
        resolved = set(asked(approved, day=day)[0])
        began = (
            "SELECT count(*) FROM party_coverage WHERE organization_id = ANY(%(others)s) AND lower(period) = %(day)s"
        )
        assert resolved <= came
        assert asked(began, others=list(came - resolved), day=day) == (0,)


def test_eight_of_them_cover_nine_of_the_31():
    among = """SELECT count(DISTINCT c.party_organization_id), count(DISTINCT c.organization_id)
        FROM party_coverage c JOIN instructors_posting i USING (organization_id)
        WHERE c.nature = 'formal' AND lower(c.period) > lower(i.period) AND %(day)s::date <@ c.period
            AND c.recorded @> %(at)s::timestamptz AND i.recorded @> %(at)s::timestamptz"""
    assert asked(among, day=DAY, at=THEN) == (8, 9)


REPORTED = {
    "organisations_applied": 34,
    "sittings": 3,
    "branches_approved": 21,
    "organisations_newly_covered": 26,
    "instructors_posted": 10,
    "organisations_instructed": 31,
    "organisations_entered": 1068,
    "organisation_coverage": 0.31,
    "instructed_new_party_organisations": 8,
    "instructed_newly_covered": 9,
}


def test_each_figure_of_the_report_comes_from_its_own_question_with_the_records_behind_it():
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    for key, number in REPORTED.items():
        answer = figure(key, day=DAY, known_at=DAY, scope=whole)
        assert round(answer.value, 2) == number, key
        assert len(answer.records) == answer.totals.counted, key
        assert all(row.reason for row in answer.records), key


def test_eight_and_nine_are_both_true_for_one_branch_covers_two():
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    branches = ask("instructed_new_party_organisations", as_of(DAY, DAY), whole)
    assert {group.label: group.counted for group in totals(branches, "covered").groups} == {"1家": 7, "2家": 1}
    covered = {each.label for each in records(ask("instructed_newly_covered", as_of(DAY, DAY), whole))}
    named = [name for each in records(branches) for name in each.reason.partition("：")[2].split("、")]
    assert sorted(named) == sorted(covered) and len(named) == 9


def test_a_year_later_the_coverage_is_five_points_higher():
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    found = totals(ask("organisation_coverage", as_of(date(2018, 12, 31)), whole))
    assert 36 <= 100 * found.counted / found.base < 38


def test_scope_and_responsibility_are_one_truth_for_everybody():
    astray = """SELECT count(*) FROM orgs_organization o JOIN accounts_unit u ON u.id = o.unit_id
        JOIN orgs_supervision s ON s.organization_id = o.id AND upper_inf(s.recorded) AND upper_inf(s.period)
        WHERE u.parent_id <> s.unit_id"""
    assert asked(astray) == (0,)


def test_every_moment_is_of_the_seven_years():
    first, last, steps = asked("SELECT min(recorded_at), max(recorded_at), count(*) FROM cases_step")
    assert (first.year, last.year) == (2012, 2018)
    assert steps > 4_000


def test_the_report_as_known_on_its_day_states_the_ten_numbers_and_as_known_now_what_was_corrected():
    whole = Scope.of(Unit.objects.filter(parent=None).values_list("path", flat=True))
    told = producing.report(2017, scope=whole, known_at=DAY).as_dict()
    assert told["demonstration"] and told["known_at"] == "2017-12-29" and "corrections" not in told
    assert {each["key"]: each["value"] for each in told["figures"]} == {
        "organisations_applied": 34,
        "sittings": 3,
        "branches_approved": 21,
        "organisations_newly_covered": 26,
        "instructors_posted": 10,
        "organisations_instructed": 31,
        "organisations_entered": 1068,
        "organisation_coverage": 0.31,
        "instructed_new_party_organisations": 8,
        "instructed_newly_covered": 9,
    }
    assert all(each["day"] == "2017-12-29" and each["definition"] and each["unit"] for each in told["figures"])
    now = producing.report(2017, scope=whole, day=DAY).as_dict()
    coverage = next(each for each in now["corrections"] if each["key"] == "organisation_coverage")
    kinds = Counter(kind for each in coverage["records"] for kind in each["kinds"])
    assert {kind: kinds[kind] for kind in ("joined", "left", "came", "went")} == {
        "joined": 4,
        "left": 1,
        "came": 9,
        "went": 3,
    }
