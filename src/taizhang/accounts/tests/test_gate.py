"""What every request passes: sign-in first, refusals with their reasons, a number that finds it all again."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from django.urls import include, path, reverse

from taizhang.accounts.models import Anonymous, AuditKind, AuditRecord, Role
from taizhang.config.urls import handler500  # noqa: F401
from taizhang.config.urls import urlpatterns as ours
from taizhang.kit.refusals import refuse
from tests.proof import prove

pytestmark = pytest.mark.django_db


def refusing(request):
    refuse("too-few", "正式党员2名，不足3名", remedy="可与相近单位联合组建")


def forbidding(request):
    raise PermissionDenied


def breaking(request):
    raise RuntimeError("a secret of the inside")


urlpatterns = [
    path("refusing/", refusing, name="refusing"),
    path("forbidding/", forbidding, name="forbidding"),
    path("breaking/", breaking, name="breaking"),
    path("api/breaking", breaking, name="api-breaking"),
    path("", include(ours)),
]

HTMX = {"hx-request": "true"}
here = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.clerk)
    return client


@here
def test_a_refusal_is_a_page_with_reasons_and_remedies(signed_in):
    response = signed_in.get("/refusing/", headers={"referer": "https://example.org/"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "正式党员2名，不足3名" in text and "可与相近单位联合组建" in text and "<html" in text
    assert "example.org" not in text
    kept = AuditRecord.objects.get(kind=AuditKind.REFUSAL)
    assert (kept.verb, kept.details) == ("refusing", {"codes": ["too-few"]})


@here
def test_a_part_of_a_page_is_refused_with_a_part(signed_in):
    response = signed_in.get("/refusing/", headers=HTMX)
    assert response.status_code == 422
    assert "可与相近单位联合组建" in response.content.decode() and "<html" not in response.content.decode()
    assert "<html" not in signed_in.get("/forbidding/", headers=HTMX).content.decode()


@here
def test_the_wrong_person_gets_no_hint_and_is_recorded(signed_in, world):
    response = signed_in.get("/forbidding/")
    assert response.status_code == 403 and "权限" in response.content.decode()
    assert AuditRecord.objects.get(kind=AuditKind.REFUSAL).user == world.clerk


@here
def test_a_verbs_refusal_is_recorded_once(signed_in, world):
    signed_in.force_login(world.administrator)
    prove(signed_in)
    form = {"username": "!", "name": "某"}
    assert signed_in.post("/accounts/open/", form).status_code == 422
    assert AuditRecord.objects.filter(kind=AuditKind.REFUSAL).count() == 1


@here
def test_something_unforeseen_tells_a_number_and_nothing_of_the_inside(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.clerk)
    response = client.get("/breaking/")
    text = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"] in text and "secret" not in text
    answer = client.get("/api/breaking")
    assert answer.status_code == 500 and answer.json()["obstacles"][0]["code"] == "broken"


@here
def test_whoever_has_not_signed_in_is_sent_to_do_so(client, db):
    assert client.get("/refusing/?a=1").url == reverse("account_login") + "?next=/refusing/%3Fa%3D1"
    assert client.get("/refusing/", headers=HTMX)["HX-Redirect"] == reverse("account_login")
    assert client.get("/api/breaking").json()["obstacles"][0]["code"] == "not-signed-in"
    assert client.get("/api/breaking").status_code == 401


def test_nobody_sees_nothing_and_holds_nothing():
    nobody = Anonymous()
    assert nobody.scope.is_nowhere and nobody.people_scope.is_nowhere
    assert not nobody.holds(set(Role.values)) and not nobody.is_authenticated


def test_health_answers_to_anybody_and_says_nothing(client, db):
    response = client.get("/health")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_whoever_sends_a_form_after_the_session_ended_is_told_that_it_was_not_taken(client, db):
    answer = client.post("/orgs/register/", {"name": "甲协会"}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/sign-in/") and "没有提交" in answer.content.decode()
    assert "没有提交" not in client.get("/sign-in/").content.decode()


def test_pages_are_not_kept_by_the_browser(signed_in):
    assert "no-store" in signed_in.get("/accounts/me/")["Cache-Control"]


def test_a_proxy_is_believed_only_where_one_is_configured(signed_in, settings):
    signed_in.post("/accounts/open/", headers={"x-forwarded-for": "1.2.3.4"})
    assert AuditRecord.objects.filter(kind=AuditKind.REFUSAL).latest("pk").address == "127.0.0.1"
