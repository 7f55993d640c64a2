"""For random histories every figure is a plain count, every list of changes adds up, and the line through the months is the
same figure asked of each day."""

import os
from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taizhang.formation.tests.test_histories import Office, deeds
from taizhang.instructors import actions as instructors
from taizhang.instructors.models import Posting
from taizhang.kit.refusals import Refused
from taizhang.ledger import asking
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.models import Membership
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Status
from taizhang.party import actions as party
from taizhang.party.models import Coverage, Nature, PartyOrganization, Reason
from taizhang.stats import bridging, trending
from taizhang.stats.catalogue import catalogue
from taizhang.stats.changes import changes, net_of, parts
from taizhang.stats.figures import ask, records, totals
from taizhang.stats.tests.plainly import PLAINLY, Plain
from tests.world import FIRST_DAY

SELDOM = bool(os.environ.get("TAIZHANG_NIGHTLY"))
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
PHASES = [Phase.generate, Phase.shrink] if SELDOM else [Phase.generate]  # to make a failing history small takes minutes
DAYS = 70  # two month-ends and some days
which, when = st.integers(0, 2), st.integers(0, DAYS)
ACTS = ("cover", "uncover", "correct", "enter", "strike off", "absent", "post", "recall", "join", "leave", "lead")
history = st.lists(
    st.tuples(st.sampled_from(ACTS), which, when, st.sampled_from(Nature.values)), min_size=6, max_size=16
)


class Province:
    """Three organisations, three people, two instructors; what the ledger refuses does not happen."""

    def __init__(self, world):
        self.world, self.by = world, world.clerk
        self.organizations = [world.organization(f"{name}协会", entered_on=None) for name in "甲乙丙"]
        self.people = [members.add(name=f"人{n}", unit=world.committee, on=FIRST_DAY, by=self.by) for n in range(3)]
        pool = [members.add(name=f"导{n}", unit=world.committee, on=FIRST_DAY, by=self.by) for n in range(2)]
        self.instructors = [instructors.enlist(each, unit=world.committee, on=FIRST_DAY, by=self.by) for each in pool]

    def act(self, what: str, place: int, on: date, nature: str) -> None:
        organization, person, by = self.organizations[place], self.people[place], self.by
        covering = Coverage.objects.still().filter(organization=organization).first()
        branch = PartyOrganization.objects.order_by("pk").last()
        if what == "cover":
            self.world.branch(organization, on=on, nature=nature)
        elif what == "uncover" and covering:
            party.uncover(covering, on=on, by=by)
        elif what == "correct" and covering:
            party.correct(covering, on=on, note="日期抄错", by=by, since=on)
        elif what == "enter":
            orgs.enter(organization, on=on, by=by)
        elif what == "strike off":
            orgs.strike_off(organization, status=Status.CANCELLED, on=on, document="文", by=by)
        elif what == "absent":
            party.state_absence(organization, reason=Reason.TOO_FEW, on=on, by=by)
        elif what == "post":
            instructors.post(self.instructors[place % 2], organization=organization, on=on, by=by)
        elif what == "recall" and (posting := Posting.objects.still().filter(organization=organization).first()):
            instructors.end_posting(posting, on=on, by=by)
        elif what == "join" and branch:
            members.engage(person, organization=organization, employment="full_time", on=on, by=by)
            standing = "full" if nature == Nature.FORMAL else "probationary"
            members.admit(person, party_organization=branch, standing=standing, on=on, by=by)
        elif what == "leave" and (held := Membership.objects.still().filter(person=person).first()):
            members.end_membership(held, on=on, by=by)
        elif what == "lead" and branch:
            term = on + timedelta(20 if nature == Nature.FORMAL else 400)
            members.appoint(person, party_organization=branch, position="secretary", on=on, by=by, term_ends_on=term)

    def live(self, acts) -> list:
        moments = []
        for what, place, number, nature in acts:
            try:
                with transaction.atomic():
                    self.act(what, place, FIRST_DAY + timedelta(number), nature)
            except Refused:
                continue
            moments.append(asking.version())
        return moments or [asking.version()]


def agree(scope, at: AsOf) -> None:
    """Each figure, in each of its ways, has the records that a plain count has."""
    assert set(PLAINLY) == set(catalogue())
    plain = Plain(at.day, at.known_at, at.day.replace(month=1, day=1))
    for key, figure in catalogue().items():
        for variant in figure.variants:
            for base in figure.bases or [""]:
                question = ask(key, at, scope, people=scope, variant=variant, base=base)
                rows = records(question, shown="all")
                expected = PLAINLY[key](plain, variant, base)
                found = {row.record for row in rows if row.in_base}, {row.record for row in rows if row.counted}
                assert found == expected, (key, variant, base, at)


def adds_up(scope, before: AsOf, after: AsOf) -> None:
    """What came and what went is the difference, in base and in count, and so are its two parts."""
    for key in catalogue():
        was, now = (ask(key, at, scope, people=scope) for at in (before, after))
        told = changes(was, now)
        numbers = [(found.base or 0, found.counted or 0) for found in (totals(was), totals(now))]
        assert told.counts["joined"] - told.counts["left"] == numbers[1][0] - numbers[0][0], key
        assert told.counts["came"] - told.counts["went"] == numbers[1][1] - numbers[0][1], key
        assert sum(net_of(was, now).values()) == sum(each.net for each in parts(was, now)), key
        timed = key in ("terms_due", "members")  # a term runs out, people grow older: no act does it
        assert timed or all(change.causes or change.was != change.now for change in told.records), key


@settings(
    max_examples=60 if SELDOM else 1, deadline=None, derandomize=True, suppress_health_check=QUIETLY, phases=PHASES
)
@given(history, when, when)
def test_every_figure_is_a_plain_count_and_its_changes_add_up(world, acts, first, second):
    with transaction.atomic():
        province, scope = Province(world), world.clerk.scope
        moments = province.live(acts)
        before = AsOf(FIRST_DAY + timedelta(first), moments[len(moments) // 2])
        after = AsOf(FIRST_DAY + timedelta(second))
        for at in (before, after):
            agree(scope, at)
        adds_up(scope, before, after)
        transaction.set_rollback(True)


@settings(
    max_examples=60 if SELDOM else 2, deadline=None, derandomize=True, suppress_health_check=QUIETLY, phases=PHASES
)
@given(history, st.integers(100, 400))
def test_the_line_through_the_months_and_the_yearly_account_say_the_same(world, acts, last):
    with transaction.atomic():
        Province(world).live(acts)
        scope, day = world.clerk.scope, FIRST_DAY + timedelta(last)
        days = trending.month_ends(day, 5)
        for key, (dimensions, _) in trending.spells().items():
            for variant in catalogue()[key].variants:
                question = ask(key, AsOf(day), scope, variant=variant)
                for by in ("", *sorted(dimensions)):
                    ways = [
                        {(group or "", place): pair for group, place, *pair in way(question, by, days) if any(pair)}
                        for way in (trending.by_spells, trending.by_days)
                    ]
                    assert ways[0] == ways[1], (key, variant, by)
        for bridge in bridging.bridges().values():
            closing = ask(bridge.figure, AsOf(day), scope, people=scope, variant=bridge.variant)
            account = bridging.account(bridge, closing)
            assert account.holds, (bridge.figure, account.astray)
        transaction.set_rollback(True)


@settings(
    max_examples=20 if SELDOM else 1, deadline=None, derandomize=True, suppress_health_check=QUIETLY, phases=PHASES
)
@given(deeds)
def test_what_was_applied_for_and_decided_is_a_plain_count(world, history):
    with transaction.atomic():
        office = Office(world)
        for number, verb in history:
            try:
                with transaction.atomic():
                    office.do(number, verb)
            except Refused:
                continue
        agree(world.clerk.scope, AsOf(office.on))
        adds_up(world.clerk.scope, AsOf(FIRST_DAY + timedelta(195)), AsOf(office.on))
        transaction.set_rollback(True)
