"""Who may keep a question under a name, say what a figure should reach, and has seen the dashboard."""

from taizhang.accounts.models import SEES_RECORDS, Role, User

PUBLISHES = frozenset({Role.CLERK, Role.REVIEWER, Role.LEADER})  # a number, for good (the reports do it)

WHO: dict[str, frozenset[str]] = {
    "keep_scenario": frozenset({Role.CLERK, Role.REVIEWER, Role.LEADER, Role.UNIT_CLERK, Role.UNIT_REVIEWER}),
    "forget_scenario": frozenset({Role.CLERK, Role.REVIEWER, Role.LEADER, Role.UNIT_CLERK, Role.UNIT_REVIEWER}),
    "set_target": frozenset({Role.CLERK, Role.LEADER, Role.UNIT_CLERK}),
    "end_target": frozenset({Role.CLERK, Role.LEADER, Role.UNIT_CLERK}),
    "look": frozenset(SEES_RECORDS),
}


def abilities(user: User, scenario=None) -> frozenset[str]:
    """A scenario is let go of by whoever keeps it."""
    held = frozenset(verb for verb, roles in WHO.items() if user.holds(roles))
    return held if scenario is None or scenario.by_id == user.pk else held - {"forget_scenario"}
