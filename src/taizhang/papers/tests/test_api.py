"""Papers by program: drafted, checked, signed, issued, and read back with the same refusals as on the pages."""

import pytest
from django.test import Client

from taizhang.papers import actions as papers
from taizhang.papers.kinds import kinds
from taizhang.papers.models import Paper
from taizhang.papers.tests.office import CHECKED, DRAFTED, SIGNED, office_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(world):
    return office_of(world)


def post(user, address: str, **sent):
    client = Client()
    client.force_login(user)
    sent = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in sent.items()}
    return client.post(f"/api/papers{address}", sent, content_type="application/json")


def get(user, address: str = "", **asked):
    client = Client()
    client.force_login(user)
    return client.get(f"/api/papers{address}", asked)


def test_a_paper_goes_its_way_by_program(office, world):
    facts = {"matter": "成立甲协会支部", "body": "综合党委会议", "decisions": "隶属综合党委。\n覆盖甲协会。"}
    made = post(world.clerk, "/compose/approval", issuer=world.committee.pk, to="甲协会", on=DRAFTED, **facts)
    assert made.status_code == 200, made.content
    number = made.json()["id"]
    told = get(world.clerk, f"/{number}").json()
    assert "三、覆盖甲协会。" in told["body"] and told["abilities"]["sign"]["allowed"] is False
    assert post(world.clerk, f"/{number}/revise", title="关于同意成立甲协会支部的批复", on=DRAFTED).status_code == 200
    assert get(world.clerk, f"/{number}").json()["addressees"] == ["甲协会"]
    assert [each["id"] for each in get(office.reviewer, "/waiting").json()["items"]] == [number]
    assert post(world.clerk, f"/{number}/check", on=CHECKED).status_code == 422
    assert post(office.reviewer, f"/{number}/check", on=CHECKED).status_code == 200
    assert post(world.clerk, f"/{number}/sign", on=SIGNED).status_code == 403
    assert post(world.leader, f"/{number}/sign", on=SIGNED).status_code == 200
    assert post(world.clerk, f"/{number}/issue", on=SIGNED).status_code == 200
    assert get(world.clerk, f"/{number}/pdf").status_code == 404
    assert post(world.clerk, f"/{number}/render").status_code == 200
    told = get(world.clerk, f"/{number}").json()
    assert told["number"] == "某社党〔2017〕1号" and len(told["digest"]) == 64
    assert get(world.clerk, f"/{number}/pdf").content == bytes(Paper.objects.get().rendering.pdf)
    assert get(world.clerk, q="某社党").json()["items"][0]["id"] == number
    assert post(world.leader, f"/{number}/void", on=SIGNED, note="改由后一次会议决定").status_code == 200


def test_every_kind_is_composed_by_an_operation_of_its_own(office, world):
    for kind in kinds().values():
        facts = {
            key: "\n".join(value) if isinstance(value, list) else value
            for key, value in kind.examples().items()
            if value
        }
        to = {} if kind.layout == "form" else {"to": "甲协会"}
        made = post(world.clerk, f"/compose/{kind.name}", issuer=world.committee.pk, on=DRAFTED, **to, **facts)
        assert made.status_code == 200, (kind.name, made.content.decode())


def test_wordings_and_offices_are_told_tried_and_kept(office, world):
    words = {"title": "关于{事项}的批复", "body": "同意{事项}。"}
    address = f"/wordings/{world.committee.pk}/approval"
    tried = post(world.clerk, f"{address}/try", title="{题目}", body="同意。").json()
    assert {each["code"] for each in tried["faults"]} >= {"unknown-blank"}
    assert post(world.clerk, f"{address}/try", **words).json()["body"] == "同意成立中共某省物流协会支部委员会。"
    assert post(world.clerk, address, since=DRAFTED, on=DRAFTED, **words).status_code == 200
    assert (
        post(world.clerk, f"/wordings/{world.committee.pk}/nothing", since=DRAFTED, on=DRAFTED, **words).status_code
        == 404
    )
    own = [each for each in get(world.clerk, "/wordings").json() if each["unit"]]
    assert [(each["kind"], each["edition"]) for each in own] == [("approval", 1)]
    said = {"code": "某社党", "year": 2017, "before": 5, "on": DRAFTED}
    assert post(world.clerk, f"/offices/{world.committee.pk}/series", **said).status_code == 200
    told = get(world.clerk, "/offices").json()
    assert (told["agencies"][0]["code"], told["series"][0]["before"]) == ("某社党", 5)


def test_the_outsider_finds_nothing(office, world):
    paper = office.checked()
    papers.send_back(paper, on=CHECKED, by=world.leader, note="改")
    assert get(world.outsider).json()["items"] == []
    for address in ("", "/pdf", "/word"):
        assert get(world.outsider, f"/{paper.pk}{address}").status_code == 404
    assert post(world.outsider, f"/{paper.pk}/withdraw", note="不发了", on=CHECKED).status_code == 404
