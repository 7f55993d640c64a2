"""How ID numbers are read from a cell."""

from dataclasses import dataclass

from taizhang.imports.values import ERROR, Code, Note, Reading
from taizhang.members.rules import problems_with_id_number


@dataclass(frozen=True)
class IdNumber(Code):
    """公民身份号码: length, characters, check digit and the day in it."""

    expected = "18位身份证号"

    def read(self, written: str) -> Reading:
        value, notes = super().read(written)
        if value is None:
            return None, notes
        problems = tuple(problems_with_id_number(value))
        return value, (
            *notes,
            *(Note(each.code, ERROR, f"{each.reason}。", f"{each.remedy}。") for each in problems),
        )
