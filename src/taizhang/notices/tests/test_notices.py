"""What is due is told to whoever it concerns, once; letters are lost by nothing and doubled by nothing."""

import smtplib
import threading
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.urls import reverse
from django.utils import timezone

from taizhang.accounts import handing_out
from taizhang.accounts.actions import delegate
from taizhang.accounts.models import AuditRecord, Role, User
from taizhang.kit.clock import OFFICE
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import Post
from taizhang.members.tests.people import member
from taizhang.notices import actions, letters
from taizhang.notices.models import Due, Letter, Notice, Reminding
from taizhang.notices.sources import sources
from tests.doors import signed_in
from tests.world import FIRST_DAY, at_work

pytestmark = pytest.mark.django_db

TERM_ENDS = date(2020, 3, 1)


def moment(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=OFFICE)


def sweep(on: date) -> int:
    return actions.sweep(on=on, at=moment(on), by=None)


@pytest.fixture
def elected(world):
    """A branch of education whose secretary was elected to 1 March 2020."""
    association = world.organization(under=world.education)
    branch = world.branch(association, superior=world.education)
    person = member(world, association, branch, "王守正", FIRST_DAY)
    members.appoint(
        person, party_organization=branch, position="secretary", term_ends_on=TERM_ENDS, on=FIRST_DAY, by=world.clerk
    )
    User.objects.filter(pk=world.education_clerk.pk).update(email="jiaoyu@example.org")
    world.branch_made = branch
    return world


def of_terms():
    return Due.objects.filter(kind="members.terms")


def test_a_term_is_told_half_a_year_before_to_whoever_is_nearest(elected):
    sweep(TERM_ENDS - timedelta(days=181))
    assert of_terms().get().due_on == TERM_ENDS and not Notice.objects.filter(due__kind="members.terms").exists()
    sweep(TERM_ENDS - timedelta(days=180))
    told = Notice.objects.get(due__kind="members.terms")
    assert (told.user, told.stage) == (elected.education_clerk, "180")


def test_the_secretary_is_nearer_than_the_unit_and_a_stand_in_is_told_too(elected):
    secretary = elected.account(elected.branch_made.unit, Role.SECRETARY, username="shuji", name="书记")
    elected.account(elected.education, Role.UNIT_REVIEWER, username="daili", name="代理人")
    day = timezone.localdate()
    delegate(
        secretary.grants.get(),
        to="daili",
        first_on=day,
        last_on=day + timedelta(days=3),
        reason="出差",
        by=at_work(secretary),
    )
    actions.sweep(on=day, at=timezone.now(), by=None)
    told = Notice.objects.filter(due__kind="members.terms").values_list("user__username", flat=True)
    assert sorted(told) == ["daili", "shuji"]


def test_nobody_is_told_the_same_twice_and_each_stage_once(elected):
    for day in (TERM_ENDS - timedelta(days=180), TERM_ENDS - timedelta(days=179), TERM_ENDS, TERM_ENDS):
        sweep(day)
    stages = Notice.objects.filter(due__kind="members.terms").order_by("pk").values_list("stage", flat=True)
    assert list(stages)[0] == "180" and len(stages) == len(set(stages))
    notice = Notice.objects.filter(due__kind="members.terms").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(due=notice.due, user=notice.user, stage=notice.stage)


def test_a_worker_that_was_away_for_a_year_tells_of_what_stands_now_alone(elected):
    sweep(TERM_ENDS + timedelta(days=365))
    assert [each.stage for each in Notice.objects.filter(due__kind="members.terms")] == ["-30"]


def test_what_is_done_is_settled_and_told_no_more(elected):
    sweep(TERM_ENDS - timedelta(days=180))
    post = Post.objects.current().get()
    members.end_post(post, on=date(2019, 10, 1), by=elected.clerk)
    sweep(date(2019, 10, 2))
    assert of_terms().get().settled_at and not Notice.objects.unseen().filter(due__kind="members.terms").exists()


def test_a_probationary_member_comes_up_after_a_year_and_is_named_nowhere(elected):
    association = elected.organization("乙协会", under=elected.education)
    branch = elected.branch(association, superior=elected.education)
    joined = date(2017, 6, 1)
    member(elected, association, branch, "欧阳修远", joined, standing="probationary", joined_on=joined)
    sweep(date(2018, 4, 10))
    found = Due.objects.get(kind="members.conversions")
    assert found.due_on == date(2018, 6, 1) and found.about_people and "欧阳" not in found.title
    letters.write_digests(at=moment(date(2018, 4, 10)), by=None)
    letters.deliver(now=lambda: moment(date(2018, 4, 10)))
    assert "预备期满：1 件" in mail.outbox[0].body and "欧阳" not in mail.outbox[0].body
    operator = elected.account(association.unit, Role.OPERATOR, username="tb", name="填报员")
    assert not Due.objects.visible_to(operator).filter(pk=found.pk).exists()


def test_every_source_says_its_rule(world):
    assert len(sources()) >= 5
    assert all(each.title and each.rule and kind == each.kind for kind, each in sources().items())


def test_a_worker_that_starts_makes_up_for_what_it_missed_and_knows_its_hours(elected):
    from procrastinate.contrib.django import app

    from taizhang.config.commands import worker

    worker.tidy()
    assert of_terms().exists() and Notice.objects.filter(due__kind="members.terms").exists()
    known = {str(key[0]) for key in app.periodic_registry.periodic_tasks}
    assert {"notices.sweep", "notices.write_digests", "notices.deliver"} <= known


# By mail


@pytest.fixture
def told(elected):
    sweep(TERM_ENDS)
    Notice.objects.exclude(due__kind="members.terms").update(seen_at=timezone.now())
    return elected


def write(hour: int = 9, day: date = TERM_ENDS) -> int:
    return letters.write_digests(at=moment(day, hour), by=None)


def deliver(day: date = TERM_ENDS, hour: int = 10) -> int:
    return letters.deliver(now=lambda: moment(day, hour))


def test_the_daily_letter_comes_at_the_chosen_hour_once(told):
    actions.choose(by_mail=True, hour=15, by=told.education_clerk)
    assert write(hour=9) == 0
    assert write(hour=16) == 1 and write(hour=17) == 0
    assert deliver(hour=18) == 1 and deliver(hour=19) == 0
    (message,) = mail.outbox
    assert message.to == ["jiaoyu@example.org"] and "届满换届" in message.body
    letter = Letter.objects.get()
    assert letter.body is None and Notice.objects.get(due__kind="members.terms").letter == letter
    assert write(day=TERM_ENDS + timedelta(days=1)) == 0  # nothing new


def test_whoever_wants_no_letter_or_has_seen_it_gets_none(told):
    actions.choose(by_mail=False, hour=8, by=told.education_clerk)
    assert write() == 0
    actions.choose(by_mail=True, hour=8, by=told.education_clerk)
    actions.see(Notice.objects.visible_to(told.education_clerk), at=timezone.now(), by=told.education_clerk)
    assert write() == 0


class Away(BaseEmailBackend):
    """A server that does what the test says."""

    opening: Exception | None = None
    sending: Exception | None = None
    sent: list = []

    def open(self):
        if Away.opening:
            raise Away.opening

    def send_messages(self, messages):
        if Away.sending:
            raise Away.sending
        Away.sent += messages
        return len(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    Away.opening = Away.sending = None
    Away.sent = []
    return Away


def test_a_server_that_is_away_loses_nothing_and_doubles_nothing(told, server):
    write()
    server.opening = ConnectionRefusedError("away")
    assert deliver(hour=10) == 0
    waiting = Letter.objects.get()
    assert (waiting.state, waiting.tries) == ("waiting", 1) and "连不上" in waiting.failure
    server.opening = None
    assert deliver(hour=11) == 1 and deliver(hour=12) == 0
    assert len(server.sent) == 1


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(told, server):
    write()
    server.sending = smtplib.SMTPRecipientsRefused({"x": (450, b"later")})
    deliver(hour=10)
    assert Letter.objects.get().state == "waiting"
    server.sending = smtplib.SMTPRecipientsRefused({"x": (550, b"nobody")})
    deliver(hour=12)
    assert Letter.objects.get().state == "refused"
    server.sending = None
    assert deliver(hour=13) == 0
    letters.send_again(Letter.objects.get(), at=moment(TERM_ENDS, 13), by=told.administrator)
    assert deliver(hour=14) == 1


def test_a_letter_whose_fate_is_unknown_is_not_sent_again_by_itself(told, server):
    write()
    server.sending = smtplib.SMTPServerDisconnected("in the very moment")
    deliver(hour=10)
    server.sending = None
    assert Letter.objects.get().state == "unsure" and deliver(hour=11) == 0
    with pytest.raises(PermissionDenied):
        letters.send_again(Letter.objects.get(), at=moment(TERM_ENDS, 13), by=told.clerk)


def test_a_worker_killed_while_it_handed_over_leaves_the_letter_to_be_looked_at(told, server):
    write()
    letters.take(Letter.objects.get().pk, at=moment(TERM_ENDS, 10))  # and then it dies
    assert deliver(hour=10) == 0 and Letter.objects.get().state == "handed"
    assert deliver(hour=11) == 0 and Letter.objects.get().state == "unsure"
    assert server.sent == []


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends(transactional_world, server):
    letter = Letter.objects.create(
        user=transactional_world.clerk,
        key="digest:x",
        subject="提醒",
        body=letters.crypto.office_sealed("letters", b"x"),
    )
    User.objects.filter(pk=transactional_world.clerk.pk).update(email="a@example.org")
    begin, sent = threading.Barrier(2), []

    def work():
        begin.wait()
        sent.append(letters.deliver())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(sent) == [0, 1] and len(server.sent) == 1
    assert Letter.objects.get(pk=letter.pk).state == "sent"
    with pytest.raises(IntegrityError):
        Letter.objects.filter(pk=letter.pk).update(state="waiting")


def test_codes_go_to_those_who_have_an_address_once(world, client):
    world.organization("甲协会", under=world.education)
    admin = world.account(world.education, Role.UNIT_ADMIN, username="guanli", name="管理员")
    wanted = handing_out.without_one(world.education, role=Role.OPERATOR, direct=True, by=admin)
    wanted = [handing_out.replace(each, name="张某", email="z@example.org") for each in wanted]
    handout = handing_out.hand_out(world.education, wanted=wanted, title="填报员", days=7, at=timezone.now(), by=admin)
    (slip,) = handing_out.slips_of(handout, at=timezone.now())
    page = signed_in(at_work(admin))
    for _ in range(2):
        assert page.post(reverse("notices:mail_codes", args=[handout.pk])).status_code == 302
    letters.deliver()
    (message,) = mail.outbox
    assert slip.code in message.body and message.to == ["z@example.org"]


# Reminding


def test_those_who_are_late_are_reminded_in_one_act_with_a_record(told):
    late = TERM_ENDS + timedelta(days=5)
    made = actions.remind(
        told.education, kind="members.terms", words="请月底前办结", on=late, at=moment(late), by=told.education_clerk
    )
    assert (made.matters, made.people) == (1, 1)
    notice = Notice.objects.get(reminding=made)
    assert (notice.user, notice.stage) == (told.education_clerk, f"reminded-{made.pk}")
    assert AuditRecord.objects.filter(verb="notices.remind", user=told.education_clerk).count() == 1
    with pytest.raises(Refused) as refusal:
        actions.remind(
            told.education, kind="members.terms", words="", on=late, at=moment(late), by=told.education_clerk
        )
    assert [each.code for each in refusal.value.obstacles] == ["reminded-today"]
    with pytest.raises(ProgrammingError), transaction.atomic():  # the application may not even try
        Reminding.objects.filter(pk=made.pk).update(people=0)


def test_nobody_reminds_beyond_the_own_units_and_nobody_where_nobody_is_late(told):
    day = TERM_ENDS + timedelta(days=5)
    with pytest.raises(PermissionDenied):
        actions.remind(told.education, kind="", words="", on=day, at=moment(day), by=told.outsider)
    with pytest.raises(Refused) as refusal:
        actions.remind(told.sports, kind="members.terms", words="", on=day, at=moment(day), by=told.outsider)
    assert [each.code for each in refusal.value.obstacles] == ["nobody-late"]


def test_the_pages_tell_what_is_due_when_by_which_rule_and_who_was_told(told):
    page = signed_in(at_work(told.education_clerk))
    assert "没看过" in page.get(reverse("notices:bell")).content.decode()
    listed = page.get(reverse("notices:due")).content.decode()
    assert "届满换届" in listed and "2020-03-01" in listed and "已逾期" in listed
    due = of_terms().get()
    shown = page.get(reverse("notices:detail", args=[due.pk])).content.decode()
    assert "任期届满之日" in shown and "教育厅经办" in shown and "去办理" in shown
    assert Notice.objects.get(due=due).seen_at
    answer = page.post(reverse("notices:remind"), {"unit": told.education.pk, "kind": "members.terms", "words": ""})
    assert answer.status_code == 302
    assert "教育厅经办" in page.get(answer.url).content.decode()
    assert page.get(reverse("notices:list")).status_code == 200
    assert page.get(reverse("notices:letters")).status_code == 403
    assert signed_in(told.administrator).get(reverse("notices:letters")).status_code == 200
    assert signed_in(told.outsider).get(reverse("notices:detail", args=[due.pk])).status_code == 404


def test_lists_take_a_fixed_number_of_statements(told, django_assert_max_num_queries):
    page = signed_in(at_work(told.education_clerk))
    page.get(reverse("notices:due"))
    with django_assert_max_num_queries(9):
        page.get(reverse("notices:due"))
