"""Rows as a workbook or as text for spreadsheets. What begins like a formula stays text."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from msoffcrypto.format.ooxml import OOXMLFile

from taizhang.kit import passing

FORMULA_SIGNS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # some spreadsheets take full width for half
CELL_LIMIT = 32_767
SPOOLED_BYTES = 8 * 2**20
LINES = 1_000_000  # of one sheet; a workbook's own limit is a little higher
Rows = Iterable[Sequence[Any]]


def write_xlsx(
    file: IO[bytes], title: str, headings: Sequence[str], rows: Rows, *, about: Sequence[tuple[str, str]] = ()
) -> None:
    """A frozen heading line, an automatic filter, text as text: the sheet can be imported again as it is.

    `about` says on a second sheet what the rows are a list of. Row by row to the disk, so memory does not grow.
    """
    options = {
        "constant_memory": True,
        "tmpdir": passing.place(),
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet(title[:31])
        heading = workbook.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        for column, text in enumerate(headings):
            sheet.write_string(0, column, text, heading)
            sheet.set_column(column, column, max(12, 2 * len(text) + 4))
        write_string = sheet.write_string
        last = 0
        for last, row in enumerate(rows, start=1):  # noqa: B007
            for column, value in enumerate(row):
                if value is None or value == "":
                    continue
                if type(value) is str:
                    write_string(last, column, value if len(value) <= CELL_LIMIT else value[:CELL_LIMIT])
                elif type(value) is date and value.year >= 1900:
                    sheet.write_datetime(last, column, value, day)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(last, column, value)
                else:
                    write_string(last, column, plain(value)[:CELL_LIMIT])
        sheet.freeze_panes(1, 0)
        if headings:
            sheet.autofilter(0, 0, last, len(headings) - 1)
        if about:
            described = workbook.add_worksheet("说明")
            described.set_column(0, 0, 12)
            described.set_column(1, 1, 90, workbook.add_format({"text_wrap": True}))
            for number, (name, said) in enumerate(about):
                described.write_string(number, 0, name, heading)
                described.write_string(number, 1, said)


def sealed(workbook: IO[bytes], password: str) -> IO[bytes]:
    """The same workbook, opened by Excel and WPS with this password only (ECMA-376 agile, AES-256)."""
    file = io.BytesIO()
    OOXMLFile(workbook).encrypt(password, file)
    return file


def csv_lines(headings: Sequence[str], rows: Rows) -> Iterator[str]:
    """UTF-8 with a mark, as Excel expects it."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(headings)
    for row in rows:
        yield writer.writerow([neutral(plain(value)) for value in row])


def write_csv(file: IO[bytes], title: str, headings: Sequence[str], rows: Rows) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    text.writelines(csv_lines(headings, rows))
    text.detach()


def xlsx(title: str, headings: Sequence[str], rows: Rows, *, about: Sequence[tuple[str, str]] = ()) -> HttpResponseBase:
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 (the response closes it)
    write_xlsx(file, title, headings, rows, about=about)  # type: ignore[arg-type]
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx")


def text(title: str, headings: Sequence[str], rows: Rows) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(title)}.csv"
    return response


# By the name of the format: what answers with a file, and what writes one.
FORMATS: dict[str, Callable[..., HttpResponseBase]] = {"xlsx": xlsx, "csv": text}
WRITERS: dict[str, Callable[..., None]] = {"xlsx": write_xlsx, "csv": write_csv}


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def neutral(value: str) -> str:
    """A spreadsheet takes such text for a formula unless an apostrophe stands before it."""
    return f"'{value}" if value.startswith(FORMULA_SIGNS) else value


class Echo:
    def write(self, line: str) -> str:
        return line
