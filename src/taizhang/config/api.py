"""The API: each slice's own `api.py` under one address, one way of signing in, one shape of refusal."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import SessionAuth

from taizhang.accounts.access import signed_in
from taizhang.accounts.middleware import note_refusal
from taizhang.cases.api import router as cases
from taizhang.kit.programs import as_json
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.members.api import router as people
from taizhang.orgs.api import router as organizations
from taizhang.party.api import router as party_organizations
from taizhang.stats.api import router as figures

logger = logging.getLogger(__name__)

api = NinjaAPI(
    title="台账",
    version="1",
    description="社会组织党建台账。只看得到本人可见范围内的记录；不能办理时逐条给出原因与下步。",
    urls_namespace="api",
    auth=SessionAuth(),
    docs_url=None,
)
api.add_router("/organizations", organizations)
api.add_router("/party-organizations", party_organizations)
api.add_router("/people", people)
api.add_router("/cases", cases)
api.add_router("/figures", figures)

NOT_FOUND = Obstacle("not-found", "没有找到", remedy="核对编号；不在可见范围内的记录同样如此")
WRONG_PERSON = Obstacle("wrong-person", "这项操作不在您的权限内", remedy="如确需办理，请联系本单位的账户管理员授予角色")


def answer(request: HttpRequest, *obstacles: Obstacle, status: int) -> HttpResponse:
    return api.create_response(request, as_json(obstacles), status=status)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    note_refusal(request, refusal, [obstacle.code for obstacle in refusal.obstacles])
    return answer(request, *refusal.obstacles, status=422)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    note_refusal(request, error, ["wrong-person"])
    return answer(request, WRONG_PERSON, status=403)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(request, NOT_FOUND, status=404)


@api.exception_handler(ValidationError)
def wrongly_asked(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = [
        Obstacle("wrong-input", each["msg"].removeprefix("Value error, "), where=str(each["loc"][-1]))
        for each in error.errors
    ]
    return answer(request, *found, status=422)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer(request, Obstacle("not-signed-in", "尚未登录", remedy="请先登录"), status=401)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(request, Obstacle("unreadable", error.message), status=error.status_code)


@signed_in
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, read from the OpenAPI document itself."""
    document = api.get_openapi_schema()
    operations = [
        {"method": method.upper(), "path": where, **told}
        for where, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    return render(request, "kit/api.html", {"document": document, "operations": operations})


urlpatterns = [path("docs", docs, name="api_docs"), path("", api.urls)]
