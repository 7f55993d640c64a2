"""For random histories no published figure moves: asked again as it was known, it is what was published, whatever was done since."""

from datetime import timedelta

from django.db import transaction
from hypothesis import given, settings

from taizhang.kit.refusals import Refused
from taizhang.reports import actions, telling
from taizhang.reports.models import Publication
from taizhang.stats import figures
from taizhang.stats.changes import net_of
from taizhang.stats.tests.test_plainly import PHASES, QUIETLY, SELDOM, Province, history, when
from tests.world import FIRST_DAY

ASKED = (
    ("organisation_coverage", "unit"),
    ("organisations_without", "absence"),
    ("party_organisations", "nature"),
    ("members", "standing"),
    ("organisations_instructed", "unit"),
)


def assert_stands(made: Publication) -> None:
    """The number, its records and its groups are still what the ledger says it said."""
    then = actions.question_of(made)
    asked = figures.count(then, made.dimension)  # not from memory
    assert (asked.base, asked.counted) == (made.base, made.counted)
    assert sorted(row.record for row in figures.records(then)) == made.records
    told = [(each.key, each.base, each.counted) for each in actions.groups_of(asked, made.dimension)]
    assert told == [(each["key"], each["base"], each["counted"]) for each in made.groups]
    beside = telling.beside(made)
    assert beside["agrees"]
    if beside["now"].counted is not None:  # the corrections beside it are the difference
        net = net_of(then, actions.question_of(made, now=True))
        assert made.counted + sum(net.values()) == beside["now"].counted


@settings(
    max_examples=40 if SELDOM else 2, deadline=None, derandomize=True, suppress_health_check=QUIETLY, phases=PHASES
)
@given(history, history, when)
def test_no_published_figure_moves(world, before, since, day):
    with transaction.atomic():
        province, made = Province(world), []
        province.live(before)
        for figure, dimension in ASKED:
            try:
                on = FIRST_DAY + timedelta(day)
                made.append(actions.publish(figure, title="", day=on, dimension=dimension, by=world.clerk))
            except Refused:  # nothing is on record of that day
                continue
        province.live(since)
        for each in made:
            assert_stands(each)
        transaction.set_rollback(True)
