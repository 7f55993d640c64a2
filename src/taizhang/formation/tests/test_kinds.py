"""The other things that are applied for: joint, street, pooled, spin-off, change, merger, dissolution, election, extension."""

from datetime import date, timedelta

import pytest

from taizhang.accounts.models import UnitKind
from taizhang.accounts.scope import Scope
from taizhang.cases import actions as cases
from taizhang.cases.tests.papers import PDF
from taizhang.formation import actions as formation
from taizhang.formation.models import Kind, State
from taizhang.formation.tests.asking import PROMISE, UNANIMOUS, drafted, members_of
from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of
from taizhang.ledger.models import AsOf
from taizhang.meetings.models import AgendaItem
from taizhang.meetings.tests.sitting import AUGUST, NOVEMBER, committee_of, convened
from taizhang.members import actions as members
from taizhang.members.models import Membership, OutsidePartyOrganization, Position, Post
from taizhang.members.tests.people import MARCH, codes, member
from taizhang.orgs import actions as orgs
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.party.models import Affiliation, Coverage, Form, Nature, PartyParticulars
from taizhang.stats.figures import ask, totals
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db
JULY = date(2017, 7, 10)


@pytest.fixture
def body(world):
    return committee_of(world)


def decided(world, body, application, *, on=AUGUST):
    application = formation.submit(application, on=JULY, by=world.clerk)
    application = formation.accept(application, on=JULY, by=world.clerk)
    sitting = convened(body, by=world.clerk, on=on)
    item = formation.schedule(application, sitting=sitting, on=on, by=world.clerk)
    return formation.approve(application, item=item, by=world.clerk, **UNANIMOUS)


def about(world, kind, branch, **asked):
    asked = {"grounds": "按规定申请", **asked}
    return formation.start(kind, party_organization=branch, on=JULY, by=world.clerk, **asked)


def covers(branch, on=AUGUST) -> set[str]:
    rows = Coverage.objects.as_of(AsOf(on)).filter(party_organization=branch).select_related("organization__unit")
    return {str(each.organization) for each in rows}


def test_a_joint_one_needs_the_consent_of_each(world, body):
    first, second = world.organization("甲协会"), world.organization("乙协会")
    people = [*members_of(world, first, 2), *members_of(world, second, 1)]
    application = drafted(world, first, [], kind=Kind.JOINT, form=Form.JOINT_TRADE)
    participant = formation.invite(application, organization=second, on=JULY, by=world.clerk)
    for number, person in enumerate(people):
        said = {"promise": PROMISE, "position": Position.SECRETARY if number == 0 else ""}
        organization = first if number < 2 else second
        formation.propose(application, person=person, organization=organization, by=world.clerk, **said)
    with pytest.raises(Refused) as refusal:
        formation.submit(application, on=JULY, by=world.clerk)
    assert codes(refusal) == ["consent-missing"]
    formation.consent(participant, on=JULY, paper="同意函", by=world.clerk)
    application = decided(world, body, application)
    assert covers(application.established) == {"甲协会", "乙协会"}
    assert Paper.objects.get(case=application.case).addressees == ["甲协会", "乙协会"]


def test_one_of_several_units_is_the_committees_from_the_invitation_on(world, body):
    """Their clerks draft it, the committee decides it; nobody has to hand it on."""
    first = world.organization("甲协会", under=world.education)
    second, third = world.organization("乙协会", under=world.education), world.organization("丙协会")
    application = drafted(world, first, [], kind=Kind.JOINT, form=Form.JOINT_TRADE)
    told = [(application.approving_unit, application.responsible_unit)]
    invited = []
    for each in (second, third):
        participant = formation.invite(application, organization=each, on=JULY, by=world.clerk)
        invited.append(formation.consent(participant, on=JULY, by=world.clerk))
        application.refresh_from_db()
        told.append((application.approving_unit, application.responsible_unit))
    assert told == [(world.education,) * 2, (world.education,) * 2, (world.committee,) * 2]
    formation.disinvite(invited[1], on=JULY, by=world.clerk)
    application.refresh_from_db()
    assert application.approving_unit == world.education
    formation.consent(
        formation.invite(application, organization=third, on=JULY, by=world.clerk), on=JULY, by=world.clerk
    )
    for number, each in enumerate((first, second, third)):
        said = {"promise": PROMISE, "position": Position.SECRETARY if number == 0 else ""}
        person = members_of(world, each, 1)[0]
        formation.propose(application, person=person, organization=each, by=world.clerk, **said)
    application = decided(world, body, application)
    assert covers(application.established) == {"甲协会", "乙协会", "丙协会"} and application.notice is None


def test_a_street_one_is_functional_and_the_streets_decision_is_filed(world):
    street = orgs.create_unit(
        name="南街街道", kind=UnitKind.STREET, parent=world.committee, on=FIRST_DAY, by=world.clerk
    )
    first, second = world.organization("甲协会"), world.organization("乙协会")
    place = OutsidePartyOrganization.objects.create(name="南街街道社区支部", kind="street")
    application = drafted(world, first, [], kind=Kind.STREET, street=street)
    participant = formation.invite(application, organization=second, on=JULY, by=world.clerk)
    formation.consent(participant, on=JULY, by=world.clerk)
    for number, organization in enumerate([first, first, second]):
        person = members_of(world, organization, 1, first=number)[0]
        members.admit(person, outside=place, unit=organization.unit, standing="full", on=JULY, by=world.clerk)
        said = {"relation": "stays", "position": Position.SECRETARY if number == 0 else ""}
        formation.propose(application, person=person, organization=organization, by=world.clerk, **said)
    application = formation.accept(formation.submit(application, on=JULY, by=world.clerk), on=JULY, by=world.clerk)
    assert application.approving_unit == street and application.responsible_unit == world.committee
    assert application.is_mismatched  # flagged wherever the application is
    filed = {"decided_on": AUGUST, "document": "南街党〔2017〕5号", "on": AUGUST, "by": world.clerk}
    with pytest.raises(Refused) as refusal:
        formation.file_approval(application, **filed)
    assert codes(refusal) == ["scan-missing"]
    cases.attach(application.case, content=PDF, name="批复.pdf", title="批复扫描件", by=world.clerk)
    application = formation.file_approval(application, **filed)
    stated = PartyParticulars.objects.get(party_organization=application.established)
    assert (stated.nature, stated.approval, stated.since) == (Nature.FUNCTIONAL, "南街党〔2017〕5号", AUGUST)
    assert Paper.objects.get(case=application.case).kind == "filing"


def test_the_federations_joint_branch_takes_one_in_and_lets_it_go(world, body):
    federation, other, newcomer = (world.organization(name) for name in ("联合会", "甲协会", "乙协会"))
    pool = world.branch(federation, other, name="中共联合会联合支部")
    application = formation.start(
        Kind.POOLED, organization=newcomer, party_organization=pool, on=JULY, by=world.clerk, grounds="党员分散"
    )
    decided(world, body, application)
    assert covers(pool) == {"联合会", "甲协会", "乙协会"}
    assert Coverage.objects.current().get(organization=newcomer).form == Form.ATTACHED

    people = [member(world, other, pool, name) for name in ("张三", "李四", "王五")]
    application = formation.start(
        Kind.SPIN_OFF,
        organization=other,
        party_organization=pool,
        on=JULY,
        by=world.clerk,
        name="中共甲协会支部委员会",
        grounds="已有三名",
    )
    for number, person in enumerate(people):
        position = Position.SECRETARY if number == 0 else ""
        formation.propose(application, person=person, relation="here", position=position, by=world.clerk)
    application = decided(world, body, application)
    assert covers(pool) == {"联合会", "乙协会"} and covers(application.established) == {"甲协会"}
    assert covers(pool, on=date(2017, 8, 24)) == {"联合会", "甲协会"}


def test_name_and_affiliation_change_from_the_day_of_the_sitting(world, body):
    branch = world.branch(world.organization("甲协会"), name="中共甲协会支部")
    unchanged = about(world, Kind.CHANGE, branch, name="中共甲协会支部")
    with pytest.raises(Refused) as refusal:
        decided(world, body, unchanged)
    assert codes(refusal) == ["nothing-changed"]
    application = about(world, Kind.CHANGE, branch, name="中共甲协会总支部")
    application = decided(world, committee_of(world, name="另一次"), application)
    stated = PartyParticulars.objects.current().filter(party_organization=branch).order_by("period")
    assert [(each.name, each.since) for each in stated] == [
        ("中共甲协会支部", FIRST_DAY),
        ("中共甲协会总支部", AUGUST),
    ]
    letter = Paper.objects.get(case=application.case)
    assert letter.kind == "approval" and "名称变更为中共甲协会总支部" in letter.body
    application = formation.conclude(settle(world, application), on=AUGUST, by=world.clerk)
    assert application.state == State.CLOSED


def test_dissolving_waits_until_everybody_has_a_place(world, body):
    branch = world.branch(world.organization("甲协会"))
    person = member(world, world.organization("丙协会"), branch, "张三")
    post = {"party_organization": branch, "position": Position.SECRETARY, "on": MARCH, "by": world.clerk}
    members.appoint(person, **post)
    dissolution = about(world, Kind.DISSOLVE, branch)
    with pytest.raises(Refused) as refusal:
        decided(world, body, dissolution)
    assert codes(refusal) == ["members-remain", "posts-remain"] and "张三" in str(refusal.value)
    members.end_post(Post.objects.current().get(), on=JULY, by=world.clerk)
    members.admit(person, outside_name="外单位支部", unit=branch.unit, standing="full", on=JULY, by=world.clerk)
    item = AgendaItem.objects.get(case=dissolution.case)
    formation.approve(dissolution, item=item, by=world.clerk, **UNANIMOUS)
    assert covers(branch) == set()
    assert not PartyParticulars.objects.as_of(AsOf(AUGUST)).filter(party_organization=branch).exists()


def test_merging_takes_the_members_along_from_the_day_of_the_sitting(world, body):
    branch, other = (world.branch(world.organization(name)) for name in ("甲协会", "乙协会"))
    people = [member(world, world.organization(f"第{name}协会"), branch, name) for name in ("张三", "李四")]
    post = {"party_organization": branch, "position": Position.SECRETARY, "on": MARCH, "by": world.clerk}
    members.appoint(people[0], **post)
    merger = decided(world, body, about(world, Kind.MERGE, branch, into=other))
    warned = merger.case.steps.get(verb="meetings:resolve").details["warnings"]
    assert [each["code"] for each in warned] == ["members-carried-over"] and "2名党员" in warned[0]["reason"]
    assert covers(other) == {"甲协会", "乙协会"} and covers(branch) == set()
    before, after = AsOf(AUGUST - timedelta(1)), AsOf(AUGUST)
    for at, held_in in ((before, branch), (after, other)):
        held = Membership.objects.as_of(at).filter(person__in=people)
        assert {each.party_organization for each in held} == {held_in} and len(held) == 2
    assert Post.objects.as_of(before).count() == 1 and not Post.objects.as_of(after).exists()
    assert not PartyParticulars.objects.as_of(after).filter(party_organization=branch).exists()


def test_a_term_is_extended_by_a_year_at_most(world, body):
    branch = world.branch(world.organization("甲协会"))
    person = member(world, world.organization("丙协会"), branch, "张三")
    post = {"party_organization": branch, "position": Position.SECRETARY, "on": MARCH, "by": world.clerk}
    members.appoint(person, term_ends_on=date(2017, 9, 1), **post)
    with pytest.raises(Refused) as refusal:
        decided(world, body, about(world, Kind.EXTENSION, branch, extended_until=date(2018, 9, 2)))
    assert codes(refusal) == ["too-long"]
    application = about(world, Kind.EXTENSION, branch, extended_until=date(2018, 9, 1))
    application = decided(world, committee_of(world, name="另一次"), application)
    assert Post.objects.as_of(AsOf(AUGUST)).get().term_ends_on == date(2018, 9, 1)
    assert Post.objects.as_of(AsOf(date(2017, 8, 24))).get().term_ends_on == date(2017, 9, 1)


def test_extended_twice_a_term_is_still_a_year_longer_at_most(world):
    branch = world.branch(world.organization("甲协会"))
    person = member(world, world.organization("丙协会"), branch, "张三")
    post = {"party_organization": branch, "position": Position.SECRETARY, "on": MARCH, "by": world.clerk}
    members.appoint(person, term_ends_on=date(2017, 9, 1), **post)
    bodies = (committee_of(world, name=f"第{number}次") for number in range(3))
    decided(world, next(bodies), about(world, Kind.EXTENSION, branch, extended_until=date(2018, 3, 1)))
    once_more = about(world, Kind.EXTENSION, branch, extended_until=date(2018, 9, 2))
    with pytest.raises(Refused) as refusal:
        decided(world, next(bodies), once_more, on=NOVEMBER)
    assert codes(refusal) == ["too-long"] and "本届2017-09-01届满，共延期366天" in str(refusal.value)
    rest = about(world, Kind.EXTENSION, branch, extended_until=date(2018, 9, 1))
    decided(world, next(bodies), rest, on=NOVEMBER)
    assert Post.objects.as_of(AsOf(NOVEMBER)).get().term_ends_on == date(2018, 9, 1)


def test_the_form_changes_except_to_one_that_does_not_fit_what_is_covered(world, body):
    federation, other, attached = (world.organization(name) for name in ("联合会", "甲协会", "乙协会"))
    branch = world.branch(federation, other, name="中共联合会联合支部")
    pooled = {"organization": attached, "party_organization": branch, "grounds": "党员分散"}
    decided(world, body, formation.start(Kind.POOLED, on=JULY, by=world.clerk, **pooled))
    alone = about(world, Kind.CHANGE, branch, form=Form.SINGLE)
    with pytest.raises(Refused) as refusal:
        decided(world, committee_of(world, name="第二次"), alone)
    assert codes(refusal) == ["single-covers-one"]
    decided(world, committee_of(world, name="第三次"), about(world, Kind.CHANGE, branch, form=Form.JOINT_REGION))
    forms = dict(Coverage.objects.as_of(AsOf(AUGUST)).values_list("organization__unit__name", "form"))
    assert forms == {"联合会": Form.JOINT_REGION, "甲协会": Form.JOINT_REGION, "乙协会": Form.ATTACHED}


def test_affiliation_changes_from_the_day_of_the_sitting(world, body):
    branch = world.branch(world.organization("甲协会"), world.organization("乙协会"))
    decided(world, body, about(world, Kind.CHANGE, branch, superior=world.education))
    for day, superior in ((date(2017, 8, 24), world.committee), (AUGUST, world.education)):
        assert Affiliation.objects.as_of(AsOf(day)).get(party_organization=branch).superior == superior
    branch.unit.refresh_from_db()
    assert branch.unit.parent == world.education


def test_what_was_taken_in_by_mistake_is_let_go_by_a_later_sitting(world, body):
    federation, other, newcomer = (world.organization(name) for name in ("联合会", "甲协会", "乙协会"))
    pool = world.branch(federation, other, name="中共联合会联合支部")
    asked = {"organization": newcomer, "party_organization": pool, "grounds": "党员分散"}
    application = decided(world, body, formation.start(Kind.POOLED, on=JULY, by=world.clerk, **asked))
    sitting = convened(body, by=world.clerk, on=NOVEMBER)
    item = formation.schedule(application, sitting=sitting, on=NOVEMBER, by=world.clerk, reopens=True)
    assert formation.reverse(application, item=item, by=world.clerk, **UNANIMOUS).state == State.REVERSED
    assert covers(pool) == {"联合会", "甲协会", "乙协会"} and covers(pool, on=NOVEMBER) == {"联合会", "甲协会"}


def test_a_functional_one_is_beside_the_formal_one_and_counts_for_itself(world, body):
    association = world.organization("甲协会")
    world.branch(association)
    people = members_of(world, association)
    application = drafted(world, association, [], nature=Nature.FUNCTIONAL)
    for number, person in enumerate(people):
        position = Position.SECRETARY if number == 0 else ""
        formation.propose(application, person=person, relation="stays", position=position, by=world.clerk)
    whole = Scope((world.committee.path,))
    before = totals(ask("organisation_coverage", as_of(AUGUST), whole)).counted
    application = decided(world, body, application)
    assert Coverage.objects.as_of(AsOf(AUGUST)).filter(organization=association).count() == 2
    assert totals(ask("organisation_coverage", as_of(AUGUST), whole)).counted == before == 1


def test_at_the_end_of_its_term_a_branch_elects_anew(world, body):
    branch = world.branch(world.organization("甲协会"))
    people = [member(world, world.organization(f"第{name}协会"), branch, name) for name in ("张三", "李四")]
    post = {"party_organization": branch, "position": Position.SECRETARY, "on": MARCH, "by": world.clerk}
    members.appoint(people[0], term_ends_on=date(2017, 9, 1), **post)
    application = about(world, Kind.REELECTION, branch)
    application = decided(world, body, application)
    application = settle(world, application)
    day = date(2017, 9, 5)
    said = {"elected_on": day, "on": day, "by": world.clerk}
    few = {"entitled": 10, "present": 8, "results": [(people[1], Position.SECRETARY, 4)]}
    with pytest.raises(Refused) as refusal:
        formation.record_result(application, **said, **few)
    assert codes(refusal) == ["too-few-voters", "not-elected"]
    enough = {"entitled": 10, "present": 9, "results": [(people[1], Position.SECRETARY, 6)]}
    application = formation.record_result(application, **said, **enough)
    with pytest.raises(Refused) as refusal:
        formation.agree_result(application, on=day, years=5, by=world.clerk)
    assert codes(refusal) == ["not-the-term"]
    application = formation.agree_result(application, on=day, years=2, by=world.clerk)
    held = Post.objects.as_of(AsOf(day)).get()
    assert (held.person, held.since, held.term_ends_on) == (people[1], day, date(2019, 9, 5))
    assert Post.objects.as_of(AsOf(date(2017, 9, 4))).get().person == people[0]
    assert application.state == State.CLOSED


def settle(world, application):
    """The letter went out on paper: the draft here is given up, its number is entered."""
    for paper in Paper.objects.filter(case=application.case, state="draft"):
        papers.withdraw(paper, on=AUGUST, by=world.clerk, note="线下发文")
    return formation.reply(application, letter="某社党〔2017〕9号", on=AUGUST, by=world.clerk)


def test_temporary_ones_need_no_transfer(world, body):
    association = world.organization("甲协会")
    people = members_of(world, association)
    application = drafted(world, association, [], nature=Nature.TEMPORARY)
    for number, person in enumerate(people):
        position = Position.SECRETARY if number == 0 else ""
        formation.propose(application, person=person, relation="stays", position=position, by=world.clerk)
    application = decided(world, body, application)
    assert PartyParticulars.objects.get(party_organization=application.established).nature == Nature.TEMPORARY
