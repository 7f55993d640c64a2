"""Why a file is not opened, and how much of one we are willing to open."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 64 * MEBIBYTE
    inflated_bytes: int = 400 * MEBIBYTE
    parts: int = 2_000
    sheets: int = 50
    rows: int = 200_000
    columns: int = 256
    cells: int = 5_000_000
    declared_cells: int = 20_000_000  # a column formatted to the last row declares 12 million of nothing
    memory_bytes: int = 512 * MEBIBYTE
    cpu_seconds: int = 60
    wall_seconds: int = 300


LIMITS = Limits()


class Unreadable(Exception):
    """The file cannot be taken in. `code` is for programs, `reason` and `remedy` for the person."""

    def __init__(self, code: str, reason: str, remedy: str):
        super().__init__(f"{reason} {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy
