"""The elements of a stored array that many rows hold, as PostgreSQL's own statistics have them."""

from functools import lru_cache
from time import monotonic

from django.db import connection

KEPT = 3600  # seconds; they change slowly, and only the pace of a search depends on them
STATISTICS = """
    SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
    WHERE schemaname = current_schema AND tablename = %s AND attname = %s AND most_common_elems IS NOT NULL
"""


def frequent(table: str, column: str) -> dict[str, float]:
    """Element → the share of rows that hold it. Empty as long as the table has not been analysed."""
    return read(connection.settings_dict["NAME"], table, column, int(monotonic() // KEPT))


@lru_cache(maxsize=32)
def read(database: str, table: str, column: str, hour: int) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [table, column])
        found = cursor.fetchone()
    # Three more shares follow those of the elements: the smallest, the largest, that of NULL.
    return dict(zip(*found, strict=False)) if found else {}
