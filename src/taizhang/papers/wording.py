"""The small language of a wording, made so that it can do nothing but fill blanks.

    {事项}              a blank; every kind says which there are
    [（{来文字号}）]      what stands in brackets is left out if one of its blanks is empty; brackets may be nested
    二、{要求}           a list alone in its line makes a paragraph of each item; inside a sentence its items are joined by 、

Lines that begin with 一、 （一） 1. （1） are numbered anew after filling, so that a line left out leaves no gap. Nothing else is special.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from taizhang.kit.refusals import Obstacle
from taizhang.papers.kinds import Field

BLANK = re.compile(r"\{([^{}\[\]\n]*)\}")
DIGITS = "〇一二三四五六七八九"
MARKS = (  # the four levels of GB/T 9704-2012, 7.3.3
    re.compile(r"^[一二三四五六七八九十]+、\s*"),
    re.compile(r"^[（(][一二三四五六七八九十]+[)）]\s*"),
    re.compile(r"^\d{1,2}[.．](?!\d)\s*"),
    re.compile(r"^[（(]\d{1,2}[)）]\s*"),
)
Values = Mapping[str, Any]


def blanks(text: str) -> list[str]:
    return BLANK.findall(text)


def faults(text: str, fields: tuple[Field, ...], *, where: str) -> Iterator[Obstacle]:
    """Everything wrong with a wording, line by line."""
    known = {each.label for each in fields}
    for number, line in enumerate(text.splitlines(), start=1):
        at = f"第{number}行" if where == "body" else "标题"
        for name in blanks(line):
            if name not in known:
                remedy = "可用的空：" + "、".join(f"{{{each}}}" for each in sorted(known))
                yield Obstacle("unknown-blank", f"{at}：没有“{{{name}}}”这个空", remedy=remedy, where=where)
        rest = BLANK.sub("", line)
        if "{" in rest or "}" in rest:
            yield Obstacle("brace", f"{at}：大括号不成对", remedy="空写成{事项}这样，前后各一个", where=where)
        if not balanced(rest):
            yield Obstacle("bracket", f"{at}：方括号不成对", remedy="可省的话写成[……{空}……]，不跨行", where=where)
        for part in idle_brackets(line):
            yield Obstacle("idle-bracket", f"{at}：“[{part}]”里没有空", remedy="去掉方括号", where=where)
    for each in fields:
        if where == "body" and each.required and each.label not in blanks(text):
            remedy = "确实不写的可以不管；通常应当写明"
            reason = f"没有用到“{{{each.label}}}”"
            yield Obstacle("unused-blank", reason, remedy=remedy, where=where, severity="warn")


def balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"[": 1, "]": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def idle_brackets(line: str) -> list[str]:
    return [part for part in re.findall(r"\[([^\[\]]*)\]", line) if not blanks(part)]


def fill(text: str, values: Values) -> str:
    """The text with its blanks filled, and its paragraphs numbered."""
    return "\n".join(numbered(filled_lines(text, values)))


def filled_lines(text: str, values: Values) -> Iterator[str]:
    for line in text.splitlines():
        mark = mark_of(line)
        alone = BLANK.fullmatch(line[len(mark) :].strip())
        if alone and isinstance(values[alone[1]], list):
            for item in values[alone[1]]:
                first, *others = [closed(each) for each in str(item).strip().splitlines()] or [""]
                yield (mark if not mark_of(first) else "") + first
                yield from others
        elif kept := inline(line, values):
            yield kept


def closed(line: str) -> str:
    """A point of a list is a sentence: with a full stop, unless it ends in something else."""
    line = line.rstrip()
    return line if not line or line[-1] in ENDINGS else f"{line}。"


def inline(line: str, values: Values) -> str:
    """One line; empty if nothing of it remains but its mark."""
    while "[" in line:
        line = re.sub(r"\[([^\[\]]*)\]", lambda found: written(found[1], values), line)
    had_blanks = bool(blanks(line))
    line = BLANK.sub(lambda found: spelled(values[found[1]]), line)
    return "" if had_blanks and line.strip() == mark_of(line).strip() else line


def written(part: str, values: Values) -> str:
    """What stands in brackets, if each of its blanks has something. A blank filled here is not looked at again."""
    if any(not values[name] for name in blanks(part)):
        return ""
    return BLANK.sub(lambda found: spelled(values[found[1]]).translate(HIDDEN), part)


ENDINGS = "。！？；：…）”》.!?;:"
HIDDEN = str.maketrans("[]{}", "［］｛｝")


def spelled(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return day_of(value) if isinstance(value, str | date) else str(value)


def day_of(value: str | date) -> str:
    """2017年8月25日, also of a day as JSON keeps it."""
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return value
        value = date.fromisoformat(value)
    return f"{value.year}年{value.month}月{value.day}日"


def mark_of(line: str) -> str:
    for mark in MARKS:
        if found := mark.match(line):
            return found[0]
    return ""


def level_of(line: str) -> int:
    """1 to 4 for the levels of headings, 0 for an ordinary paragraph."""
    return next((level for level, mark in enumerate(MARKS, start=1) if mark.match(line)), 0)


def numbered(lines: Iterator[str]) -> Iterator[str]:
    counted = [0, 0, 0, 0]
    for line in lines:
        if level := level_of(line):
            counted[level - 1] += 1
            counted[level:] = [0] * (4 - level)
            line = mark(level, counted[level - 1]) + MARKS[level - 1].sub("", line, count=1)
        yield line


def mark(level: int, number: int) -> str:
    return (f"{chinese(number)}、", f"（{chinese(number)}）", f"{number}.", f"（{number}）")[level - 1]


def chinese(number: int) -> str:
    """1 to 99 in words."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
