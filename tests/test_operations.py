"""Whatever a page does, a program can do: every page has its operation, or says in a sentence why it has none."""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from taizhang.config.api import document
from tests import furnished
from tests.doors import doors

# Pages without an operation of their own, and where a program finds the same.
WITHOUT: dict[str, str] = {
    "orgs:choose_office": "what a field of a form offers: orgs.units?q=",
    "orgs:choose": "what a field of a form offers: orgs.list?q=",
    "party:choose": "what a field of a form offers: party.list?q=",
    "party:choose_superior": "what a field of a form offers: orgs.units and party.list",
    "declarations:queue": "what waits for one's own review, to be gone through by keyboard: declarations.list?turn=mine",
    "members:choose": "what a field of a form offers: members.list?q=",
    "accounts:sign_ins": "where a person is signed in at pages: a program signs in nowhere, its tokens are accounts.own_tokens",
    "accounts:end_sign_in": "as accounts:sign_ins",
    "accounts:end_other_sign_ins": "as accounts:sign_ins",
    "accounts:activate": "somebody sets a password of their own: a person at a page",
    "accounts:list_template": "an empty table to fill in: accounts.hand_out_listed takes lines",
    "accounts:slips_file": "the same as accounts.slips, as a workbook",
    "desk:in_hand": "a part of the pages that close or hand over an account: cases.list",
    "accounts:policy": "what is asked of those who sign in at pages",
    "meetings:unopposed": "several items at once: meetings.resolve for each",
    "papers:sign_many": "several at once: papers.sign for each",
    "papers:issue_many": "several at once: papers.issue for each",
    "papers:printing": "how far the originals are: digest and failure in papers.detail",
    "papers:page": "for eyes: the text is papers.detail, the original papers.pdf",
    "desk:concerned": "a part of the pages that hand over or strike off: party.coverage and members.roster",
    "desk:history": "two days side by side: orgs.statements, party.statements, members.statements, and cases.steps",
    "reports:choose": "goes to the report that a form names: reports.annual",
    "stats:tile": "a part of the desk: stats.figure",
    "stats:bars": "a drawing: stats.figure?by=",
    "stats:line": "a drawing: stats.figure, day by day",
    "stats:trend_line": "a drawing: stats.trend",
    "stats:multiples": "a drawing: stats.trend?by=unit",
    "stats:json": "the page's own answer for programs, older than the API: stats.figure",
    "accounts:errands": "a program calls the verb for each row itself, and reads a list page by page",
    "accounts:errand": "as accounts:errands",
    "accounts:refusals": "as accounts:errands",
    "accounts:resume": "as accounts:errands",
    "accounts:errand_file": "as accounts:errands",
}
OF_LIBRARIES = ("account", "mfa")  # signing in and its two steps: a person at a page, never a program


def operations() -> dict[str, dict]:
    return {told["operationId"]: told for methods in document()["paths"].values() for told in methods.values()}


def pages() -> list[str]:
    names = {door.name for door in doors() if door.slice and not door.name.startswith("api:")}
    return sorted(names)


def has_operation(page: str, known) -> bool:
    name = page.replace(":", ".")
    return name in known or any(each.startswith(f"{name}.") for each in known)


def test_every_page_has_an_operation():
    known = operations()
    missing = [page for page in pages() if not has_operation(page, known) and page not in WITHOUT]
    assert missing == [], "add it to the slice's api.py (accounts/operations.py says how), or say why not in WITHOUT"


def test_what_is_said_to_be_without_is_a_page_and_is_without():
    known = operations()
    assert [page for page in WITHOUT if page not in pages() or has_operation(page, known)] == []


def test_an_operation_is_named_once_and_a_schema_too():
    """Two schemas of one name would silently become one in the document."""
    described = document()
    names = [told["operationId"] for methods in described["paths"].values() for told in methods.values()]
    assert len(names) == len(set(names)) and all(re.fullmatch(r"[a-z]+\.[a-z_.]+", name) for name in names)
    assert schemas_of_one_name() == {}


def schemas_of_one_name() -> dict[str, set[str]]:
    from taizhang.config.api import api

    seen: dict[str, set[str]] = {}
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in [*operation.models, *operation.response_models.values()]:
                    for schema in schemas_in(model):
                        if schema.__module__.startswith("taizhang."):
                            seen.setdefault(schema.__name__, set()).add(f"{schema.__module__}.{schema.__qualname__}")
    return {name: found for name, found in seen.items() if len(found) > 1}


def schemas_in(model) -> list[type]:
    """The schemas that one is made of, itself included."""
    found, waiting = [], [model]
    while waiting:
        each = waiting.pop()
        for inner in getattr(each, "__args__", ()):
            waiting.append(inner)
        if isinstance(each, type) and hasattr(each, "model_fields") and each not in found:
            found.append(each)
            waiting += [field.annotation for field in each.model_fields.values()]
    return found


def test_every_operation_says_what_it_does_and_documents_every_refusal():
    refusals = {"400", "401", "403", "404", "409", "413", "422", "429"}
    for name, told in operations().items():
        assert {"200", *refusals} <= set(told["responses"]), name
        assert re.search(r"[\u4e00-\u9fff]", told["summary"]), name
        assert {next(iter(each)) for each in told["security"]} == {"AccessToken", "Session"}, name
        for status in refusals:
            schema = told["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Obstacles"}, name


@pytest.mark.django_db
def test_nobody_comes_in_without_proof_and_every_operation_refuses_as_json():
    for path, methods in document()["paths"].items():
        address = re.sub(r"\{\w+\}", "1", path)
        for method in methods:
            for headers in ({}, {"Authorization": "Bearer tz_made-up"}, {"Authorization": "Basic YTpi"}):
                answer = getattr(Client(), method)(address, headers=headers)
                assert answer.status_code == 401, (method, address)
                assert [each["code"] for each in answer.json()["obstacles"]] in (["not-signed-in"], ["bad-token"])


NUMBERS = re.compile(r"\{\w+\}")
NOUNS = ("accounts.unit", "cases.case", "orgs.organization", "party.partyorganization", "members.person")


@pytest.mark.django_db
def test_a_row_of_others_is_to_every_operation_as_one_that_does_not_exist(world, owner):
    """With a body that fits the description, so that the row is looked for."""
    with owner():
        furnished.number_rows_apart()
    furnished.kept_by(furnished.keep_own, world)
    hidden = furnished.kept_by(furnished.hide, world, "璟")
    client, described, wrong, tried = Client(), document(), [], 0
    client.force_login(world.outsider)
    for path, methods in described["paths"].items():
        if not NUMBERS.search(path):
            continue
        for method, told in methods.items():
            body = fitting(told, described)
            nobodys = asked(client, method, NUMBERS.sub(str(furnished.NOBODYS_NUMBER), path), body)
            beneath = told["operationId"].partition(".")[0]
            for label in [each for each in hidden.rows if each.startswith(f"{beneath}.") or each in NOUNS]:
                for number in hidden.some(label)[:1]:
                    answer = asked(client, method, NUMBERS.sub(str(number), path), body)
                    tried += 1
                    if answer != nobodys:
                        wrong.append(f"{method} {path} tells of {label}: {answer} not {nobodys}")
    assert wrong == [] and tried > 800


def asked(client, method: str, address: str, body) -> tuple[int, bytes]:
    with transaction.atomic():
        options = {"data": body, "content_type": "application/json"} if method == "post" else {}
        answer = getattr(client, method)(address, **options)
        transaction.set_rollback(True)
    return answer.status_code, b"" if answer.streaming else answer.content


def fitting(told: dict, described: dict):
    """The least that fits the description of a body."""
    content = told.get("requestBody", {}).get("content", {})
    return least(content["application/json"]["schema"], described) if "application/json" in content else {}


def least(schema: dict, described: dict):
    if "$ref" in schema:
        return least(described["components"]["schemas"][schema["$ref"].rpartition("/")[2]], described)
    if "anyOf" in schema:
        return least(schema["anyOf"][0], described)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: least(fields[name], described) for name in schema.get("required", ())}
    if kind == "string":
        return "2017-05-02" if schema.get("format") == "date" else "某"
    return {"integer": furnished.NOBODYS_NUMBER, "number": 1.0, "boolean": False, "array": []}[kind]


@pytest.mark.django_db
def test_the_description_is_a_page_with_every_operation(client, world):
    client.force_login(world.clerk)
    page = client.get(reverse("api_docs"), headers={"Accept": "text/html"}).content.decode()
    assert [path for path in document()["paths"] if path not in page] == []
    assert [told["summary"] for told in operations().values() if told["summary"] not in page] == []
