"""Scope 可见范围: the subtrees of units somebody may see. The one place that turns it into a condition on rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Scope:
    paths: tuple[str, ...]

    @classmethod
    def of(cls, paths: Iterable[str]) -> "Scope":
        """Only the highest of nested subtrees are kept."""
        kept: list[str] = []
        for path in sorted(set(paths)):
            if not any(path.startswith(above) for above in kept):
                kept.append(path)
        return cls(tuple(kept))

    def q(self, field: str) -> Q:
        """Rows whose unit's path, found at `field`, lies in one of the subtrees."""
        if not self.paths:
            return Q(pk__in=())
        condition = Q()
        for path in self.paths:
            condition |= Q(**{f"{field}__startswith": path})
        return condition

    def covers(self, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.paths)

    @property
    def is_nowhere(self) -> bool:
        return not self.paths

    @property
    def patterns(self) -> list[str]:
        """For SQL: `path LIKE ANY (%(patterns)s)`. Paths hold digits and full stops only."""
        return [f"{path}%" for path in self.paths]


NOWHERE = Scope(())
