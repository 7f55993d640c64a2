"""What a program sent amiss, in the words of the screens: pydantic's error types as obstacles."""

from collections.abc import Iterable, Mapping
from typing import Any

from taizhang.kit.refusals import Obstacle

WORDS = {
    "missing": "没有填写",
    "extra_forbidden": "没有这一项",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数太大",
    "float_type": "应为数",
    "float_parsing": "应为数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字",
    "string_unicode": "含有不能识别的字符",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "greater_than_equal": "不小于 {ge}",
    "greater_than": "大于 {gt}",
    "less_than_equal": "不大于 {le}",
    "less_than": "小于 {lt}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "至多 {max_length} 个字",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "literal_error": "应为其中之一：{expected}",
    "enum": "应为其中之一：{expected}",
    "date_type": "写成 2017-12-29",
    "date_from_datetime_parsing": "写成 2017-12-29",
    "datetime_type": "写成 2018-01-31T16:30",
}
PARTS_OF_A_REQUEST = ("body", "query", "path", "form", "file", "header", "cookie", "sent", "asked")


def obstacles(errors: Iterable[Mapping[str, Any]]) -> list[Obstacle]:
    """One for each place; of the alternatives of one place, the first."""
    found: dict[str, Obstacle] = {}
    for each in errors:
        where = place(each["loc"])
        found.setdefault(where, Obstacle("wrong-input", said(each), remedy="核对接口说明中这一项的写法", where=where))
    return list(found.values())


def said(error: Mapping[str, Any]) -> str:
    given = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(given.get("error", "")) or "写法不对"
    if error["type"] == "literal_error":
        given = {**given, "expected": str(given.get("expected", "")).replace(" or ", "、").replace(", ", "、")}
    try:
        return WORDS[error["type"]].format(**given)
    except KeyError:
        return "写法不对"


def place(loc: Iterable[Any]) -> str:
    """The name of the field: not what pydantic calls the alternatives it tried."""
    parts = list(loc)
    while parts and parts[0] in PARTS_OF_A_REQUEST and len(parts) > 1:
        parts = parts[1:]
    return str(parts[0]) if parts else ""
