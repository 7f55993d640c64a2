"""The reader that may die: run alone, by path, in a process of its own with limits on memory and time.

It imports nothing of ours. Its answer is a stream of records, each ended by RECORD, its fields parted by FIELD:
    S name visible        a sheet begins
    R number cell cell …  a row that has something in it; number as the person sees it, from 1
    E code detail         it could not go on
    Z                     all was read
A stream without Z was cut off.
"""

import csv
import datetime
import re
import resource
import sys
from collections import defaultdict

FIELD, RECORD = "\x1f", "\x1e"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
CONTROL_BUT_FIELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1e]")
AS_TEXT = re.compile(r'="(.*)"')  # how other systems keep a leading zero in csv
LONGEST_CELL = 32_767
MERGES_FILLED = 20_000


class Stop(Exception):
    def __init__(self, code, detail=""):
        self.code, self.detail = code, detail


def main():
    kind, path, encoding, delimiter, memory, cpu, rows, columns = sys.argv[1:9]
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu), int(cpu) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n", write_through=False)  # type: ignore[union-attr]
    out = Out(int(rows), int(columns))
    try:
        if kind == "text":
            read_text(path, encoding, delimiter, out)
        else:
            read_workbook(path, out)
        out.write("Z" + RECORD)
    except Stop as stop:
        out.write(FIELD.join(["E" + stop.code, stop.detail]) + RECORD)
    except MemoryError:
        out.write("Ememory" + RECORD)
    out.flush()


class Out:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.count = 0
        self.write, self.flush = sys.stdout.write, sys.stdout.flush

    def sheet(self, name, visible):
        self.write(f"S{CONTROL.sub('', name)}{FIELD}{int(visible)}{RECORD}")

    def row(self, number, cells):
        joined = FIELD.join(cells)
        if not joined.strip(FIELD + " \t\r\n\u3000\xa0"):
            return
        self.count += 1
        if self.count > self.rows:
            raise Stop("too-many-rows", str(self.rows))
        if len(cells) > self.columns:
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > self.columns:
                raise Stop("too-many-columns", str(self.columns))
        if joined.count(FIELD) >= len(cells) or CONTROL_BUT_FIELD.search(joined):
            joined = FIELD.join([CONTROL.sub("", cell) for cell in cells])
        if len(joined) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
            raise Stop("cell-too-long", str(number))
        self.write(f"R{number}{FIELD}{joined}{RECORD}")


def read_text(path, encoding, delimiter, out):
    out.sheet("", True)
    csv.field_size_limit(LONGEST_CELL * 4)
    with open(path, encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                if any('="' in cell for cell in cells):
                    cells = [AS_TEXT.sub(r"\1", cell) if AS_TEXT.fullmatch(cell) else cell for cell in cells]
                out.row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise Stop("broken", f"{reader.line_num}: {error}") from error


def read_workbook(path, out):
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError:
        raise Stop("password") from None
    except (python_calamine.CalamineError, OSError) as error:
        raise Stop("broken", str(error)) from error
    described = workbook.sheets_metadata
    if not described:
        raise Stop("no-sheets")
    for about in described:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        visible = about.visible == python_calamine.SheetVisibleEnum.Visible
        out.sheet(about.name, visible)
        if visible:
            try:
                read_sheet(workbook.get_sheet_by_name(about.name), out)
            except python_calamine.CalamineError as error:
                raise Stop("broken", f"{about.name}: {error}") from error


def read_sheet(sheet, out):
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    merged = Merged(sheet.merged_cell_ranges or [])
    for index, values in enumerate(sheet.iter_rows()):
        cells = [value if type(value) is str else as_text(value) for value in values]
        if left:
            cells = left + cells
        if merged:
            merged.fill(index, cells)
        out.row(index + 1, cells)


class Merged:
    """A merged cell says its value for every cell it covers, unless it is alone in its row (a title, a note)."""

    def __init__(self, ranges):
        self.starts = defaultdict(list)
        for (top, left), (bottom, right) in ranges[:MERGES_FILLED]:
            self.starts[top].append([bottom, left, right, ""])
        self.active = []

    def __bool__(self):
        return bool(self.starts or self.active)

    def fill(self, index, cells):
        if self.active:
            self.active = [merge for merge in self.active if merge[0] >= index]
        for merge in self.starts.pop(index, ()):
            if merge[1] < len(cells):
                merge[3] = cells[merge[1]]
                self.active.append(merge)
        for _bottom, left, right, value in self.active:
            if value and (any(cells[:left]) or any(cells[right + 1 :])):
                for column in range(left, min(right + 1, len(cells))):
                    cells[column] = value


def as_text(value):
    if type(value) is float:
        if value.is_integer():
            return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"  # more digits than a number cell keeps
        return repr(value)
    if type(value) is datetime.datetime:
        return str(value.date()) if value.time() == datetime.time(0) else value.isoformat(" ")
    if type(value) is bool:
        return "TRUE" if value else "FALSE"
    return str(value)


if __name__ == "__main__":
    main()
