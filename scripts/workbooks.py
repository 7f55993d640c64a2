"""Hold the workbook of declarations against LibreOffice: saved again by it, every row is still ours and says what it said.

As xlsx and as ods; then with cells typed into its copy and saved by it once more. Rails are looked at too: locked keys,
drop-downs with their hints, the hidden column of seals.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from scripts.documents import CHECKOUT, found_or_installed

CUT_OFF, DAY = date(2017, 12, 31), date(2018, 1, 20)
TYPED = {  # by the title of the column: what is typed, and what it means
    "名称": ("007协会", "007协会"),
    "类型": ("基金会", "foundation"),
    "行政区划代码": ("330103", "330103"),
    "基本情况从哪天起变的": (date(2017, 7, 1), "2017-07-01"),
    "说明": ("０５７１－８８８８８８８８", "０５７１－８８８８８８８８"),
    "兼职人员": (12, "12"),
    "建有工会": ("是", "true"),
    "核对人姓名": ("王某", "王某"),
}


def main() -> int:
    office = found_or_installed()
    if office is None:
        print(
            "核对填报工作簿需要 LibreOffice Calc：apt install libreoffice-calc-nogui，或设 TAIZHANG_SOFFICE",
            file=sys.stderr,
        )
        return 1
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        wrong = [*faults(office, Path(folder))]
    for each in wrong:
        print(f"✗ {each}", file=sys.stderr)
    if not wrong:
        print(
            "✓ LibreOffice 另存的填报工作簿（xlsx、ods、改过再存）：行校验码、数、代码、日期、锁定和下拉都在",
            flush=True,
        )
    return 1 if wrong else 0


def faults(office: str, folder: Path) -> Iterator[str]:
    from taizhang.accounts.models import Unit
    from taizhang.declarations.models import Round
    from taizhang.declarations.workbooks.writing import write

    drafts = [example(number) for number in range(1, 4)]
    original = folder / "round.xlsx"
    round = Round(pk=7, title="2017年度年报", cut_off_on=CUT_OFF, due_on=date(2018, 2, 28))
    with original.open("wb") as file:
        write(file, drafts, of=round, unit=Unit(pk=3, name="教育厅"), on=DAY)
    for suffix in ("xlsx", "ods"):
        again = saved_again(office, original, suffix, folder / suffix)
        yield from (f"{suffix}：{each}" for each in apart(again, drafts, typed={}))
    again = folder / "xlsx" / "round.xlsx"
    yield from rails_lost(original, again)
    typed = type_in(again, folder / "typed.xlsx")
    for suffix in ("xlsx", "ods"):
        again = saved_again(office, typed, suffix, folder / f"typed-{suffix}")
        yield from (f"改过再存成 {suffix}：{each}" for each in apart(again, drafts, typed=TYPED))


def example(number: int) -> Any:
    """Names, codes and numbers that programs for tables like to take for something else."""
    from taizhang.accounts.models import Unit
    from taizhang.declarations.drafts import Draft
    from taizhang.declarations.fields import KINDS
    from taizhang.declarations.models import Declaration
    from taizhang.declarations.sections import Read, Record, Section
    from taizhang.ledger.models import AsOf
    from taizhang.orgs.models import Organization

    names = ("=1+2协会", "1E5研究会", "3-4月读书会")
    organization = Organization(pk=number, unit=Unit(pk=10 + number, name=names[number - 1]), code="513300005001234567")
    said = {
        "particulars": {"name": names[number - 1], "kind": "association", "level": "province", "region": "330102"},
        "absence": {"reason": "too_few", "remark": "2-3"},
        "workforce": {each.name: number for each in KINDS["workforce"].fields if each.kind == "number"},
        "breakdown": {each.name: 0 for each in KINDS["breakdown"].fields},
    }
    said["particulars"]["trade"] = "00123"
    records = tuple(
        Record(name, KINDS[name].title, {each.name: values.get(each.name) for each in KINDS[name].fields}, CUT_OFF)
        for name, values in said.items()
    )
    sections = (
        *(Section(each.kind.section, (each,)) for each in records),
        *(Section(name, lines=(("人数", "12 人"),)) for name in ("party", "members", "instructor")),
    )
    read = Read(organization, AsOf(CUT_OFF), sections, {each.key: each for each in records})
    declaration = Declaration(pk=100 + number, round_id=7, organization=organization, cut_off_on=CUT_OFF)
    return Draft(declaration, read, {}, {}, {})


def saved_again(office: str, file: Path, suffix: str, folder: Path) -> Path:
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    command = [office, "--headless", profile, "--convert-to", suffix, "--outdir", str(folder), str(file)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=120)
    made = folder / f"{file.stem}.{suffix}"
    if not made.exists():
        raise SystemExit("LibreOffice 没有存出文件：装上 libreoffice-calc-nogui 再来。")
    return made


def apart(file: Path, drafts: list[Any], *, typed: dict[str, tuple[Any, str]]) -> Iterator[str]:
    """What the reader of what came back would take for a change that nobody made, or misses of those somebody made."""
    from taizhang.declarations.actions.workbooks import kept
    from taizhang.declarations.workbooks.columns import MARKED, PLACES
    from taizhang.declarations.workbooks.reading import FEW, table_in
    from taizhang.declarations.workbooks.sealing import opened
    from taizhang.imports.reading import look

    seen = look(file, name=file.name, limits=FEW)
    with kept(file.read_bytes(), kind=seen.kind) as path:
        table = table_in(path, seen)
    if table is None or len(table.lines) != len(drafts):
        yield "认不出表，或者行数不对"
        return
    for line, draft in zip(table.lines, drafts, strict=True):
        seal = opened(line.seal)
        if seal is None or seal.declaration != draft.declaration.pk:
            yield f"第{line.row}行的行校验码不成立"
            continue
        for place in PLACES:
            plain = place.plain(line.texts[place.name])
            if place.column.title in typed:
                if plain != typed[place.column.title][1]:
                    yield f"“{place.column.title}”填的是 {typed[place.column.title][0]!r}，读成 {plain!r}"
            elif place in MARKED and not seal.is_as_taken_out(place, plain):
                yield f"“{place.column.title}”没有人改过，读成 {plain!r}，原来是 {place.plain(place.shown(draft))!r}"


def rails_lost(original: Path, again: Path) -> Iterator[str]:
    before, after = rails(original), rails(again)
    for name, found in before.items():
        if after[name] != found:
            yield f"{name}：原来 {found}，另存以后 {after[name]}"


def rails(file: Path) -> dict[str, Any]:
    import openpyxl

    from taizhang.declarations.workbooks.columns import PLACES, SEAL
    from taizhang.declarations.workbooks.writing import HEADING, SHEET

    book = openpyxl.load_workbook(file)
    sheet = book[SHEET]
    seals = openpyxl.utils.get_column_letter(PLACES.index(SEAL) + 1)
    rules = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    return {
        "工作表保护": bool(sheet.protection.sheet),
        "锁定的格子": [cell.coordinate for cell in sheet[HEADING + 2] if cell.protection.locked],
        "下拉的格子": sorted({str(each) for rule in rules for span in rule.sqref.ranges for each in span.cells}),
        "提示": sorted({rule.prompt for rule in rules if rule.prompt}),
        "行校验码隐藏": bool(sheet.column_dimensions[seals].hidden),
        "选项表": book.worksheets[-1].sheet_state,
    }


def type_in(source: Path, target: Path) -> Path:
    import openpyxl

    from taizhang.declarations.workbooks.writing import HEADING, SHEET

    book = openpyxl.load_workbook(source)
    sheet = book[SHEET]
    titles = {cell.value: cell.column for cell in sheet[HEADING + 1]}
    for row in range(HEADING + 2, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            for title, (value, _) in TYPED.items():
                sheet.cell(row, titles[title]).value = value
    book.save(target)
    return target


if __name__ == "__main__":
    raise SystemExit(main())
