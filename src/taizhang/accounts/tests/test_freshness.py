"""Before people leave in a file or a role is given, whoever sits there proves again who they are; nothing typed is lost."""

import pytest
from django.urls import reverse

from taizhang.accounts.actions import change_password
from taizhang.accounts.models import Grant, Role
from tests.proof import prove

pytestmark = pytest.mark.django_db

PASSWORD = "Correct-horse-battery-7"
AGAIN = "/sign-in/again/"


def test_a_list_of_people_leaves_only_after_the_password_and_is_then_one_click_away(client, world):
    change_password(world.clerk, password=PASSWORD, by=world.clerk)
    client.force_login(world.clerk)
    address = reverse("members:list") + "?format=xlsx"
    assert client.get(reverse("members:list")).status_code == 200
    assert client.get(address).url == AGAIN
    assert "密码不正确" in client.post(AGAIN, {"password": "wrong-one-entirely"}).content.decode()
    proved = client.post(AGAIN, {"password": PASSWORD}).content.decode()
    assert f'href="{address}"' in proved
    assert client.get(address)["Content-Disposition"].startswith("attachment")


def test_proof_grows_old(client, world):
    client.force_login(world.clerk)
    address = reverse("members:list") + "?format=csv"
    assert prove(client, minutes_ago=9).get(address).status_code == 200
    assert prove(client, minutes_ago=11).get(address).url == AGAIN


def test_the_role_that_was_chosen_is_still_chosen_after_the_password(client, world):
    change_password(world.security, password=PASSWORD, by=world.security)
    client.force_login(world.security)
    address = reverse("accounts:grant", args=[world.leader.pk])
    chosen = {"unit": str(world.committee.pk), "role": Role.REVIEWER, "document": "党委会议定"}
    assert client.post(address, chosen).url == AGAIN
    assert not Grant.objects.filter(user=world.leader, role=Role.REVIEWER).exists()
    kept = client.post(AGAIN, {"password": PASSWORD})
    assert dict(kept.context["fields"]) == chosen and kept.context["address"] == address
    assert client.post(address, chosen).status_code == 302
    assert Grant.objects.filter(user=world.leader, role=Role.REVIEWER).exists()
    assert "account_reauthentication_state" not in client.session


def test_a_page_is_asked_for_again_and_a_part_of_a_page_leads_to_the_whole(client, world):
    client.force_login(world.administrator)
    address = reverse("accounts:open_account")
    assert client.get(address).url == f"{AGAIN}?next=%2Faccounts%2Fopen%2F"
    part = client.post(address, headers={"hx-request": "true", "hx-current-url": f"http://testserver{address}"})
    assert part["HX-Redirect"] == f"{AGAIN}?next=%2Faccounts%2Fopen%2F"


def test_a_sign_in_a_moment_ago_is_proof(client, world):
    change_password(world.administrator, password=PASSWORD, by=world.administrator)
    client.post(reverse("account_login"), {"login": "admin", "password": PASSWORD})
    assert client.get(reverse("accounts:open_account")).status_code == 200
