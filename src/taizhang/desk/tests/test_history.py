"""History: any day, as known at any moment, beside today, with what changed marked, for those who may see it."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest

from taizhang.accounts.models import Role
from taizhang.desk import history
from taizhang.members import actions as members
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode, Particulars
from taizhang.party import actions as party
from tests.world import FIRST_DAY

MARCH, JUNE = date(2017, 3, 1), date(2017, 6, 1)


@pytest.fixture
def association(world):
    """Renamed in March, handed over in June."""
    made = world.organization("甲协会", under=world.education)
    orgs.rename(made, name="乙学会", on=MARCH, document="批1号", by=world.clerk)
    orgs.hand_over(made, to=world.sports, mode=Mode.DUAL, on=JUNE, document="函2号", by=world.clerk)
    return made


def page(client, user, thing, row, **asked) -> str:
    client.force_login(user)
    answer = client.get(f"/history/{thing}/{row.pk}/?{urlencode(asked)}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows(text: str) -> dict[str, tuple[str, str]]:
    """Label → what is said then and now; changed ones only."""
    found = re.findall(r'<tr class="changed"><th scope="row">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>', text, re.S)
    plain = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in found]
    return {label: (then, now) for label, then, now in plain}


def test_what_changed_since_a_day_is_marked_beside_today(world, association, client):
    changed = rows(page(client, world.clerk, "organisation", association, day="2017-02-01"))
    assert changed["名称"] == ("甲协会", "乙学会")
    assert changed["责任单位"] == ("省教育厅", "省体育局")
    assert "类别" not in changed
    later = rows(page(client, world.clerk, "organisation", association, day="2017-04-01"))
    assert "名称" not in later and later["责任单位"] == ("省教育厅", "省体育局")


def test_today_beside_today_differs_in_nothing(world, association, client):
    text = page(client, world.clerk, "organisation", association)
    assert rows(text) == {} and "乙学会" in text


def test_the_days_on_which_anything_changed_are_listed_and_lead_there(world, association, client):
    text = page(client, world.clerk, "organisation", association, day="2017-03-15")
    days = re.findall(r'<li><a href="\?day=([\d-]+)"', text)
    assert days == ["2017-06-01", "2017-03-01", "2017-01-01"]
    assert "← 2017-03-01" in text and "2017-06-01 →" in text


def test_as_known_at_a_moment_what_was_learnt_later_is_not_there(world, association, client):
    fact = Particulars.objects.current().get(organization=association, period__contains=JUNE)
    known = fact.recorded.lower.isoformat()
    orgs.correct(fact, name="丙学会", on=JUNE, note="抄错", by=world.clerk)
    then = page(client, world.clerk, "organisation", association, day="2017-06-30", known_at=known)
    assert rows(then)["名称"] == ("乙学会", "丙学会")
    assert "抄错" not in then
    now = page(client, world.clerk, "organisation", association, day="2017-06-30")
    assert rows(now) == {}


def test_the_steps_are_told_in_order_with_what_they_closed_and_entered(world, association, client):
    text = page(client, world.clerk, "organisation", association)
    told = text[text.index("办理经过") :]
    assert told.index("移交") < told.index("更名") < told.index("登记：甲协会")
    assert "原记录" in told


def test_every_noun_has_a_history(world, association, client):
    branch = world.branch(association, superior=world.sports)
    person = members.add(name="张某", unit=association.unit, on=FIRST_DAY, by=world.clerk)
    members.engage(person, organization=association, employment="full_time", on=FIRST_DAY, by=world.clerk)
    members.admit(person, party_organization=branch, standing="probationary", on=FIRST_DAY, by=world.clerk)
    members.become_full(person, on=JUNE, by=world.clerk)
    party.change(branch, name="中共乙学会支部", on=JUNE, by=world.clerk)
    orgs.rename_unit(world.sports, name="省体育和旅游局", on=JUNE, by=world.clerk)
    assert rows(page(client, world.clerk, "party", branch, day="2017-05-01"))["名称"][1] == "中共乙学会支部"
    assert rows(page(client, world.clerk, "person", person, day="2017-05-01"))["党员类别"] == ("预备党员", "正式党员")
    assert rows(page(client, world.clerk, "unit", world.sports, day="2017-05-01"))["名称"] == (
        "省体育局",
        "省体育和旅游局",
    )
    for thing, address in (
        ("organisation", f"/organisations/{association.pk}/"),
        ("party", f"/party/{branch.pk}/"),
        ("person", f"/members/{person.pk}/"),
        ("unit", f"/units/{world.sports.pk}/"),
    ):
        assert f"/history/{thing}/" in client.get(address).content.decode()


def test_who_may_not_read_names_reads_none_in_the_history(world, association, client):
    branch = world.branch(association, superior=world.sports)
    person = members.add(name="张某", unit=association.unit, on=FIRST_DAY, by=world.clerk)
    members.engage(person, organization=association, employment="full_time", on=FIRST_DAY, by=world.clerk)
    members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    members.appoint(person, party_organization=branch, position="secretary", on=FIRST_DAY, by=world.clerk)
    operator = world.account(association.unit, Role.OPERATOR)
    for thing, row in (("organisation", association), ("party", branch)):
        assert "张某" not in page(client, operator, thing, row)
        assert "张某" in page(client, world.clerk, thing, row)
    assert client.get(f"/history/person/{person.pk}/").status_code == 200
    client.force_login(operator)
    assert client.get(f"/history/person/{person.pk}/").status_code == 404


def test_what_is_not_in_scope_has_no_history(world, association, client):
    client.force_login(world.education_clerk)
    assert client.get(f"/history/organisation/{association.pk}/").status_code == 404
    assert client.get(f"/history/nothing/{association.pk}/").status_code == 404


def test_the_page_asks_a_fixed_number_of_questions(world, association, client, django_assert_max_num_queries):
    for number in range(6):
        orgs.rename(association, name=f"第{number}学会", on=date(2017, 7, 1 + number), by=world.clerk)
    client.force_login(world.clerk)
    with django_assert_max_num_queries(40):
        client.get(f"/history/organisation/{association.pk}/?day=2017-02-01")


def test_a_long_register_is_counted_and_not_spelled_out(world, association, client, monkeypatch):
    monkeypatch.setattr(history, "SPELLED", 0)
    text = page(client, world.clerk, "unit", world.sports, day="2017-05-01")
    assert rows(text)["责任单位"] == ("0 条", "1 条")
