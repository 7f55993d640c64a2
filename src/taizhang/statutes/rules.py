"""The criteria of a day: every parameter in force, with the clause that sets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from taizhang.statutes.models import Jurisdiction, Parameter


@dataclass(frozen=True)
class Criteria:
    """Frozen, so that a what-if is the same rule with other criteria (`but`)."""

    on: date
    values: Mapping[str, Any]
    clauses: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    in_principle: frozenset[str] = frozenset()

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The value in force, or `otherwise` where no rule was in force that day."""
        return self.values.get(name, otherwise)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def clause(self, name: str) -> str:
        """The key of the clause that sets it, for an obstacle's `basis`."""
        return self.clauses.get(name, "")

    def severity(self, name: str) -> Any:
        """For an obstacle's `severity`: block, warn or info."""
        return self.severities.get(name, "block")

    def is_waivable(self, name: str) -> bool:
        """「原则上」: for an obstacle's `waivable`."""
        return name in self.in_principle

    def but(self, **values: Any) -> "Criteria":
        changed = {name.replace("_", "-"): value for name, value in values.items()}
        return replace(self, values={**self.values, **changed})


def criteria(on: date, *, jurisdiction: str = Jurisdiction.PROVINCE) -> Criteria:
    """A record is judged by the version in force on its own day; a local value stands before the national one."""
    in_force = Parameter.objects.in_force(on, jurisdiction=jurisdiction).select_related("clause")
    parameters = {each.name: each for each in sorted(in_force, key=lambda p: p.jurisdiction != Jurisdiction.NATIONAL)}
    return Criteria(
        on,
        values={name: each.value for name, each in parameters.items()},
        clauses={name: each.clause.key for name, each in parameters.items()},
        severities={name: each.severity for name, each in parameters.items()},
        in_principle=frozenset(name for name, each in parameters.items() if each.waivable),
    )
