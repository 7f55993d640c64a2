"""The demonstration province: made up, decided by one seed, lived through by the verbs under the demonstration clock.

`load()` is called by `taizhang demo`; docs/manual/demonstration.md says what is made up and what is assumed.
"""

from datetime import datetime, time
from random import Random

from django.db import transaction

from taizhang.accounts.models import Unit
from taizhang.config.demonstration import accounts
from taizhang.config.demonstration.absences import Absences
from taizhang.config.demonstration.applications import Applications, write_refused
from taizhang.config.demonstration.branches import write_branches
from taizhang.config.demonstration.chronicle import Chronicle, Progress, set_clock
from taizhang.config.demonstration.later import Corrections, write_2018, write_late_reports
from taizhang.config.demonstration.lives import Lives
from taizhang.config.demonstration.oddities import write_oddities
from taizhang.config.demonstration.office import OPENED, Office, open_office
from taizhang.config.demonstration.other_bodies import OtherBodies, choose
from taizhang.config.demonstration.party_lives import PartyLives
from taizhang.config.demonstration.people import People
from taizhang.config.demonstration.scale import generate
from taizhang.config.demonstration.stories import write_stories
from taizhang.config.demonstration.year_2017 import Instruction, write_accounts, write_sittings
from taizhang.kit.clock import OFFICE

SEED = 20171229


def load(*, scale: int | None = None, progress: Progress) -> bool:
    """The province is there: made now, or by an earlier start (then False). `scale`: one of so many organisations.

    One transaction makes all of it or nothing, so an interrupted load leaves an empty ledger, and the next starts over.
    """
    if Unit.objects.exists():
        return False
    if scale:
        generate(scale, progress)
    else:
        live_through(progress)
    return True


def live_through(progress: Progress, *, with_people: bool = True) -> Office:
    """Without people it is half of the work; organisations and Party organisations are the same."""
    chronicle = Chronicle()
    with transaction.atomic():
        set_clock(datetime.combine(OPENED, time(8, 30), OFFICE))
        office = open_office(chronicle)
        write(Random(SEED), chronicle, office)
        if not with_people:
            chronicle.leave_out(People, Absences)
        chronicle.live(progress)
        accounts.write(office.accounts)
    return office


def write(random: Random, chronicle: Chronicle, office: Office) -> None:
    """Decide everything before anything is entered."""
    stories = write_stories(random)
    lives, party_lives = Lives(random, chronicle, office, stories), PartyLives(chronicle, office)
    people = People(random, chronicle, office)
    branches, committees, units = write_branches(random, stories)
    sittings = write_sittings(random, committees)
    refused = write_refused(random, committees)
    late = write_late_reports(random, units)
    odd = list(write_oddities(random, units, stories))
    uncovered = units.one()
    write_accounts(chronicle, office, sittings[1])
    uninstructed = committees.free[:18] + units.free[:4]
    in_2018 = write_2018(random, committees, units)
    chosen = choose(committees, units)

    lives.write()
    for branch in [*branches, *late, *odd, *in_2018]:
        party_lives.write(branch)
        people.staff(branch, from_outside=branch in in_2018 and branch.unit is None)
        party_lives.write_end(branch)
    applications = Applications(random, chronicle, office, people)
    applications.write(sittings, refused)
    OtherBodies(applications).write(chosen)
    for branch in sittings:
        party_lives.write_moves(branch)
    hosts = [story for branch in sittings if branch.is_instructed for story in branch.covers]
    Instruction(random, chronicle, office, [next(people.names) for _ in range(14)]).write([*hosts, *uninstructed])
    without = [*committees.free, *units.free]
    Absences(random, chronicle, lives, people).write(without)
    unentered = [story for story in stories if story.entered_on is None and story.ends_on is None]
    Corrections(chronicle, lives).write([b for b in branches if len(b.covers) >= 3], unentered, uncovered)
