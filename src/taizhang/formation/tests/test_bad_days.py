"""What goes wrong between the application and the resolution: each leaves nothing half done and says what to do."""

from datetime import date

import pytest
from django.db import OperationalError, connection

from taizhang.cases.models import Case, Step
from taizhang.formation import actions as formation
from taizhang.formation.models import Application, Kind, State
from taizhang.formation.sittings import advice
from taizhang.formation.telling import rules_changed, timers
from taizhang.formation.tests.asking import JULY, PROMISE, UNANIMOUS, accepted, drafted, members_of
from taizhang.kit.refusals import Refused
from taizhang.ledger.models import AsOf
from taizhang.meetings.models import AgendaItem
from taizhang.meetings.tests.sitting import AUGUST, NOVEMBER, committee_of, convened
from taizhang.members import actions as members
from taizhang.members import eligibility
from taizhang.members.models import Engagement, Membership
from taizhang.members.tests.people import MARCH, codes, employee
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode
from taizhang.papers.models import Paper
from taizhang.party.models import Affiliation, Coverage, PartyOrganization, PartyParticulars

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(world):
    return committee_of(world)


@pytest.fixture
def association(world):
    return world.organization("甲协会")


def scheduled(world, body, application, *, on=AUGUST, by=None):
    sitting = convened(body, by=by or world.clerk, on=on)
    return formation.schedule(application, sitting=sitting, on=on, by=by or world.clerk)


def refused(world, application, item) -> Refused:
    with pytest.raises(Refused) as refusal:
        formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
    application.refresh_from_db()
    assert application.state == State.SCHEDULED and not application.established
    return refusal


def test_a_proposed_member_leaves_the_organisation_before_the_sitting(world, body, association):
    people = members_of(world, association)
    application = accepted(world, association, people)
    item = scheduled(world, body, application)
    members.leave(Engagement.objects.get(person=people[2]), on=date(2017, 8, 1), by=world.clerk)
    refusal = refused(world, application, item)
    assert codes(refusal) == ["too-few"] and "已不在该社会组织从业" in str(refusal.value)


def test_a_proposed_members_relations_end_before_the_sitting(world, body, association):
    people = members_of(world, association)
    application = accepted(world, association, people)
    item = scheduled(world, body, application)
    members.end_membership(Membership.objects.get(person=people[1]), on=date(2017, 8, 1), by=world.clerk)
    refusal = refused(world, application, item)
    assert codes(refusal) == ["too-few"] and "没有党员组织关系记录" in str(refusal.value)


def test_a_proposed_member_transfers_away_before_the_sitting(world, body, association):
    """Held in whichever Party organisation of the system, a member counts, as in the figure; held outside it no longer does."""
    other = world.branch(world.organization("乙协会"))
    people = [
        employee(world, association, name, is_management=True, title="秘书长") for name in ("张三", "李四", "王五")
    ]
    for person in people:
        members.admit(person, party_organization=other, standing="full", on=MARCH, by=world.clerk)
    known = eligibility.of(AsOf(JULY), [association.pk])[association.pk]
    assert known.full("full_time") - known.outside("full_time") == 3
    application = drafted(world, association, [])
    for number, person in enumerate(people):
        position = "secretary" if number == 0 else ""
        formation.propose(application, person=person, relation="here", position=position, by=world.clerk)
    application = formation.accept(formation.submit(application, on=JULY, by=world.clerk), on=JULY, by=world.clerk)
    item = scheduled(world, body, application)
    assert advice(item) == {"outcome": "approved"}
    there = {"outside_name": "外省某支部", "unit": association.unit, "standing": "full", "on": date(2017, 8, 1)}
    members.admit(people[1], **there, by=world.clerk)
    refusal = refused(world, application, item)
    assert codes(refusal) == ["too-few"] and "李四组织关系已在外省某支部，不在本系统" in str(refusal.value)
    assert advice(item)["outcome"] == "refused"


def test_the_organisation_is_covered_elsewhere_before_the_sitting(world, body, association):
    application = accepted(world, association)
    item = scheduled(world, body, application)
    world.branch(association, world.organization("乙协会"), on=date(2017, 8, 1), name="中共乙联合支部")
    refusal = refused(world, application, item)
    assert codes(refusal) == ["already-covered"] and "中共乙联合支部" in str(refusal.value)
    assert Coverage.objects.current().filter(organization=association).count() == 1


def test_the_organisation_is_handed_over_while_the_case_is_open(world, body, association):
    application = accepted(world, association)
    item = scheduled(world, body, application)
    orgs.hand_over(
        association, to=world.education, mode=Mode.DUAL, on=date(2017, 8, 1), document="函〔2017〕7号", by=world.clerk
    )
    refusal = refused(world, application, item)
    assert codes(refusal) == ["not-the-responsible"] and "转交" in str(refusal.value.obstacles[0].remedy)
    formation.defer(application, item=item, by=world.clerk, note="责任单位已变更")
    application = formation.redirect(application, on=AUGUST, by=world.clerk)
    assert application.approving_unit == application.responsible_unit == world.education
    theirs = committee_of(world, unit=world.education, by=world.education_clerk, name="教育厅党组")
    item = scheduled(world, theirs, application, on=NOVEMBER, by=world.education_clerk)
    application = formation.approve(application, item=item, by=world.education_clerk, **UNANIMOUS)
    assert Affiliation.objects.current().get().superior == world.education
    assert application.notice.turn_unit == world.committee
    formation.acknowledge(application, on=NOVEMBER, by=world.clerk)
    application.notice.refresh_from_db()
    assert application.notice.closed_at


def test_the_rules_of_the_day_of_the_decision_govern_and_the_page_says_which_changed(world, body, client):
    """党章 art. 29 before 2017-10-24, art. 30 since."""
    association = world.organization("甲协会")
    application = accepted(world, association, on=date(2017, 10, 9))
    item = scheduled(world, body, application, on=NOVEMBER)
    changed = rules_changed(application.submitted_on, NOVEMBER)
    assert [(each.clause_before, each.clause_after) for each in changed] == [
        ("party-constitution-29", "party-constitution-30")
    ]
    formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
    client.force_login(world.clerk)
    assert "提交以后规定有变" in client.get(f"/formation/{application.pk}/").content.decode()


def test_a_limit_that_came_into_force_meanwhile_warns_in_the_resolution(world, body):
    """At most five organisations in a joint branch, since 2018-10-28."""
    organizations = [world.organization(f"第{number}协会") for number in range(6)]
    day, decided_on = date(2018, 10, 20), date(2018, 11, 5)
    people = [members_of(world, each, 1)[0] for each in organizations]
    application = formation.start(
        Kind.JOINT, organization=organizations[0], on=day, by=world.clerk, name="中共联合支部", form="joint_trade"
    )
    formation.keep(application, grounds="单独不足三名", by=world.clerk)
    for each in organizations[1:]:
        participant = formation.invite(application, organization=each, on=day, by=world.clerk)
        formation.consent(participant, on=day, by=world.clerk)
    for number, (person, each) in enumerate(zip(people, organizations, strict=True)):
        position = "secretary" if number == 0 else ""
        said = {"organization": each, "promise": PROMISE, "position": position, "by": world.clerk}
        formation.propose(application, person=person, **said)
    application = formation.accept(formation.submit(application, on=day, by=world.clerk), on=day, by=world.clerk)
    assert "warnings" not in Step.objects.get(case=application.case, verb="formation:submit").details
    item = scheduled(world, body, application, on=decided_on)
    application = formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
    warned = Step.objects.get(case=application.case, verb="meetings:resolve").details["warnings"]
    assert [(each["code"], each["basis"]) for each in warned] == [("joint-too-many", "branch-regulation-5")]
    assert Coverage.objects.current().filter(party_organization=application.established).count() == 6


def test_a_reply_is_due_within_a_month_since_the_rule_says_so(world, association):
    before = accepted(world, association, on=date(2018, 10, 20))
    assert list(timers(before)) == []
    since = accepted(world, world.organization("乙协会"), on=date(2018, 11, 5))
    (timer,) = timers(since)
    assert (timer.due_on, timer.basis) == (date(2018, 12, 5), "branch-regulation-7")
    assert timer.is_late(date(2018, 12, 6)) and not timer.is_late(date(2018, 12, 5))


def everything() -> list:
    """What an approval touches, row by row."""
    models = (Application, AgendaItem, Case, Step, Paper, PartyOrganization, PartyParticulars, Affiliation, Coverage)
    return [sorted(map(repr, model._base_manager.values_list())) for model in models]


class Broken:
    """Every statement but the first so many is answered by a broken connection."""

    def __init__(self, works: int):
        self.works, self.asked = works, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            return execute(sql, params, many, context)
        self.asked += 1
        if self.asked == self.works + 1:
            raise OperationalError(f"statement {self.asked} failed")
        return execute(sql, params, many, context)


def test_whichever_statement_of_an_approval_fails_nothing_of_it_is_there(world, body, association):
    application = accepted(world, association)
    item = scheduled(world, body, application)
    before, works = everything(), 0
    while True:
        broken = Broken(works)
        try:
            with connection.execute_wrapper(broken):
                formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)
            break
        except OperationalError:
            assert everything() == before, f"after {works} statements"
            works += 1
    assert works > 40
    application.refresh_from_db()
    assert application.state == State.APPROVED and Coverage.objects.current().count() == 1
