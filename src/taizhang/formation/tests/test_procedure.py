"""From an application to a branch: accepted, put to a sitting, approved or refused, replied to, elected, closed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, transaction

from taizhang.accounts.models import Role
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.cases.tests.papers import PDF
from taizhang.formation import actions as formation
from taizhang.formation.models import TRANSITIONS, Application, Kind, State
from taizhang.formation.sittings import decide, waiting
from taizhang.formation.tests.asking import AGAINST, JULY, UNANIMOUS, accepted, drafted, members_of
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import Outcome
from taizhang.meetings.tests.sitting import AUGUST, DECEMBER, NOVEMBER, attending, committee_of, convened
from taizhang.members.models import Position, Post
from taizhang.members.tests.people import codes
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.party.models import Affiliation, Coverage, PartyParticulars

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(world):
    return committee_of(world)


@pytest.fixture
def association(world):
    return world.organization("甲协会")


def approved(world, body, application, *, on=AUGUST):
    sitting = convened(body, by=world.clerk, on=on)
    item = formation.schedule(application, sitting=sitting, on=on, by=world.clerk)
    return formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)


def issue_letter(world, application):
    """Drafted with the decision; checked, signed and issued by three people."""
    papers.set_agency(world.committee, name="综合党委", code="某社党", since=JULY, on=JULY, by=world.clerk)
    letter = Paper.objects.get(case=application.case)
    checker = world.account(world.committee, Role.REVIEWER, username="hegao", name="核稿")
    papers.check(letter, on=AUGUST, by=checker)
    papers.sign(letter, on=date(2017, 8, 28), by=world.leader)
    return papers.issue(letter, on=date(2017, 8, 28), by=world.clerk)


def test_an_approved_application_is_a_branch_from_the_day_of_the_sitting(world, body, association):
    application = accepted(world, association)
    assert application.number == "2017-0001"
    assert list(waiting(world.clerk, body)) == [application.case]
    application = approved(world, body, application)
    assert (application.state, application.decided_on) == (State.APPROVED, AUGUST)
    for model in (PartyParticulars, Affiliation, Coverage):
        fact = model.objects.get(party_organization=application.established)
        assert (fact.since, fact.until, fact.step.case_id) == (AUGUST, None, application.case_id)
    assert not Coverage.objects.as_of(AsOf(date(2017, 8, 24))).filter(organization=association).exists()
    step = Step.objects.get(case=application.case, verb="meetings:resolve")
    assert "赞成9，反对0，弃权0" in step.note and step.on == AUGUST
    assert not waiting(world.clerk, body).exists()


def test_the_elected_hold_their_posts_from_the_day_the_result_is_agreed(world, body, association):
    application = approved(world, body, accepted(world, association))
    with pytest.raises(Refused) as refusal:
        formation.reply(application, on=date(2017, 8, 28), by=world.clerk)
    assert codes(refusal) == ["number-missing"]
    letter = issue_letter(world, application)
    application = formation.reply(application, on=date(2017, 8, 28), by=world.clerk)
    assert application.letter == letter.number == "某社党函〔2017〕1号"
    people = [each.person for each in application.nominees.all()]
    result = {"elected_on": date(2017, 9, 5), "entitled": 3, "present": 3, "on": date(2017, 9, 6), "by": world.clerk}
    results = [(people[0], Position.SECRETARY, 3)]
    application = formation.record_result(application, results=results, **result)
    assert application.case.closed_at is None and not Post.objects.exists()
    application = formation.agree_result(application, on=date(2017, 9, 11), by=world.clerk)
    post = Post.objects.get()
    assert (post.person, post.since, post.term_ends_on) == (people[0], date(2017, 9, 11), date(2020, 9, 5))
    assert application.state == State.CLOSED and application.case.closed_at


def test_a_refusal_carries_reasons_and_the_next_step_and_what_is_asked_again_is_linked(world, body, association):
    application = accepted(world, association, members_of(world, association, 2))
    sitting = convened(body, by=world.clerk)
    item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    assert "正式党员2名，还差1名" in item.report
    with pytest.raises(Refused) as refusal:
        formation.refuse_application(application, item=item, by=world.clerk, against=9)
    assert {"reasons-missing", "next-step-missing"} <= set(codes(refusal))
    application = formation.refuse_application(application, item=item, by=world.clerk, **AGAINST)
    assert (application.state, application.reasons, application.next_step) == (
        State.REFUSED,
        "正式党员不足3名",
        "与相近单位联合组建",
    )
    assert not Coverage.objects.exists()
    again = formation.start(Kind.SINGLE, organization=association, resubmits=application, on=NOVEMBER, by=world.clerk)
    assert again.resubmits == application
    letter = issue_letter(world, application)
    assert letter.kind == "reply_refusal" and "正式党员不足3名" in letter.body and "与相近单位联合组建" in letter.body
    formation.answer(application, on=date(2017, 8, 30), by=world.clerk)
    application.refresh_from_db()
    assert application.case.closed_at


def test_what_does_not_meet_the_standard_cannot_be_approved_and_every_reason_is_told(world, body, association):
    application = accepted(world, association, members_of(world, association, 2))
    world.branch(association, on=date(2017, 8, 1))
    with pytest.raises(Refused) as refusal:
        approved(world, body, application)
    assert codes(refusal) == ["already-covered", "too-few"]
    application.refresh_from_db()
    assert application.state == State.SCHEDULED


def test_everything_an_application_lacks_is_told_at_once(world, association):
    application = formation.start(Kind.SINGLE, organization=association, on=JULY, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        formation.submit(application, on=JULY, by=world.clerk)
    assert codes(refusal) == ["name-missing", "nobody-proposed", "secretary-missing", "grounds-missing"]
    assert application.number == ""


def test_one_is_proposed_as_secretary_and_may_be_replaced(world, association):
    application = drafted(world, association)
    first, second, _ = (each.person for each in application.nominees.all())
    with pytest.raises(Refused) as refusal:
        formation.propose(application, person=second, position=Position.SECRETARY, by=world.clerk)
    assert codes(refusal) == ["secretary-already"] and refusal.value.obstacles[0].where == "position"
    formation.propose(application, person=first, by=world.clerk)
    formation.propose(application, person=second, position=Position.SECRETARY, by=world.clerk)
    assert application.nominees.get(position=Position.SECRETARY).person == second


def test_a_deferred_one_waits_for_another_sitting(world, body, association):
    application = accepted(world, association)
    sitting = convened(body, by=world.clerk)
    item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    decide(item, outcome=Outcome.DEFERRED, note="材料待核", by=world.clerk)
    application.refresh_from_db()
    assert application.state == State.ACCEPTED
    assert approved(world, body, application, on=NOVEMBER).decided_on == NOVEMBER


def test_a_mistaken_approval_is_reversed_by_a_later_sitting_and_both_stay_visible(world, body, association):
    application = approved(world, body, accepted(world, association))
    later = convened(body, by=world.clerk, on=DECEMBER)
    same_day = convened(body, by=world.clerk, on=AUGUST)
    with pytest.raises(Refused) as refusal:
        formation.schedule(application, sitting=same_day, on=AUGUST, by=world.clerk, reopens=True)
    assert codes(refusal) == ["not-a-later-sitting"]
    item = formation.schedule(application, sitting=later, on=DECEMBER, by=world.clerk, reopens=True)
    decide(item, outcome=Outcome.APPROVED, note="审批有误", by=world.clerk, **UNANIMOUS)
    application.refresh_from_db()
    assert application.state == State.REVERSED
    coverage = Coverage.objects.current().get()
    assert (coverage.since, coverage.until) == (AUGUST, DECEMBER)
    verbs = list(application.case.steps.values_list("verb", flat=True))
    assert verbs.count("meetings:resolve") == 2


def test_nothing_is_decided_before_it_was_asked_for(world, body, association):
    application = accepted(world, association, on=AUGUST + timedelta(1))
    with pytest.raises(Refused) as refusal:
        approved(world, body, application)
    assert codes(refusal) == ["before-submission"]
    sitting = convened(body, by=world.clerk, on=NOVEMBER, present=None)
    item = formation.schedule(application, sitting=sitting, on=NOVEMBER, by=world.clerk)
    sitting = meetings.postpone(sitting, held_on=AUGUST, on=NOVEMBER, by=world.clerk)
    sitting = meetings.begin(attending(sitting, 9, by=world.clerk), on=AUGUST, by=world.clerk)
    item.sitting = sitting
    for outcome, vote in ((Outcome.APPROVED, UNANIMOUS), (Outcome.REFUSED, AGAINST)):
        with pytest.raises(Refused) as refusal:
            decide(item, outcome=outcome, by=world.clerk, **vote)
        assert codes(refusal) == ["before-submission"]


def test_what_the_committee_decides_is_not_filed_as_decided_elsewhere(world, association):
    """Else one clerk could grant it without a sitting."""
    application = accepted(world, association)
    cases.attach(application.case, content=PDF, name="批复.pdf", title="批复扫描件", by=world.clerk)
    filed = {"decided_on": AUGUST, "document": "某党〔2017〕5号", "on": AUGUST, "by": world.clerk}
    for verb, more in (
        (formation.file_approval, {}),
        (formation.file_refusal, {"reasons": "不足三名", "next_step": "联合组建"}),
    ):
        with pytest.raises(Refused) as refusal:
            verb(application, **filed, **more)
        assert codes(refusal) == ["decided-here"]
    assert not Coverage.objects.exists()


def test_where_nothing_is_elected_no_result_is_recorded(world, body, association):
    branch = world.branch(association, name="中共甲协会支部")
    asked = {"party_organization": branch, "name": "中共甲协会总支部", "grounds": "更名"}
    application = formation.start(Kind.CHANGE, on=JULY, by=world.clerk, **asked)
    application = formation.accept(formation.submit(application, on=JULY, by=world.clerk), on=JULY, by=world.clerk)
    application = approved(world, body, application)
    for paper in Paper.objects.filter(case=application.case):
        papers.withdraw(paper, on=AUGUST, by=world.clerk, note="线下发文")
    application = formation.reply(application, letter="某社党〔2017〕9号", on=AUGUST, by=world.clerk)
    person = members_of(world, association, 1)[0]
    result = {"elected_on": AUGUST, "entitled": 3, "present": 3, "on": AUGUST, "by": world.clerk}
    with pytest.raises(Refused) as refusal:
        formation.record_result(application, results=[(person, Position.SECRETARY, 3)], **result)
    assert codes(refusal) == ["nothing-to-elect"]


def test_the_database_keeps_the_table_of_states(world, association):
    application = drafted(world, association)
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state=State.APPROVED)
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        Application.objects.create(
            case=cases.open_case("formation:application", "伪造", unit=association.unit, by=world.clerk),
            kind=Kind.SINGLE,
            state=State.APPROVED,
            approving_unit=world.committee,
            responsible_unit=world.committee,
        )
    formation.submit(application, on=JULY, by=world.clerk)
    formation.accept(application, on=JULY, by=world.clerk)
    with pytest.raises(IntegrityError, match="refusal_says_why"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state=State.REFUSED)
    with pytest.raises(IntegrityError, match="granted_has_effect"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state=State.APPROVED)


def test_every_state_can_be_reached_and_left_as_the_table_says():
    reached, frontier = {State.DRAFT}, {State.DRAFT}
    while frontier:
        frontier = {State(to) for origins, to in TRANSITIONS.values() if origins & frontier} - reached
        reached |= frontier
    assert reached == set(State)


def test_the_wrong_person_may_not(world, body, association):
    application = accepted(world, association)
    sitting = convened(body, by=world.clerk)
    item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    for verb in (formation.approve, formation.refuse_application, formation.defer):
        with pytest.raises(PermissionDenied):
            verb(application, item=item, by=world.outsider)
    with pytest.raises(PermissionDenied):
        meetings.close(sitting, on=AUGUST, by=world.education_clerk)


def test_twice_is_refused(world, body, association):
    application = accepted(world, association)
    sitting = convened(body, by=world.clerk)
    item = formation.schedule(application, sitting=sitting, on=AUGUST, by=world.clerk)
    formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
    with pytest.raises(Refused) as refusal:
        formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
    assert codes(refusal) == ["not-in-that-state"]
