"""What every answer tells a browser: run nothing that is not ours, sit in nobody's frame, guess no type, keep no copy."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from taizhang.accounts import actions
from tests.doors import doors

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|<[^>]+\s(?:on[a-z]+|style)=\"|javascript:", re.I
)


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.clerk)
    return client


def pages():
    return [door for door in doors() if not door.numbers and not door.words]


def test_every_answer_carries_the_policy_and_its_headers(signed_in):
    wrong = []
    for door in pages():
        (address,) = door.addresses()
        response = signed_in.get(address)
        told = dict(
            part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part.strip()
        )
        expected = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
        expected |= {"Cross-Origin-Opener-Policy": "same-origin"}
        if told != POLICY or any(response.get(name) != value for name, value in expected.items()):
            wrong.append(address)
        if not response.get("X-Request-Id") or not response.get("Cache-Control"):
            wrong.append(f"{address} without a number or a word about keeping copies")
    assert wrong == []


def test_no_page_contains_a_script_a_style_or_a_handler_of_its_own(signed_in, world):
    """The policy would stop it; so it must not be there to be missed."""
    world.branch(world.organization())
    wrong = []
    for door in pages():
        for user in (world.clerk, world.administrator):
            signed_in.force_login(user)
            (address,) = door.addresses()
            response = signed_in.get(address)
            if "html" in response.get("Content-Type", ""):
                wrong += [f"{address}: {found}" for found in INLINE.findall(response.content.decode())]
    assert wrong == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_unsafe_is_done_without_the_token_of_the_page(world, method):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.clerk)
    wrong = []
    for door in doors():
        for address in door.addresses(*[1] * len(door.numbers)):
            status = getattr(client, method)(address).status_code
            if status != 403 and not (status == 405 and door.name.startswith("api:")):
                wrong.append(f"{method} {address}: {status}")
    assert wrong == []


def test_nothing_is_traced_and_a_header_makes_no_other_method(signed_in):
    assert signed_in.trace("/orgs/").status_code == 405
    assert signed_in.get("/orgs/register/", headers={"X-HTTP-Method-Override": "POST"}).status_code == 200


def test_the_sign_in_itself_needs_the_token(world):
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("account_login"), {"login": "jingban", "password": PASSWORD}).status_code == 403


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client, world):
    actions.change_password(world.clerk, password=PASSWORD, by=world.clerk)
    client.post(reverse("account_login"), {"login": "jingban", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"], name
    assert not client.cookies[settings.SESSION_COOKIE_NAME]["max-age"], "ends with the browser"


def test_behind_tls_cookies_are_bound_to_the_host_and_plain_http_is_left():
    told = settings_in_production()
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-") and told["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert told["SESSION_COOKIE_SECURE"] and told["CSRF_COOKIE_SECURE"] and told["SECURE_SSL_REDIRECT"]
    assert told["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert not told["DEBUG"]


def test_an_unknown_host_is_answered_with_nothing(client, db):
    assert client.get("/health", headers={"host": "example.org"}).status_code == 400


def settings_in_production() -> dict:
    from taizhang.config import environment

    wanted = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    wanted += ["SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG"]
    program = f"import json; from taizhang.config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {wanted}}}))"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment.new_keys(), "TAIZHANG_PRODUCTION": "1", "TAIZHANG_HTTPS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)
