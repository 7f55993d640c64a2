"""A body of JSON from a program we do not know: looked at before it is read, so that none is deep, odd or slow."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from taizhang.kit.refusals import Obstacle

DEEPEST = 32
TOO_DEEP = Obstacle("too-deep", f"JSON 的层数超过 {DEEPEST}", remedy="各项操作只用到两三层")
ODD = Obstacle("odd-characters", "含有空字符或不成对的代理字符", remedy="去掉这些字符")
UNREADABLE = Obstacle("unreadable", "请求的内容读不出来", remedy="内容应为 UTF-8 编码的 JSON 对象")
# One pass: a string is one token, also one that does not end; what is between them is brackets or of no interest.
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
ODD_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class Unfit(ValueError):
    def __init__(self, obstacle: Obstacle):
        self.obstacle = obstacle
        super().__init__(obstacle.reason)


def read(body: bytes) -> Any:
    if is_deep(body):
        raise Unfit(TOO_DEEP)
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unfit(UNREADABLE) from error
    if (ODD_ESCAPE.search(body) or b"\0" in body) and any(is_odd(text) for text in texts(found)):
        raise Unfit(ODD)
    return found


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)


def is_odd(text: str) -> bool:
    """What PostgreSQL keeps in no text: NUL, and half of a pair of UTF-16."""
    return any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def is_deep(body: bytes) -> bool:
    depth = 0
    for token in TOKENS.finditer(body):
        sign = token[0][:1]
        if sign in b"[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in b"]}":
            depth -= 1
    return False


def refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)
