"""Rounds of the tests: opened by the committee, handed out at once, filled in by operators, made by the verbs."""

from datetime import date

from taizhang.accounts.models import Role
from taizhang.declarations import actions
from taizhang.declarations.actions.moving import whole
from taizhang.declarations.models import Declaration, Opening, Round
from taizhang.orgs import actions as orgs
from taizhang.party import actions as party

CUT_OFF, OPENED, DUE = date(2017, 12, 31), date(2018, 1, 10), date(2018, 2, 28)
DAY = date(2018, 1, 20)
HEADS = {"full_time": 5, "part_time": 3, "leaders": 2, "party_members": 3, "applicants": 1}
DIVIDED = {
    "leaders_part_time": 1,
    "leader_members": 1,
    "full_time_members": 2,
    "held_here": 0,
    "held_supervisor": 0,
    "held_affiliated": 0,
    "held_locality": 1,
    "held_employer": 2,
    "held_other": 0,
    "activists": 0,
    "candidates": 0,
}


def opened(world, *, unit=None, title: str = "2017年度年报", by=None, **asked) -> Round:
    asked = {"cut_off_on": CUT_OFF, "due_on": DUE, "on": OPENED, **asked}
    by = by or world.clerk
    found = actions.open_round(unit or world.committee, title=title, by=by, **asked)
    while found.opening != Opening.OPEN:
        found = actions.hand_out(found, by=by)
    return found


def known(world, organization):
    """Everything that a declaration asks is on record."""
    orgs.declare_workforce(organization, on=CUT_OFF, by=world.clerk, **HEADS)
    orgs.declare_breakdown(organization, on=CUT_OFF, by=world.clerk, **DIVIDED)
    party.state_absence(organization, reason="too_few", on=CUT_OFF, by=world.clerk)
    return organization


def of(organization) -> Declaration:
    return Declaration.objects.get(organization=organization)


def operator_of(world, organization):
    return world.account(organization.unit, Role.OPERATOR, username=f"tianbao{organization.pk}", name="填报员")


def right_samples(declaration) -> dict:
    """What the ledger says of the sampled fields."""
    draft = whole(declaration)
    return {key: draft.record(key[0]).values[key[1]] for key in draft.samples}


def all_correct(declaration, *, by, on: date = DAY, **more) -> Declaration:
    """Read, confirmed once under every section, the samples typed, submitted."""
    sections = [each.name for each in whole(declaration).sections]
    more = {"samples": right_samples(declaration), **more}
    return actions.submit(declaration, sections=sections, name=by.name, on=on, by=by, **more)
