"""Who may publish, and which cells are too small to be shown."""

from taizhang.accounts.models import Role, User

WHO: dict[str, frozenset[str]] = {"publish": frozenset({Role.CLERK, Role.REVIEWER, Role.LEADER})}
SMALLEST = 5  # people in a cell: fewer might be known by it
ABOUT_PEOPLE = frozenset({"sex", "education", "age", "standing"})


def abilities(user: User, publication=None) -> frozenset[str]:
    return frozenset(verb for verb, roles in WHO.items() if user.holds(roles))


def too_small(numbers: list[int], smallest: int = SMALLEST) -> set[int]:
    """The places that are not shown: every one below the limit, and one more where one alone could be reckoned from the sum."""
    hidden = {place for place, number in enumerate(numbers) if 0 < number < smallest}
    if len(hidden) == 1 and len(numbers) > 1:
        rest = [place for place in range(len(numbers)) if place not in hidden and numbers[place]]
        if rest:
            hidden.add(min(rest, key=lambda place: numbers[place]))
    return hidden
