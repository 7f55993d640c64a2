"""What every call to the API passes before its view: how large, how often, in whose name, and whether it was answered already."""

import hashlib
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from taizhang.accounts.acting import coming_from, gone, origin
from taizhang.accounts.middleware import PROGRAMS, address_of, is_program
from taizhang.accounts.models import User
from taizhang.accounts.programs import Answer, Token, TokenScope, answered, begin_answer, note_use, take_call
from taizhang.kit import crypto
from taizhang.kit.programs import as_json
from taizhang.kit.refusals import Obstacle

LARGEST_JSON, LARGEST_UPLOAD = 2**20, 65 * 2**20
READING = ("GET", "HEAD", "OPTIONS")
KEY = "Idempotency-Key"
ANSWERS = "answers"

TOO_LARGE = Obstacle("too-large", "请求的内容太大", remedy="JSON 不超过 1 MB，文件不超过 64 MB")
TOO_OFTEN = Obstacle("too-often", "调用太频繁", remedy="按 Retry-After 的秒数稍后再试")
BAD_TOKEN = Obstacle("bad-token", "访问令牌不对", remedy="核对 Authorization: Bearer 后的令牌")
EXPIRED = Obstacle("token-expired", "访问令牌已到期", remedy="在“我的账户 → 访问令牌”中另生成一个")
REVOKED = Obstacle("token-revoked", "访问令牌已撤销", remedy="在“我的账户 → 访问令牌”中另生成一个")
CLOSED = Obstacle("account-closed", "账号已停用", remedy="请联系本单位的账户管理员")
READS_ONLY = Obstacle("token-reads-only", "这个访问令牌只读", remedy="办理须用“读和办理”的令牌")
BAD_KEY = Obstacle("bad-key", "Idempotency-Key 不合要求", remedy="1至200个可见的 ASCII 字符，如一个 UUID", where=KEY)
USED_KEY = Obstacle(
    "key-used-otherwise", "这个 Idempotency-Key 已用于另一个请求", remedy="新的请求换一个新的值", where=KEY
)
BY_STATUS = {
    400: Obstacle("unreadable", "请求的内容读不出来", remedy="核对接口说明"),
    404: Obstacle("no-such-address", "没有这个地址", remedy="核对接口说明"),
    405: Obstacle("no-such-method", "这个地址没有这个方法", remedy="核对接口说明"),
    413: TOO_LARGE,
}


class Turned(Exception):
    """Turned away before any view was asked."""

    def __init__(self, status: int, obstacle: Obstacle, **headers: str):
        self.status, self.obstacle, self.headers = status, obstacle, headers


class Calls:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PROGRAMS):
            return self.get_response(request)
        came = None
        try:
            require_small(request)
            require_allowance(f"address {address_of(request)}", settings.CALLS_PER_MINUTE_AND_ADDRESS)
            if (token := bearer(request)) is not None:
                came = coming_from(replace(origin(), token=token.pk))
                require_allowance(f"token {token.pk}", settings.CALLS_PER_MINUTE)
                if token.scope == TokenScope.READ and request.method not in READING:
                    raise Turned(403, READS_ONLY)
            response = self.once(request) if KEY in request.headers else self.get_response(request)
        except Turned as away:
            response = told(away.obstacle, away.status, **away.headers)
        finally:
            if came is not None:
                gone(came)
        response = in_our_words(request, response)
        if not response.has_header("Cache-Control"):  # of what never came to the Gate
            patch_cache_control(response, private=True, no_store=True)
        return response

    def once(self, request: HttpRequest) -> HttpResponseBase:
        """Verb and answer are one transaction: what was done is answered, what was answered is done, and only once."""
        key = request.headers[KEY]
        if request.method != "POST" or not request.user.is_authenticated:
            return self.get_response(request)
        if not 1 <= len(key.strip()) <= 200 or not key.isascii() or not key.isprintable():
            raise Turned(400, BAD_KEY)
        user, asked = request.user.pk, digest_of(request)
        with transaction.atomic():
            place = begin_answer(user=user, key=key, asked=asked)
            if place is None:
                return again(answered(user=user, key=key), asked)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            elif response.status_code < 300 and isinstance(response, HttpResponse):
                place.status = response.status_code
                place.content = crypto.office_sealed(ANSWERS, response.content)
                place.save(update_fields=["status", "content"])
        return response


def require_small(request: HttpRequest) -> None:
    uploads = request.content_type == "multipart/form-data"
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size > (LARGEST_UPLOAD if uploads else LARGEST_JSON):
        raise Turned(413, TOO_LARGE)


def require_allowance(caller: str, per_minute: int) -> None:
    if wait := take_call(caller, per_minute=per_minute):
        raise Turned(429, TOO_OFTEN, **{"Retry-After": str(wait)})


def bearer(request: HttpRequest) -> Token | None:
    """The token that was presented; from here on the request is its owner's, and no cookie counts."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not kind:
        return None
    token = Token.objects.presented(secret.strip()).first() if kind.lower() == "bearer" else None
    now = timezone.now()
    if token is None or not token.is_live(now):
        raise Turned(401, why_not(token, now), **{"WWW-Authenticate": "Bearer"})
    note_use(token, now)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        request.COOKIES.pop(name, None)
    request.session = SessionStore()  # type: ignore[assignment]  # empty, and nobody keeps it
    request.user = User.objects.get(pk=token.user_id)
    return token


def why_not(token: Token | None, now: datetime) -> Obstacle:
    if token is None:
        return BAD_TOKEN
    if token.revoked_at is not None:
        return REVOKED
    return EXPIRED if now >= token.expires_at else CLOSED


def digest_of(request: HttpRequest) -> str:
    """Of a file only its length: it is not read twice."""
    parts = (request.method or "", request.get_full_path(), str(request.META.get("CONTENT_LENGTH", "")))
    found = hashlib.sha256("\n".join(parts).encode())
    found.update(b"" if request.content_type == "multipart/form-data" else request.body)
    return found.hexdigest()


def again(known: Answer, asked: str) -> HttpResponse:
    if known.asked != asked or known.content is None or known.status is None:
        raise Turned(409, USED_KEY)
    content = crypto.office_opened(ANSWERS, known.content)
    return HttpResponse(content, status=known.status, content_type="application/json", headers={"Repeated": "true"})


def told(obstacle: Obstacle, status: int, **headers: str) -> JsonResponse:
    return JsonResponse(as_json([obstacle]), status=status, headers=headers)


def in_our_words(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What Django answers by itself (no such address, no such method) is told as an obstacle too."""
    said = BY_STATUS.get(response.status_code)
    if said is None or not is_program(request) or response.get("Content-Type", "").startswith("application/json"):
        return response
    kept = {name: response[name] for name in ("Allow", "X-Request-Id") if response.has_header(name)}
    return told(said, response.status_code, **kept)
