"""The criteria of a day: every parameter in force, with the clause that sets it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from taizhang.statutes.models import Parameter


@dataclass(frozen=True)
class Criteria:
    """Frozen, so that a what-if is the same rule with other criteria (`but`)."""

    on: date
    values: dict[str, Any]
    clauses: dict[str, str]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The value in force, or `otherwise` where no rule was in force that day."""
        return self.values.get(name, otherwise)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def clause(self, name: str) -> str:
        """The key of the clause that sets it, for an obstacle's `basis`."""
        return self.clauses.get(name, "")

    def but(self, **values: Any) -> "Criteria":
        changed = {name.replace("_", "-"): value for name, value in values.items()}
        return Criteria(self.on, {**self.values, **changed}, self.clauses)


def criteria(on: date, *, jurisdiction: str = "national") -> Criteria:
    """A record is judged by the version in force on its own day; a local value stands before the national one."""
    values, clauses = {}, {}
    in_force = Parameter.objects.in_force(on, jurisdiction=jurisdiction).select_related("clause")
    for parameter in sorted(in_force, key=lambda p: p.jurisdiction != "national"):
        values[parameter.name] = parameter.value
        clauses[parameter.name] = parameter.clause.key
    return Criteria(on, values, clauses)
