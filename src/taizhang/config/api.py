"""The API: each slice's own `api.py` under one address, one way of signing in, one shape of refusal."""

import json
import logging
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.security import HttpBearer, SessionAuth

from taizhang.accounts.access import signed_in
from taizhang.accounts.middleware import note_refusal
from taizhang.config import bodies
from taizhang.kit import misread
from taizhang.kit.programs import NOT_YOURS, as_json
from taizhang.kit.refusals import Obstacle, Refused

logger = logging.getLogger(__name__)

NOT_FOUND = Obstacle("not-found", "没有找到", remedy="核对编号；不在可见范围内的记录同样如此")
NOT_SIGNED_IN = Obstacle("not-signed-in", "尚未登录", remedy="请先登录，或在 Authorization 中写访问令牌")
WRONG_FORM = Obstacle("forged-form", "没有通过来源核对", remedy="网页中的调用须带 X-CSRFToken；程序请用访问令牌")
UNREADABLE = Obstacle("unreadable", "请求的内容读不出来", remedy="内容应为 UTF-8 编码的 JSON 对象")
TOO_LARGE = Obstacle("too-large", "请求的内容太大", remedy="分几次发送；表格请用导入")


class Session(SessionAuth):
    """A person's own browser, with the token of its forms (X-CSRFToken)."""


class AccessToken(HttpBearer):
    """`Authorization: Bearer …`; `config.calls` has found out whose it is before any view is asked."""

    openapi_description = "在“我的账户 → 访问令牌”中生成"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return request.user if request.user.is_authenticated else None


class Bodies(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return bodies.read(request.body)


class Api(NinjaAPI):
    def get_operation_url_name(self, operation: Operation, router: Router) -> str:
        """`api:orgs.rename`: an address is named as its operation is."""
        return operation.operation_id or super().get_operation_url_name(operation, router)

    described: OpenAPISchema | None = None

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:  # type: ignore[override]
        """It does not change while the process lives, and takes seconds to make."""
        self.described = self.described or super().get_openapi_schema(**options)
        return self.described


api = Api(
    title="台账",
    version="1",
    description="社会组织党建台账。只看得到本人可见范围内的记录；不能办理时逐条给出原因与下步。",
    urls_namespace="api",
    auth=[AccessToken(), Session()],
    parser=Bodies(),
    docs_url=None,
)


def mount() -> None:
    """The routers that a slice's `api.py` names with their addresses. A new slice is found, not listed."""
    for name in settings.SLICES:
        if apps.is_installed(f"taizhang.{name}") and find_spec(f"taizhang.{name}.api"):
            for address, router in import_module(f"taizhang.{name}.api").routers.items():
                words_first(router)
                api.add_router(address, router)


def words_first(router: Router) -> None:
    """/register is asked before /{pk}, in whatever order the slice declares them."""
    paths = router.path_operations
    router.path_operations = dict(
        sorted(paths.items(), key=lambda each: [part.startswith("{") for part in each[0].split("/")])
    )


mount()


def answer(request: HttpRequest, *obstacles: Obstacle, status: int) -> HttpResponse:
    return api.create_response(request, as_json(obstacles), status=status)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    note_refusal(request, refusal, [obstacle.code for obstacle in refusal.obstacles])
    return answer(request, *refusal.obstacles, status=422)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    note_refusal(request, error, ["wrong-person"])
    return answer(request, NOT_YOURS, status=403)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(request, NOT_FOUND, status=404)


@api.exception_handler(ValidationError)
def wrongly_asked(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answer(request, *misread.obstacles(error.errors), status=422)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer(request, NOT_SIGNED_IN, status=401)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own: a body that cannot be read, a form without the token of its page."""
    if error.status_code == 403:
        return answer(request, WRONG_FORM, status=403)
    if isinstance(error.__cause__, bodies.Unfit):
        return answer(request, error.__cause__.obstacle, status=400)
    return answer(request, UNREADABLE, status=error.status_code)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return answer(request, TOO_LARGE, status=413)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as plain data."""
    return json.loads(json.dumps(api.get_openapi_schema()))


@signed_in
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, its body and its answers, read from the OpenAPI document itself."""
    described = document()
    return render(request, "kit/api.html", {"document": described, "tags": operations_by_tag(described)})


def operations_by_tag(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for where, methods in described["paths"].items():
        for method, told in methods.items():
            parameters = [{**each, "kind": kind_in_words(each["schema"], described)} for each in told["parameters"]]
            shown = {"parameters": parameters, "body": body_of(told, described), "gives": given_by(told)}
            line = {**told, **shown, "method": method.upper(), "path": where}
            found.setdefault(told["tags"][0], []).append(line)
    return found


def body_of(told: dict[str, Any], described: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that are sent, each with what it may be."""
    content = told.get("requestBody", {}).get("content", {})
    for kind in content.values():
        schema = resolved(kind["schema"], described)
        needed = schema.get("required", [])
        return [
            {"name": name, "required": name in needed, "kind": kind_in_words(field, described), **field}
            for name, field in schema.get("properties", {}).items()
        ]
    return []


def given_by(told: dict[str, Any]) -> str:
    schema = told["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return named.rpartition("/")[2]


KINDS = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是否", "array": "列表", "object": "对象"}


def kind_in_words(field: dict[str, Any], described: dict[str, Any]) -> str:
    for option in field.get("anyOf", [field]):
        option = resolved(option, described)
        if options := option.get("enum") or ([option["const"]] if "const" in option else None):
            return "、".join(map(str, options))
        if option.get("format") == "date":
            return "日期"
        if option.get("type") in KINDS:
            return KINDS[option["type"]]
    return ""


def resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return described["components"]["schemas"][name] if name else schema


urlpatterns = [path("docs", docs, name="api_docs"), path("", api.urls)]
