"""People of the tests, of nobody: made by the verbs."""

from datetime import date

from taizhang.members import actions as members
from taizhang.members.models import Employment, Person, Standing

MARCH, JUNE, SEPTEMBER = date(2017, 3, 1), date(2017, 6, 1), date(2017, 9, 1)


def id_number(serial: int = 1, born: str = "19800101") -> str:
    """A number that checks, in a region that does not exist."""
    first = f"999999{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


def employee(world, organization, name: str = "张三", on: date = MARCH, **stated) -> Person:
    stated = {"employment": Employment.FULL_TIME, "by": world.clerk, **stated}
    return members.enrol(name=name, organization=organization, on=on, **stated)


def member(world, organization, branch, name: str = "张三", on: date = MARCH, **stated) -> Person:
    stated = {"party_organization": branch, "standing": Standing.FULL, **stated}
    return employee(world, organization, name, on, **stated)


def codes(refusal) -> list[str]:
    return [obstacle.code for obstacle in refusal.value.obstacles]
