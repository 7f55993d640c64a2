"""Access tokens are made and revoked. Whoever holds one calls in its owner's name (`config.calls`)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied

from taizhang.accounts.acting import action
from taizhang.accounts.models import User
from taizhang.accounts.programs import Token, TokenScope, digest_of, new_secret
from taizhang.accounts.rules import may_manage
from taizhang.kit.clock import end_of
from taizhang.kit.refusals import Obstacle, refuse, refuse_if

MOST = 20
HINT = 8


@action("accounts.make_token")
def make_token(*, name: str, scope: str, expires_on: date, on: date, at: datetime, by: User) -> tuple[Token, str]:
    """A program can call in this person's name to the end of that day. The secret is shown once and stored nowhere."""
    by = User.objects.select_for_update().get(pk=by.pk)
    live = Token.objects.filter(user=by, revoked_at=None, expires_at__gt=at).count()
    refuse_if(obstacles_to_token(name=name, scope=scope, expires_on=expires_on, on=on, live=live))
    secret = new_secret()
    token = Token.objects.create(
        user=by,
        name=name.strip(),
        scope=scope,
        digest=digest_of(secret),
        hint=secret[:HINT],
        made_at=at,
        expires_at=end_of(expires_on),
    )
    return token, secret


@action("accounts.revoke_token")
def revoke_token(token: Token, *, at: datetime, by: User) -> Token:
    """No call with it is answered from now on. Its owner may, and whoever may close the owner's account."""
    token = Token.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    if not may_revoke(by, token):
        raise PermissionDenied
    if token.revoked_at is not None:
        refuse("revoked-already", "这个令牌已经撤销", remedy="无需再办")
    token.revoked_at, token.revoked_by = at, by
    token.save(update_fields=["revoked_at", "revoked_by"])
    return token


def may_revoke(by: User, token: Token) -> bool:
    return by.pk == token.user_id or may_manage(by, token.user)


def obstacles_to_token(*, name: str, scope: str, expires_on: date, on: date, live: int) -> Iterator[Obstacle]:
    last = on + timedelta(days=settings.TOKEN_DAYS)
    if not name.strip():
        yield Obstacle("name-missing", "没有填写名称", remedy="写明哪个程序用它，如“月报汇总”", where="name")
    if scope not in TokenScope.values:
        yield Obstacle("scope-unknown", f"没有“{scope}”这一项", remedy="从列出的选项中选择", where="scope")
    if expires_on < on:
        yield Obstacle("expired-already", f"{expires_on}已经过去", remedy="填今天或以后的日期", where="expires_on")
    if expires_on > last:
        yield Obstacle(
            "expires-too-late",
            f"令牌最长用{settings.TOKEN_DAYS}天",
            remedy=f"不晚于{last}；到期前可另生成",
            where="expires_on",
        )
    if live >= MOST:
        yield Obstacle("too-many-tokens", f"已有{live}个有效的令牌", remedy="先撤销不用的")
