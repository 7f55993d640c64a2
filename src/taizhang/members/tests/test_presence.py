"""Where people are, as PostgreSQL keeps it, is what the statements that stand say, whatever was done to them."""

from datetime import date

import pytest
from django.db import connection

from taizhang.members import actions as members
from taizhang.members.models import Engagement, Membership, Presence
from tests.world import FIRST_DAY

pytestmark = pytest.mark.django_db
SAID = """SELECT f.person_id, f.unit_id, CASE WHEN bool_or(upper_inf(f.period)) THEN NULL ELSE max(upper(f.period)) END FROM (
    SELECT e.person_id, o.unit_id, e.period FROM members_engagement e
    JOIN orgs_organization o ON o.id = e.organization_id WHERE upper_inf(e.recorded)
    UNION ALL SELECT m.person_id, o.unit_id, m.period FROM members_membership m
    LEFT JOIN party_partyorganization o ON o.id = m.party_organization_id WHERE upper_inf(m.recorded)) f GROUP BY 1, 2"""


def kept() -> set:
    found = set(Presence.objects.values_list("person_id", "unit_id", "until"))
    with connection.cursor() as cursor:
        cursor.execute(SAID)
        assert found == set(cursor.fetchall())
    return found


def test_presence_follows_every_act(world):
    first, second = world.organization("甲协会"), world.organization("乙协会", number=2)
    branch = world.branch(first)
    person = members.add(name="张三", unit=first.unit, on=FIRST_DAY, by=world.clerk)
    assert kept() == set()
    members.engage(person, organization=first, employment="full_time", on=FIRST_DAY, by=world.clerk)
    members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    assert kept() == {(person.pk, first.unit_id, None), (person.pk, branch.unit_id, None)}
    leaving = date(2017, 5, 1)
    members.leave(Engagement.objects.current().get(), on=leaving, by=world.clerk)
    assert (person.pk, first.unit_id, leaving) in kept()
    members.engage(person, organization=second, employment="part_time", on=leaving, by=world.clerk)
    members.engage(person, organization=first, employment="full_time", on=date(2017, 8, 1), by=world.clerk)
    assert (person.pk, first.unit_id, None) in kept()
    wrong = Engagement.objects.current().get(organization=second)
    members.withdraw(wrong, on=date(2017, 9, 1), note="误录", by=world.clerk)
    assert (person.pk, second.unit_id, None) not in kept()
    members.admit(
        person, outside_name="某街道党支部", unit=first.unit, standing="full", on=date(2017, 9, 1), by=world.clerk
    )
    assert (person.pk, None, None) in kept()
    assert Membership.objects.current().count() == 2
