"""Checks name the records of which they do not hold, and why; a year's account adds up, and corrections since are told apart."""

from datetime import date

import pytest

from taizhang.ledger.asking import as_of
from taizhang.members import actions as members
from taizhang.orgs import actions as orgs
from taizhang.party import actions as party
from taizhang.party.models import Coverage, PartyParticulars
from taizhang.stats import bridging, checking
from taizhang.stats.figures import ask
from taizhang.stats.tests import story as told
from taizhang.stats.tests.story import YEAR_END
from taizhang.statutes import edition


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


def failing(story, key: str, day=YEAR_END, user=None) -> dict[str, str]:
    user = user or story.world.clerk
    return {each.label: each.cause for each in checking.failures(checking.checks()[key], as_of(day), user.scope)}


def test_every_check_and_bridge_rests_on_a_clause_of_the_statutes():
    known = {entry["key"] for entry in edition.read().clauses}
    rest = [*checking.checks().values(), *bridging.bridges().values()]
    assert [each.clause for each in rest if each.clause not in known] == []


def test_a_secretary_who_is_no_member_of_the_branch_is_named_by_the_branch(story):
    known = told.people(story)
    clerk, branch = story.world.clerk, story.branches["单独"]
    members.appoint(known["丙一"], party_organization=branch, position="secretary", on=date(2017, 4, 1), by=clerk)
    assert failing(story, "secretary_on_both_cards") == {}
    held = told.held(known["丙一"])
    members.correct(held, on=date(2018, 2, 1), note="抄错", by=clerk, since=date(2018, 1, 15))
    [cause] = failing(story, "secretary_on_both_cards").values()
    assert "自2018-01-15起才有记录" in cause


def test_a_branch_without_enough_members_and_a_cover_of_one_not_entered_are_found(story):
    told.people(story)
    assert "中共单独协会支部" in failing(story, "branch_has_enough")
    story.world.branch(story.organizations["未录"], on=date(2017, 12, 1))
    assert failing(story, "covered_within_base")["未录协会"].startswith("还没有录入")


def test_declared_heads_are_held_against_each_other_and_against_the_ledger(story):
    told.people(story)
    said = {"full_time": 2, "part_time": 0, "leaders": 1, "party_members": 3, "applicants": 1}
    orgs.declare_workforce(story.organizations["未建"], **said, on=date(2017, 5, 1), by=story.world.clerk)
    assert "少于党员3名加申请人1名" in failing(story, "staff_at_least_members")["未建协会"]
    assert failing(story, "declared_members_on_record") == {}
    orgs.declare_workforce(
        story.organizations["未建"], **{**said, "party_members": 5}, on=date(2017, 6, 1), by=story.world.clerk
    )
    assert "可能有2名党员没有录入" in failing(story, "declared_members_on_record")["未建协会"]


def test_the_places_of_members_add_up_to_those_declared(story):
    organization, clerk = story.organizations["未建"], story.world.clerk
    said = {"full_time": 6, "part_time": 0, "leaders": 1, "applicants": 0}
    orgs.declare_workforce(organization, **said, party_members=3, on=date(2017, 5, 1), by=clerk)
    orgs.declare_breakdown(organization, held_locality=1, held_employer=2, on=date(2017, 5, 1), by=clerk)
    assert failing(story, "places_add_up") == {}
    orgs.declare_workforce(organization, **said, party_members=5, on=date(2017, 6, 1), by=clerk)
    assert failing(story, "places_add_up")["未建协会"] == (
        "各处合计3名，申报党员5名；申报数自2017-06-01起改过，明细可能没有跟着改"
    )
    orgs.declare_breakdown(organization, held_locality=1, held_employer=3, on=date(2017, 6, 1), by=clerk)
    assert failing(story, "places_add_up")["未建协会"].endswith("可能有1名没有写明组织关系在何处")


def test_a_joint_branch_is_counted_once_and_one_left_alone_is_told(story):
    june = failing(story, "joint_branch_counted_once", day=date(2017, 6, 1))
    assert june == {"中共联合一协会联合支部": "记为联合组建，却只覆盖1家；其余单位可能漏记"}
    assert failing(story, "joint_branch_counted_once") == {}
    gone = Coverage.objects.still().get(organization=story.organizations["联合二"])
    party.uncover(gone, on=date(2017, 12, 10), by=story.world.clerk)
    [cause] = failing(story, "joint_branch_counted_once").values()
    assert cause == "记为联合组建，其余1家的覆盖已终止，只剩1家；可能应改为单独组建"


def test_a_branch_without_anybody_and_a_reason_beside_a_branch_are_told(story):
    organization = story.organizations["单独"]
    assert failing(story, "party_organisation_covers") == {} == failing(story, "reason_only_without")
    party.uncover(Coverage.objects.still().get(organization=organization), on=date(2017, 12, 1), by=story.world.clerk)
    told = failing(story, "party_organisation_covers")["中共单独协会支部"]
    assert told == "原覆盖于2017-12-01终止，党组织没有随之撤销"
    story.world.branch(story.organizations["未建"], on=date(2017, 12, 1))
    assert failing(story, "reason_only_without") == {}
    said = PartyParticulars.objects.current().get(name__contains="未建协会")
    party.correct(said, on=date(2018, 2, 1), note="批复日期抄错", by=story.world.clerk, since=date(2017, 11, 1))
    assert "未建原因没有终止" in failing(story, "reason_only_without", day=date(2017, 11, 15))["未建协会"]


def test_an_outsider_is_told_of_their_own_alone(story):
    told.people(story)
    assert failing(story, "branch_has_enough", user=story.world.outsider) == {}
    found = checking.results(as_of(YEAR_END), story.world.outsider.scope)
    assert all(each.holds for each in found)


def test_all_checks_are_asked_in_one_question(story, django_assert_num_queries):
    asked, scope = tuple(checking.in_force(YEAR_END)), story.world.clerk.scope
    with django_assert_num_queries(2):  # the parameters of the day, and every check
        checking.count(asked, as_of(YEAR_END), scope)


def test_a_check_that_is_not_in_force_is_not_asked(story, monkeypatch):
    check = checking.checks()["branch_has_enough"]
    later = type(check)(**{**check.__dict__, "begins": date(2018, 1, 1)})
    monkeypatch.setitem(checking.checks(), "branch_has_enough", later)
    assert later not in checking.in_force(YEAR_END) and later in checking.in_force(date(2018, 1, 1))


def test_the_years_account_adds_up_and_tells_corrections_since_apart(story):
    world = story.world
    day = date(2018, 6, 30)
    world.branch(story.organizations["未建"], on=date(2018, 3, 1))
    closing = ask("party_organisations", as_of(day), world.clerk.scope, variant="formal")
    account = bridging.account(bridging.bridges()["party_organisations"], closing)
    assert (account.opening.counted, account.should_be, account.closing.counted, account.holds) == (5, 6, 6, True)
    assert [(each.label, each.number) for each in account.came if each.number] == [("新成立", 1)]
    year = ask("organisations_registered", as_of(YEAR_END), world.clerk.scope, variant="normal")
    account = bridging.account(bridging.bridges()["organisations_registered"], year)
    assert account.opening.counted is None and account.should_be is None


def test_the_pages_open_the_records_and_hide_what_is_not_theirs(story, client):
    told.people(story)
    client.force_login(story.world.clerk)
    shown = client.get("/stats/checks/?day=2017-12-31").content.decode()
    assert "支部正式党员够数" in shown and "/stats/checks/branch_has_enough/?day=2017-12-31" in shown
    assert "中共单独协会支部" in client.get("/stats/checks/branch_has_enough/?day=2017-12-31").content.decode()
    assert "上年底总数" in client.get("/stats/bridge/?day=2018-12-31").content.decode()
    assert client.get("/stats/checks/nothing/").status_code == 404
    client.force_login(story.world.outsider)
    assert "单独协会" not in client.get("/stats/checks/branch_has_enough/?day=2017-12-31").content.decode()
    assert client.get("/stats/bridge/").status_code == 200
