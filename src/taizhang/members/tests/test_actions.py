from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from taizhang.accounts.models import Role, User
from taizhang.cases.models import Case
from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of, version
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members import rules
from taizhang.members.models import Employment, Engagement, Membership, Person, Position, Post, Standing
from taizhang.members.tests.people import JUNE, MARCH, SEPTEMBER, codes, employee, member
from taizhang.orgs import actions as orgs
from taizhang.party import actions as party
from taizhang.party.models import PartyParticulars

DAY = timedelta(days=1)


@pytest.fixture
def association(world):
    return world.organization("甲协会")


@pytest.fixture
def branch(world, association):
    return world.branch(association)


def account(world, unit, role) -> User:
    return world.account(unit, role)


def where(person, on, known_at=None):
    fact = Membership.objects.as_of(AsOf(on, known_at)).filter(person=person).first()
    return fact and (str(fact.place), fact.standing)


# who sees whom


def test_names_are_seen_by_keepers_and_readers_and_not_by_operators_or_administrators(world, association, branch):
    person = member(world, association, branch)
    seers = [world.clerk, world.leader, account(world, association.unit, Role.UNIT_CLERK)]
    seers.append(account(world, branch.unit, Role.SECRETARY))
    blind = [world.outsider, world.administrator, world.education_clerk]
    blind += [account(world, association.unit, role) for role in (Role.OPERATOR, Role.UNIT_ADMIN)]
    assert [user.name for user in seers if person not in Person.objects.visible_to(user)] == []
    assert [user.name for user in blind if Person.objects.visible_to(user).exists()] == []
    assert [user.name for user in blind if Case.objects.visible_to(user).filter(title__contains="张三").exists()] == []


# on record


def test_somebody_new_works_and_has_relations_from_the_day_on(world, association, branch):
    person = member(world, association, branch, "李四", title="秘书长", is_management=True, joined_on=date(2010, 7, 1))
    assert where(person, MARCH) == ("中共甲协会支部", Standing.FULL) and where(person, MARCH - DAY) is None
    engagement = Engagement.objects.as_of(AsOf(MARCH)).get(person=person)
    assert (engagement.organization, engagement.title, engagement.is_management) == (association, "秘书长", True)


def test_somebody_belongs_somewhere_and_has_a_name(world, association):
    with pytest.raises(Refused) as refusal:
        members.enrol(name="张三", on=MARCH, by=world.clerk)
    assert codes(refusal) == ["belongs-nowhere"]
    with pytest.raises(Refused) as refusal:
        employee(world, association, " ")
    assert codes(refusal) == ["name-missing"]


def test_a_refused_part_takes_the_whole_entry_back(world, association):
    with pytest.raises(Refused):
        employee(world, association, standing=Standing.FULL)
    assert not Person.objects.exists() and not Engagement.objects.exists()


def test_nobody_is_entered_by_somebody_from_another_unit(world, association, branch):
    for stranger in (world.outsider, world.leader, world.administrator):
        with pytest.raises(PermissionDenied):
            employee(world, association, by=stranger)
        with pytest.raises(PermissionDenied):
            members.enrol(name="张三", party_organization=branch, standing=Standing.FULL, on=MARCH, by=stranger)


def test_a_name_is_put_right_and_nothing_is_not_put_right(world, association):
    person = employee(world, association)
    assert members.amend(person, unit=association.unit, name=" 张珊 ", on=JUNE, by=world.clerk).name == "张珊"
    with pytest.raises(Refused) as refusal:
        members.amend(person, unit=association.unit, name="张珊", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["nothing-changed"]
    with pytest.raises(Refused) as refusal:
        members.amend(person, unit=association.unit, name="", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["name-missing"]


def test_a_stranger_cannot_put_somebody_right_on_behalf_of_a_unit_of_their_own(world, association):
    person = employee(world, association)
    theirs = world.organization("乙协会", under=world.sports)
    with pytest.raises(PermissionDenied):
        members.amend(person, unit=theirs.unit, name="改", on=JUNE, by=world.outsider)
    with pytest.raises(PermissionDenied):
        members.engage(person, organization=theirs, employment=Employment.OFFICER, on=JUNE, by=world.outsider)


# engagement


def test_a_change_of_work_holds_from_its_day_and_leaving_ends_it_once(world, association):
    person = employee(world, association)
    engage = {"organization": association, "by": world.clerk}
    members.engage(person, employment=Employment.OFFICER, title="副会长", on=JUNE, **engage)
    titles = [Engagement.objects.as_of(AsOf(day)).get(person=person).title for day in (MARCH, JUNE)]
    assert titles == ["", "副会长"]
    current = Engagement.objects.still().get(person=person)
    members.leave(current, on=SEPTEMBER, by=world.clerk)
    assert not Engagement.objects.as_of(AsOf(SEPTEMBER)).filter(person=person).exists()
    with pytest.raises(Refused) as refusal:
        members.leave(Engagement.objects.current().get(person=person, title="副会长"), on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["already-ended"]


def test_nobody_works_where_nothing_is_yet_or_any_more(world, association):
    person = employee(world, association)
    later = world.organization("乙协会", registered_on=JUNE)
    with pytest.raises(Refused) as refusal:
        members.engage(person, organization=later, employment="gardener", on=MARCH, by=world.clerk)
    assert codes(refusal) == ["not-active-then", "employment-unknown"]
    orgs.strike_off(later, status="cancelled", on=SEPTEMBER, document="注销批复", by=world.clerk)
    with pytest.raises(Refused) as refusal:
        members.engage(person, organization=later, employment=Employment.OFFICER, on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["not-active-then"]


def test_a_late_entry_for_earlier_days_leaves_the_later_ones_and_what_was_known(world, association):
    person = employee(world, association, on=JUNE, title="秘书长")
    then = version()
    earlier = {"organization": association, "employment": Employment.PART_TIME, "on": MARCH, "by": world.clerk}
    with pytest.raises(Refused) as refusal:
        members.engage(person, **earlier)
    assert codes(refusal) == ["later-days-stated"] and "2017-06-01" in str(refusal.value)
    members.engage(person, until=JUNE, **earlier)
    held = {day: Engagement.objects.as_of(AsOf(day)).get(person=person).employment for day in (MARCH, JUNE)}
    assert held == {MARCH: Employment.PART_TIME, JUNE: Employment.FULL_TIME}
    assert not Engagement.objects.as_of(as_of(MARCH, then)).filter(person=person).exists()


# membership


def test_relations_move_to_another_branch_from_the_day_on(world, association, branch):
    person = member(world, association, branch)
    other = world.branch(world.organization("乙协会"))
    members.admit(person, party_organization=other, standing=Standing.FULL, on=JUNE, by=world.clerk)
    assert where(person, JUNE - DAY)[0] == "中共甲协会支部" and where(person, JUNE)[0] == "中共乙协会支部"


def test_every_reason_against_admitting_is_given_at_once(world, association):
    branch = world.branch(association, on=JUNE)
    person = employee(world, association)
    with pytest.raises(Refused) as refusal:
        members.admit(
            person,
            party_organization=branch,
            standing=Standing.PROBATIONARY,
            joined_on=SEPTEMBER,
            full_since=MARCH,
            on=MARCH,
            by=world.clerk,
        )
    assert codes(refusal) == [
        "party-not-existing-then",
        "joined-in-future",
        "probationary-and-full",
        "full-before-joined",
    ]


def test_relations_are_held_somewhere(world, association):
    person = employee(world, association)
    with pytest.raises(Refused) as refusal:
        members.admit(person, unit=association.unit, standing="", on=MARCH, by=world.clerk)
    assert codes(refusal) == ["place-missing", "standing-unknown"]


def test_a_unit_does_not_take_relations_away_from_a_branch_of_another(world, branch):
    theirs = world.organization("乙协会", under=world.education)
    other = world.branch(theirs, superior=world.education)
    person = employee(world, theirs)
    members.admit(person, party_organization=branch, standing=Standing.FULL, on=MARCH, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        members.admit(person, party_organization=other, standing=Standing.FULL, on=JUNE, by=world.education_clerk)
    assert codes(refusal) == ["held-elsewhere"] and "甲协会" not in str(refusal.value)


def test_a_probationary_member_becomes_full_here_and_where_the_relations_went_later(world, association, branch):
    person = member(world, association, branch, standing=Standing.PROBATIONARY, joined_on=date(2016, 6, 1))
    other = world.branch(world.organization("乙协会"))
    members.admit(person, party_organization=other, standing=Standing.PROBATIONARY, on=SEPTEMBER, by=world.clerk)
    members.become_full(person, on=JUNE, by=world.clerk)
    standings = [where(person, day) for day in (JUNE - DAY, JUNE, SEPTEMBER)]
    assert standings == [
        ("中共甲协会支部", Standing.PROBATIONARY),
        ("中共甲协会支部", Standing.FULL),
        ("中共乙协会支部", Standing.FULL),
    ]
    with pytest.raises(Refused) as refusal:
        members.become_full(person, on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["already-full"]


def test_nobody_becomes_full_without_relations_or_before_joining(world, association, branch):
    with pytest.raises(Refused) as refusal:
        members.become_full(employee(world, association), on=JUNE, by=world.clerk)
    assert codes(refusal) == ["no-membership"]
    person = member(world, association, branch, "李四", standing=Standing.PROBATIONARY, joined_on=MARCH)
    with pytest.raises(PermissionDenied):
        members.become_full(person, on=SEPTEMBER, by=world.outsider)


def test_the_day_of_becoming_full_is_not_before_the_day_of_joining():
    membership = Membership(standing=Standing.PROBATIONARY, joined_on=JUNE)
    found = list(rules.obstacles_to_becoming_full(membership, MARCH))
    assert [obstacle.code for obstacle in found] == ["full-before-joined"]


def test_relations_held_outside_are_kept_on_behalf_of_the_organisation(world):
    association = world.organization("乙协会", under=world.education)
    outside = {"outside_name": "某街道党工委", "standing": Standing.PROBATIONARY, "by": world.education_clerk}
    person = employee(world, association, **outside)
    members.become_full(person, on=JUNE, by=world.education_clerk)
    assert where(person, JUNE) == ("某街道党工委", Standing.FULL)
    held = Membership.objects.still().get(person=person)
    with pytest.raises(PermissionDenied):
        members.end_membership(held, on=SEPTEMBER, by=world.outsider)
    members.end_membership(held, on=SEPTEMBER, by=world.education_clerk)
    assert where(person, SEPTEMBER) is None


def test_relations_do_not_end_while_a_post_is_held(world, association, branch):
    person = member(world, association, branch)
    appointed(world, person, branch)
    held = Membership.objects.get(person=person)
    with pytest.raises(Refused) as refusal:
        members.end_membership(held, on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["posts-remain"] and "书记" in str(refusal.value)
    members.end_post(Post.objects.get(person=person), on=SEPTEMBER, by=world.clerk)
    members.end_membership(held, on=SEPTEMBER, by=world.clerk)
    assert where(person, SEPTEMBER) is None


def test_a_late_correction_of_a_membership_leaves_what_was_known(world, association, branch):
    person = member(world, association, branch, on=JUNE)
    then = version()
    fact = Membership.objects.get(person=person)
    members.correct(fact, since=MARCH, note="转接介绍信为3月", on=SEPTEMBER, by=world.clerk)
    assert where(person, MARCH) == ("中共甲协会支部", Standing.FULL)
    assert where(person, MARCH, as_of(MARCH, then).known_at) is None


def test_a_correction_keeps_to_the_conditions_and_says_why(world, association, branch):
    person = member(world, association, branch)
    fact = Membership.objects.get(person=person)
    correct = {"on": SEPTEMBER, "by": world.clerk}
    with pytest.raises(Refused) as refusal:
        members.correct(fact, note="", **correct)
    assert codes(refusal) == ["nothing-changed", "note-missing"]
    with pytest.raises(Refused) as refusal:
        members.correct(fact, since=date(2016, 1, 1), note="有误", **correct)
    assert codes(refusal) == ["party-not-existing-then"]
    theirs = world.branch(world.organization("乙协会", under=world.education), superior=world.education)
    unit_clerk = account(world, association.unit, Role.UNIT_CLERK)
    with pytest.raises(PermissionDenied):
        members.correct(fact, party_organization=theirs, note="有误", on=SEPTEMBER, by=unit_clerk)


def test_a_statement_entered_in_error_is_withdrawn_once_and_stays_readable(world, association, branch):
    person = member(world, association, branch)
    then = version()
    fact = Membership.objects.get(person=person)
    with pytest.raises(PermissionDenied):
        members.withdraw(fact, note="录错人", on=JUNE, by=world.outsider)
    members.withdraw(fact, note="录错人", on=JUNE, by=world.clerk)
    assert where(person, JUNE) is None and where(person, JUNE, as_of(JUNE, then).known_at)
    with pytest.raises(Refused) as refusal:
        members.withdraw(fact, note="录错人", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["changed-meanwhile"]


# posts


def appointed(world, person, branch, position=Position.SECRETARY, on=JUNE, **stated):
    stated = {"by": world.clerk, **stated}
    return members.appoint(person, party_organization=branch, position=position, on=on, **stated)


def test_there_is_one_secretary_at_a_time(world, association, branch):
    first, second = (member(world, association, branch, name) for name in ("张三", "李四"))
    appointed(world, first, branch, on=MARCH)
    with pytest.raises(Refused) as refusal:
        appointed(world, second, branch)
    assert codes(refusal) == ["post-held"] and "张三" in str(refusal.value)
    members.end_post(Post.objects.get(person=first), on=JUNE, by=world.clerk)
    appointed(world, second, branch)
    held = [Post.objects.as_of(AsOf(day)).get(position=Position.SECRETARY).person for day in (JUNE - DAY, JUNE)]
    assert held == [first, second]


def test_deputies_sit_on_seats_of_their_own_and_nobody_on_two(world, association, branch):
    first, second = (member(world, association, branch, name) for name in ("张三", "李四"))
    for person in (first, second):
        appointed(world, person, branch, Position.DEPUTY)
    assert set(Post.objects.values_list("seat", flat=True)) == {1, 2}
    with pytest.raises(Refused) as refusal:
        appointed(world, first, branch, Position.DEPUTY)
    assert codes(refusal) == ["post-held"]


def test_only_full_members_hold_posts_and_only_while_the_branch_exists(world, association):
    branch = world.branch(association, on=MARCH)
    person = member(world, association, branch, standing=Standing.PROBATIONARY)
    with pytest.raises(Refused) as refusal:
        appointed(world, person, branch, term_ends_on=JUNE)
    assert codes(refusal) == ["not-full-member", "term-ended"]
    with pytest.raises(Refused) as refusal:
        appointed(world, person, branch, on=date(2017, 2, 1))
    assert codes(refusal) == ["not-existing-then"]
    with pytest.raises(PermissionDenied):
        appointed(world, person, branch, by=world.outsider)


def test_a_late_entered_former_secretary_does_not_touch_the_present_one(world, association, branch):
    first, second = (member(world, association, branch, name, on=date(2017, 1, 1)) for name in ("张三", "李四"))
    appointed(world, second, branch, on=JUNE)
    with pytest.raises(Refused) as refusal:
        appointed(world, first, branch, on=MARCH)
    assert codes(refusal) == ["post-held"]
    appointed(world, first, branch, on=MARCH, until=JUNE)
    assert Post.objects.as_of(AsOf(MARCH)).get().person == first


# dissolving


def test_a_branch_is_dissolved_when_nobody_remains_and_not_twice(world, association, branch):
    person = member(world, association, branch)
    appointed(world, person, branch)
    with pytest.raises(Refused) as refusal:
        members.dissolve(branch, on=SEPTEMBER, by=world.clerk)
    assert codes(refusal) == ["members-remain", "posts-remain"] and "张三" in str(refusal.value)
    members.end_post(Post.objects.get(), on=SEPTEMBER, by=world.clerk)
    members.admit(
        person, outside_name="某街道党工委", unit=association.unit, standing=Standing.FULL, on=SEPTEMBER, by=world.clerk
    )
    members.dissolve(branch, on=SEPTEMBER, by=world.clerk)
    assert party.party_particulars_on(branch, SEPTEMBER) is None and party.affiliation_on(branch, SEPTEMBER) is None
    assert party.party_particulars_on(branch, SEPTEMBER - DAY)
    for on, code in ((SEPTEMBER, "not-existing-then"), (JUNE, "already-dissolved")):
        with pytest.raises(Refused) as refusal:
            members.dissolve(branch, on=on, by=world.clerk)
        assert codes(refusal) == [code]


def test_a_general_branch_is_not_dissolved_while_a_branch_belongs_to_it(world, association):
    general = world.branch(association, name="中共甲协会总支", level="general_branch")
    world.branch(world.organization("乙协会"), superior=general.unit)
    with pytest.raises(Refused) as refusal:
        members.dissolve(general, on=JUNE, by=world.clerk)
    assert codes(refusal) == ["subordinates-remain"] and "中共乙协会支部" in str(refusal.value)
    with pytest.raises(PermissionDenied):
        members.dissolve(general, on=JUNE, by=world.outsider)


def test_an_establishment_entered_in_error_is_withdrawn_unless_something_stands_on_it(world, association, branch):
    person = member(world, association, branch)
    with pytest.raises(Refused) as refusal:
        members.withdraw_establishment(branch, note="录错", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["stands-on-it"]
    members.withdraw(Membership.objects.get(person=person), note="录错", on=JUNE, by=world.clerk)
    with pytest.raises(PermissionDenied):
        members.withdraw_establishment(branch, note="录错", on=JUNE, by=world.education_clerk)
    members.withdraw_establishment(branch, note="录错", on=JUNE, by=world.clerk)
    assert not PartyParticulars.objects.current().filter(party_organization=branch).exists()
    with pytest.raises(Refused) as refusal:
        members.withdraw_establishment(branch, note="录错", on=JUNE, by=world.clerk)
    assert codes(refusal) == ["already-withdrawn"]
    assert world.branch(association, name="重新成立").unit.parent == association.unit
