"""A workbook of made-up organisations, twelve columns, one row in a hundred wrong."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import xlsxwriter

HEADINGS = (
    "社会组织名称", "统一社会信用代码", "类型", "登记体制", "业务主管单位", "登记管理机关",
    "成立日期", "行政区划代码", "行业", "登记层级", "专职人员数", "党员人数",
)  # fmt: skip
WORDS = [
    "兰花",
    "桥梁",
    "农机",
    "茶叶",
    "物流",
    "医学",
    "教育",
    "法学",
    "书画",
    "武术",
    "旅游",
    "建筑",
    "水利",
    "气象",
    "环保",
    "养老",
    "助残",
    "青年",
    "妇女",
    "科普",
]
KINDS = (("社会团体", "协会", "51"), ("民办非企业单位", "服务中心", "52"), ("基金会", "基金会", "53"))
MODES = (("直接登记", ""), ("双重管理", "云岭省第{}厅"))
FAULTY = 0.01
NAME, TRADE, STAFF, MEMBERS = 0, 8, 10, 11  # places of what a year changes


def rows(count: int):
    """Lists of text and numbers, the day as a datetime."""
    from taizhang.orgs.codes import check_character, inner_check_character

    chance = random.Random(2017)
    for number in range(1, count + 1):
        kind, ending, prefix = KINDS[number % 3]
        mode, supervisor = MODES[number % 2]
        inner = f"MJ{number:06d}"
        first = f"{prefix}340000{inner}{inner_check_character(inner)}"
        last = check_character(first)
        if chance.random() < FAULTY:
            last = "1" if last == "0" else "0"
        name = f"云岭省{chance.choice(WORDS)}{chance.choice(WORDS)}{number}号{ending}"
        founded = datetime(1990, 1, 1) + timedelta(days=number % 9000)
        yield [
            name, first + last, kind, mode, supervisor.format(number % 60), "云岭省民政厅", founded, "340000",
            chance.choice(WORDS), "省级", number % 40, number % 7,
        ]  # fmt: skip


def a_year_later(count: int):
    """The registry's workbook of the year after, of as many rows: one organisation in ten is gone and one is new, four are as they
    were, five have other numbers of people; of these five one in ten has another trade, and one in fifty another name."""
    gone = count // 10
    for number, row in enumerate(islice(rows(count + gone), gone, None), start=gone + 1):
        if number % 9 > 3 and number <= count:
            row[STAFF] += 1
            row[MEMBERS] += number % 2
            if number % 10 == 0:
                row[TRADE] = "综合"
            if number % 50 == 0:
                row[NAME] = row[NAME].replace("云岭省", "云岭省现代", 1)
        yield row


def write(path: Path, made: Iterable[list]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("社会组织")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        for number, row in enumerate(made, start=1):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, place, value, day)
                else:
                    sheet.write(number, place, value)
