"""Why something may not be done, said kindly: every reason at once, each with its remedy and its clause."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NoReturn

Severity = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason. `basis` is the key of a clause in `statutes`; `where` is the field of a form it belongs to.

    「原则上」 makes an obstacle waivable: whoever decides may pass it, and the step keeps the reason.
    """

    code: str
    reason: str
    remedy: str = ""
    basis: str = ""
    where: str = ""
    severity: Severity = "block"
    waivable: bool = False

    @property
    def blocks(self) -> bool:
        return self.severity == "block"


class Refused(Exception):
    """The wrong moment or an unmet condition. The wrong person is Django's PermissionDenied, never this."""

    recorded = False  # in the audit, by the verb that refused

    def __init__(self, obstacles: Iterable[Obstacle]):
        self.obstacles = tuple(obstacles)
        super().__init__("；".join(obstacle.reason for obstacle in self.obstacles))


def refuse_if(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """Raise Refused with all obstacles if any of them blocks. What only warns comes back, for the step to keep."""
    found = tuple(obstacles)
    if any(obstacle.blocks for obstacle in found):
        raise Refused(found)
    return found


def refuse(code: str, reason: str, *, remedy: str = "", basis: str = "", where: str = "") -> NoReturn:
    raise Refused([Obstacle(code, reason, remedy=remedy, basis=basis, where=where)])
