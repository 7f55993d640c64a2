"""What falls due in this register: the term of those who were elected, and the year of probationary members."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Min

from taizhang.accounts.models import Role
from taizhang.ledger.models import AsOf
from taizhang.members.models import Membership, Post, Standing
from taizhang.notices.sources import Matter, Source
from taizhang.statutes.rules import criteria

RENEWAL = "renewal-reminder-days"
USUAL_RENEWAL = (
    180,
    0,
    -30,
)  # where no local rule says more: half a year before (ORG-18), on the day, and a month after
USUAL_PROBATION = (60, 30, 0, -30)
KEEPERS = (Role.SECRETARY, Role.PARTY_CLERK, Role.UNIT_CLERK, Role.CLERK)


def terms(on: date) -> Iterator[Matter]:
    """One for each Party organisation: the earliest day on which a term that runs there ends."""
    rules = criteria(on)
    days = tuple(rules.get(RENEWAL, USUAL_RENEWAL))
    clause = rules.clause(RENEWAL) or rules.clause("renewal-reminder-months")
    running = Post.objects.as_of(AsOf(on)).exclude(term_ends_on=None)
    ending = running.values(
        "party_organization", "party_organization__unit", "party_organization__unit__name"
    ).annotate(due_on=Min("term_ends_on"))
    for each in ending.order_by("party_organization").iterator():
        yield Matter(
            about=f"party.partyorganization:{each['party_organization']}",
            title=f"{each['party_organization__unit__name']}届满换届",
            unit=each["party_organization__unit"],
            roles=KEEPERS,
            due_on=each["due_on"],
            days_before=days,
            clause=clause,
        )


def conversions(on: date) -> Iterator[Matter]:
    """A year after they joined, on the same day of the calendar (RULES DEV-12). Nobody is named here: the page names them."""
    waiting = Membership.objects.as_of(AsOf(on)).filter(standing=Standing.PROBATIONARY)
    waiting = waiting.exclude(joined_on=None).exclude(party_organization=None)
    rows = waiting.values_list("person", "joined_on", "party_organization__unit", "party_organization__unit__name")
    for person, joined_on, unit, name in rows.iterator():
        yield Matter(
            about=f"members.person:{person}",
            title=f"{name}一名预备党员预备期满",
            unit=unit,
            roles=KEEPERS,
            due_on=a_year_after(joined_on),
            days_before=USUAL_PROBATION,
            about_people=True,
        )


def a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, month=3, day=1)


TERMS = Source("members.terms", "届满换届", "任期届满之日；提前和逾期各次提醒按当日有效的换届提醒规定", terms)
CONVERSIONS = Source("members.conversions", "预备期满", "预备期一年，自支部大会通过之日起算", conversions)
