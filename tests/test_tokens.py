"""Access tokens: shown once, stored as a digest, gone on the next call when they or their owner's rights are gone."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts.actions import close_account, end_grant
from taizhang.accounts.models import AuditRecord, User
from taizhang.accounts.programs import Token, digest_of
from taizhang.accounts.tokens import make_token, revoke_token
from taizhang.kit.clock import today
from taizhang.kit.refusals import Refused
from tests.proof import prove

pytestmark = pytest.mark.django_db


def made(user: User, scope: str = "write", **stated) -> tuple[Token, str]:
    stated = {"name": "月报汇总", "expires_on": today() + timedelta(days=30), **stated}
    return make_token(scope=scope, on=today(), at=timezone.now(), by=user, **stated)


def call(secret: str, address: str = "/api/accounts/me", method: str = "get", **sent):
    options = {"data": sent, "content_type": "application/json"} if method == "post" else {}
    return getattr(Client(), method)(address, headers={"Authorization": f"Bearer {secret}"}, **options)


def code(response) -> str:
    return response.json()["obstacles"][0]["code"]


def test_a_program_calls_with_the_rights_of_its_owner_at_that_moment(world):
    organization = world.organization("甲协会", under=world.education)
    _, secret = made(world.education_clerk)
    assert call(secret).json()["name"] == "教育厅经办"
    assert call(secret, f"/api/organizations/{organization.pk}").status_code == 200
    for held in world.education_clerk.active_grants:
        end_grant(held, by=world.security)
    assert call(secret, f"/api/organizations/{organization.pk}").status_code == 404
    assert call(secret, "/api/organizations").json()["items"] == []


def test_what_a_program_did_is_in_the_audit_with_its_token(world):
    organization = world.organization("甲协会")
    token, secret = made(world.clerk)
    done = call(
        secret, f"/api/organizations/{organization.pk}/rename", "post", name="乙协会", on="2017-05-01", document="某函"
    )
    assert done.status_code == 200, done.content
    row = AuditRecord.objects.filter(verb="orgs.rename").latest("pk")
    assert (row.user, row.token, row.request) == (world.clerk, token, done["X-Request-Id"])
    refused = call(secret, f"/api/organizations/{organization.pk}/rename", "post", name="乙协会", on="2017-06-01")
    assert code(refused) == "name-unchanged"
    assert AuditRecord.objects.filter(kind="refusal").latest("pk").token == token


def test_the_secret_is_shown_once_and_stored_nowhere(client, world):
    client.force_login(world.clerk)
    prove(client)
    form = {"name": "月报", "scope": "read", "expires_on": (today() + timedelta(days=9)).isoformat()}
    page = client.post(reverse("accounts:make_token"), form)
    secret = page.context["secret"]
    assert secret in page.content.decode() and page["Cache-Control"] == "no-store"
    assert call(secret).status_code == 200
    listed = client.get(reverse("accounts:own_tokens")).content.decode()
    assert secret not in listed and secret[:8] in listed and "月报" in listed
    token = Token.objects.get()
    assert token.digest == digest_of(secret) and token.last_used_at is not None
    assert not any(secret in str(value) for value in vars(token).values())
    assert not AuditRecord.objects.filter(details__icontains=secret).exists()


def test_a_token_is_made_only_after_proof_and_by_no_token(client, world):
    client.force_login(world.clerk)
    form = {"name": "月报", "scope": "read", "expires_on": (today() + timedelta(days=9)).isoformat()}
    assert client.post(reverse("accounts:make_token"), form).status_code == 302
    _, secret = made(world.clerk)
    assert code(call(secret, "/api/accounts/tokens/make", "post", **form)) == "prove-again"
    client.cookies.clear()
    client.force_login(world.administrator)
    prove(client)
    both = client.post(
        "/api/accounts/tokens/make",
        form,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert code(both) == "prove-again", "a proof of somebody's session counts for no token"


def test_a_reading_token_does_nothing(world):
    organization = world.organization("甲协会")
    _, secret = made(world.clerk, scope="read")
    assert call(secret, f"/api/organizations/{organization.pk}").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        answer = call(secret, f"/api/organizations/{organization.pk}/rename", method)
        assert (answer.status_code, code(answer)) == (403, "token-reads-only")


@pytest.mark.parametrize(
    ("undo", "told"),
    [
        ("revoked", "token-revoked"),
        ("expired", "token-expired"),
        ("closed", "account-closed"),
        ("unknown", "bad-token"),
        ("basic", "bad-token"),
    ],
)
def test_a_token_that_is_no_longer_good_says_why(world, undo, told, owner):
    token, secret = made(world.clerk)
    headers = {"Authorization": f"Bearer {secret}"}
    if undo == "revoked":
        revoke_token(token, at=timezone.now(), by=world.clerk)
    elif undo == "expired":
        with owner(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_token SET made_at = now() - interval '9 days', expires_at = now()")
    elif undo == "closed":
        close_account(world.clerk, by=world.administrator)
    else:
        headers = {"Authorization": f"Bearer {secret}x" if undo == "unknown" else f"Basic {secret}"}
    answer = Client().get("/api/accounts/me", headers=headers)
    assert (answer.status_code, code(answer), answer["WWW-Authenticate"]) == (401, told, "Bearer")


def test_a_bad_token_beside_a_good_session_is_refused(client, world):
    client.force_login(world.clerk)
    assert client.get("/api/accounts/me").status_code == 200
    assert client.get("/api/accounts/me", headers={"Authorization": "Bearer tz_x"}).status_code == 401


def test_a_token_opens_no_page_and_must_wait_for_the_first_password(world):
    _, secret = made(world.clerk)
    page = Client().get(reverse("orgs:list"), headers={"Authorization": f"Bearer {secret}"})
    assert page.status_code == 302 and reverse("account_login") in page.url
    User.objects.filter(pk=world.clerk.pk).update(must_change_password=True)
    assert code(call(secret)) == "must-change-password"


def test_a_token_of_an_administrator_sees_no_person(world):
    world.branch(world.organization("甲协会"))
    _, secret = made(world.administrator)
    for address in ("people", "organizations", "party-organizations", "cases", "instructors"):
        assert call(secret, f"/api/{address}").json()["items"] == [], address


def test_it_is_revoked_by_its_owner_or_whoever_may_close_the_account_and_nobody_else(client, world):
    token, _ = made(world.clerk)
    client.force_login(world.outsider)
    assert client.post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 404
    client.force_login(world.administrator)
    assert "月报汇总" in client.get(reverse("accounts:account", args=[world.clerk.pk])).content.decode()
    assert client.post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 302
    token.refresh_from_db()
    assert token.revoked_by == world.administrator
    other, _ = made(world.clerk)
    client.force_login(world.clerk)
    assert client.post(reverse("accounts:revoke_token", args=[other.pk])).url == reverse("accounts:own_tokens")
    with pytest.raises(Refused):
        revoke_token(other, at=timezone.now(), by=world.clerk)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "name-missing"),
        ({"scope": "all"}, "scope-unknown"),
        ({"expires_on": today() - timedelta(days=1)}, "expired-already"),
        ({"expires_on": today() + timedelta(days=400)}, "expires-too-late"),
    ],
)
def test_a_token_is_refused_with_reasons(world, wrong, told):
    with pytest.raises(Refused) as refusal:
        made(world.clerk, **wrong)
    assert [each.code for each in refusal.value.obstacles] == [told]


def test_postgresql_lets_no_token_live_longer_or_again(world, owner):
    token, _ = made(world.clerk)
    revoke_token(token, at=timezone.now(), by=world.clerk)
    for change in (
        "expires_at = expires_at + interval '1 day'",
        "digest = 'x'",
        "revoked_at = NULL, revoked_by_id = NULL",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_token SET {change} WHERE id = {token.pk}")
    with owner(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_token SET revoked_at = NULL, revoked_by_id = NULL WHERE id = {token.pk}")


@pytest.mark.django_db(transaction=True)
def test_a_leaked_token_that_is_revoked_while_in_use_answers_no_call_begun_afterwards(transactional_world):
    """Four thieves call as fast as they can; the moment the revocation returns, every new call is turned away."""
    token, secret = made(transactional_world.clerk)
    revoked, late, early = threading.Event(), [], []

    def steal():
        try:
            for _ in range(400):
                after = revoked.is_set()
                status = call(secret).status_code
                (late if after else early).append(status)
                if after and len(late) > 40:
                    return
        finally:
            connection.close()

    thieves = [threading.Thread(target=steal) for _ in range(4)]
    for thief in thieves:
        thief.start()
    while len(early) < 20:
        pass
    revoke_token(token, at=timezone.now(), by=transactional_world.clerk)
    revoked.set()
    for thief in thieves:
        thief.join()
    assert early.count(200) >= 20 and len(late) > 40 and set(late) == {401}
