"""The desk: what to do, quick search, one page for each organisation."""

from datetime import date, timedelta

import pytest

from taizhang.accounts.actions import end_grant
from taizhang.accounts.models import Role, User
from taizhang.cases.models import Step
from taizhang.declarations import actions
from taizhang.declarations.models import Declaration
from taizhang.kit.clock import today
from taizhang.members.actions import add, admit, engage
from taizhang.notices.models import Due
from taizhang.orgs.actions import correct, hand_over, rename
from taizhang.orgs.models import Particulars
from taizhang.papers.tests.office import office_of

ON = date(2017, 6, 1)


@pytest.fixture
def association(world):
    return world.organization("甲协会", under=world.education)


def page(client, address, **data):
    return client.get(address, data).content.decode()


def test_home_counts_the_papers_that_wait_for_whoever_looks(world, client):
    office = office_of(world)
    client.force_login(office.reviewer)
    assert "份文书" not in client.get("/").content.decode()
    office.draft()
    assert "<strong>1</strong> 份文书" in client.get("/").content.decode()
    client.force_login(world.clerk)
    assert "份文书" not in client.get("/").content.decode()  # whoever drafted does not check


def test_whoever_comes_for_the_first_time_is_told_what_to_do_once(world, client):
    for user, words in ((world.clerk, "轮到您办的列在下面"), (world.administrator, "每一次办理都写进审计")):
        client.force_login(user)
        assert words in page(client, "/") and words in page(client, "/"), "as long as the first visit lasts"
        client.logout()
        client.force_login(user)
        assert words not in page(client, "/")
        client.logout()


def test_home_shows_recent_steps_of_ones_own_units_and_says_what_to_do(world, association, client):
    client.force_login(world.clerk)
    found = page(client, "/")
    assert "没有轮到您办的事项" in found and "登记：甲协会" in found
    client.force_login(world.outsider)
    assert "甲协会" not in page(client, "/")
    client.force_login(world.administrator)
    assert "您的角色不查看台账记录" in page(client, "/") and "甲协会" not in page(client, "/")
    end_grant(world.outsider.active_grants[0], by=world.security)
    client.force_login(world.outsider)
    assert "您现在没有角色，看不到台账记录" in page(client, "/")


@pytest.mark.parametrize(
    "words", ["甲", "协会", "甲协", "jxh", "jiaxie", "甲 会", "曾经叫", "cjj", "CODE", "５１"], ids=lambda words: words
)
def test_search_finds_an_organisation_by_pieces_former_names_pinyin_and_code(world, association, client, words):
    """One character upwards, several words, initials, full pinyin, the beginning of the code, in any width."""
    rename(association, name="曾经叫学会", on=date(2017, 2, 1), by=world.clerk)
    rename(association, name="甲协会", on=date(2017, 3, 1), by=world.clerk)
    words = association.code[:6].lower() if words == "CODE" else words
    for user, sees in ((world.clerk, True), (world.education_clerk, True), (world.outsider, False)):
        client.force_login(user)
        for headers in ({}, {"HX-Request": "true", "HX-Target": "found"}):
            found = client.get("/search/", {"q": words}, headers=headers).content.decode()
            assert (f"/organisations/{association.pk}/" in found) is sees, (user, words)


def test_search_finds_every_noun_within_scope(world, association, client):
    branch = world.branch(association)
    person = add(name="单小春", unit=association.unit, on=date(2017, 1, 1), by=world.clerk)
    engage(person, organization=association, employment="full_time", on=date(2017, 1, 1), by=world.clerk)
    asked = {
        "zgjxhzb": f"/party/{branch.pk}/",
        "sxc": f"/members/{person.pk}/",
        "教育": f"/units/{world.education.pk}/",
    }
    case = Step.objects.get(case__unit=association.unit, verb="orgs:register").case
    asked |= {"登记 甲": f"/cases/{case.pk}/", "章程": "/statutes/documents/"}
    for user, sees in ((world.clerk, True), (world.outsider, False)):
        client.force_login(user)
        for words, address in asked.items():
            found = page(client, "/search/", q=words)
            assert (address in found) is (sees or words == "章程"), (user, words, address)


def test_search_finds_organisations_party_organisations_and_cases_within_scope(world, association, client):
    world.branch(association)
    client.force_login(world.clerk)
    found = page(client, "/search/", q="甲协")
    for title in ("社会组织", "党组织", "事项"):
        assert f'<h2 class="card-title h3">{title}</h2>' in found
    client.force_login(world.outsider)
    assert "没有找到" in page(client, "/search/", q="甲协")
    assert "写几个字再查" in page(client, "/search/")
    assert client.get("/search/", {"q": "\x00"}).status_code == 200


def test_the_dossier_shows_the_day_asked_for_and_says_so(world, association, client):
    rename(association, name="乙协会", on=ON, by=world.clerk)
    client.force_login(world.clerk)
    now = page(client, f"/organisations/{association.pk}/")
    assert '<h1 class="page-title">乙协会</h1>' in now and "曾用名" in now and "显示的是" not in now
    then = page(client, f"/organisations/{association.pk}/", day="2017-05-31")
    assert '<h1 class="page-title">甲协会</h1>' in then and "2017年5月31日" in then


def test_as_known_before_a_correction_the_dossier_says_what_it_said_then(world, association, client):
    fact = Particulars.objects.current().get(organization=association)
    before = Step.objects.order_by("-recorded_at").first().recorded_at
    correct(fact, name="甲学会", on=ON, note="抄错", by=world.clerk)
    client.force_login(world.clerk)
    now = page(client, f"/organisations/{association.pk}/")
    assert '<h1 class="page-title">甲学会</h1>' in now
    assert 'class="statement gone"' in now and "由后来的记录取代" in now
    known_at = (before + timedelta(microseconds=1)).isoformat()
    then = page(client, f"/organisations/{association.pk}/", day="2017-06-01", known_at=known_at)
    assert '<h1 class="page-title">甲协会</h1>' in then and "所知" in then
    assert 'class="statement gone"' not in then  # then it was not yet given up


def test_what_was_given_up_only_to_get_an_end_is_told_once(world, association, client):
    rename(association, name="乙协会", on=ON, by=world.clerk)
    client.force_login(world.clerk)
    assert 'class="statement gone"' not in page(client, f"/organisations/{association.pk}/")


def test_a_day_that_cannot_be_read_is_said_beside_the_field(world, association, client):
    client.force_login(world.clerk)
    found = page(client, f"/organisations/{association.pk}/", day="2017-13-41", known_at="xx")
    assert "日期写作 2017-12-29" in found and "写作 2018-01-05" in found


def test_every_statement_of_the_dossier_opens_its_step(world, association, client):
    world.branch(association, on=ON)
    client.force_login(world.clerk)
    found = page(client, f"/organisations/{association.pk}/")
    for step in Step.objects.filter(case__unit__path__startswith=association.unit.path):
        assert f"/cases/steps/{step.pk}/" in found
    assert "已有党组织覆盖" in found and "中共甲协会支部" in found


def test_names_are_for_those_who_may_see_people_and_counts_for_the_others(world, association, client):
    branch = world.branch(association)
    person = add(name="张三", unit=association.unit, on=ON, by=world.clerk)
    engage(person, organization=association, employment="full_time", on=ON, by=world.clerk)
    admit(person, party_organization=branch, standing="full", on=ON, by=world.clerk)
    operator = world.account(association.unit, Role.OPERATOR, username="tianbao", name="填报员")
    client.force_login(world.clerk)
    found = page(client, f"/organisations/{association.pk}/")
    assert "张三" in found and "正式党员 <strong>1</strong> 人" in found
    User.objects.filter(pk=operator.pk).update(must_change_password=False)
    client.force_login(User.objects.get(pk=operator.pk))
    found = page(client, f"/organisations/{association.pk}/")
    assert "张三" not in found and "正式党员 <strong>1</strong> 人" in found and "只看人数" in found


def test_buttons_are_those_that_may_be_used(world, association, client):
    client.force_login(world.education_clerk)
    found = page(client, f"/organisations/{association.pk}/")
    assert "/rename/" in found and "/hand-over/" not in found and "/correct/" not in found
    client.force_login(world.leader)
    assert "/rename/" not in page(client, f"/organisations/{association.pk}/")


def test_handing_over_shows_the_branch_the_others_it_covers_and_the_members(world, association, client):
    other = world.organization("乙协会", under=world.education)
    branch = world.branch(association, other)
    person = add(name="张三", unit=association.unit, on=ON, by=world.clerk)
    engage(person, organization=association, employment="full_time", on=ON, by=world.clerk)
    admit(person, party_organization=branch, standing="full", on=ON, by=world.clerk)
    client.force_login(world.clerk)
    assert f"/organisations/{association.pk}/concerned/" in page(client, f"/orgs/{association.pk}/hand-over/")
    found = page(client, f"/organisations/{association.pk}/concerned/")
    assert "联合支部" in found and "同时覆盖：乙协会" in found and "党员 1 人：张三" in found


def test_after_handing_over_the_unit_of_then_no_longer_sees_it_and_the_dossier_knows_both(world, association, client):
    hand_over(association, to=world.committee, mode="decoupled", on=ON, document="号", by=world.clerk)
    client.force_login(world.clerk)
    assert "省教育厅" in page(client, f"/organisations/{association.pk}/", day="2017-05-31")
    client.force_login(world.education_clerk)
    assert client.get(f"/organisations/{association.pk}/").status_code == 404


def test_the_outsider_finds_no_dossier_nor_unit(world, association, client):
    client.force_login(world.outsider)
    for address in (
        f"/organisations/{association.pk}/",
        f"/organisations/{association.pk}/concerned/",
        f"/units/{world.education.pk}/",
        f"/units/{association.unit_id}/",
    ):
        assert client.get(address).status_code == 404


def test_a_unit_has_a_page_with_what_it_is_responsible_for(world, association, client):
    client.force_login(world.clerk)
    found = page(client, f"/units/{world.education.pk}/")
    assert "1 家" in found and f"/orgs/?responsible={world.education.pk}" in found
    assert client.get(f"/units/{association.unit_id}/").url == f"/organisations/{association.pk}/"


def test_the_pages_ask_a_fixed_number_of_questions(world, association, client, django_assert_max_num_queries):
    world.branch(association)
    for number in range(5):
        rename(association, name=f"第{number}协会", on=date(2017, 6, 1 + number), by=world.clerk)
    client.force_login(world.clerk)
    client.get("/")  # the first request after signing in keeps the books of the session
    with django_assert_max_num_queries(8):
        client.get("/")
    with django_assert_max_num_queries(12):
        client.get("/search/", {"q": "协会"})
    with django_assert_max_num_queries(60):
        client.get(f"/organisations/{association.pk}/")


def test_an_operators_desk_shows_what_is_due_what_was_returned_and_why_and_what_changed(world, association, client):
    operator = world.account(association.unit, Role.OPERATOR, username="tb", name="填报员")
    due = {"title": "甲协会：年报请填报", "unit": association.unit, "roles": [Role.OPERATOR], "days_before": [0]}
    Due.objects.create(kind="x", about=f"orgs.organization:{association.pk}", due_on=today() - timedelta(days=2), **due)
    declaration = actions.start(association, on=today(), by=operator)
    Declaration.objects.filter(pk=declaration.pk).update(state="drafting")
    Declaration.objects.filter(pk=declaration.pk).update(state="with_unit")
    Declaration.objects.filter(pk=declaration.pk).update(state="returned", returned_why="人数对不上")
    rename(association, name="甲学会", on=today(), by=world.clerk)
    client.force_login(operator)
    found = page(client, "/")
    assert all(each in found for each in ("年报请填报", "已逾期2天", "人数对不上", "更名为甲学会"))
    assert found.count("<h2") == 3
    world.organization("乙协会", under=world.sports)
    other = world.account(world.sports, Role.OPERATOR, username="tb2", name="别家填报员")
    client.force_login(other)
    assert "甲协会" not in page(client, "/") and "现在没有要您办的" in page(client, "/")
