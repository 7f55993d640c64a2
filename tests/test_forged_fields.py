"""What is sent beside what a verb asks for changes nothing: who did it, when, whose it is and what becomes of it are never the sender's to say."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from taizhang.accounts.kept import SavedFilter
from taizhang.accounts.models import Delegation, Grant, Role, User
from taizhang.accounts.programs import Token
from taizhang.cases import actions as cases
from taizhang.cases.models import Attachment, Step
from taizhang.config.api import document, resolved
from taizhang.kit.clock import today
from taizhang.members.models import Person
from tests import furnished
from tests.doors import signed_in
from tests.test_operations import NUMBERS, least

MADE = ("id", "pk", "step", "step_id", "moment", "recorded", "period", "path", "digest", "is_superuser")
SAID_BY_NOBODY = ("by", "by_id", "given_by", "given_by_id", "given_at", "made_by", "made_at", "ended_by", "ended_at")
WHOSE = ("owner", "owner_id", "user", "user_id", "unit_id", "role_id", "shared_with", "state", "is_active", "at")
# These a verb may ask for, where it gives, makes, corrects or chooses just that.
ASKED_FOR = {
    "unit": {
        *("accounts.open_account", "accounts.grant", "accounts.hand_out", "accounts.hand_out_listed"),
        *("notices.remind", "meetings.set_up", "formation.group", "declarations.open_round"),
        *("instructors.enlist", "instructors.recruit", "orgs.correct.supervision", "orgs.correct.registrar"),
    },
    "role": {"accounts.open_account", "accounts.grant", "accounts.hand_out", "accounts.hand_out_listed"},
    "kind": {
        *("notices.remind", "orgs.register", "orgs.change", "orgs.correct.particulars", "orgs.create_unit"),
        "formation.start",
    },
    "status": {"orgs.strike_off", "orgs.correct.particulars"},
    "scope": {"accounts.make_token"},
    "account": {"members.link_account"},
    "known_at": {"reports.publish"},
}
FORGED = (*MADE, *SAID_BY_NOBODY, *WHOSE, *ASKED_FOR)
NESTED = {"filled": {"by": 1, "unit": 1}, "sent": {"by": 1, "role": "clerk"}, "grant": {"role": "clerk", "given_by": 1}}


def writing() -> list[tuple[str, dict]]:
    return [
        (path, told)
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
        if method != "get"
    ]


def bodies(told: dict) -> dict[str, dict]:
    """Kind of content → its schema."""
    content = told.get("requestBody", {}).get("content", {})
    return {kind: resolved(each["schema"], document()) for kind, each in content.items()}


def objects_in(schema: dict) -> list[dict]:
    """The schema, and those of the objects within it that have fields of their own."""
    schema = resolved(schema, document())
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [schema[name] for name in ("items",) if name in schema]
    return [*([schema] if "properties" in schema else []), *(found for each in inner for found in objects_in(each))]


def test_no_operation_asks_for_what_is_not_its_own():
    found: dict[str, set[str]] = {}
    for _, told in writing():
        assert {each["in"] for each in told["parameters"]} <= {"path"}, told["operationId"]
        for schema in bodies(told).values():
            for field in (name for each in objects_in(schema) for name in each["properties"]):
                found.setdefault(field, set()).add(told["operationId"])
    assert {field: names for field, names in found.items() if field in FORGED} == ASKED_FOR


def test_objects_within_objects_are_closed_too():
    """Parts of an upload are no objects: what is not asked for there is not read (below)."""
    open_ones = {
        told["operationId"]
        for _, told in writing()
        for kind, schema in bodies(told).items()
        for each in objects_in(schema)
        if kind == "application/json" and each.get("additionalProperties") is not False
    }
    assert open_ones == set()
    nested = [
        told["operationId"] for _, told in writing() for each in bodies(told).values() if len(objects_in(each)) > 1
    ]
    assert "imports.check" in nested and "declarations.accept" in nested, "the walk finds objects within objects"


@pytest.mark.django_db
def test_each_operation_names_what_was_forged_and_does_nothing(world):
    client, wrong, tried = signed_in(world.clerk), [], 0
    before = Step.objects.count()
    for path, told in writing():
        schema = bodies(told).get("application/json")
        if schema is None:
            continue
        forged = {name: 1 for name in FORGED if name not in schema["properties"]}
        sent = {**least(schema, document()), **forged, **NESTED}
        answer = client.post(NUMBERS.sub(str(furnished.NOBODYS_NUMBER), path), sent, content_type="application/json")
        named = {each["where"] for each in answer.json()["obstacles"]}
        tried += 1
        if answer.status_code != 422 or not {*forged, *NESTED} - {*schema["properties"]} <= named:
            wrong.append((told["operationId"], answer.status_code, named))
    assert wrong == [] and tried > 130
    assert Step.objects.count() == before


# The five that would hurt most: by a program nothing is done at all, at a page just what the verb says.


def forged_by(other: User, **more) -> dict:
    """As somebody would send it who wants to be, or to have been, another."""
    numbers = ("id", "pk", "by", "by_id", "given_by", "given_by_id", "made_by", "owner", "owner_id", "user", "user_id")
    days = ("given_at", "made_at", "ended_at", "moment", "recorded", "expires_at")
    return {
        **dict.fromkeys(numbers, other.pk),
        **dict.fromkeys(days, "2001-01-01T00:00"),
        "is_active": "",
        "path": "1.",
        "step": 1,
        "state": "done",
        "is_superuser": "on",
        **more,
    }


def refused(client: Client, address: str, said: dict) -> None:
    answer = client.post(address, said, content_type="application/json")
    assert answer.status_code == 422, answer.content


@pytest.mark.django_db
def test_a_forged_grant_is_the_one_that_was_given_by_whoever_gave_it(world):
    client, user, forged = signed_in(world.security), world.education_clerk, forged_by(world.leader, unit_id=1)
    said = {"unit": world.sports.name, "role": Role.UNIT_REVIEWER, "document": "任命"}
    held = Grant.objects.count()
    refused(client, f"/api/accounts/{user.pk}/grant", {**said, **forged})
    assert Grant.objects.count() == held
    assert client.post(reverse("accounts:grant", args=[user.pk]), {**said, **forged}).status_code == 302
    new = Grant.objects.latest("pk")
    assert (new.user, new.unit, new.role, new.given_by) == (user, world.sports, "unit_reviewer", world.security)
    assert new.given_at.year > 2001 and new.ended_at is None and Grant.objects.count() == held + 1


@pytest.mark.django_db
def test_a_forged_delegation_lends_ones_own_role(world):
    client, own = signed_in(world.clerk), world.clerk.active_grants[0]
    others = world.education_clerk.active_grants[0]
    said = {"to": world.leader.username, "first_on": str(today()), "last_on": str(today()), "reason": "出差"}
    forged = forged_by(world.outsider, grant=others.pk, grant_id=others.pk, role=Role.SYSTEM_ADMIN)
    refused(client, f"/api/accounts/grants/{own.pk}/delegate", {**said, **forged})
    assert not Delegation.objects.exists()
    assert client.post(reverse("accounts:delegate", args=[own.pk]), {**said, **forged}).status_code == 302
    lent = Delegation.objects.get()
    assert (lent.grant, lent.to, lent.made_by, lent.ended_at) == (own, world.leader, world.clerk, None)
    assert lent.made_at.year > 2001


@pytest.mark.django_db
def test_a_forged_token_is_of_whoever_asked_and_for_as_long_as_the_form_says(world):
    client = signed_in(world.leader)
    ends = today() + timedelta(days=3)
    said = {"name": "汇总", "scope": "read", "expires_on": str(ends)}
    forged = forged_by(world.clerk, digest="00", secret="tz_known", hint="tz_known", expires_at="2099-01-01T00:00")
    refused(client, "/api/accounts/tokens/make", {**said, **forged})
    assert not Token.objects.exists()
    assert client.post(reverse("accounts:make_token"), {**said, **forged}).status_code == 200
    made = Token.objects.get()
    assert (made.user, made.scope) == (world.leader, "read") and made.hint != "tz_known" and made.made_at.year > 2001
    assert (made.expires_at.date() - ends).days in (0, 1)
    assert Client().get("/api/accounts/me", headers={"Authorization": "Bearer tz_known"}).status_code == 401


@pytest.mark.django_db
def test_a_forged_filter_is_ones_own_and_shared_with_ones_own_unit(world):
    client = signed_in(world.outsider)
    said = {"page": "orgs:list", "name": "全部", "query": "entered=no"}
    forged = forged_by(world.clerk, shared_with=world.committee.pk, unit=world.committee.pk)
    refused(client, "/api/accounts/filters", {**said, **forged})
    assert not SavedFilter.objects.exists()
    assert client.post(reverse("accounts:keep_filter"), {**said, **forged}).status_code == 302
    kept = SavedFilter.objects.get()
    assert (kept.owner, kept.shared_with) == (world.outsider, None)
    client.post(reverse("accounts:keep_filter"), {**said, **forged, "shared": "on"})
    assert SavedFilter.objects.get().shared_with == world.sports


@pytest.mark.django_db
def test_a_forged_person_is_entered_by_the_clerk_without_an_account(world):
    client, organization = signed_in(world.clerk), world.organization("甲协会")
    said = {"name": "张三", "organization": organization.pk, "employment": "full_time", "on": "2017-03-01"}
    forged = forged_by(world.leader, account=world.clerk.pk, erased_on="2001-01-01", pinyin="aaa", id_number_index="00")
    refused(client, "/api/people/enrol", {**said, **forged})
    assert not Person.objects.exists()
    page = {"sex": "unknown", "education": "unknown", "outside_kind": "other"}
    assert client.post(reverse("members:enrol"), {**said, **page, **forged}).status_code == 302
    person = Person.objects.get()
    assert (person.account, person.erased_on, person.id_number_index) == (None, None, None)
    assert person.pinyin == "zhangsan" and person.pk != world.leader.pk
    step = Step.objects.latest("pk")
    assert step.by == world.clerk and step.recorded_at.year > 2001 and step.case.unit == organization.unit


@pytest.mark.django_db
def test_a_forged_upload_is_of_whoever_sent_it(world):
    organization = world.organization("甲协会")
    case = cases.open_case("orgs:register", "事项", unit=organization.unit, by=world.clerk)
    told = {"title": "请示", "file": SimpleUploadedFile("请示.pdf", furnished.PDF)}
    forged = forged_by(world.leader, case=case.pk + 1, case_id=case.pk + 1, digest="00", kind="exe", withdrawn_why="x")
    assert signed_in(world.clerk).post(f"/api/cases/{case.pk}/attach", {**told, **forged}).status_code == 200
    kept = Attachment.objects.get()
    assert (kept.case, kept.by, kept.kind, kept.withdrawn_why) == (case, world.clerk, "pdf", "")
    assert kept.digest != "00" and kept.at.year > 2001
