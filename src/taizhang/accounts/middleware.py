"""What every request passes: it comes from somewhere, somebody has signed in, and a refusal says why."""

import errno
import logging
import sys
from uuid import uuid4

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import DiskFull

from taizhang.accounts import passwords, second_step, sessions
from taizhang.accounts.access import PUBLIC, access_at
from taizhang.accounts.acting import Origin, coming_from, gone, record
from taizhang.accounts.freshness import ProofNeeded, prove_first
from taizhang.accounts.models import Anonymous, AuditKind
from taizhang.kit import passing
from taizhang.kit.refusals import Refused

logger = logging.getLogger(__name__)

# What somebody may still do, besides what is public, whose password was given by an administrator.
BEFORE_CHANGE = frozenset({"account_change_password"})
PROGRAMS = "/api/"
# What somebody may do before a second step that is required is set up.
BEFORE_SECOND_STEP = BEFORE_CHANGE | {"account_reauthenticate", "mfa_activate_totp", "mfa_view_recovery_codes"}
LEFT = {"idle": "您有一段时间没有操作，已自动退出，请重新登录。", "long": "这次登录已到最长时间，请重新登录。"}
NO_DISK = "服务器的磁盘写不进去（满了或不可用），没有保存"
OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
NOT_SENT = "登录已过期，刚才填写的内容没有提交。请重新登录后再办。"


class Trace:
    """Every act of the request is recorded with its address and its number, which the answer carries too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.number = uuid4().hex[:16]  # type: ignore[attr-defined]
        token = coming_from(Origin(address_of(request), request.number))  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            gone(token)
        response["X-Request-Id"] = request.number  # type: ignore[attr-defined]
        return response


def address_of(request: HttpRequest) -> str | None:
    """The browser's address; a proxy's word for it is taken only from as many proxies as are configured."""
    try:
        return get_adapter().get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return request.META.get("REMOTE_ADDR") or None


class Gate:
    """Whoever has not signed in is sent to do so, whoever must change the password to change it.

    A refusal that no door caught is answered with its reasons; the wrong person is told nothing but that.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            request.user = Anonymous()
        response = self.get_response(request)
        if request.user.is_authenticated:
            sessions.keep_key(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        access = access_at(request.resolver_match)
        if access is PUBLIC:
            return None
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if is_session(request) and (why := sessions.over(request)):
            return sign_in_anew(request, why)
        too_old = passwords.is_too_old(request.user)
        request.password_is_too_old = settings.SIGN_IN_POLICY.days_until_change if too_old else 0  # type: ignore[attr-defined]
        if name not in BEFORE_CHANGE and (request.user.must_change_password or too_old):
            return change_password_first(request)
        if name not in BEFORE_SECOND_STEP and is_session(request) and second_step.is_missing(request):
            return set_up_second_step_first(request)
        if access is None or not access.admits(request.user):
            return self.process_exception(request, PermissionDenied())
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, Refused):
            note_refusal(request, exception, [obstacle.code for obstacle in exception.obstacles])
            template = "kit/refused.html#reasons" if htmx(request) else "kit/refused.html"
            told = {"obstacles": exception.obstacles, "back": back_from(request)}
            return render(request, template, told, status=422)
        if isinstance(exception, ProofNeeded):
            return prove_again(request, exception)
        if isinstance(exception, PermissionDenied):
            note_refusal(request, exception, ["wrong-person"])
            return render(request, "403.html#reason" if htmx(request) else "403.html", status=403)
        return None


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    if is_program(request):
        return told_to_program(401, "not-signed-in", "尚未登录", "请先登录")
    if htmx(request):
        return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
    if request.method == "GET":
        return redirect_to_login(request.get_full_path())
    messages.warning(request, NOT_SENT)
    return redirect_to_login("/")


def is_session(request: HttpRequest) -> bool:
    """A person's browser; a program that shows a token has no session."""
    return bool(request.session.get(SESSION_KEY))


def sign_in_anew(request: HttpRequest, why: str) -> HttpResponseBase:
    """Nobody was there for too long, or somebody was for too long."""
    sessions.leave(request, why=why)
    request.user = Anonymous()
    if not is_program(request):
        messages.info(request, LEFT[why])
    return sign_in_first(request)


def set_up_second_step_first(request: HttpRequest) -> HttpResponseBase:
    if is_program(request):
        return told_to_program(403, "second-step-missing", "须先设置两步验证", "请登录网页设置")
    if htmx(request):
        return HttpResponseClientRedirect(resolve_url("mfa_activate_totp"))
    return redirect("mfa_activate_totp")


def change_password_first(request: HttpRequest) -> HttpResponseBase:
    if is_program(request):
        return told_to_program(403, "must-change-password", "初始密码尚未修改", "请登录网页修改密码")
    if htmx(request):
        return HttpResponseClientRedirect(resolve_url("account_change_password"))
    return redirect("account_change_password")


def prove_again(request: HttpRequest, needed: ProofNeeded) -> HttpResponseBase:
    if is_program(request):
        return told_to_program(403, "prove-again", "须重新确认身份", "请在网页上重新输入密码后再办")
    return prove_first(request, needed)


def is_program(request: HttpRequest) -> bool:
    """Under /api/, except a person's browser that opens its description."""
    return request.path.startswith(PROGRAMS) and "text/html" not in request.headers.get("Accept", "")


def told_to_program(status: int, code: str, reason: str, remedy: str) -> JsonResponse:
    obstacle = {"code": code, "reason": reason, "remedy": remedy, "basis": "", "where": ""}
    return JsonResponse({"obstacles": [obstacle]}, status=status)


def note_refusal(request: HttpRequest, exception: Exception, codes: list[str]) -> None:
    """Verbs record their own refusals; this is for those of the doors themselves."""
    if not getattr(exception, "recorded", False) and request.user.is_authenticated:
        verb = request.resolver_match.view_name if request.resolver_match else ""
        record(AuditKind.REFUSAL, by=request.user, verb=verb, codes=codes)


def htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]


def back_from(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    return referer if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()) else "/"


def broken(request: HttpRequest) -> HttpResponse:
    """The last answer there is: something unforeseen happened, and this number finds it in the log."""
    number = getattr(request, "number", "")
    no_space = is_of_the_disk(sys.exc_info()[1])
    status = 503 if no_space else 500
    logger.error("request %s %s: %s %s", number, "found no disk" if no_space else "broke", request.method, request.path)
    if request.path.startswith(PROGRAMS):
        code, reason = ("no-disk", NO_DISK) if no_space else ("broken", "系统出错，没有保存")
        return told_to_program(status, code, reason, f"请把请求号 {number} 告诉系统管理员")
    return render(request, "500.html", {"request_number": number, "reason": NO_DISK if no_space else ""}, status=status)


def is_of_the_disk(error: BaseException | None) -> bool:
    """Full, gone or not to be written: of this machine, or of PostgreSQL's."""
    while error is not None:
        if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in OF_THE_DISK):
            return True
        if isinstance(error, FileNotFoundError) and str(error.filename).startswith(passing.place() or "\0"):
            return True
        error = error.__cause__ or error.__context__
    return False
