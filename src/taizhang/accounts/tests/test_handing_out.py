"""Accounts handed out: everybody by a code of their own, once, in time, and nobody by guessing."""

import io
import re
import threading
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from taizhang.accounts import handing_out
from taizhang.accounts.actions import close_account, give_password, grant
from taizhang.accounts.codes import Activation, Handout, digest_of, new_code
from taizhang.accounts.handing_out import Wanted, hand_out, slips_of, without_one
from taizhang.accounts.models import AuditKind, AuditRecord, Grant, Role, User
from taizhang.kit.refusals import Refused
from tests.doors import signed_in
from tests.world import at_work

PASSWORD = "Correct-horse-battery-7"
NOW = timezone.now()

pytestmark = pytest.mark.django_db


def administers(world, unit, username="guanli"):
    return world.account(unit, Role.UNIT_ADMIN, username=username, name="单位管理员")


@pytest.fixture
def education(world):
    """Two organisations of education, one that is the committee's own, and education's administrator."""
    world.own = [world.organization(name, under=world.education) for name in ("甲协会", "乙协会")]
    world.direct = world.organization("丙基金会")
    world.admin = administers(world, world.education)
    return world


def handed(world, unit=None, *, by=None, days=14, at=None):
    unit, by = unit or world.education, by or world.admin
    wanted = without_one(unit, role=Role.OPERATOR, direct=True, by=by)
    return hand_out(unit, wanted=wanted, title="填报员", days=days, at=at or timezone.now(), by=by)


def activate(**said):
    """Nobody has signed in yet."""
    return handing_out.activate(**said, by=None)


def slips(handout):
    return slips_of(handout, at=timezone.now())


def codes_in(file, password: str) -> set[str]:
    opened = io.BytesIO()
    sealed = OOXMLFile(file)
    sealed.load_key(password=password, verify_password=True)
    sealed.decrypt(opened)
    sheet = openpyxl.load_workbook(opened)["激活码"]
    return {row[4] for row in sheet.iter_rows(min_row=2, values_only=True)}


def codes(refusal) -> set[str]:
    return {each.code for each in refusal.value.obstacles}


def test_every_organisation_without_an_operator_gets_one_with_a_code_of_its_own(education):
    handout = handed(education)
    given = slips(handout)
    assert [each.unit for each in given] == ["甲协会", "乙协会"]
    assert len({each.code for each in given}) == 2
    assert Grant.objects.filter(role=Role.OPERATOR).count() == 2
    assert not any(each.user.has_usable_password() for each in given)
    with pytest.raises(Refused) as refusal:
        handed(education)
    assert codes(refusal) == {"nobody-wanted"}


def test_a_code_is_long_random_and_stored_as_a_keyed_digest_alone(education):
    handout = handed(education)
    code = slips(handout)[0].code
    assert re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{5}(-[2-9A-HJKMNP-TV-Z]{5}){3}", code)
    assert code.encode() not in bytes(handout.sealed)
    assert Activation.objects.filter(digest=digest_of(code.lower().replace("-", " "))).count() == 1
    assert len({new_code() for _ in range(1000)}) == 1000


def test_the_person_says_a_name_sets_a_password_and_is_signed_in(education, client):
    given = slips(handed(education))[0]
    asked = {"username": given.user.username.upper(), "code": given.code.lower(), "password": PASSWORD}
    page = client.post(reverse("accounts:activate"), {**asked, "again": PASSWORD, "name": "王某"})
    assert page.status_code == 302 and page.url == "/"
    assert client.get("/").status_code == 200
    user = User.objects.get(pk=given.user.pk)
    assert (user.name, user.must_change_password, user.check_password(PASSWORD)) == ("王某", False, True)
    assert AuditRecord.objects.filter(kind=AuditKind.SIGN_IN, user=user).exists()


def test_a_code_is_used_once(education):
    given = slips(handed(education))[0]
    said = {"username": given.user.username, "code": given.code, "name": "王某", "at": timezone.now()}
    activate(password=PASSWORD, **said)
    with pytest.raises(Refused) as refusal:
        activate(password="Another-battery-8", **said)
    assert codes(refusal) == {"code-used"}
    assert User.objects.get(pk=given.user.pk).check_password(PASSWORD)


def test_a_code_that_expired_or_was_replaced_opens_nothing(education):
    handout = handed(education, days=1)
    first, second = slips(handout)
    said = {"password": PASSWORD, "name": "王某"}
    with pytest.raises(Refused) as refusal:
        activate(username=first.user.username, code=first.code, at=timezone.now() + timedelta(days=1), **said)
    assert codes(refusal) == {"code-expired"}
    anew = handing_out.reissue(handout, days=7, at=timezone.now(), by=education.admin)
    with pytest.raises(Refused) as refusal:
        activate(username=second.user.username, code=second.code, at=timezone.now(), **said)
    assert codes(refusal) == {"code-replaced"}
    again = slips(anew)[1]
    assert activate(username=again.user.username, code=again.code, at=timezone.now(), **said) == second.user


def test_the_code_of_a_closed_account_opens_nothing(education):
    given = slips(handed(education))[0]
    close_account(given.user, by=education.admin)
    with pytest.raises(Refused) as refusal:
        activate(username=given.user.username, code=given.code, password=PASSWORD, name="王某", at=timezone.now())
    assert codes(refusal) == {"account-closed"}


def test_a_password_given_by_an_administrator_ends_the_code(education):
    given = slips(handed(education))[0]
    give_password(given.user)
    with pytest.raises(Refused) as refusal:
        activate(username=given.user.username, code=given.code, password=PASSWORD, name="王某", at=timezone.now())
    assert codes(refusal) == {"code-replaced"}


def test_guessing_is_counted_before_anything_is_looked_up_and_tells_nobody_which_names_exist(education, client):
    given = slips(handed(education))[0]

    def guess(username, code):
        sent = {"username": username, "code": code, "password": PASSWORD, "again": PASSWORD, "name": "王某"}
        return client.post(reverse("accounts:activate"), sent)

    known, unknown = (guess(name, new_code()).context["form"].errors for name in (given.user.username, "nobody"))
    assert known == unknown and known
    for _ in range(4):
        assert guess(given.user.username, new_code()).status_code == 422
    assert guess(given.user.username, given.code).status_code == 429
    assert not User.objects.get(pk=given.user.pk).has_usable_password()


def test_a_right_code_with_a_weak_password_is_told_why_and_stays_good(education, client):
    given = slips(handed(education))[0]
    sent = {"username": given.user.username, "code": given.code, "password": "123456", "again": "123456"}
    page = client.post(reverse("accounts:activate"), sent)
    assert page.status_code == 422 and {"password", "name"} <= set(page.context["form"].errors)
    sent |= {"password": PASSWORD, "again": PASSWORD, "name": "王某"}
    assert client.post(reverse("accounts:activate"), sent).status_code == 302


def test_the_database_knows_one_standing_code_an_account_and_none_comes_back(education):
    given = slips(handed(education))[0]
    made = Activation.objects.get(user=given.user)
    again = {"user": given.user, "by": education.admin, "expires_at": timezone.now() + timedelta(days=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.create(digest="x", **again)
    activate(username=given.user.username, code=given.code, password=PASSWORD, name="王某", at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.filter(pk=made.pk).update(used_at=None)


class Counting(MD5PasswordHasher):
    hashed: list[str] = []  # noqa: RUF012 (that is what it is for)

    def encode(self, password, salt):
        self.hashed.append(password)
        return super().encode(password, salt)


def test_a_password_is_hashed_once_when_somebody_activates(education, client, settings):
    given = slips(handed(education))[0]
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    Counting.hashed.clear()
    sent = {
        "username": given.user.username,
        "code": given.code,
        "password": PASSWORD,
        "again": PASSWORD,
        "name": "王某",
    }
    assert client.post(reverse("accounts:activate"), sent).status_code == 302
    assert Counting.hashed == [PASSWORD]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_activate_at_once_one_does(transactional_world):
    world = transactional_world
    world.organization("甲协会", under=world.education)
    world.admin = administers(world, world.education)
    given = slips(handed(world))[0]
    came, begin = [], threading.Barrier(2)

    def try_it(name):
        begin.wait()
        try:
            activate(username=given.user.username, code=given.code, password=PASSWORD, name=name, at=timezone.now())
            came.append(name)
        except Refused as refusal:
            came.append(refusal.obstacles[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(name,)) for name in ("王某", "李某")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert "code-used" in came and len(set(came) & {"王某", "李某"}) == 1


def test_nobody_hands_out_beyond_the_own_units(education):
    outside = Wanted(education.direct.unit, Role.OPERATOR)
    with pytest.raises(PermissionDenied):
        hand_out(education.education, wanted=[outside], title="越权", days=7, at=timezone.now(), by=education.admin)
    with pytest.raises(PermissionDenied):
        handed(education, by=education.outsider)
    other = administers(education, education.sports, "tiyu")
    handout = handed(education)
    assert signed_in(at_work(other)).get(reverse("accounts:handout", args=[handout.pk])).status_code == 404
    assert list(Handout.objects.visible_to(other)) == []


def test_a_list_is_entered_whole_or_not_at_all_with_every_line_that_is_wrong(education):
    page = signed_in(at_work(education.admin))
    lines = "单位\t姓名\t邮箱\n甲协会\t张某\tz@example.org\n丙基金会\t李某\t\n乙协会\t\t\n甲协会\t赵某\tnot-mail"
    sent = {"unit": "省教育厅", "role": Role.OPERATOR, "days": 14, "lines": lines}
    answer = page.post(reverse("accounts:hand_out_listed"), sent)
    assert answer.status_code == 422
    said = " ".join(answer.context["form"].errors["lines"])
    assert all(each in said for each in ("第2行", "第3行", "第4行")) and "第1行" not in said
    assert not Handout.objects.exists()
    answer = page.post(reverse("accounts:hand_out_listed"), {**sent, "lines": "甲协会,张某\n甲协会,赵某"})
    assert answer.status_code == 302
    assert [each.user.name for each in slips(Handout.objects.get())] == ["张某", "赵某"]
    answer = page.post(reverse("accounts:hand_out_listed"), {**sent, "lines": "甲协会,张某\n乙协会,钱某"})
    assert answer.status_code == 422 and "第1行 甲协会" in answer.content.decode()


def test_a_workbook_will_do_as_well(education, tmp_path):
    book = openpyxl.Workbook()
    for row in (["姓名", "单位名称", "邮箱"], ["张某", "甲协会", "z@example.org"], ["李某", "乙协会", ""]):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    page = signed_in(at_work(education.admin))
    sent = {"unit": "省教育厅", "role": Role.OPERATOR, "days": 14, "lines": ""}
    with (tmp_path / "名单.xlsx").open("rb") as file:
        answer = page.post(reverse("accounts:hand_out_listed"), {**sent, "file": file})
    assert answer.status_code == 302
    assert [each.user.name for each in slips(Handout.objects.get())] == ["张某", "李某"]
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    with (tmp_path / "坏.xlsx").open("rb") as file:
        answer = page.post(reverse("accounts:hand_out_listed"), {**sent, "file": file})
    assert answer.status_code == 422 and answer.context["form"].errors["file"]
    assert page.post(reverse("accounts:hand_out_listed"), sent).status_code == 422
    assert page.get(reverse("accounts:list_template")).status_code == 200


def test_by_page_the_number_is_said_before_anything_is_opened(education):
    page = signed_in(at_work(education.admin))
    sent = {"unit": "省教育厅", "role": Role.OPERATOR, "days": 14, "direct": "on"}
    answer = page.post(reverse("accounts:hand_out"), sent)
    assert answer.status_code == 200 and "将开设 <strong>2</strong> 个账号" in answer.content.decode()
    assert not Handout.objects.exists()
    answer = page.post(reverse("accounts:hand_out"), {**sent, "counted": "2"})
    found = page.get(answer.url).content.decode()
    assert "打印通知单" in found and "待激活" in found
    printed = page.get(reverse("accounts:slips", args=[Handout.objects.get().pk])).content.decode()
    assert printed.count('<section class="slip">') == 2
    address = reverse("accounts:slips_file", args=[Handout.objects.get().pk])
    assert page.get(address).status_code == 200
    sealed = {"password": "Send-it-by-telephone-7", "again": "Send-it-by-telephone-7"}
    for wrong in ({**sealed, "again": "otherwise"}, {"password": "short", "again": "short"}, {}):
        assert page.post(address, wrong).status_code == 422
    taken = page.post(address, sealed)
    assert taken["Content-Type"].endswith("sheet") and taken["Cache-Control"] == "no-store"
    file = io.BytesIO(b"".join(taken.streaming_content))
    assert codes_in(file, "Send-it-by-telephone-7") == {each.code for each in slips(Handout.objects.get())}
    with pytest.raises(InvalidKeyError):
        codes_in(file, "Another-telephone-7")
    kept = AuditRecord.objects.filter(kind=AuditKind.EXPORT).order_by("pk").values_list("verb", flat=True)
    assert list(kept) == ["accounts:slips", "accounts:slips_file"]


def test_codes_are_gone_after_a_day_or_when_they_are_destroyed(education):
    handout = handed(education, at=timezone.now() - timedelta(days=1))
    handing_out.tidy(timezone.now())
    assert Handout.objects.get(pk=handout.pk).sealed is None
    with pytest.raises(Refused) as refusal:
        slips(Handout.objects.get(pk=handout.pk))
    assert codes(refusal) == {"codes-gone"}
    anew = handing_out.reissue(handout, days=7, at=timezone.now(), by=education.admin)
    handing_out.destroy_codes(anew, by=education.admin)
    assert Handout.objects.get(pk=anew.pk).sealed is None


def test_who_is_replaced_is_closed_and_the_successor_holds_the_same_roles(education):
    given = slips(handed(education))[0]
    done = activate(username=given.user.username, code=given.code, password=PASSWORD, name="王某", at=timezone.now())
    page = signed_in(at_work(education.admin))
    answer = page.post(reverse("accounts:replace", args=[done.pk]), {"name": "李某", "email": "", "days": 7})
    assert answer.status_code == 200 and "激活通知单" in answer.content.decode()
    new = User.objects.get(name="李某")
    assert not User.objects.get(pk=done.pk).is_active
    assert [(each.role, each.unit.name) for each in new.active_grants] == [(Role.OPERATOR, "甲协会")]
    assert Grant.objects.get(user=done).ended_by == education.admin


def test_a_forgotten_password_is_set_anew_by_a_code_and_the_old_one_is_over(education):
    clerk = education.account(education.education, Role.UNIT_CLERK, username="jing", name="经办")
    clerk.set_password(PASSWORD)
    clerk.save()
    made, code = handing_out.issue_code(clerk, days=7, at=timezone.now(), by=education.admin)
    assert not Client().login(username="jing", password=PASSWORD)
    with pytest.raises(Refused) as refusal:
        activate(username="jing", code=code, password=PASSWORD, name="", at=timezone.now())
    assert codes(refusal) == {"weak-password"}  # it was used before
    assert activate(username="jing", code=code, password=f"{PASSWORD}8", name="", at=timezone.now()).name == "经办"
    with pytest.raises(PermissionDenied):
        handing_out.issue_code(clerk, days=7, at=timezone.now(), by=education.outsider)


def test_what_is_in_hand_is_seen_before_an_account_is_closed(education):
    given = slips(handed(education))[0]
    page = signed_in(at_work(education.admin))
    assert "手上没有待办的事项" in page.get(reverse("desk:in_hand", args=[given.user.pk])).content.decode()
    assert signed_in(education.outsider).get(reverse("desk:in_hand", args=[given.user.pk])).status_code == 403


def test_a_thousand_are_handed_out_in_as_many_statements_as_two(education, django_assert_max_num_queries):
    grant(education.admin, unit=education.education, role=Role.UNIT_CLERK, by=education.security)
    units = [each.unit for each in education.own]
    wanted = [Wanted(unit, Role.OPERATOR, name=f"某{number}") for unit in units for number in range(100)]
    admin = at_work(education.admin)
    assert admin.active_grants
    with django_assert_max_num_queries(24):
        hand_out(education.education, wanted=wanted, title="多人", days=7, at=timezone.now(), by=admin)
