"""How the register's own codes are read from a cell."""

from dataclasses import dataclass

from taizhang.imports.values import ERROR, WARNING, Code, Note, Reading
from taizhang.orgs.codes import is_known_region, problems_with_code

SEVERITIES = {"block": ERROR, "warn": WARNING}
FULL_STOP = "。"


@dataclass(frozen=True)
class CreditCode(Code):
    """统一社会信用代码, with everything that is wrong with it. Whether it suits the kind is asked of the whole row."""

    expected = "18位统一社会信用代码"

    def read(self, written: str) -> Reading:
        value, notes = super().read(written)
        if value is None:
            return None, notes
        problems = tuple(problems_with_code(value))
        if not problems:
            return value, notes
        return value, (
            *notes,
            *(
                Note(each.code, SEVERITIES[each.severity], each.reason + FULL_STOP, each.remedy + FULL_STOP)
                for each in problems
            ),
        )


@dataclass(frozen=True)
class RegionCode(Code):
    """行政区划代码 of any year (GB/T 2260)."""

    expected = "6位行政区划代码，例如 340000"

    def read(self, written: str) -> Reading:
        value, notes = super().read(written)
        if value is None:
            return None, notes
        if len(value) != 6 or not value.isdigit():
            return None, (Note("not-a-region", ERROR, "不是6位行政区划代码。", "请填6位数字，例如 340000。"),)
        if not is_known_region(value):
            return value, (Note("region-unknown", WARNING, "不是已知的行政区划代码。", "请核对；现行和历史区划均可。"),)
        return value, ()
