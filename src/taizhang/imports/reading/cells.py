"""What the raw parts of a workbook tell before they are parsed: far cells, counts, entities, error values.

Only patterns are searched for, block by block; a part that hides from them still meets the limits of the child.
"""

import re

from taizhang.imports.reading.unreadable import Limits, Unreadable

DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
FAR_CELL = re.compile(rb'<c r="([A-Z]{3,}\d+|[A-Z]+\d{6,})"[^>]*(?<!/)>(?!</c>)')
ERROR_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
NOT_CALCULATED = re.compile(rb'<c r="([A-Z]+\d+)"(?![^>]*\bt="str")[^>]*><f[^>]*>[^<]*</f>(?:<v></v>|<v ?/>)?</c>')
SHEET_ENTRY = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
TAIL = 64 * 1024
ERRORS_KEPT = 20_000


def column_number(letters: bytes | str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number


class Scan:
    def __init__(self, kind: str, limits: Limits):
        self.kind, self.limits = kind, limits
        self.cells = 0
        self.errors: dict[str, dict[tuple[int, int], str]] = {}
        self.sheet_names: dict[str, str] = {}  # relation id → name
        self.targets: dict[str, str] = {}  # relation id → part
        self.part, self.rest, self.first = "", b"", True

    def begin(self, part: str) -> None:
        self.part, self.rest, self.first = part, b"", True

    def feed(self, block: bytes) -> None:
        if self.first:
            self._first_block(block)
            self.first = False
        data = self.rest + block
        if b"<!" in data and re.search(rb"<!(?:DOCTYPE|ENTITY)", data):
            raise Unreadable(
                "entity",
                "文件内部带有外部引用或实体定义，为安全起见不打开。",
                "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
            )
        cut = data.rfind(b"<c ") if self._is_sheet() else max(len(data) - 8192, 0)
        if cut <= 0 or len(data) - cut > TAIL:
            cut = max(len(data) - 512, 0)
        if self._is_sheet():
            self._scan_cells(data[:cut])
        elif self._is_index():
            cut = 0 if len(data) < TAIL * 16 else cut
        elif self.kind == "ods" and self.part == "content.xml":
            self.cells += block.count(b"<text:p")
            self._refuse_too_many_cells()
        self.rest = data[cut:]

    def end(self) -> None:
        if self._is_sheet():
            self._scan_cells(self.rest)
        elif self.part == "xl/workbook.xml":
            for name, relation in SHEET_ENTRY.findall(self.rest):
                self.sheet_names[relation.decode()] = _unescape(name)
            if len(self.sheet_names) > self.limits.sheets:
                raise Unreadable(
                    "too-many-sheets",
                    f"工作簿有 {len(self.sheet_names)} 张工作表，超过 {self.limits.sheets} 张。",
                    "请只保留要导入的工作表。",
                )
        elif self.part == "xl/_rels/workbook.xml.rels":
            for element in RELATION.findall(self.rest):
                relation = re.search(rb'\bId="([^"]*)"', element)
                target = re.search(rb'\bTarget="([^"]*)"', element)
                if relation and target:
                    path = target[1].decode("utf-8", "replace")
                    self.targets[relation[1].decode()] = path.lstrip("/") if path.startswith("/") else "xl/" + path
        self.rest = b""

    def errors_by_sheet(self) -> dict[str, dict[tuple[int, int], str]]:
        named = {self.targets.get(relation, ""): name for relation, name in self.sheet_names.items()}
        return {named[part]: errors for part, errors in self.errors.items() if errors and part in named}

    def _is_sheet(self) -> bool:
        return self.kind == "xlsx" and self.part.startswith("xl/worksheets/") and self.part.endswith(".xml")

    def _is_index(self) -> bool:
        return self.part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")

    def _first_block(self, block: bytes) -> None:
        if block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in block[:64]:
            raise Unreadable("broken", "文件内部的文字编码不正常。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。")
        declared = DIMENSION.search(block[:8192]) if self._is_sheet() else None
        if declared:
            left, top, right, bottom = declared.groups()
            width = column_number(right) - column_number(left) + 1
            height = int(bottom[:9]) - int(top[:9]) + 1
            if width * height > self.limits.declared_cells:
                raise Unreadable(
                    "too-many-cells",
                    f"工作表自称有 {height:,} 行 × {width:,} 列。",
                    "请把有内容的部分复制到一张新工作表，保存后再导入。",
                )

    def _scan_cells(self, data: bytes) -> None:
        self.cells += data.count(b"<v>") + data.count(b"<is>")
        self._refuse_too_many_cells()
        for match in FAR_CELL.finditer(data):
            self._refuse_far(match[1])
        if b'"e"' in data:
            errors = self.errors.setdefault(self.part, {})
            for letters, digits, value in ERROR_CELL.findall(data):
                if len(errors) < ERRORS_KEPT:
                    errors[int(digits), column_number(letters)] = _unescape(value)
        if b"</f>" in data and (formula := NOT_CALCULATED.search(data)):
            raise Unreadable(
                "formula-not-calculated",
                f"单元格 {formula[1].decode()} 是公式，文件里没有它的计算结果。",
                "请用 Excel 或 WPS 打开文件，保存一次后再导入。",
            )

    def _refuse_too_many_cells(self) -> None:
        if self.cells > self.limits.cells:
            raise Unreadable(
                "too-many-cells",
                f"文件中有内容的单元格超过 {self.limits.cells:,} 个。",
                "请按地区或类别分成几个文件导入。",
            )

    def _refuse_far(self, reference: bytes) -> None:
        split = re.match(rb"([A-Z]+)(\d+)", reference)
        assert split  # FAR_CELL is made of both
        letters, digits = split[1], split[2]
        if column_number(letters) > self.limits.columns or int(digits[:9]) > self.limits.rows + 1_000:
            raise Unreadable(
                "far-cell",
                f"单元格 {reference.decode()} 离表格太远：最多 {self.limits.rows:,} 行、{self.limits.columns} 列。",
                "请删除远处的内容；行数确实更多时，请分成几个文件导入。",
            )


def _unescape(text: bytes) -> str:
    value = text.decode("utf-8", "replace")
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        value = value.replace(entity, character)
    return value
