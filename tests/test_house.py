"""The house itself: the two roles, the command's health check, and what an answer carries."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from taizhang.accounts.middleware import address_of
from taizhang.config import environment, health


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE cases_case DISABLE TRIGGER ALL",
        "TRUNCATE cases_case CASCADE",
        "DELETE FROM accounts_user",
        "UPDATE accounts_auditrecord SET verb = ''",
        "DROP FUNCTION kit_grams(text)",
        "SET ROLE postgres",
    ],
)
def test_the_application_s_role_may_not(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_doctor_finds_the_privileges_as_declared_and_notices_one_too_many(owner):
    found = {finding.code: finding for finding in health.privileges()}
    assert found["privileges"].state == "ok", found["privileges"].found
    with owner(), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON cases_step TO taizhang_app")
    found = {finding.code: finding for finding in health.privileges()}
    assert found["privileges"].found == "cases_step 多 DELETE"


@pytest.mark.django_db
def test_doctor_says_of_each_thing_what_to_do_in_a_form_a_program_can_read():
    findings = health.examine()
    assert {"version", "locale", "extensions", "migrations", "role", "privileges", "worker", "keys", "disk"} <= {
        f.code for f in findings
    }
    assert all(finding.remedy for finding in findings if finding.state != "ok")
    json.dumps([finding.as_dict() for finding in findings])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("行业", True),
        ("业", True),
        ("ＡＢ", True),
        ("x业", False),
        ("业行", False),
        ("（行", True),
        ("b行", True),
        ("行业协会", True),
        ("省a", True),
        ("a行", False),
    ],
)
def test_chinese_is_found_by_any_number_of_characters_in_any_width(words, finds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT kit_grams('浙江省ab行业协会') @> kit_grams(%s)", [words])
        assert cursor.fetchone() == (finds,)


def test_keys_that_are_not_keys_are_refused_with_the_command_that_makes_some():
    with pytest.raises(ImproperlyConfigured, match="taizhang keys make"):
        environment.encryption_keys("one:too-short")
    made = environment.new_keys()["TAIZHANG_KEYS"]
    assert [len(key) for _, key in environment.encryption_keys(f"{made},{made}")] == [32, 32]


def test_production_does_not_start_without_keys(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("TAIZHANG_KEYS", raising=False)
    with pytest.raises(ImproperlyConfigured, match="taizhang keys make"):
        environment.keys(production=True)


def test_keys_made_for_a_private_folder_are_kept_and_nobody_else_may_read_them(monkeypatch, tmp_path):
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("TAIZHANG_KEYS", raising=False)
    first = environment.keys(production=False)
    assert environment.keys(production=False) == first
    assert (tmp_path / "home" / "keys").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("url", "host", "port", "name"),
    [
        ("postgresql://a:b%40c@db.example:5433/taizhang", "db.example", "5433", "taizhang"),
        ("postgres:///taizhang?host=/run/postgresql", "/run/postgresql", "", "taizhang"),
    ],
)
def test_a_database_address_is_read(url, host, port, name):
    found = environment.database_from(url)
    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, name)


def test_another_kind_of_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        environment.database_from("mysql://x/y")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (2, "203.0.113.9, 10.0.0.7", "203.0.113.9"),
    ],
)
def test_the_address_in_the_audit_is_what_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert address_of(request) == address
