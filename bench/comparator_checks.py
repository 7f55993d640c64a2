"""The checks of our own import, a row at a time, for the comparator: every look-up made once, before the first row.

Left out are those of columns that the measured workbook does not have (days of striking off and of entry, heads of other kinds).
"""

import re
from collections import Counter
from datetime import date

FIELD_KINDS = {"51": "association", "52": "service", "53": "foundation"}
BARE = re.compile(r"\(.*?\)|[省市县区]")
SHORTEST_NAME = 5


class Checks:
    def __init__(self, plain, rows: list[dict]):
        from bench.comparator import FIELDS
        from bench.import_bench import DAY
        from bench.workbooks import HEADINGS
        from taizhang.accounts.models import Unit, UnitKind, User
        from taizhang.kit.text import fold
        from taizhang.orgs.naming import RESPONSIBLE, committee_above, find_units
        from taizhang.orgs.workbook import organisations

        titles = [column.title for column in organisations.columns]
        columns = [organisations.columns[titles.index(title)] for title in HEADINGS]
        self.columns = [(name, column.read, column.required) for name, column in zip(FIELDS, columns, strict=True)]
        self.fold, self.day = fold, DAY
        clerk = User.objects.get(username="jingban")
        self.committee = committee_above(clerk.active_grants[0].unit)
        self.kinds = dict(Unit.objects.values_list("pk", "kind"))
        within = clerk.scope
        self.supervisors = find_units(keys(rows, "supervisor", fold), kinds=RESPONSIBLE, within=within)
        self.registrars = find_units(keys(rows, "registrar", fold), kinds=(UnitKind.BUREAU,), within=within)
        known = [(fold(name), code) for name, code in plain.objects.values_list("name", "code")]
        self.known = dict(known)
        self.known_alike = {BARE.sub("", name): name for name, _ in known}
        self.codes: dict[str, int] = {}
        self.names: dict[str, tuple[int, str]] = {}
        self.alike: dict[str, tuple[int, str]] = {}
        self.unknown: Counter[str] = Counter()
        self.warnings: list[tuple[int, str, str]] = []

    def wrong_with(self, row: dict, number: int) -> dict[str, list[str]]:
        """Column → what is wrong; the row's cells become values. What is only odd goes to the warnings."""
        wrong: dict[str, list[str]] = {}
        for name, read, required in self.columns:
            written = row[name]
            value, notes = read("" if written is None else str(written))
            for note in notes:
                self.say(wrong, number, name, note.message, note.severity)
            if value is None and required:
                self.say(wrong, number, name, "没有填写。")
            row[name] = value
        self.look_at_code_and_name(row, number, wrong)
        self.look_at_units(row, number, wrong)
        if row["founded"] and date.fromisoformat(row["founded"]) > self.day:
            self.say(wrong, number, "founded", f"日期晚于办理日期 {self.day}。")
        row["supervisor"] = row["supervisor"] or ""
        return wrong

    def say(self, wrong: dict, number: int, column: str, message: str, severity: str = "error") -> None:
        if severity == "error":
            wrong.setdefault(column, []).append(message)
        else:
            self.warnings.append((number, column, message))

    def look_at_code_and_name(self, row: dict, number: int, wrong: dict) -> None:
        code, kind, name = row["code"], row["kind"], row["name"]
        if code is None:
            self.say(wrong, number, "code", "没有填写统一社会信用代码，只按名称认。", "warning")
        else:
            by_code = FIELD_KINDS.get(code[:2])
            if len(code) == 18 and kind and kind != "unknown" and by_code != kind:
                self.say(wrong, number, "code", f"代码前两位是 {code[:2]}，与类型不一致。", "warning")
            first = self.codes.setdefault(code, number)
            if first != number:
                self.say(wrong, number, "code", f"与第 {first} 行的代码相同。")
            kind = kind or by_code
        if name is None:
            return
        key = self.fold(name)
        first, its_code = self.names.setdefault(key, (number, code))
        if first != number and code is None:
            self.say(wrong, number, "name", f"与第 {first} 行的名称相同，又没有代码可以区分。")
        elif first != number and its_code != code:
            self.say(wrong, number, "name", f"与第 {first} 行的名称相同，代码不同。", "warning")
        if len(key) < SHORTEST_NAME:
            self.say(wrong, number, "name", "名称过短，可能没有录全。", "warning")
        if kind == "foundation" and not key.endswith("基金会") and "基金会(" not in key:
            self.say(wrong, number, "name", "按代码或类型是基金会，名称却不以“基金会”结尾。", "warning")
        if key in self.known and self.known[key] != code:
            self.say(wrong, number, "name", f"台账中已有同名的社会组织，代码是 {self.known[key]}。", "warning")
        bare = BARE.sub("", key)
        if (near := self.known_alike.get(bare)) and near != key:
            self.say(wrong, number, "name", f"与台账中的“{near}”很相近。", "warning")
        first, its_name = self.alike.setdefault(bare, (number, key))
        if its_name != key:
            self.say(wrong, number, "name", f"与第 {first} 行的名称很相近。", "warning")

    def look_at_units(self, row: dict, number: int, wrong: dict) -> None:
        unit = self.unit_of(row, "supervisor", self.supervisors, number, wrong)
        self.unit_of(row, "registrar", self.registrars, number, wrong)
        mode, named = row["mode"], row["supervisor"] is not None
        by_committee = unit is not None and unit.unit_id is not None and self.kinds[unit.unit_id] == "committee"
        if mode in ("direct", "decoupled") and named and not by_committee:
            self.say(wrong, number, "supervisor", f"直接登记、已脱钩的由综合党委负责，不归“{row['supervisor']}”。")
        if mode == "dual" and not named:
            self.say(wrong, number, "supervisor", "双重管理的社会组织没有填写业务主管单位。")
        if mode == "dual" and by_committee:
            self.say(wrong, number, "supervisor", "双重管理的由其业务主管单位负责，不归综合党委。")
        if unit is not None and unit.unit_id is not None and not unit.inside:
            self.say(wrong, number, "supervisor", f"“{row['supervisor']}”不在您的办理范围内。")

    def unit_of(self, row: dict, column: str, units: dict, number: int, wrong: dict):
        if row[column] is None:
            return None
        unit = units[self.fold(row[column])]
        if unit.unit_id is None:
            if not self.unknown[row[column]]:
                self.say(wrong, number, column, "台账中没有这个单位，将随这一批新建。", "warning")
            self.unknown[row[column]] += 1
        elif unit.how != "name":
            self.say(wrong, number, column, f"按别名或旧称认作“{unit.name}”。", "warning")
        return unit


def keys(rows: list[dict], column: str, fold) -> set[str]:
    return {fold(str(row[column])) for row in rows if row[column]}
