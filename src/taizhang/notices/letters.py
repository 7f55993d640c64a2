"""The outbox. A letter is written in the transaction that decides on it and handed to the mail server afterwards, by the worker.

A server that is away loses nothing: the letter waits, longer after each try. None is handed over twice: it is marked before
it is handed over, and one whose fate is unknown, because the connection or the worker died in that very moment, is not sent
again by itself; somebody decides (docs/decisions/0110-notices.md).
"""

import contextlib
import smtplib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from taizhang.accounts import handing_out
from taizhang.accounts.acting import action, require, tell_audit
from taizhang.accounts.codes import Handout
from taizhang.accounts.models import User
from taizhang.kit import crypto
from taizhang.kit.refusals import refuse
from taizhang.notices import rules
from taizhang.notices.models import Letter, LetterState, Notice, Wish, waits_until
from taizhang.notices.sources import title_of

AT_ONCE = 500
NAMED = 20  # matters that a digest names; the rest is counted
DEAD_AFTER = timedelta(minutes=15)
PURPOSE = "letters"
HOUR = 8
SIGNED = "\n\n本邮件由台账系统自动发出，请不要回复。不想再收，或改在别的钟点收，请在“提醒 → 提醒方式”里设定。"


@action("notices.write_digests")
def write_digests(*, at: datetime, by: User | None) -> int:
    """Whoever has something new, and whose hour has come, has one letter for today. Missed hours are made up for."""
    if not settings.MAILS:
        return 0
    local = timezone.localtime(at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notices.write_digests'))")
    key = f"digest:{local:%Y-%m-%d}"
    unwanted = Wish.objects.filter(Q(by_mail=False) | Q(hour__gt=local.hour)).values("user")
    if local.hour < HOUR:
        earlier = Wish.objects.filter(by_mail=True, hour__lte=local.hour).values("user")
        people = User.objects.filter(pk__in=earlier)
    else:
        people = User.objects.exclude(pk__in=unwanted)
    people = (
        people.filter(is_active=True).exclude(email="").exclude(pk__in=Letter.objects.filter(key=key).values("user"))
    )
    fresh = Notice.objects.unseen().filter(letter=None, user__in=people.values("pk")).select_related("due", "user")
    told: dict[User, list[Notice]] = defaultdict(list)
    for notice in fresh.order_by("user", "due__due_on", "pk"):
        told[notice.user].append(notice)
    letters = Letter.objects.bulk_create(
        Letter(
            user=user,
            key=key,
            subject=f"台账提醒：{len({each.due_id for each in notices})}件事项",
            body=crypto.office_sealed(PURPOSE, digest(notices, on=local.date()).encode()),
            written_at=at,
            next_try_at=at,
        )
        for user, notices in told.items()
    )
    for letter in letters:
        Notice.objects.filter(pk__in=[each.pk for each in told[letter.user]]).update(letter=letter)
    tell_audit(letters=len(letters))
    return len(letters)


def digest(notices: list[Notice], *, on: date) -> str:
    """Matters about people are only counted: a letter passes through many hands."""
    dues = {each.due_id: each.due for each in notices}.values()
    lines = [f"{notices[0].user.name}，您好。以下事项请您办理："]
    named = [due for due in dues if not due.about_people]
    for due in named[:NAMED]:
        lines.append(f"· {due.title}，{when(due.days_left(on))}（{due.due_on}）")
    if len(named) > NAMED:
        lines.append(f"· 另有 {len(named) - NAMED} 件")
    counted = Counter(due.kind for due in dues if due.about_people)
    lines += [f"· {title_of(kind)}：{number} 件" for kind, number in counted.items()]
    said = {each.reminding.words for each in notices if each.reminding_id and each.reminding and each.reminding.words}
    lines += [f"催办：{words}" for words in sorted(said)]
    return "\n".join(lines) + f"\n\n请登录台账系统办理：{settings.ADDRESS}/notices/" + SIGNED


def when(days: int) -> str:
    if days < 0:
        return f"已逾期{-days}天"
    return "今天到期" if days == 0 else f"还有{days}天"


@action("notices.mail_codes")
def mail_codes(handout: Handout, *, address: str, at: datetime, by: User) -> int:
    """Whoever of a hand-out has an address and has not come gets the code in a letter of their own."""
    require(by, rules.WHO["mail_codes"], handout.unit)
    if not settings.MAILS:
        refuse("no-mail-server", "没有配置邮件服务器", remedy="请打印通知单；需要邮件的请系统管理员配置")
    slips = [each for each in handing_out.slips_of(handout, at=at) if each.user.email]
    if not slips:
        refuse("nobody-to-mail", "这一批待激活的账号都没有邮箱", remedy="请打印通知单；在名单里写上邮箱后再发放")
    known = set(Letter.objects.filter(key=f"code:{handout.pk}").values_list("user", flat=True))
    letters = [
        Letter(
            user=each.user,
            key=f"code:{handout.pk}",
            subject="台账系统账号激活",
            body=crypto.office_sealed(PURPOSE, code_letter(each, address).encode()),
            written_at=at,
            next_try_at=at,
        )
        for each in slips
        if each.user.pk not in known
    ]
    Letter.objects.bulk_create(letters)
    tell_audit(letters=len(letters))
    return len(letters)


def code_letter(slip: handing_out.Slip, address: str) -> str:
    return (
        f"{slip.user.name}，您好。\n\n已为您开设台账系统账号（{slip.unit}，{slip.held}）。\n登录名：{slip.user.username}\n"
        f"激活码：{slip.code}\n有效期至：{timezone.localtime(slip.expires_at):%Y-%m-%d %H:%M}\n\n"
        f"请打开 {address} ，填写登录名和激活码，自己设密码。激活码只能用一次，请勿转发。\n\n本邮件由台账系统自动发出，请不要回复。"
    )


def deliver(*, now: Callable[[], datetime] = timezone.now) -> int:
    """Every letter whose time has come is handed over, each marked before; not inside a transaction. How many were sent."""
    Letter.objects.filter(state=LetterState.HANDED, handed_at__lt=now() - DEAD_AFTER).update(
        state=LetterState.UNSURE, failure="发送中断，不能确定邮件服务器收到没有"
    )
    if not settings.MAILS:
        return 0
    sent = 0
    server = get_connection(fail_silently=False)
    for number in waiting(now()):
        letter = take(number, at=now())
        if letter is None:
            continue
        try:
            server.open()
        except Exception as error:  # the server is away: this one and all others wait
            put_back(letter, f"连不上邮件服务器：{error}", at=now())
            break
        sent += hand_over(letter, server, now=now)
    with contextlib.suppress(Exception):  # everything was said already
        server.close()
    return sent


def waiting(at: datetime) -> list[int]:
    rows = Letter.objects.filter(state=LetterState.WAITING, next_try_at__lte=at).order_by("next_try_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def take(number: int, *, at: datetime) -> Letter | None:
    """Of two workers one gets it."""
    waiting = Letter.objects.filter(pk=number, state=LetterState.WAITING)
    if not waiting.update(state=LetterState.HANDED, handed_at=at, tries=F("tries") + 1):
        return None
    return Letter.objects.select_related("user").get(pk=number)


def hand_over(letter: Letter, server, *, now: Callable[[], datetime]) -> bool:
    if not letter.user.is_active or not letter.user.email or letter.body is None:
        return end(letter, LetterState.REFUSED, failure="收件人的账号已停用，或没有邮箱")
    message = EmailMessage(
        letter.subject,
        crypto.office_opened(PURPOSE, letter.body).decode(),
        to=[letter.user.email],
        connection=server,
        headers={"Message-ID": message_id(letter), "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            return end(letter, LetterState.REFUSED, failure=f"邮箱地址被邮件服务器退回（{codes[0]}）")
        return put_back(letter, f"邮件服务器暂不接收（{codes[0]}）", at=now())
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            return end(letter, LetterState.REFUSED, failure=f"邮件服务器退回（{error.smtp_code}）")
        return put_back(letter, f"邮件服务器暂不接收（{error.smtp_code}）", at=now())
    except Exception as error:
        # It may have been taken: nobody sends it again without looking.
        return end(letter, LetterState.UNSURE, failure=f"交给邮件服务器时中断：{type(error).__name__}")
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT, sent_at=now(), body=None, failure="")
    return True


def message_id(letter: Letter) -> str:
    """The same at every try, so that a mailbox that gets it twice can know."""
    return f"<taizhang-{letter.pk}-{letter.key.replace(':', '-')}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"


def put_back(letter: Letter, why: str, *, at: datetime) -> bool:
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.WAITING, failure=why[:300], next_try_at=waits_until(letter.tries, at)
    )
    return False


def end(letter: Letter, state: LetterState, *, failure: str) -> bool:
    Letter.objects.filter(pk=letter.pk).update(state=state, failure=failure[:300])
    return False


@action("notices.send_again")
def send_again(letter: Letter, *, at: datetime, by: User) -> Letter:
    """Somebody looked: it did not arrive, or the address is mended. It waits in the outbox again."""
    require(by, rules.WHO["send_again"])
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if letter.state not in (LetterState.UNSURE, LetterState.REFUSED) or letter.body is None:
        refuse("not-stuck", "这封邮件不用重发", remedy="待发的会自动发出，已发出的不再发")
    letter.state, letter.next_try_at = LetterState.WAITING, at
    letter.save(update_fields=["state", "next_try_at"])
    return letter
