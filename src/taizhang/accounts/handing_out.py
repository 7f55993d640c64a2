"""Accounts handed out: many people are let in at once, each by a code of their own, and set their own password with it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Upper

from taizhang.accounts import passwords, rules, sessions
from taizhang.accounts.acting import action, require, tell_audit
from taizhang.accounts.actions import end
from taizhang.accounts.codes import Activation, Handout, digest_of, new_code
from taizhang.accounts.models import Grant, Role, Unit, UnitKind, User
from taizhang.kit import crypto
from taizhang.kit.pinyin import spelled_person
from taizhang.kit.refusals import Obstacle, Refused, refuse, refuse_if
from taizhang.kit.text import fold, obstacles_in_name

AT_ONCE = 5_000
DAYS, LONGEST = 14, 60  # how long a code may wait for its person
SEALED = timedelta(hours=23)  # tidied every hour: never older than a day
PURPOSE = "activation-codes"
TOLD = 50  # obstacles of a long list
WRONG = Obstacle("wrong-code", "登录名或激活码不正确", remedy="照着通知单逐字核对；仍不行请联系发放人", where="code")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to be let in. Without a name the account is for whoever fills the post; they say their name themselves."""

    unit: Unit
    role: str
    name: str = ""
    email: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    user: User
    held: str  # which roles, over what
    unit: str
    code: str
    expires_at: datetime


def without_one(unit: Unit, *, role: str, direct: bool, by: User) -> list[Wanted]:
    """The organisations below the unit where nobody holds the role; only its own ones, if `direct`."""
    below = Unit.objects.visible_to(by, rules.GIVERS).below(unit).filter(kind=UnitKind.ORGANIZATION, closed_on=None)
    if direct:
        below = below.filter(parent=unit)
    held = Grant.objects.filter(role=role, ended_at=None, user__is_active=True).values("unit")
    return [Wanted(each, role) for each in below.exclude(pk__in=held).order_by("path")]


@action("accounts.hand_out")
def hand_out(unit: Unit, *, wanted: list[Wanted], title: str, days: int, at: datetime, by: User) -> Handout:
    """All of them have an account, a role and a code that waits for them; or, where one line cannot be, none has."""
    require(by, rules.WHO["hand_out"], unit)
    if not all(rules.may_give(by, each.role, each.unit) for each in wanted):
        raise PermissionDenied
    refuse_if(obstacles_to_handing_out(wanted, days=days))
    # Whoever hands out for the same units at this moment waits, and then finds them provided for.
    list(Unit.objects.filter(pk__in={each.unit.pk for each in wanted}).order_by("pk").select_for_update(no_key=True))
    refuse_if(obstacles_in_lines(wanted))
    handout = Handout.objects.create(
        unit=unit, title=title, by=by, made_at=at, expires_at=at + timedelta(days=days), sealed=None
    )
    named = with_usernames(wanted)
    users = User.objects.bulk_create(
        User(
            username=each.username,
            name=each.name or called(each),
            email=each.email,
            password=make_password(None),
            password_set_at=at,
        )
        for each in named
    )
    Grant.objects.bulk_create(
        Grant(user=user, unit=each.unit, role=each.role, given_by=by, document=title[:200])
        for user, each in zip(users, named, strict=True)
    )
    issue(handout, users, unnamed={user.pk for user, each in zip(users, named, strict=True) if not each.name}, at=at)
    tell_audit(accounts=len(users), until=handout.expires_at.isoformat())
    return handout


def issue(handout: Handout, users: list[User], *, unnamed: set[int], at: datetime) -> None:
    """A fresh code for each, sealed with the hand-out until somebody has printed them, for a day at most."""
    codes = {user.pk: new_code() for user in users}
    Activation.objects.bulk_create(
        Activation(
            handout=handout,
            user_id=number,
            digest=digest_of(code),
            by=handout.by,
            issued_at=at,
            expires_at=handout.expires_at,
            asks_name=number in unnamed,
        )
        for number, code in codes.items()
    )
    handout.sealed = crypto.office_sealed(PURPOSE, json.dumps(codes).encode())
    handout.sealed_until = at + SEALED
    handout.save(update_fields=["sealed", "sealed_until"])


def called(wanted: Wanted) -> str:
    return f"{wanted.unit.name}{Role(wanted.role).label.removeprefix('社会组织')}"[:60]


def with_usernames(wanted: list[Wanted]) -> list[Wanted]:
    """Initials of the person, or tb (填报), and the number of the unit: zs1209, tb1209, tb1209-2. Unlike all others."""
    stems = [each.username or f"{initials(each.name)}{each.unit.pk}" for each in wanted]
    names, tries = [*stems], [1] * len(stems)
    while True:
        used, again = taken(names), []
        for place, name in enumerate(names):
            if name.upper() in used:
                again.append(place)
            used.add(name.upper())
        if not again:
            return [replace(each, username=name) for each, name in zip(wanted, names, strict=True)]
        for place in again:
            tries[place] += 1
            names[place] = f"{stems[place]}-{tries[place]}"


def initials(name: str) -> str:
    sounds = spelled_person(name).initials
    return sounds if sounds.isascii() and sounds.isalnum() else "tb"


def taken(usernames: Iterable[str]) -> set[str]:
    upper = [each.upper() for each in usernames]
    rows = User.objects.annotate(upper=Upper("username")).filter(upper__in=upper)
    return set(rows.values_list("upper", flat=True))


@action("accounts.reissue")
def reissue(handout: Handout, *, days: int, at: datetime, by: User) -> Handout:
    """Whoever of them has not come yet gets a new code; the old ones are void."""
    handout = Handout.objects.select_for_update(of=("self",)).select_related("unit").get(pk=handout.pk)
    require(by, rules.WHO["hand_out"], handout.unit)
    refuse_if(obstacles_to_days(days))
    waiting = list(
        Activation.objects.select_for_update(of=("self",))
        .filter(handout=handout, user__is_active=True)
        .standing()
        .select_related("user")
        .order_by("pk")
    )
    if not waiting:
        refuse("all-activated", "这一批账号都已激活或停用", remedy="无需再发")
    Activation.objects.filter(pk__in=[each.pk for each in waiting]).update(ended_at=at)
    anew = Handout.objects.create(
        unit=handout.unit, title=handout.title, by=by, made_at=at, expires_at=at + timedelta(days=days)
    )
    issue(anew, [each.user for each in waiting], unnamed={each.user_id for each in waiting if each.asks_name}, at=at)
    tell_audit(accounts=len(waiting), instead_of=handout.pk)
    return anew


@action("accounts.issue_code")
def issue_code(user: User, *, days: int, at: datetime, by: User) -> tuple[Activation, str]:
    """One person sets a new password by a code; the old password and its sign-ins are over. The code is shown once."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not rules.may_manage(by, user):
        raise PermissionDenied
    refuse_if([*rules.obstacles_to_an_account_in_use(user.is_active), *obstacles_to_days(days)])
    if user.has_usable_password():
        passwords.remember(user)
        user.set_unusable_password()
        user.must_change_password = True
        user.save(update_fields=["password", "password_set_at", "must_change_password"])
    sessions.end_all(user, why="reset")
    return code_for(user, asks_name=False, days=days, at=at, by=by)


def code_for(user: User, *, asks_name: bool, days: int, at: datetime, by: User) -> tuple[Activation, str]:
    before = Activation.objects.filter(user=user).standing()
    asks_name = asks_name or before.filter(asks_name=True).exists()
    before.update(ended_at=at)
    code = new_code()
    made = Activation.objects.create(
        user=user,
        digest=digest_of(code),
        by=by,
        issued_at=at,
        expires_at=at + timedelta(days=days),
        asks_name=asks_name,
    )
    return made, code


@action("accounts.replace")
def replace_person(user: User, *, name: str, email: str, days: int, at: datetime, by: User) -> tuple[Activation, str]:
    """Somebody else has the post: the old account is closed with all it did, a new one holds the same roles, by a code."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not rules.may_manage(by, user):
        raise PermissionDenied
    held = list(user.grants.filter(ended_at=None).select_related("unit").order_by("pk"))
    if not held or not all(rules.may_give(by, each.role, each.unit) for each in held):
        raise PermissionDenied
    refuse_if(
        [*rules.obstacles_to_an_account_in_use(user.is_active), *obstacles_to_days(days), *obstacles_in_name(name)]
    )
    successor = with_usernames([Wanted(held[0].unit, held[0].role, name=name, email=email)])[0]
    new = User.objects.create(
        username=successor.username, name=name, email=email, password=make_password(None), password_set_at=at
    )
    user.is_active = False
    user.save(update_fields=["is_active"])
    Activation.objects.filter(user=user).standing().update(ended_at=at)
    for each in held:
        end(each, by=by)
        Grant.objects.create(
            user=new, unit=each.unit, role=each.role, given_by=by, document=f"接替{user.name}", last_on=each.last_on
        )
    sessions.end_all(user, why="reset")
    tell_audit(successor=new.pk)
    return code_for(new, asks_name=False, days=days, at=at, by=by)


@action("accounts.destroy_codes")
def destroy_codes(handout: Handout, *, by: User) -> Handout:
    """They are printed: nobody can print them a second time. The codes themselves stay good."""
    handout = Handout.objects.select_for_update(of=("self",)).select_related("unit").get(pk=handout.pk)
    require(by, rules.WHO["hand_out"], handout.unit)
    handout.sealed = handout.sealed_until = None
    handout.save(update_fields=["sealed", "sealed_until"])
    return handout


@action("accounts.activate")
def activate(*, username: str, code: str, password: str, name: str, at: datetime, by: User | None) -> User:
    """Whoever holds the code has set a password. Nobody has signed in yet, so `by` is nobody."""
    found = (
        Activation.objects.select_for_update(of=("self",)).select_related("user").filter(digest=digest_of(code)).first()
    )
    if found is None or fold(found.user.username) != fold(username):
        raise Refused([WRONG])
    user = User.objects.select_for_update().get(pk=found.user_id)
    refuse_if(obstacles_to_activating(found, user, at=at))
    refuse_if([*obstacles_to_being_named(found, name), *obstacles_to_password(password, user)])
    user.name = name.strip() if found.asks_name else user.name
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["name", "password", "password_set_at", "must_change_password"])
    found.used_at = at
    found.save(update_fields=["used_at"])
    return user


def slips_of(handout: Handout, *, at: datetime) -> list[Slip]:
    """Of those who have not come yet, as long as the codes are kept."""
    if not handout.holds_codes(at):
        refuse("codes-gone", "激活码已经取走或销毁，系统里不再有", remedy="请用“重发未激活的”换发新的激活码")
    codes = json.loads(crypto.office_opened(PURPOSE, handout.sealed or b""))
    waiting = handout.activations.filter(user__is_active=True).standing().select_related("user").order_by("pk")
    held = roles_of([each.user_id for each in waiting])
    return [
        Slip(each.user, *held.get(each.user_id, ("", "")), codes[str(each.user_id)], each.expires_at)
        for each in waiting
        if str(each.user_id) in codes
    ]


def roles_of(users: list[int]) -> dict[int, tuple[str, str]]:
    held = Grant.objects.filter(user__in=users, ended_at=None).select_related("unit").order_by("pk")
    return {each.user_id: (each.get_role_display(), each.unit.name) for each in held}


def tidy(at: datetime) -> None:
    Handout.objects.filter(sealed_until__lt=at).update(sealed=None, sealed_until=None)


def obstacles_to_handing_out(wanted: list[Wanted], *, days: int) -> Iterator[Obstacle]:
    yield from obstacles_to_days(days)
    if not wanted:
        yield Obstacle("nobody-wanted", "没有要开设的账号", remedy="换一个单位，或核对名单；已有填报员的组织不再列入")
    if len(wanted) > AT_ONCE:
        yield Obstacle("too-many", f"一次最多开设{AT_ONCE:,}个账号", remedy="按单位分几次发放")


def obstacles_to_days(days: int) -> Iterator[Obstacle]:
    if not 1 <= days <= LONGEST:
        yield Obstacle("bad-days", f"激活码的有效期是1至{LONGEST}天", remedy=f"一般填{DAYS}天", where="days")


def obstacles_in_lines(wanted: list[Wanted]) -> Iterator[Obstacle]:
    """Of each line, the first fifty."""
    found = (
        Obstacle(each.code, f"第{number}行 {line.unit.name}：{each.reason}", remedy=each.remedy, where="lines")
        for number, line, each in every_obstacle(wanted)
    )
    for number, each in enumerate(found, start=1):
        if number > TOLD:
            yield Obstacle("more", f"还有更多，只列出前{TOLD}处", remedy="改好这些再试")
            return
        yield each


def every_obstacle(wanted: list[Wanted]) -> Iterator[tuple[int, Wanted, Obstacle]]:
    used = taken(each.username for each in wanted if each.username)
    said = Counter(fold(each.username) for each in wanted if each.username)
    people = Counter((each.unit.pk, each.role, fold(each.name)) for each in wanted)
    held = Grant.objects.filter(
        unit__in={each.unit.pk for each in wanted}, role__in={each.role for each in wanted}, ended_at=None
    )
    holders = {
        (unit, role, name)
        for unit, role, name in held.filter(user__is_active=True).values_list("unit", "role", "user__name")
    }
    posts = {(unit, role) for unit, role, _ in holders}
    for number, line in enumerate(wanted, start=1):
        for each in obstacles_in_line(
            line,
            taken=line.username.upper() in used or said[fold(line.username)] > 1,
            twice=people[line.unit.pk, line.role, fold(line.name)] > 1,
            held=(line.unit.pk, line.role, line.name) in holders if line.name else (line.unit.pk, line.role) in posts,
        ):
            yield number, line, each


def obstacles_in_line(line: Wanted, *, taken: bool, twice: bool, held: bool) -> Iterator[Obstacle]:
    if line.unit.closed_on:
        yield Obstacle("unit-closed", f"单位已于{line.unit.closed_on}停用", remedy="从名单中去掉")
    if line.username:
        yield from rules.obstacles_to_account(line.username, taken=taken)
    if line.name:
        yield from obstacles_in_name(line.name)
    if twice:
        yield Obstacle("twice", "名单里有相同的两行", remedy="一人一行；同名的两个人请写不同的登录名分两次发放")
    if held:
        yield Obstacle(
            "held-already", f"已有{Role(line.role).label}在用", remedy="先停用或更换原来的账号，或从名单中去掉"
        )


def obstacles_to_activating(found: Activation, user: User, *, at: datetime) -> Iterator[Obstacle]:
    """Told to whoever holds the right code."""
    again = "请联系发放人换发"
    if not user.is_active:
        yield Obstacle("account-closed", "这个账号已停用", remedy="请联系发放人", where="code")
    if found.used_at:
        yield Obstacle(
            "code-used", "这个激活码已经用过", remedy="请直接登录；不是本人激活的，立即联系发放人", where="code"
        )
    elif found.ended_at:
        yield Obstacle("code-replaced", "这个激活码已作废，另发了新的", remedy=again, where="code")
    elif found.expires_at <= at:
        yield Obstacle("code-expired", "这个激活码已过期", remedy=again, where="code")


def obstacles_to_being_named(found: Activation, name: str) -> Iterator[Obstacle]:
    if not found.asks_name:
        return
    if not name.strip():
        yield Obstacle("name-missing", "请写您的姓名", remedy="这个账号由您本人使用，不与别人共用", where="name")
    for each in obstacles_in_name(name.strip()):
        yield replace(each, where="name")


def obstacles_to_password(password: str, user: User) -> Iterator[Obstacle]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        for reason in error.messages:
            yield Obstacle("weak-password", reason.rstrip("。"), where="password")
