"""How long a session lasts, and where somebody is signed in: kept by the Gate on every request."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone

from taizhang.accounts.acting import current_origin
from taizhang.accounts.models import User
from taizhang.accounts.signing_in import SignIn

MARK = "sign_in"  # in the session: which SignIn it is, when it began, when it was last used, under which key it is kept
NOTED_EVERY = timedelta(minutes=1)
WHY = {
    "out": "本人退出",
    "idle": "久未使用",
    "long": "到了最长时间",
    "elsewhere": "在别处退出",
    "many": "登录处过多",
    "reset": "密码或验证重置",
}


def begin(request, user: User) -> SignIn:
    """Somebody has signed in; the oldest ends if there are more than the policy allows."""
    if request.session.session_key is None:
        request.session.save()
    now = timezone.now()
    is_first = not SignIn.objects.visible_to(user).exclude(key=request.session.session_key).exists()
    made, _ = SignIn.objects.get_or_create(  # two first requests at the same moment are one sign-in
        key=request.session.session_key,
        ended_at=None,
        defaults={
            "user": user,
            "address": current_origin().address,
            "agent": request.headers.get("User-Agent", "")[:200],
            "began_at": now,
            "seen_at": now,
        },
    )
    mark(request, made.pk, began=now, seen=now)
    if is_first:
        request.session[MARK]["first"] = True
    most = settings.SIGN_IN_POLICY.sessions_at_most
    if most:
        end(SignIn.objects.standing().filter(user=user).order_by("-began_at", "-pk")[most:], why="many")
    return made


def mark(request, number: int, *, began: datetime, seen: datetime) -> None:
    request.session[MARK] = {
        "number": number,
        "began": began.timestamp(),
        "seen": seen.timestamp(),
        "key": request.session.session_key,
    }


def is_first(request) -> bool:
    """Nobody with this account has signed in before: the person is told what to do."""
    return bool(request.session.get(MARK, {}).get("first"))


def over(request) -> str:
    """Why the session is over, if it is: "idle" or "long". One without a mark begins now."""
    policy, now = settings.SIGN_IN_POLICY, timezone.now()
    kept = request.session.get(MARK)
    if kept is None:
        begin(request, request.user)
        return ""
    if policy.absolute_hours and now.timestamp() - kept["began"] > policy.absolute_hours * 3600:
        return "long"
    if policy.idle_minutes and now.timestamp() - kept["seen"] > policy.idle_minutes * 60:
        return "idle"
    if now.timestamp() - kept["seen"] > NOTED_EVERY.total_seconds() or kept["key"] != request.session.session_key:
        SignIn.objects.filter(pk=kept["number"]).update(seen_at=now, key=request.session.session_key)
        request.session[MARK] = {**kept, "seen": now.timestamp(), "key": request.session.session_key}
    return ""


def leave(request, *, why: str) -> None:
    """This session is over."""
    kept = request.session.get(MARK)
    if kept:
        SignIn.objects.standing().filter(pk=kept["number"]).update(ended_at=timezone.now(), why=why)
    if why != "out":
        logout(request)


def keep_key(request) -> None:
    """A session that was given a new key (a password was changed) is still known by it."""
    kept = request.session.get(MARK)
    if kept and kept["key"] != request.session.session_key:
        SignIn.objects.filter(pk=kept["number"]).update(key=request.session.session_key)
        request.session[MARK] = {**kept, "key": request.session.session_key}


def end(signed_in, *, why: str) -> int:
    """Those sessions are gone on the next request."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = list(signed_in)
    for each in found:
        store().delete(each.key)
    SignIn.objects.standing().filter(pk__in=[each.pk for each in found]).update(ended_at=timezone.now(), why=why)
    return len(found)


def end_all(user: User, *, why: str, but: int | None = None) -> int:
    return end(SignIn.objects.standing().filter(user=user).exclude(pk=but or 0), why=why)


def current(request) -> int | None:
    kept = request.session.get(MARK)
    return kept["number"] if kept else None
