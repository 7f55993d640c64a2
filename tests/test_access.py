"""Every door, operation and job says who may come, is kept to it, and what moved away is gone on the next request."""

import re
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, include, path, resolve
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob

from taizhang.accounts.access import OF_LIBRARIES, OPERATIONS, Access, Kind, access_of
from taizhang.accounts.actions import close_account, end_grant, grant, open_account
from taizhang.accounts.models import AuditKind, AuditRecord, Role, Unit, User
from taizhang.accounts.working import Whose
from taizhang.config.api import api
from taizhang.imports.models import Batch, Progress
from taizhang.imports.rules import GONE
from taizhang.imports.tasks import work
from taizhang.imports.telling import begin, forget
from taizhang.imports.tests.sending import send
from taizhang.members import actions as members
from taizhang.members.models import Engagement, Membership
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode
from taizhang.party import actions as party
from tests.doors import doors
from tests.world import FIRST_DAY

NOBODYS = 9_099_999_999
CURE = "say who may come: @signed_in, @public or @for_roles(rules.WHO[…]) from accounts.access; without it a door is scoped"


def views() -> dict[str, Access | None]:
    """Address name → who may come, of every page."""
    found = {}
    for door in doors():
        if not door.name.startswith(f"{OPERATIONS}:") or door.name in OF_LIBRARIES:
            found[door.name] = access_of(door.name, callback(door.name))
    return found


def callback(name: str):
    def within(patterns, namespace: str = ""):
        for each in patterns:
            if hasattr(each, "url_patterns"):
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from within(each.url_patterns, inner)
            else:
                yield f"{namespace}{each.name}", each.callback

    return dict(within(get_resolver().url_patterns))[name]


def operations() -> dict[str, Access | None]:
    return {
        f"{'/'.join(sorted(operation.methods))} {prefix}{route}": access_of(
            f"api:{operation.operation_id}", operation.view_func
        )
        for prefix, router in api._routers
        for route, view in router.path_operations.items()
        for operation in view.operations
    }


def test_every_page_says_who_may_come():
    assert len(views()) > 80
    assert [name for name, access in views().items() if access is None] == [], CURE


def test_every_operation_says_who_may_come():
    assert len(operations()) > 10
    assert [name for name, access in operations().items() if access is None] == [], CURE


def test_every_job_says_whose_it_is():
    ours = {name: task for name, task in jobs.tasks.items() if not name.startswith(("builtin", "procrastinate"))}
    assert "imports.work" in ours
    assert {name: getattr(task.func, "whose", None) for name, task in ours.items() if not whose(task)} == {}, (
        "declare it by accounts.working: @asked_for or @of_the_house"
    )


def whose(task) -> bool:
    return getattr(task.func, "whose", None) in set(Whose)


def test_what_is_public_is_known():
    public = {name for name, access in views().items() if access and access.kind is Kind.PUBLIC}
    signing_in = {"account_login", "account_logout", "account_inactive", "mfa_authenticate", "accounts:activate"}
    assert public == signing_in | {"health"}


def test_libraries_doors_that_are_named_exist():
    assert set(OF_LIBRARIES) - {door.name for door in doors()} == set()


def nobodys_view(request):
    return HttpResponse("open")


nobodys_view.__module__ = "somebody.elses"
urlpatterns = [path("", include("taizhang.config.urls")), path("forgotten/", nobodys_view, name="forgotten")]


@override_settings(ROOT_URLCONF="tests.test_access")
def test_a_door_nobody_has_thought_about_is_shut(world):
    client = Client()
    assert client.get("/forgotten/").status_code == 302
    for user in (world.clerk, world.administrator):
        client.force_login(user)
        assert client.get("/forgotten/").status_code == 403
    assert access_of("forgotten", resolve("/forgotten/").func) is None


@pytest.fixture
def nobody(world):
    """Signed in, and holding nothing any more."""
    user, _ = open_account(username="wuquan", name="无权", by=world.administrator)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return User.objects.get(pk=user.pk)


def test_a_door_for_a_role_is_shut_to_everybody_else(world, nobody):
    everybody = [world.administrator, world.clerk, world.leader, world.education_clerk, nobody]
    wrong, tried = [], 0
    for door in doors():
        access = views().get(door.name)
        if access is None or access.kind is not Kind.ROLE:
            continue
        for user in everybody:
            client = Client()
            client.force_login(user)
            for address in door.addresses(*[NOBODYS] * len(door.numbers)):
                statuses = {client.get(address).status_code, client.post(address).status_code}
                tried += 1
                if (statuses == {403}) == user.holds(access.who):
                    wrong.append(f"{user} at {address}: {statuses}, for {sorted(access.who)}")
    assert wrong == [] and tried > 30


def test_a_door_without_a_row_that_refuses_somebody_without_a_role_says_so(nobody):
    """What a door says of itself is what it does."""
    client, wrong = Client(), []
    client.force_login(nobody)
    for door in doors():
        access = views().get(door.name)
        if door.takes_numbers or access is None or access.kind not in (Kind.SCOPED, Kind.SIGNED_IN):
            continue
        wrong += [f"{door.name} {access.kind}" for each in door.addresses() if client.get(each).status_code == 403]
    assert wrong == [], CURE


# What moved is gone on the next request: the session was there before, and goes on.


@pytest.fixture
def seen(world):
    """Signed in as the education clerk, with the addresses of what is theirs now."""
    organization = world.organization("甲协会", under=world.education)
    branch = world.branch(organization)
    person = members.add(name="张某", unit=organization.unit, on=FIRST_DAY, by=world.clerk)
    members.engage(person, organization=organization, employment="full_time", on=FIRST_DAY, by=world.clerk)
    members.admit(person, party_organization=branch, standing="full", on=FIRST_DAY, by=world.clerk)
    world.client = Client()
    world.client.force_login(world.education_clerk)
    world.rows = organization, branch, person
    world.pages = [f"/organisations/{organization.pk}/", f"/party/{branch.pk}/", f"/members/{person.pk}/"]
    world.pages += [
        f"/api/organizations/{organization.pk}",
        f"/api/party-organizations/{branch.pk}",
        f"/api/people/{person.pk}",
    ]
    assert statuses(world) == {200}
    return world


def statuses(world) -> set[int]:
    return {world.client.get(page).status_code for page in world.pages}


def listed(world) -> str:
    pages = ("/orgs/", "/party/", "/members/", "/orgs/?format=csv", "/members/choose/?q=张", "/search/?q=甲协会")
    return "".join(
        (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        for answer in map(world.client.get, pages)
    )


def is_gone(world) -> None:
    assert statuses(world) == {404}
    assert not re.search('甲协会(?!</h1>|”|")|张某', listed(world).replace('value="甲协会"', ""))


def test_gone_with_a_hand_over_to_another_unit(seen):
    assert "甲协会" in listed(seen) and "张某" in listed(seen)
    orgs.hand_over(seen.rows[0], to=seen.sports, mode=Mode.DUAL, on=FIRST_DAY, document="函1号", by=seen.clerk)
    is_gone(seen)


def test_gone_with_a_merger_of_the_unit_into_another(seen):
    for organization in (seen.rows[0], seen.organization("乙协会", under=seen.education)):
        orgs.hand_over(organization, to=seen.sports, mode=Mode.DUAL, on=FIRST_DAY, document="合并", by=seen.clerk)
    is_gone(seen)
    seen.client.force_login(seen.outsider)
    assert statuses(seen) == {200}


def test_gone_with_the_role(seen):
    end_grant(seen.education_clerk.grants.get(), by=seen.security)
    is_gone(seen)


def test_gone_with_the_account(seen):
    close_account(User.objects.get(pk=seen.education_clerk.pk), by=seen.administrator)
    assert statuses(seen) <= {302, 401}


def test_a_member_who_moves_to_another_branch_is_gone_from_the_secretary(seen):
    organization, branch, person = seen.rows
    secretary = seen.account(branch.unit, Role.SECRETARY, username="shuji", name="书记")
    User.objects.filter(pk=secretary.pk).update(must_change_password=False)
    seen.client.force_login(secretary)
    assert seen.client.get(f"/members/{person.pk}/").status_code == 200
    other = seen.branch(seen.organization("乙协会", under=seen.sports))
    members.admit(person, party_organization=other, standing="full", on=FIRST_DAY, by=seen.clerk)
    assert seen.client.get(f"/members/{person.pk}/").status_code == 404
    assert "张某" not in seen.client.get(f"/members/party/{branch.pk}/roster/").content.decode()


def test_who_went_elsewhere_is_gone_and_who_went_nowhere_is_not(seen):
    """A transfer on a later day leaves the ended relation on record, and gives nobody a look at the person any more."""
    organization, branch, person = seen.rows
    other = seen.organization("乙协会", under=seen.sports)
    engaged = Engagement.objects.current().get(person=person)
    members.leave(engaged, on=date(2017, 5, 1), by=seen.clerk)
    held = Membership.objects.current().get(person=person)
    members.end_membership(held, on=date(2017, 5, 1), by=seen.clerk)
    assert seen.client.get(f"/members/{person.pk}/").status_code == 200
    members.engage(person, organization=other, employment="full_time", on=date(2017, 6, 1), by=seen.clerk)
    assert seen.client.get(f"/members/{person.pk}/").status_code == 404
    assert "张某" not in seen.client.get("/members/").content.decode()  # the unit's own matters remain its own
    seen.client.force_login(seen.outsider)
    assert seen.client.get(f"/members/{person.pk}/").status_code == 200


def test_a_branch_that_changes_its_superior_is_gone_from_the_old_one(world):
    organizations = [world.organization(name, under=world.education) for name in ("甲协会", "乙协会")]
    joint = world.branch(*organizations, superior=world.education)
    client = Client()
    client.force_login(world.education_clerk)
    assert client.get(f"/party/{joint.pk}/").status_code == 200
    party.change(joint, superior=world.sports, on=FIRST_DAY, by=world.clerk)
    assert client.get(f"/party/{joint.pk}/").status_code == 404


# Jobs


@pytest.fixture
def waiting(world, tmp_path):
    """A batch of the education clerk's that was checked, and whose entry waits for a worker."""
    batch = send(
        tmp_path,
        "orgs.workbook:organisations",
        ["社会组织名称", "登记日期", "类型", "登记方式", "业务主管单位"],
        ["丙协会", "2017-01-05", "社会团体", "双重管理", "省教育厅"],
        by=world.education_clerk,
    )
    begin(batch.pk, "apply")
    return batch


def asked_for(batch, user) -> None:
    work(batch=batch.pk, user=user.pk, verb="apply", good_rows=True)


def refusals(user) -> list[str]:
    return [
        each.details.get("outcome") or ",".join(each.details["codes"])
        for each in AuditRecord.objects.filter(kind__in=[AuditKind.REFUSAL, AuditKind.JOB], user=user).order_by("pk")
    ]


def test_a_job_is_done_with_the_rights_of_whoever_asked(world, waiting):
    asked_for(waiting, world.education_clerk)
    assert Batch.objects.get(pk=waiting.pk).state == "applied"
    assert refusals(world.education_clerk) == ["done"]


@pytest.mark.parametrize("how", ["the role ended", "another role was left", "the account was closed"])
def test_a_job_whose_asker_lost_the_role_is_refused_and_audited(world, waiting, how):
    user = world.education_clerk
    if how == "another role was left":
        grant(user, unit=world.education, role=Role.OPERATOR, by=world.security)
    if how == "the account was closed":
        close_account(user, by=world.administrator)
    else:
        end_grant(user.grants.get(role=Role.UNIT_CLERK), by=world.security)
    asked_for(waiting, user)
    batch = Batch.objects.get(pk=waiting.pk)
    assert batch.state == "checked" and batch.failure[0]["code"] == GONE.code
    assert refusals(user) == ["wrong-person", "refused"]
    assert not Progress.objects.filter(batch=batch).exists() and not Unit.objects.filter(name="丙协会").exists()


def test_the_page_asks_for_the_job_in_the_name_of_whoever_clicked(world, waiting, client):
    client.force_login(world.education_clerk)
    forget(waiting.pk)
    client.post(f"/imports/{waiting.pk}/apply/")
    job = ProcrastinateJob.objects.get(task_name="imports.work")
    assert job.args["user"] == world.education_clerk.pk
