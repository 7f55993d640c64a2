"""A file of 100,000 rows: by xlsxwriter alone, which is given them ready, and by the list, which asks the database for them.

Each in a process begun for it, as the worker's is: what it takes of memory is its own, and nothing lies about that the bench had loaded.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import date
from time import perf_counter

ROWS = 100_000
TURNS = 3


def measured() -> list[dict]:
    from django.db import connection

    ours, theirs = [], []
    for _ in range(TURNS):  # in turn, because a machine is seldom equally busy for a minute
        theirs.append(process_of("alone", connection.settings_dict["NAME"]))
        ours.append(process_of("from_the_list", connection.settings_dict["NAME"]))
    rows = ours[0]["rows"]
    seconds, promised = (min(each["seconds"] for each in turns) for turns in (ours, theirs))
    return [
        {"name": f"{rows:,} rows by xlsxwriter alone", "value": promised, "measure": "s"},
        {
            "name": "the same as the list's file, asked of the database",
            "value": seconds,
            "measure": "s",
            "ratio": seconds / promised,
            "at_most": 1.3,
            "aim": 1.1,
        },
        {
            "name": "… memory of the process that makes it",
            "value": max(each["memory"] for each in ours),
            "measure": "MB",
            "at_most": 200,
        },
    ]


def process_of(act: str, database: str) -> dict:
    done = subprocess.run([sys.executable, "-m", "bench.list_file", act, database], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def alone(table, rows) -> dict:
    import xlsxwriter

    from taizhang.kit.lists import lines_in_file

    ready = list(lines_in_file(table, rows))
    again = -(-ROWS // len(ready))
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    begun = perf_counter()
    with tempfile.TemporaryFile() as file, xlsxwriter.Workbook(file, options) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        number = 0
        for _ in range(again):
            for line in ready:
                number += 1
                for column, value in enumerate(line):
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    else:
                        sheet.write(number, column, value)
    return {"seconds": perf_counter() - begun, "rows": number}


def from_the_list(table, rows) -> dict:
    from taizhang.kit import exporting
    from taizhang.kit.lists import headings_in_file, lines_in_file

    in_one = rows.count()
    again = -(-ROWS // in_one)

    def repeated():
        for _ in range(again):
            yield from lines_in_file(table, rows)

    begun = perf_counter()
    with tempfile.TemporaryFile() as file:
        exporting.write_xlsx(file, "社会组织", headings_in_file(table), repeated())
    return {"seconds": perf_counter() - begun, "rows": again * in_one}


def main(act: str, database: str) -> None:
    """Prints what one way took, of the rows that the committee's clerk is shown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from bench.lists_bench import listed
    from taizhang.accounts.models import User
    from taizhang.orgs.tables import organization_table

    user = User.objects.filter(grants__unit__parent=None, grants__role="clerk").first()
    write = {"alone": alone, "from_the_list": from_the_list}[act]
    told = write(organization_table(), listed(user, ""))
    print(json.dumps({**told, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
