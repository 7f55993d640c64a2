"""Pooled members by trade and place: when a branch of their own becomes possible, and whose conversion is due."""

from datetime import date

import pytest

from taizhang.formation import pooling
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.party.models import Form
from taizhang.statutes.rules import criteria
from tests.world import FIRST_DAY

DAY = date(2018, 3, 1)


@pytest.fixture
def pooled(world):
    """A federation's joint branch: three full members of two associations of education, one probationary of sport."""
    made = [
        world.organization(f"{name}协会", trade=trade, region="340102")
        for name, trade in (("甲", "教育"), ("乙", "教育"), ("丙", "体育"))
    ]
    branch = world.branch(*made, name="某联合会第一联合党支部", form=Form.ATTACHED)
    for number, (where, standing) in enumerate(((0, "full"), (0, "full"), (1, "full"), (2, "probationary"))):
        person = members.add(name=f"人{number}", unit=made[where].unit, on=FIRST_DAY, by=world.clerk)
        members.engage(person, organization=made[where], employment="full_time", on=FIRST_DAY, by=world.clerk)
        members.admit(
            person,
            party_organization=branch,
            standing=standing,
            joined_on=date(2016, 12, 1),
            on=FIRST_DAY,
            by=world.clerk,
        )
    return branch


def test_those_of_one_trade_who_are_enough_may_spin_off(world, pooled):
    found = {each.place: each for each in pooling.crowds(world.clerk, AsOf(DAY), criteria(DAY))}
    assert found["教育"].may_spin_off and len(found["教育"].organizations) == 2
    assert not found["体育"].may_spin_off and found["体育"].missing == 3
    assert len(found["340102"].full) == 3 and len(found["340102"].probationary) == 1
    assert pooling.crowds(world.outsider, AsOf(DAY), criteria(DAY)) == []


def test_the_page_leads_to_the_application_and_to_whose_conversion_is_due(world, pooled, client):
    client.force_login(world.clerk)
    page = client.get("/formation/pooled/").content.decode()
    assert "申请分出另建" in page and "教育行业" in page
    assert "瑶海区" in page and ">340102<" not in page
    due = client.get("/members/?conversion=due").content.decode()
    assert "人3" in due and "人0" not in due
    assert "人3" not in client.get("/members/?conversion=soon").content.decode()
    client.force_login(world.outsider)
    assert "第一联合党支部" not in client.get("/formation/pooled/").content.decode()
