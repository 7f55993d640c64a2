"""A small year in which something of every kind happens, and every figure of it in every way of counting, as a clerk counts by hand."""

from datetime import date

import pytest

from taizhang.declarations.tests import campaign
from taizhang.formation import actions as formation
from taizhang.formation.sittings import decide
from taizhang.formation.tests.asking import AGAINST, UNANIMOUS, accepted
from taizhang.instructors import actions as instructors
from taizhang.ledger.asking import as_of
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import Outcome
from taizhang.meetings.tests.sitting import committee_of, convened
from taizhang.members import actions as members
from taizhang.orgs.models import Kind
from taizhang.papers.tests.office import office_of
from taizhang.party import actions as party
from taizhang.party.models import Nature
from taizhang.stats.catalogue import catalogue
from taizhang.stats.figures import ask, totals
from taizhang.stats.trending import trend
from tests.world import FIRST_DAY

DAY, SINCE = date(2018, 3, 31), FIRST_DAY
LATER = date(2100, 1, 1)  # declarations are handed out on the day on the wall


@pytest.fixture
def year(world):
    """甲 is approved, 乙 refused, 丙 waits; 丁戊 and 辛壬 have joint branches; 己 has an instructor; 庚 is not entered; 癸 is functional."""
    made = {name: world.organization(f"{name}协会") for name in "甲乙丙丁戊辛壬癸"}
    made["己"] = world.organization("己协会", kind=Kind.FOUNDATION, under=world.education)
    made["庚"] = world.organization("庚协会", entered_on=None)
    clerk = world.clerk
    instruct(world, made)
    first = world.branch(made["丁"], made["戊"], on=date(2017, 5, 2))
    second = world.branch(made["辛"], made["壬"], on=date(2017, 9, 1))
    world.branch(made["癸"], on=date(2017, 9, 1), nature=Nature.FUNCTIONAL)
    lead(world, made["丁"], first, "丁书记", ends_on=date(2018, 6, 30))
    lead(world, made["辛"], second, "辛书记", ends_on=date(2018, 3, 1))
    apply(world, made)
    office_of(world).issued()
    party.state_absence(made["己"], reason="too_few", on=date(2017, 6, 1), by=clerk)
    declare(world, made["乙"])
    return world


def instruct(world, made) -> None:
    """One to 己, 辛 and 壬, who came under one branch afterwards; another to 丁, which had its branch before."""
    for name, posted in {"导一": "己辛壬", "导二": "丁"}.items():
        person = members.add(name=name, unit=world.committee, on=FIRST_DAY, by=world.clerk)
        instructor = instructors.enlist(person, unit=world.committee, on=FIRST_DAY, by=world.clerk)
        for each in posted:
            instructors.post(instructor, organization=made[each], on=date(2017, 6, 1), by=world.clerk)


def lead(world, organization, branch, name: str, *, ends_on: date) -> None:
    said = {"on": date(2017, 9, 1), "by": world.clerk}
    person = members.add(name=name, unit=organization.unit, sex="male", on=FIRST_DAY, by=world.clerk)
    members.engage(person, organization=organization, employment="full_time", **said)
    members.admit(person, party_organization=branch, standing="full", **said)
    members.appoint(person, party_organization=branch, position="secretary", term_ends_on=ends_on, **said)


def apply(world, made) -> None:
    body = committee_of(world)
    asked = {name: accepted(world, made[name]) for name in "甲乙丙"}
    sitting = convened(body, by=world.clerk)
    for name, vote in {
        "甲": {"outcome": Outcome.APPROVED, **UNANIMOUS},
        "乙": {"outcome": Outcome.REFUSED, **AGAINST},
    }.items():
        item = formation.schedule(asked[name], sitting=sitting, on=sitting.held_on, by=world.clerk)
        decide(item, **vote, by=world.clerk)
    meetings.close(sitting, on=sitting.held_on, by=world.clerk)


def declare(world, organization) -> None:
    """All ten are asked; one submits what is on record already."""
    campaign.known(world, organization)
    operator = campaign.operator_of(world, organization)
    campaign.opened(world)
    campaign.all_correct(campaign.of(organization), by=operator)


GOLDEN: dict[str, dict[str, tuple[int, int]]] = {
    "organisation_coverage": {
        "formal entered": (9, 5), "formal registered": (10, 5), "wider entered": (9, 6), "wider registered": (10, 6),
    },
    "work_coverage": {
        "any entered": (9, 7), "any registered": (10, 7), "instructor entered": (9, 1), "instructor registered": (10, 1),
    },
    "should_have": {
        "full_time entered": (9, 2), "full_time registered": (10, 2), "extended entered": (9, 2), "extended registered": (10, 2),
    },
    "eligibility": {
        "full_time entered": (9, 0), "full_time registered": (10, 0),
        "full_time_promised entered": (9, 2), "full_time_promised registered": (10, 2),
        "extended entered": (9, 0), "extended registered": (10, 0),
        "extended_promised entered": (9, 2), "extended_promised registered": (10, 2),
    },
    "organisations_newly_covered": {"approved": (5, 1), "all": (5, 5)},
    "organisations_without": {
        "all entered": (9, 4), "all registered": (10, 5), "stated entered": (9, 2), "stated registered": (10, 2),
        "unstated entered": (9, 2), "unstated registered": (10, 3),
    },
    "organisations_entered": {"entered": (10, 9), "not_entered": (10, 1)},
    "organisations_registered": {"normal": (10, 10), "all": (10, 10)},
    "party_organisations": {"formal": (4, 3), "all": (4, 4)},
    "party_organisation_sizes": {"enough": (3, 0), "short": (3, 3), "none": (3, 1)},
    "posts_filled": {"secretary": (3, 2), "deputy": (3, 0), "committee": (3, 0)},
    "terms_due": {"soon": (2, 1), "over": (2, 1)},
    "members": {"held": (11, 2), "full": (11, 2), "working": (11, 11)},
    "instructors_posted": {"begun": (2, 2), "standing": (2, 2)},
    "organisations_instructed": {"begun": (4, 4), "standing": (4, 4)},
    "instructed_new_party_organisations": {"new": (1, 1)},
    "instructed_newly_covered": {"covered": (4, 2)},
    "organisations_applied": {"applied": (3, 3), "approved": (3, 1), "pending": (3, 1), "refused": (3, 1)},
    "applications": {"submitted": (3, 3), "approved": (3, 1), "refused": (3, 1), "pending": (3, 1)},
    "branches_approved": {"approved": (1, 1), "standing": (1, 1)},
    "sittings": {"closed": (1, 1), "forming": (1, 1)},
    "papers_issued": {"issued": (1, 1)},
    "declarations": {"asked": (10, 10), "submitted": (10, 1), "accepted": (10, 0), "returned": (10, 0), "untouched": (10, 9)},
}  # fmt: skip


def ways(figure) -> list[tuple[str, str]]:
    return [(variant, base) for variant in figure.variants for base in figure.bases or [""]]


def test_every_figure_in_every_way_of_counting(year):
    found = {}
    for key, figure in catalogue().items():
        since = SINCE if figure.is_of_period else None
        for variant, base in ways(figure):
            day = LATER if key == "declarations" else DAY
            told = totals(ask(key, as_of(day), year.clerk.scope, variant=variant, base=base, since=since))
            found.setdefault(key, {})[f"{variant} {base}".strip()] = (told.base, told.counted)
    assert found == GOLDEN


def test_the_line_of_every_figure_by_every_dimension_ends_in_what_its_groups_are_that_day(year):
    people = year.clerk.people_scope
    for figure in catalogue().values():
        question = ask(figure, as_of(DAY), year.clerk.scope, people=people)
        for by in figure.dimensions:
            line = trend(question, by, months=2)
            ends = {each.key: (each.bases[-1], each.counts[-1]) for each in line.groups if each.bases[-1]}
            assert ends == {each.key: (each.base, each.counted) for each in totals(question, by).groups}, (
                figure.key,
                by,
            )
