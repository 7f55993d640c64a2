"""Bad days: nothing is lost, nothing enters twice, and there is a sentence for the person."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from taizhang.accounts.actions import end_grant
from taizhang.accounts.models import Role, User
from taizhang.declarations import actions
from taizhang.declarations.models import Declaration, Difference, State
from taizhang.declarations.telling import hands
from taizhang.declarations.tests.campaign import DAY, DUE, all_correct, known, of, opened, operator_of
from taizhang.declarations.tests.test_procedure import keep
from taizhang.kit.refusals import Refused
from taizhang.members.tests.people import codes
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode, Workforce

pytestmark = pytest.mark.django_db
JULY = date(2017, 7, 1)


@pytest.fixture
def organization(world):
    return known(world, world.organization("乙学会", under=world.education))


@pytest.fixture
def operator(world, organization):
    return operator_of(world, organization)


@pytest.fixture
def declaration(world, organization):
    opened(world)
    return of(organization)


def test_two_edit_one_draft(world, operator, declaration):
    """Different fields go together; the same field is refused with both values, and both people keep theirs."""
    seen = {"name": "乙学会", "has_union": False}
    keep(declaration, operator, name="乙研究会", since=JULY, seen={"name": "乙学会"})
    keep(declaration, world.education_clerk, record="workforce", has_union=True, seen={"has_union": False})
    with pytest.raises(Refused) as refusal:
        keep(declaration, world.education_clerk, name="乙联合会", seen=seen)
    assert codes(refusal) == ["both-changed"]
    assert "乙研究会" in str(refusal.value) and "乙联合会" in str(refusal.value) and "填报员" in str(refusal.value)
    assert Difference.objects.standing().get(field="name").new == "乙研究会"
    keep(declaration, world.education_clerk, name="乙联合会", seen={"name": "乙研究会"})
    assert Difference.objects.standing().get(field="name").new == "乙联合会"


def test_a_field_left_as_it_was_seen_does_not_undo_what_somebody_else_typed(world, operator, declaration):
    keep(declaration, operator, name="乙研究会", since=JULY)
    keep(declaration, world.education_clerk, name="乙学会", trade="教育", seen={"name": "乙学会", "trade": ""})
    assert dict(Difference.objects.standing().values_list("field", "new")) == {"name": "乙研究会", "trade": "教育"}


def test_submitting_what_somebody_else_changed_since_is_refused(world, operator, declaration):
    seen = Declaration.objects.get(pk=declaration.pk).version
    keep(declaration, world.education_clerk, name="乙研究会", since=JULY)
    with pytest.raises(Refused) as refusal:
        actions.submit(declaration, version=seen, on=DAY, by=operator)
    assert codes(refusal) == ["changed-meanwhile"] and "教育厅经办" in str(refusal.value)


def test_a_session_that_ends_in_the_middle_leaves_the_draft(client, world, operator, declaration):
    client.force_login(operator)
    saved = {"workforce-has_union": "on", "workforce-full_time": "5"}
    address = f"/declarations/{declaration.pk}/keep/workforce/"
    assert client.post(address, saved, headers={"HX-Request": "true"}).status_code == 200
    client.logout()
    assert client.post(address, {"workforce-has_union": ""}).status_code in (302, 401)
    client.force_login(operator)
    assert Difference.objects.standing().filter(field="has_union", new=True).exists()
    assert "建有工会" in client.get(f"/declarations/{declaration.pk}/").content.decode()


def test_the_same_submit_twice(world, operator, declaration):
    submitted = all_correct(declaration, by=operator)
    with pytest.raises(Refused) as refusal:
        all_correct(declaration, by=operator)
    assert codes(refusal) == ["submitted-already"]
    submitted.refresh_from_db()
    assert submitted.case.steps.filter(verb="declarations:submit").count() == 1
    with pytest.raises(PermissionDenied):
        actions.submit(declaration, on=DAY, by=world.outsider)


def test_accepting_twice_enters_once(world, operator, declaration):
    keep(declaration, operator, record="workforce", has_union=True)
    passed = actions.pass_on(all_correct(declaration, by=operator), on=DAY, by=world.education_clerk)
    actions.accept(passed, on=DAY, by=world.clerk)
    with pytest.raises(Refused):
        actions.accept(passed, on=DAY, by=world.clerk)
    assert Workforce.objects.filter(has_union=True).count() == 1


def test_the_deadline_passes_during_entry(world, operator, declaration):
    keep(declaration, operator, record="workforce", has_union=True)
    late = date(2018, 3, 2)
    with pytest.raises(Refused) as refusal:
        all_correct(declaration, by=operator, on=late)
    assert codes(refusal) == ["late-reason-missing"]
    submitted = all_correct(declaration, by=operator, on=late, late_reason="经办人病假")
    assert submitted.is_late and submitted.late_reason == "经办人病假"
    assert not all_correct_on_time(world, submitted).is_late


def all_correct_on_time(world, submitted):
    actions.take_back(submitted, on=DUE, by=world.education_clerk)
    return actions.submit(submitted, on=DUE, by=world.education_clerk)


def test_the_supervising_unit_changes_under_review(world, organization, operator, declaration):
    submitted = all_correct(declaration, by=operator)
    orgs.hand_over(organization, to=world.sports, mode=Mode.DUAL, on=DAY, document="函1号", by=world.clerk)
    with pytest.raises(PermissionDenied):
        actions.pass_on(submitted, on=DAY, by=world.education_clerk)
    assert list(Declaration.objects.awaiting(world.outsider)) == [submitted]
    told = hands(Declaration.objects.listed().get(pk=submitted.pk))
    assert told.who == "省体育局" and "省教育厅" in told.note
    assert actions.pass_on(submitted, on=DAY, by=world.outsider).state == State.WITH_COMMITTEE


def test_decoupled_under_review_the_committee_goes_on(world, organization, operator, declaration):
    submitted = all_correct(declaration, by=operator)
    orgs.hand_over(organization, to=world.committee, mode=Mode.DECOUPLED, on=DAY, document="函1号", by=world.clerk)
    passed = actions.pass_on(submitted, on=DAY, by=world.clerk)
    assert actions.accept(passed, on=DAY, by=world.clerk).state == State.ACCEPTED


def test_an_organisation_is_struck_off_with_one_open(world, organization, operator, declaration):
    keep(declaration, operator, record="workforce", has_union=True)
    orgs.strike_off(organization, status="cancelled", on=DAY, document="注1号", by=world.clerk)
    with pytest.raises(Refused) as refusal:
        all_correct(declaration, by=operator)
    assert "struck-off" in codes(refusal)
    assert [each.pk for each in actions.end_struck_off(by=None)] == [declaration.pk]
    assert actions.end_struck_off(by=None) == []
    declaration.refresh_from_db()
    assert declaration.state == State.ENDED and declaration.case.closed_at
    assert Difference.objects.standing().filter(declaration=declaration).exists()
    assert declaration.case.steps.last().by == world.clerk


def test_one_that_is_not_struck_off_does_not_end(world, declaration):
    with pytest.raises(Refused) as refusal:
        actions.end(declaration, on=DAY, by=world.clerk)
    assert codes(refusal) == ["not-struck-off"]


def test_a_reviewer_loses_the_role(world, operator, declaration):
    reviewer = world.account(world.education, Role.UNIT_REVIEWER, username="shenhe", name="审核")
    submitted = all_correct(declaration, by=operator)
    end_grant(reviewer.grants.get(), by=world.security)
    reviewer = User.objects.get(pk=reviewer.pk)
    with pytest.raises(PermissionDenied):
        actions.pass_on(submitted, on=DAY, by=reviewer)
    assert submitted in Declaration.objects.awaiting(world.education_clerk)
    end_grant(world.education_clerk.grants.get(), by=world.security)
    told = hands(Declaration.objects.listed().get(pk=submitted.pk))
    assert "没有审核人" in told.note and told.names == ["经办"]
    assert actions.pass_on(submitted, on=DAY, by=world.clerk).state == State.WITH_COMMITTEE


def test_the_ledger_changes_while_it_is_written(world, organization, operator, declaration):
    keep(declaration, operator, record="workforce", has_union=True)
    workforce = Workforce.objects.current().get(organization=organization)
    orgs.correct(workforce, has_union=True, note="查实", on=DAY, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        all_correct(declaration, by=operator)
    assert codes(refusal) == ["ledger-changed"]


def test_postgresql_keeps_the_table_of_states(world, declaration):
    for state in ("accepted", "with_committee"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Declaration.objects.filter(pk=declaration.pk).update(state=state)
