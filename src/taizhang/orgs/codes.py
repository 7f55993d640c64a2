"""统一社会信用代码, GB 32100-2015: what is wrong with one, every reason at once (RULES SO-20 to SO-25)."""

import re
from collections.abc import Iterator
from functools import cache
from operator import getitem

from stdnum import numdb

from taizhang.kit.refusals import Obstacle
from taizhang.orgs.models import Kind

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
YEARS = re.compile(r"\[[^\]]*\]")  # from when to when a place was called so
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
INNER_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
# what a character counts at each place
COUNTS = [{character: value * weight for character, value in VALUES.items()} for weight in WEIGHTS]
INNER_COUNTS = [{character: value * weight for character, value in INNER_VALUES.items()} for weight in INNER_WEIGHTS]
# GB/T 2260 leaves 99 free: the places of a demonstration have names, and are known to nobody.
MADE_UP_REGIONS = {
    "990101": "子城区",
    "990102": "丑桥区",
    "990103": "寅园区",
    "990104": "卯溪区",
    "990105": "辰丘区",
    "990106": "巳塘区",
    "990200": "乙湖市",
    "990300": "丙山市",
    "990400": "丁原市",
    "990500": "戊林市",
    "990600": "己泉市",
    "990700": "庚岭市",
    "990800": "辛湾市",
    "990900": "壬港市",
    "991000": "癸坪市",
}
PREFIXES = {Kind.ASSOCIATION: "51", Kind.SERVICE: "52", Kind.FOUNDATION: "53"}


def check_character(first17: str) -> str:
    total = sum(map(getitem, COUNTS, first17))
    return ALPHABET[(31 - total % 31) % 31]


def inner_check_character(first8: str) -> str:
    """组织机构代码, GB 11714, in positions 9–17."""
    total = sum(map(getitem, INNER_COUNTS, first8))
    return "0123456789X0"[11 - total % 11] if total % 11 else "0"


@cache
def is_known_region(region: str) -> bool:
    """A region code of GB/T 2260 of any year; ministries register under 100000."""
    if region == "100000":
        return True
    return any(info.get("county") for _, info in numdb.get("cn/loc").info(region))


@cache
def region_name(region: str) -> str:
    """What the code meant last, with its province; the code itself if nobody knows it."""
    if region in MADE_UP_REGIONS:
        return MADE_UP_REGIONS[region]
    found: dict[str, str] = {}
    for _, info in numdb.get("cn/loc").info(region):
        found |= info
    province, place = found.get("province", ""), YEARS.sub("", found.get("county", "").split(",")[-1])
    if not place:
        return "中央本级" if region == "100000" else region
    return place if place == province else f"{province}{place}"


def problems_with_code(code: str, kind: str = Kind.UNKNOWN) -> Iterator[Obstacle]:
    """Blocking: length, alphabet, check character. Warnings: everything that real certificates get wrong."""
    if len(code) != 18:
        yield Obstacle(
            "code-length", f"统一社会信用代码应为18位，现为{len(code)}位", remedy="对照登记证书核对", where="code"
        )
        return
    strangers = sorted(set(code).difference(ALPHABET))
    if strangers:
        yield Obstacle(
            "code-alphabet",
            f"统一社会信用代码含有不用的字符：{'、'.join(strangers)}",
            remedy="代码只用数字和除 I O S V Z 以外的大写字母；O 常为 0 之误，I 常为 1 之误",
            where="code",
        )
        return
    if check_character(code[:17]) != code[17]:
        yield Obstacle(
            "code-check", "统一社会信用代码末位校验码不符", remedy="多为抄录有误，对照登记证书核对", where="code"
        )
    if inner_check_character(code[8:16]) != code[16]:
        yield Obstacle(
            "code-inner",
            "代码第9–17位（主体标识码）的校验位不符",
            remedy="少数早年代码如此；请对照登记证书核对",
            where="code",
            severity="warn",
        )
    expected = PREFIXES.get(kind)  # type: ignore[call-overload]  # a member of Kind is its own text
    if expected and code[:2] != expected:
        yield Obstacle(
            "code-kind",
            f"代码前两位为{code[:2]}，与类型“{Kind(kind).label}”（应为{expected}）不一致",
            remedy="核对类型与代码",
            where="code",
            severity="warn",
        )
    elif not expected and code[0] != "5":
        yield Obstacle(
            "code-not-civil",
            f"代码首位为{code[0]}，不是民政部门登记的社会组织代码",
            remedy="核对是否为社会组织",
            where="code",
            severity="warn",
        )
    if not is_known_region(code[2:8]):
        yield Obstacle(
            "code-region",
            f"代码第3–8位“{code[2:8]}”不是已知的行政区划代码",
            remedy="核对代码；现行和历史区划均可",
            where="code",
            severity="warn",
        )
