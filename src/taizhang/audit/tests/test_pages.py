"""The pages of the audit: for one administrator, filtered, paged, exported on record; nobody else learns of them."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.audit.tables import details_of, vocabulary, words
from taizhang.members import actions as members
from taizhang.members.tests.people import JUNE, employee, id_number
from tests.doors import told

LIST = "audit:list"
CODE = Path(__file__).parents[2]
TELLING = {"record", "tell_audit", "record_failure"}
GLOSSARY = Path(__file__).parents[4] / "docs" / "glossary.md"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def amended(world) -> AuditRecord:
    association = world.organization()
    person = employee(world, association, "张三丰", id_number=id_number(), telephone="13900001234")
    members.amend(person, unit=association.unit, name="张三疯", on=JUNE, by=world.clerk)
    return AuditRecord.objects.get(verb="members.amend")


def test_the_audit_is_read_by_its_administrator_alone(world, amended):
    addresses = [reverse(LIST), reverse("audit:detail", args=[amended.pk]), reverse("audit:ask", args=[amended.pk])]
    for stranger in (world.administrator, world.security, world.clerk, world.leader, world.outsider):
        assert [client_of(stranger).get(address).status_code for address in addresses] == [403, 403, 403]
    assert [client_of(world.auditor).get(address).status_code for address in addresses] == [200, 200, 200]


def test_the_audit_administrator_sees_nothing_else(world, amended):
    client = client_of(world.auditor)
    for page in ("orgs:list", "members:list", "cases:list", "party:list"):
        response = client.get(reverse(page))
        assert response.status_code == 403 or "甲协会" not in response.content.decode()


def test_no_page_of_the_audit_names_a_person_or_shows_a_number(world, amended):
    client = client_of(world.auditor)
    for address in (
        reverse(LIST),
        reverse(LIST) + "?format=xlsx",
        reverse(LIST) + "?format=csv",
        *(reverse("audit:detail", args=[row.pk]) for row in AuditRecord.objects.all()),
    ):
        text = told(client.get(address))
        assert not [word for word in ("张三", id_number(), "13900001234") if word in text], address


@pytest.mark.parametrize(
    ("asked", "verbs"),
    [
        ({"kind": "permission"}, "accounts."),
        ({"who": "jingban"}, ""),
        ({"who": "经办"}, ""),
        ({"verb": "更正人员信息"}, "members.amend"),
        ({"verb": "members.am"}, "members.amend"),
        ({"address": "203.0.113.9"}, "orgs:list"),
        ({"request": "abc123"}, "orgs:list"),
        ({"kind": "refusal", "since": "2017-01-01"}, "orgs:list"),
    ],
)
def test_the_list_is_filtered_by_what_one_asks(world, amended, asked, verbs):
    AuditRecord.objects.create(
        kind=AuditKind.REFUSAL, username="nobody", verb="orgs:list", address="203.0.113.9", request="abc123"
    )
    found = rows_of(client_of(world.auditor).get(reverse(LIST), asked))
    assert found and all(row.verb.startswith(verbs) for row in found)
    assert len(found) < AuditRecord.objects.count()


def test_object_and_case_find_their_records(world, amended):
    client = client_of(world.auditor)
    for asked in (
        {"case": amended.case},
        {"object": amended.object},
        {"object": amended.object.replace("members.person:", "人员 ")},
    ):
        assert amended in rows_of(client.get(reverse(LIST), asked)), asked
    assert rows_of(client.get(reverse(LIST), {"until": "2016-12-31"})) == []


def test_whatever_is_typed_is_no_fault(world, amended):
    client = client_of(world.auditor)
    for name in ("kind", "who", "verb", "object", "case", "address", "request", "since", "until", "after", "sort"):
        for value in ("\0", "' OR 1=1", "昨天", "9" * 40, "::::", "-1"):
            assert client.get(reverse(LIST), {name: value}).status_code == 200, (name, value)


def test_a_page_of_the_list_needs_the_same_few_questions_however_long_it_is(
    world, amended, django_assert_max_num_queries
):
    client = client_of(world.auditor)
    AuditRecord.objects.bulk_create(AuditRecord(kind=AuditKind.JOB, verb="imports.work") for _ in range(120))
    client.get(reverse(LIST))
    with django_assert_max_num_queries(6):
        first = client.get(reverse(LIST))
    following = client.get(reverse(LIST) + first.context["list"].next)
    seen = [row.pk for row in (*rows_of(first), *rows_of(following))]
    assert len(seen) == 100 and seen == sorted(set(seen), reverse=True)


def test_an_export_of_the_audit_is_itself_in_the_audit(world, amended):
    client_of(world.auditor).get(reverse(LIST), {"format": "csv", "kind": "change"})
    row = AuditRecord.objects.get(kind=AuditKind.EXPORT)
    assert (row.user, row.verb, row.details["filters"]) == (world.auditor, LIST, {"kind": "change"})


def test_from_the_record_to_the_value_by_two_people(world, amended):
    auditor, security = client_of(world.auditor), client_of(world.security)
    sent = auditor.post(reverse("audit:ask", args=[amended.pk]), {"purpose": "核查误改"})
    assert sent.status_code == 302
    number = int(sent.url.rstrip("/").rpartition("/")[2])
    assert "核查误改" in security.get(reverse("audit:openings")).content.decode()
    assert auditor.post(reverse("audit:decide", args=[number]), {"granted": "yes"}).status_code == 403
    assert security.post(reverse("audit:decide", args=[number]), {"granted": "yes"}).status_code == 302
    assert security.post(reverse("audit:open", args=[number])).status_code == 403
    shown = auditor.post(reverse("audit:open", args=[number]))
    assert shown["Cache-Control"] == "no-store"
    assert "张三丰" in shown.content.decode() and "张三疯" in shown.content.decode()
    assert auditor.get(reverse("audit:open", args=[number])).status_code == 405


def test_a_refusal_beside_the_field(world, amended):
    response = client_of(world.auditor).post(reverse("audit:ask", args=[amended.pk]), {"purpose": ""})
    assert response.status_code == 422 and "没有写明用途" in response.content.decode()


def test_what_a_command_or_a_stranger_did_is_listed_too(world):
    record(AuditKind.SIGN_IN_FAILED, by=None, username="", known=False)
    text = client_of(world.auditor).get(reverse(LIST), {"kind": "sign_in_failed"}).content.decode()
    assert "系统" in text and "账号存在：否" in text


def test_verbs_are_called_what_the_glossary_calls_them():
    line = re.compile(r"^\| ([^|]+) \| [^|]+ \| `([^`]+)` \|", re.M)
    glossary = {verb: word for word, verb in line.findall(GLOSSARY.read_text(encoding="utf-8"))}
    assert {verb: word for verb, word in words().items() if glossary.get(verb) != word} == {}
    assert len(words()) > 60


def rows_of(response) -> list[AuditRecord]:
    return list(response.context["list"].page.rows)


def name_called(called: ast.expr) -> str:
    return getattr(called, "id", getattr(called, "attr", ""))


def decorator(each: ast.expr) -> str:
    return name_called(each.func) if isinstance(each, ast.Call) else ""


def test_what_an_act_tells_of_itself_is_told_in_the_offices_words():
    """The names are read from the code: of every call that writes to the audit, and of what a job was asked with."""
    nodes = [
        node
        for path in CODE.rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    told = {key.arg for call in calls if name_called(call.func) in TELLING for key in call.keywords if key.arg}
    jobs = [
        each
        for each in nodes
        if isinstance(each, ast.FunctionDef) and "asked_for" in map(decorator, each.decorator_list)
    ]
    asked = {
        of.arg
        for job in jobs
        for of in job.args.kwonlyargs
        if isinstance(of.annotation, ast.Name) and of.annotation.id == "int"
    }
    named = (told - {"by", "verb", "of", "case", "username"}) | asked
    assert named - set(vocabulary()["details"]) == set()
    assert len(named) > 30


def test_a_sign_in_is_told_without_a_word_of_the_code(world):
    failed = record(AuditKind.SIGN_IN_FAILED, by=None, username="jingban", known=True, second_step="totp")
    assert details_of(failed) == "账号存在：是；两步验证：动态验证码"
