"""The pages of accounts: who holds what, given and ended; a unit's administrator keeps to the unit."""

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.accounts.actions import end_grant
from taizhang.accounts.models import Grant, Role, User
from tests.proof import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit_admin(world):
    return world.account(world.education, Role.UNIT_ADMIN, username="jiaoyuguanli", name="教育厅管理员")


def opened(client, **stated):
    form = {"username": "xinren", "name": "新人", "unit": "省教育厅", "role": Role.UNIT_CLERK, **stated}
    return client.post(reverse("accounts:open_account"), form)


def test_an_account_is_opened_and_its_password_shown_once(client, world):
    client.force_login(world.administrator)
    prove(client)
    response = client.post(reverse("accounts:open_account"), {"username": "xinren", "name": "新人"})
    user = User.objects.get(username="xinren")
    assert user.must_change_password and user.check_password(response.context["password"])
    assert response.context["password"] in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not user.active_grants, "the role is given by somebody else"


def test_every_reason_is_beside_its_field(client, world, unit_admin):
    client.force_login(unit_admin)
    prove(client)
    response = opened(client, username="jingban", unit="没有的厅")
    assert response.status_code == 422 and "没有找到单位" in response.content.decode()
    response = opened(client, username="jingban")
    assert "已被使用" in response.content.decode() and response.context["form"].errors["username"]


def test_a_units_administrator_sees_and_opens_only_the_units_own(client, world, unit_admin):
    client.force_login(unit_admin)
    prove(client)
    text = client.get(reverse("accounts:list")).content.decode()
    assert "教育厅经办" in text and "外单位" not in text and "省体育局" not in text
    assert "外单位" not in client.get(reverse("accounts:holders")).content.decode()
    assert opened(client, unit="省体育局").status_code == 422
    assert opened(client, role=Role.CLERK).status_code == 422, "a role a unit's administrator does not give"
    assert opened(client).status_code == 200
    assert User.objects.get(username="xinren").holds({Role.UNIT_CLERK}, world.education)
    for page in ("account", "grant", "reset_password", "close_account"):
        address = reverse(f"accounts:{page}", args=[world.outsider.pk])
        answer = client.get(address) if page == "account" else client.post(address)
        assert answer.status_code == 404
    theirs = world.outsider.grants.get().pk
    assert client.post(reverse("accounts:end_grant", args=[theirs])).status_code == 404
    assert client.get(reverse("accounts:delegate", args=[theirs])).status_code == 404


def test_a_role_is_given_and_ended_and_gone_on_the_next_request(client, world):
    client.force_login(world.security)
    prove(client)
    chosen = {"unit": world.education.pk, "role": Role.UNIT_ADMIN, "document": "党组会议定"}
    client.post(reverse("accounts:grant", args=[world.outsider.pk]), chosen)
    theirs = Grant.objects.get(user=world.outsider, unit=world.education)
    assert theirs.given_by == world.security and theirs.document == "党组会议定"
    other = Client()
    other.force_login(world.outsider)
    assert other.get(reverse("accounts:list")).status_code == 200
    assert client.post(reverse("accounts:end_grant", args=[theirs.pk])).status_code == 302
    assert other.get(reverse("accounts:list")).status_code == 403


def test_nobody_gives_a_role_to_themselves(client, world):
    client.force_login(world.security)
    prove(client)
    response = client.post(
        reverse("accounts:grant", args=[world.security.pk]), {"unit": world.committee.pk, "role": Role.SECURITY_ADMIN}
    )
    assert response.status_code == 403


def test_a_password_is_reset_and_the_account_closed(client, world):
    client.force_login(world.administrator)
    prove(client)
    response = client.post(reverse("accounts:reset_password", args=[world.clerk.pk]))
    world.clerk.refresh_from_db()
    assert world.clerk.check_password(response.context["password"])
    assert client.post(reverse("accounts:close_account", args=[world.clerk.pk])).status_code == 302
    world.clerk.refresh_from_db()
    assert not world.clerk.is_active
    assert "已停用" in client.get(reverse("accounts:account", args=[world.clerk.pk])).content.decode()


def test_who_holds_what_since_when_and_by_whose_word(client, world):
    client.force_login(world.auditor)
    text = client.get(reverse("accounts:holders"), {"unit": "教育厅"}).content.decode()
    assert "教育厅经办" in text and "单位经办人" in text and "安全管理员" in text and "外单位" not in text
    end_grant(world.outsider.grants.get(), by=world.security)
    over = client.get(reverse("accounts:holders"), {"state": "over"}).content.decode()
    assert "外单位" in over and "已收回（安全管理员）" in over and "教育厅经办" not in over
    file = b"".join(client.get(reverse("accounts:holders"), {"format": "csv"}).streaming_content).decode("utf-8-sig")
    assert "教育厅经办" in file and "已收回" in file


def test_lists_are_paged_and_make_few_queries(client, world, django_assert_max_num_queries, monkeypatch):
    from taizhang.accounts import views

    monkeypatch.setattr(views, "PAGE", 2)
    client.force_login(world.administrator)
    prove(client)
    client.get(reverse("accounts:list"))
    with django_assert_max_num_queries(6):
        response = client.get(reverse("accounts:list"))
    following = client.get(reverse("accounts:list") + response.context["paging"]["next"])
    seen = [user.pk for user in (*response.context["rows"], *following.context["rows"])]
    assert seen == sorted(set(seen)) and len(seen) == 4


def test_ones_own_page_shows_ones_roles(client, world):
    client.force_login(world.education_clerk)
    text = client.get(reverse("accounts:me")).content.decode()
    assert "单位经办人" in text and "省教育厅" in text
