"""What the tests of intake send: a workbook of these rows, received and checked."""

from datetime import date

from taizhang.imports import actions as imports
from taizhang.imports.models import Finding
from taizhang.imports.rules import unit_for
from taizhang.imports.sheet import resolve
from taizhang.imports.tests import files

DAY = date(2017, 6, 30)


def send(folder, sheet, heading, *rows, by, on=DAY):
    path = files.honest(folder / "a.xlsx", [heading, *rows])
    unit = unit_for(by, resolve(sheet).roles)
    return imports.check(imports.receive(path, name=path.name, sheet=sheet, unit=unit, on=on, by=by), by=by)


def errors(batch):
    return {(each.row, each.column, each.code) for each in Finding.objects.filter(batch=batch, severity="error")}


def figures(batch):
    return batch.rows, batch.good, batch.unchanged, batch.rejected
