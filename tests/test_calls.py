"""What every call passes: how often, how large, how deep, and done only once."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from taizhang.accounts.programs import Allowance, Answer, forget_calls, take_call
from taizhang.config import bodies
from taizhang.orgs.models import Organization
from tests.test_tokens import call, code, made
from tests.world import code as social_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.clerk)
    return client


def register(client, world, *, key: str = "", **changed):
    stated = {
        "name": "甲协会",
        "code": social_code("association", 77),
        "kind": "association",
        "mode": "direct",
        "responsible": world.committee.pk,
        "registered_on": "2017-01-01",
        "on": "2017-01-01",
        **changed,
    }
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/organizations/register", stated, content_type="application/json", headers=headers)


def test_a_verb_is_called_and_tells_the_row_it_made(signed_in, world):
    done = register(signed_in, world)
    assert done.status_code == 200, done.content
    told = signed_in.get(f"/api/organizations/{done.json()['id']}", {"day": "2017-02-01"}).json()
    assert (told["name"], told["level"]) == ("甲协会", "province"), "as the page's form begins"
    assert told["abilities"]["rename"] == {"allowed": True, "why_not": None}
    assert told["abilities"]["enter"]["allowed"] is True


def test_every_reason_why_not_comes_with_its_field(signed_in, world):
    answer = register(signed_in, world, mode="dual", registered_on="2018-01-01")
    assert answer.status_code == 422
    told = {each["where"]: each["code"] for each in answer.json()["obstacles"]}
    assert told == {"registered_on": "registered-in-future", "responsible": "mode-and-responsible"}


@pytest.mark.parametrize(
    ("changed", "where", "reason"),
    [
        ({"on": 0}, "on", "写成 2017-12-29"),
        ({"on": "2017-02-30"}, "on", "写成 2017-12-29"),
        ({"on": "1066-01-01"}, "on", "年份应在1900至2200之间"),
        ({"responsible": 2**63}, "responsible", "小于 9223372036854775808"),
        ({"responsible": "1"}, "responsible", "应为整数"),
        ({"responsible": 2**63 - 1}, "responsible", "选择一个有效的选项： 该选择不在可用的选项中。"),
        ({"kind": "club"}, "kind", "应为其中之一"),
        ({"name": ""}, "name", "这个字段是必填项。"),
        ({"name": "长" * 201}, "name", "至多 200 个字"),
        ({"nmae": "甲"}, "nmae", "没有这一项"),
    ],
)
def test_what_is_wrongly_sent_is_told_in_chinese_beside_its_field(signed_in, world, changed, where, reason):
    answer = register(signed_in, world, **changed)
    assert answer.status_code == 422
    told = {each["where"]: each["reason"] for each in answer.json()["obstacles"]}
    assert reason in told[where], told


def test_what_is_left_out_of_a_change_stays_as_it_is(signed_in, world):
    organization = world.organization("甲协会", trade="教育", region="340000")
    address = f"/api/organizations/{organization.pk}"
    sent = {"level": "city", "on": "2017-03-01"}
    assert signed_in.post(f"{address}/change", sent, content_type="application/json").status_code == 200
    told = signed_in.get(address, {"day": "2017-03-01"}).json()
    assert (told["level"], told["trade"], told["region"], told["kind"]) == ("city", "教育", "340000", "association")
    (stated,) = [each for each in signed_in.get(f"{address}/statements").json() if each["noun"] == "particulars"]
    sent = {"trade": "体育", "on": "2017-04-01", "note": "登记证上是体育"}
    mended = signed_in.post(f"{address}/particulars/{stated['id']}/correct", sent, content_type="application/json")
    assert mended.status_code == 200, mended.content
    told = signed_in.get(address, {"day": "2017-03-01"}).json()
    assert (told["level"], told["trade"]) == ("city", "体育")


def test_a_page_calls_with_its_session_and_the_token_of_its_forms(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.clerk)
    organization = world.organization("甲协会")
    address, sent = f"/api/organizations/{organization.pk}/rename", {"name": "乙协会", "on": "2017-03-01"}
    forged = browser.post(address, sent, content_type="application/json")
    assert (forged.status_code, code(forged)) == (403, "forged-form")
    browser.get("/accounts/me/tokens/")
    token = browser.cookies["csrftoken"].value
    done = browser.post(address, sent, content_type="application/json", headers={"X-CSRFToken": token})
    assert done.status_code == 200, done.content


def test_a_call_sent_again_with_its_key_is_done_once_and_answered_the_same(signed_in, world):
    first = register(signed_in, world, key="b3a1")
    again = register(signed_in, world, key="b3a1")
    assert first.json() == again.json() and again["Repeated"] == "true" and first.status_code == 200
    assert "no-store" in again["Cache-Control"]
    assert Organization.objects.filter(unit__name="甲协会").count() == 1
    other = register(signed_in, world, key="b3a1", name="丙协会")
    assert (other.status_code, code(other)) == (409, "key-used-otherwise")
    stored = Answer.objects.get()
    assert b"orgs.organization" not in bytes(stored.content)


def test_a_refused_call_may_be_sent_again_with_its_key(signed_in, world):
    assert register(signed_in, world, key="k", registered_on="2018-01-01").status_code == 422
    assert register(signed_in, world, key="k").status_code == 200


def test_keys_are_each_persons_own(signed_in, world):
    assert register(signed_in, world, key="k").status_code == 200
    other = Client()
    other.force_login(world.education_clerk)
    changed = {"responsible": world.education.pk, "mode": "dual", "code": social_code("association", 78)}
    assert register(other, world, key="k", **changed).status_code == 200
    for bad in (" ", "键", "x" * 201):
        answer = register(signed_in, world, key=bad)
        assert (answer.status_code, code(answer)) == (400, "bad-key")


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_key_at_the_same_moment_do_it_once(transactional_world):
    _, secret = made(transactional_world.clerk)
    answers = []

    def send():
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answers.append(register(client, transactional_world, key="same"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1
    assert Organization.objects.filter(unit__name="甲协会").count() == 1


def test_who_calls_too_often_is_told_when_to_come_again(world, settings):
    settings.CALLS_PER_MINUTE = 5
    _, secret = made(world.clerk)
    assert [call(secret).status_code for _ in range(5)] == [200] * 5
    turned = call(secret)
    assert (turned.status_code, code(turned)) == (429, "too-often")
    assert 1 <= int(turned["Retry-After"]) <= 12
    _, other = made(world.clerk)
    assert call(other).status_code == 200, "each token has its own"


def test_an_address_is_limited_before_anything_is_looked_up(world, settings, django_assert_num_queries):
    settings.CALLS_PER_MINUTE_AND_ADDRESS = 2
    assert [call("tz_guess").status_code for _ in range(2)] == [401, 401]
    with django_assert_num_queries(2):
        assert call("tz_guess").status_code == 429


def test_the_allowance_comes_back_evenly(world):
    began, taken = time.monotonic(), 0
    while not (wait := take_call("somebody", per_minute=600)):
        taken += 1
    assert wait == 1 and 600 <= taken <= 601 + (time.monotonic() - began) * 10
    time.sleep(0.35)
    assert [bool(take_call("somebody", per_minute=600)) for _ in range(3)] == [False] * 3


@pytest.mark.django_db(transaction=True)
def test_many_processes_share_one_allowance():
    """Four at once take from 100: exactly 100 are let through, within the few that come back meanwhile."""
    let_through = []

    def take():
        let_through.extend(take_call("shared", per_minute=100) for _ in range(60))
        connection.close()

    began = time.monotonic()
    threads = [threading.Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    back = (time.monotonic() - began) / 0.6 + 1
    assert 100 <= let_through.count(0) <= 100 + back


def test_what_nobody_can_ask_for_again_is_forgotten(signed_in, world):
    register(signed_in, world, key="k")
    take_call("somebody", per_minute=600)
    forget_calls(at=timezone.now() + timedelta(days=1, seconds=1))
    assert not Answer.objects.exists() and not Allowance.objects.exists()


DEEP = 10_000
HOSTILE = {
    "lists in lists": ("[" * DEEP + "]" * DEEP, "too-deep"),
    "never closed": ("[" * DEEP, "too-deep"),
    "objects in objects": ('{"a":' * DEEP + "1" + "}" * DEEP, "too-deep"),
    "depth in a field": ('{"name":' + "[" * DEEP + "]" * DEEP + "}", "too-deep"),
    "a string that does not end": ('{"name":"' + '\\"' * 300_000, "unreadable"),
    "no JSON": ("name=x", "unreadable"),
    "not a number": ('{"responsible": NaN}', "unreadable"),
    "a number of 5,000 digits": ('{"responsible": ' + "9" * 5000 + "}", "unreadable"),
    "NUL": ('{"name": "a\\u0000b"}', "odd-characters"),
    "half of a pair": ('{"name": "\\ud800"}', "odd-characters"),
    "no UTF-8": (b'{"name": "\xff"}', "unreadable"),
    "larger than a million": ('{"name": "' + "x" * 2**20 + '"}', "too-large"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_body_is_turned_away_quickly(signed_in, what):
    body, told = HOSTILE[what]
    began = time.monotonic()
    answer = signed_in.post("/api/organizations/register", body, content_type="application/json")
    assert (answer.status_code, code(answer)) == (413 if told == "too-large" else 400, told)
    assert time.monotonic() - began < 0.5


def test_brackets_in_texts_are_no_depth():
    assert bodies.read(json.dumps({"name": "[" * 1000 + '\\"{'}).encode()) == {"name": "[" * 1000 + '\\"{'}
    with pytest.raises(bodies.Unfit):
        bodies.read(json.dumps({"a": {"b" * 40: []}}).replace("[]", "[" * 40 + "]" * 40).encode())


@pytest.mark.parametrize(
    "text", ["‮甲协会", "甲\u200b协会", "=cmd|' /C calc'!A0", "'; DROP TABLE x; --", "<script>", "𠮷" * 60]
)
def test_hostile_texts_are_kept_or_refused_and_break_nothing(signed_in, world, text):
    answer = register(signed_in, world, name=text, trade=text, note=text)
    assert answer.status_code in (200, 422), answer.content
    assert signed_in.get("/api/organizations", {"q": text}).status_code == 200


def test_what_django_answers_by_itself_is_told_as_an_obstacle(signed_in):
    for method, address, status, told in (
        ("get", "/api/nowhere", 404, "no-such-address"),
        ("delete", "/api/organizations", 405, "no-such-method"),
    ):
        answer = getattr(signed_in, method)(address)
        assert (answer.status_code, code(answer)) == (status, told)
