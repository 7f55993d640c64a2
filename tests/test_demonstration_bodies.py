"""Of the demonstration, the applications that other bodies decide: lived through alone, without the rest of the province."""

from functools import partial
from random import Random
from typing import Any

import pytest

from taizhang.config import demonstration
from taizhang.config.demonstration.applications import Applications, Asking
from taizhang.config.demonstration.chronicle import Chronicle, told_by
from taizhang.config.demonstration.lives import Lives
from taizhang.config.demonstration.office import open_office
from taizhang.config.demonstration.other_bodies import OtherBodies
from taizhang.config.demonstration.people import Member
from taizhang.formation.models import Application
from taizhang.papers.models import Paper
from taizhang.party.models import PartyParticulars


def stories_of(deed: partial[Any]) -> set[int]:
    """The numbers of the organisations that a deed is about."""
    found = set()
    for each in deed.args:
        stories = each.covers if isinstance(each, Asking) else [each.story] if isinstance(each, Member) else [each]
        found |= {story.number for story in stories if hasattr(story, "number")}
    return found


@pytest.fixture
def askings(db, settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setattr("taizhang.config.demonstration.chronicle.set_clock", lambda moment: None)
    chronicle = Chronicle()
    demonstration.write(Random(demonstration.SEED), chronicle, open_office(chronicle))
    deeds = [(day, order, deed) for day, order, deed in chronicle.deeds if isinstance(deed, partial)]
    others = [deed for _, _, deed in deeds if isinstance(told_by(deed), OtherBodies)]
    chosen = set().union(*(stories_of(deed) for deed in others))
    chronicle.deeds = [
        (day, order, deed)
        for day, order, deed in deeds
        if deed in others or (isinstance(told_by(deed), Lives | Applications) and stories_of(deed) & chosen)
    ]
    chronicle.live(lambda *_: None)
    return list(Application.objects.order_by("decided_on"))


def test_a_unit_sits_itself_another_reply_is_filed_and_a_street_decides(askings):
    assert [(each.approving_unit.kind, each.kind, each.decision) for each in askings] == [
        ("supervising", "single", ""),
        ("supervising", "single", "某科党〔2018〕12号"),
        ("street", "street", "槐街党〔2018〕27号"),
    ]
    assert all(each.state == "approved" and each.notice for each in askings)
    natures = [PartyParticulars.objects.current().get(party_organization=each.established).nature for each in askings]
    assert natures == ["formal", "formal", "functional"]
    assert [Paper.objects.get(case=each.case).kind for each in askings] == ["reply_approval", "filing", "filing"]
