"""Random procedures: no fact without a step, no step without a case, and the figures are what a plain count says.

And the table of states itself: every line of it is walked by the verbs.
"""

import os
from collections import deque
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.accounts.scope import Scope
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.cases.statements import fact_models
from taizhang.cases.tests.papers import PDF
from taizhang.formation import actions as formation
from taizhang.formation.models import GRANTED, TRANSITIONS, Application, Kind, State
from taizhang.formation.sittings import decide
from taizhang.formation.tests.asking import AGAINST, JULY, UNANIMOUS, drafted
from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of
from taizhang.meetings.models import AgendaItem, Outcome
from taizhang.meetings.tests.sitting import AUGUST, committee_of, convened
from taizhang.members import actions as members
from taizhang.members.models import Post
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.stats.figures import ask, totals

EXAMPLES, LONGEST = (200, 40) if os.environ.get("TAIZHANG_NIGHTLY") else (6, 20)
VOTES = {
    "approve": {"outcome": Outcome.APPROVED, **UNANIMOUS},
    "refuse": {"outcome": Outcome.REFUSED, **AGAINST},
    "defer": {"outcome": Outcome.DEFERRED, "note": "再议"},
    "reverse": {"outcome": Outcome.APPROVED, **UNANIMOUS},
}
FILED = {"file_approval": {}, "file_refusal": {"reasons": "不足三名", "next_step": "联合组建"}}
# Of which application, and what: a verb whatever the state, or (None) the so-and-so-manieth that the table allows
deeds = st.lists(
    st.tuples(st.integers(0, 4), st.none() | st.sampled_from(sorted(TRANSITIONS)), st.integers(0, 11)), max_size=LONGEST
)


class Office:
    """Three of the committee's own, one that a unit's Party group decides, and one where nothing is elected."""

    FILED, RENAMED = 3, 4

    def __init__(self, world):
        self.world, self.body, self.days = world, committee_of(world), 0
        self.asked: dict[int, int] = {}

    def begun(self, number: int) -> Application:
        world = self.world
        if number == self.RENAMED:
            branch = world.branch(world.organization("戊协会"))
            renamed = {"party_organization": branch, "name": "中共戊协会总支部", "grounds": "更名"}
            return formation.start(Kind.CHANGE, on=JULY, by=world.clerk, **renamed)
        under = world.education if number == self.FILED else None
        application = drafted(world, world.organization(f"{'甲乙丙丁'[number]}协会", under=under))
        if number == self.FILED:
            cases.attach(application.case, content=PDF, name="批复.pdf", title="批复", by=world.clerk)
        return application

    @property
    def on(self):
        return AUGUST + timedelta(self.days)

    def application(self, number: int) -> Application:
        if number not in self.asked:
            self.asked[number] = self.begun(number).pk
        return Application.objects.get(pk=self.asked[number])

    def allowed(self, number: int) -> list[str]:
        state = self.application(number).state
        return sorted(verb for verb, (origins, _) in TRANSITIONS.items() if state in origins)

    def do(self, number: int, verb: str) -> None:
        """The verb with what it needs, whatever the state: mostly refused, never broken."""
        self.days += 1
        application = self.application(number)
        by = {"by": self.world.clerk}
        if verb in ("schedule", "reverse"):
            for post in Post.objects.current().filter(
                party_organization=application.established, period__endswith=None
            ):
                members.end_post(post, on=self.on, **by)
            sitting = convened(self.body, on=self.on, **by)
            item = formation.schedule(application, sitting=sitting, on=self.on, reopens=verb == "reverse", **by)
            if verb == "reverse":
                decide(item, **VOTES[verb], **by)
        elif verb in VOTES:
            item = AgendaItem.objects.filter(case=application.case_id, outcome="").first()
            if item is not None:
                decide(item, **VOTES[verb], **by)
        elif verb in FILED:
            filed = {"decided_on": self.on, "document": "教党〔2017〕5号", "on": self.on}
            getattr(formation, verb)(application, **filed, **FILED[verb], **by)
        elif verb in ("reply", "answer"):
            for paper in Paper.objects.filter(case=application.case_id).open():
                papers.withdraw(paper, on=self.on, note="线下发文", **by)
            getattr(formation, verb)(application, letter="某社党〔2017〕1号", on=self.on, **by)
        elif verb == "record_result":
            person = application.nominees.first()
            results = [(person.person, "secretary", 3)] if person else []
            said = {"elected_on": self.on, "entitled": 3, "present": 3, "results": results}
            formation.record_result(application, on=self.on, **said, **by)
        elif verb in ("withdraw", "send_back"):
            getattr(formation, verb)(application, on=self.on, note="说明", **by)
        else:
            getattr(formation, verb)(application, on=self.on, **by)

    def counted(self) -> dict[str, int]:
        """Plainly, from the applications: granted and not reversed; ever granted; ever submitted."""
        asked = list(Application.objects.all())
        forming = [each for each in asked if each.kind == Kind.SINGLE]
        return {
            "organisation_coverage": sum(each.state in GRANTED for each in forming) + (self.RENAMED in self.asked),
            "branches_approved": sum(each.state in GRANTED | {State.REVERSED} for each in forming),
            "applications": sum(each.submitted_on is not None for each in asked),
        }

    def figures(self) -> dict[str, int]:
        whole = Scope((self.world.committee.path,))
        return {name: totals(ask(name, as_of(self.on), whole)).counted for name in self.counted()}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=deeds)
def test_whatever_is_tried_the_ledger_holds_together_and_counts_right(world, history):
    with transaction.atomic():
        office = Office(world)
        for number, verb, choice in history:
            allowed = office.allowed(number)
            verb = verb or (allowed[choice % len(allowed)] if allowed else "withdraw")
            try:
                office.do(number, verb)
            except Refused:
                continue
            assert office.figures() == office.counted(), (verb, number)
        steps = set(Step.objects.values_list("pk", flat=True))
        assert not Step.objects.filter(case=None).exists()
        for model in fact_models():
            assert set(model._base_manager.values_list("step", flat=True)) <= steps
        transaction.set_rollback(True)


def way_to(origin: str, verb: str) -> list[str]:
    """The shortest way of verbs from a draft to that state."""
    without = {"conclude", *FILED}
    ways, queue = {State.DRAFT: []}, deque([State.DRAFT])
    while queue:
        state = queue.popleft()
        for each, (origins, to) in TRANSITIONS.items():
            if state in origins and each not in without and to not in ways:
                ways[to] = [*ways[state], each]
                queue.append(State(to))
    return ways[origin]


LINES = sorted((verb, str(origin)) for verb, (origins, _) in TRANSITIONS.items() for origin in origins)


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "origin"), LINES)
def test_every_line_of_the_table_is_walked_by_the_verbs(world, verb, origin):
    office = Office(world)
    number = Office.RENAMED if verb == "conclude" else Office.FILED if verb in FILED else 0
    for each in way_to(origin, verb):
        office.do(number, each)
    assert office.application(number).state == origin
    assert office.figures() == office.counted()
    office.do(number, verb)
    assert office.application(number).state == TRANSITIONS[verb][1]
    assert office.figures() == office.counted()
