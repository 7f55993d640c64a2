"""Who may publish, and which tables are of people."""

from taizhang.accounts.models import User
from taizhang.stats.rules import PUBLISHES

WHO: dict[str, frozenset[str]] = {"publish": PUBLISHES}
ABOUT_PEOPLE = frozenset({"sex", "education", "age", "standing"})


def abilities(user: User, publication=None) -> frozenset[str]:
    return frozenset(verb for verb, roles in WHO.items() if user.holds(roles))
