"""For random histories a figure is what one would count by hand, and what changed adds up to the difference."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.kit.refusals import Refused
from taizhang.ledger import asking
from taizhang.ledger.models import AsOf
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Entry, Mode, Particulars, Status, Supervision
from taizhang.party import actions as party
from taizhang.party.models import Coverage, Nature
from taizhang.stats.changes import changes
from taizhang.stats.figures import ask, records, totals
from tests.world import FIRST_DAY

COUNTING = {"formal": {Nature.FORMAL}, "wider": {Nature.FORMAL, Nature.FUNCTIONAL, Nature.TEMPORARY}}
day = st.integers(0, 9)
which = st.integers(0, 3)
done = st.one_of(
    st.tuples(st.just("cover"), which, day, st.sampled_from(Nature.values)),
    st.tuples(st.just("uncover"), which, day),
    st.tuples(st.just("correct"), which, day),
    st.tuples(st.just("enter"), which, day),
    st.tuples(st.just("strike off"), which, day),
    st.tuples(st.just("hand over"), which, day),
)


def act(world, organizations, what, who, number, *rest) -> None:
    """What the ledger refuses does not happen."""
    organization, on, by = organizations[who], FIRST_DAY + timedelta(days=number), world.clerk
    covering = Coverage.objects.still().filter(organization=organization).first()
    try:
        if what == "cover":
            world.branch(organization, on=on, nature=rest[0])
        elif what == "uncover" and covering:
            party.uncover(covering, on=on, by=by)
        elif what == "correct" and covering:
            party.correct(covering, on=on, note="日期抄错", by=by, since=on)
        elif what == "enter":
            orgs.enter(organization, on=on, by=by)
        elif what == "strike off":
            orgs.strike_off(organization, status=Status.CANCELLED, on=on, document="文", by=by)
        elif what == "hand over":
            orgs.hand_over(organization, to=world.committee, mode=Mode.DECOUPLED, on=on, document="文", by=by)
    except Refused:
        pass


def by_hand(organizations, at: AsOf, variant: str, base: str) -> tuple[set, set, dict]:
    """The base, what counts, and the unit of each, one organisation at a time."""

    def holding(model, organization):
        facts = model.objects.filter(organization=organization)
        return [
            fact
            for fact in facts
            if at.day in fact.period and (at.known_at in fact.recorded if at.known_at else fact.recorded.upper is None)
        ]

    in_base, counted, units = set(), set(), {}
    for organization in organizations:
        stated = holding(Particulars, organization)
        entered = base == "registered" or holding(Entry, organization)
        if not stated or stated[0].status != Status.NORMAL or not entered:
            continue
        in_base.add(organization.pk)
        units[organization.pk] = str(holding(Supervision, organization)[0].unit_id)
        if any(coverage.nature in COUNTING[variant] for coverage in holding(Coverage, organization)):
            counted.add(organization.pk)
    return in_base, counted, units


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(done, min_size=4, max_size=10),
    day,
    day,
    st.sampled_from(["formal", "wider"]),
    st.sampled_from(["entered", "registered"]),
)
def test_a_figure_is_what_one_would_count_by_hand(world, history, first, second, variant, base):
    place = world.organization("起", under=world.sports).pk
    organizations = [
        world.organization(f"{place}第{number}", under=world.education, entered_on=None) for number in range(4)
    ]
    moments = [asking.version()]
    for each in history:
        act(world, organizations, *each)
        moments.append(asking.version())
    ours = {organization.pk for organization in organizations}

    answers = []
    for number, known_at in ((first, moments[len(moments) // 2]), (second, None)):
        at = AsOf(FIRST_DAY + timedelta(days=number), known_at)
        question = ask("organisation_coverage", at, world.clerk.scope, variant=variant, base=base)
        in_base, counted, units = by_hand(organizations, at, variant, base)
        rows = [row for row in records(question, shown="all") if row.record in ours]
        assert {row.record for row in rows if row.in_base} == in_base
        assert {row.record for row in rows if row.counted} == counted
        whole = totals(question, "unit")
        everything = records(question, shown="base")
        assert whole.base in (None, len(everything))
        assert sum(group.base for group in whole.groups) == len(everything)
        answers.append((question, in_base, counted, units))

    (before, was_in, was_counted, was_unit), (after, is_in, is_counted, is_unit) = answers
    found = {change.record: set(change.kinds) for change in changes(before, after).records if change.record in ours}
    by_kind = {
        "joined": is_in - was_in,
        "left": was_in - is_in,
        "came": is_counted - was_counted,
        "went": was_counted - is_counted,
        "moved": {pk for pk in was_in & is_in if was_unit[pk] != is_unit[pk]},
    }
    assert {(pk, kind) for pk, kinds in found.items() for kind in kinds} == {
        (pk, kind) for kind, pks in by_kind.items() for pk in pks
    }
    for change in changes(before, after).records:
        assert change.causes, change.sentence
