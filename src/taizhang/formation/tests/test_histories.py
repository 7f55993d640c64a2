"""Random procedures: no fact without a step, no step without a case, and the figure is what a plain count says."""

import os
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.accounts.scope import Scope
from taizhang.cases.models import Step
from taizhang.cases.statements import fact_models
from taizhang.formation import actions as formation
from taizhang.formation.models import TRANSITIONS, Application, State
from taizhang.formation.sittings import decide
from taizhang.formation.tests.asking import AGAINST, UNANIMOUS, drafted
from taizhang.kit.refusals import Refused
from taizhang.ledger.asking import as_of
from taizhang.meetings.models import AgendaItem, Outcome
from taizhang.meetings.tests.sitting import AUGUST, committee_of, convened
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from taizhang.stats.figures import ask, totals

EXAMPLES = 200 if os.environ.get("TAIZHANG_NIGHTLY") else 8
VOTES = {
    "approve": {"outcome": Outcome.APPROVED, **UNANIMOUS},
    "refuse": {"outcome": Outcome.REFUSED, **AGAINST},
    "defer": {"outcome": Outcome.DEFERRED, "note": "再议"},
    "reverse": {"outcome": Outcome.APPROVED, **UNANIMOUS},
}
AT_ONCE = sorted(set(TRANSITIONS) - set(VOTES) - {"file_approval", "file_refusal", "record_result"})
deeds = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([*AT_ONCE, *VOTES, "record_result"])), max_size=40)


class Office:
    def __init__(self, world):
        self.world, self.body, self.days = world, committee_of(world), 0
        self.asked = [drafted(world, world.organization(f"{name}协会")) for name in "甲乙丙"]

    @property
    def on(self):
        return AUGUST + timedelta(self.days)

    def do(self, number: int, verb: str) -> None:
        """The verb with what it needs, whatever the state: mostly refused, never broken."""
        self.days += 1
        application = Application.objects.get(pk=self.asked[number].pk)
        by = {"by": self.world.clerk}
        if verb in ("schedule", "reverse"):
            sitting = convened(self.body, on=self.on, **by)
            item = formation.schedule(application, sitting=sitting, on=self.on, reopens=verb == "reverse", **by)
            if verb == "reverse":
                decide(item, **VOTES[verb], **by)
        elif verb in VOTES:
            item = AgendaItem.objects.filter(case=application.case_id, outcome="").first()
            if item is not None:
                decide(item, **VOTES[verb], **by)
        elif verb in ("reply", "answer"):
            for paper in Paper.objects.filter(case=application.case_id).open():
                papers.withdraw(paper, on=self.on, note="线下发文", **by)
            getattr(formation, verb)(application, letter="某社党〔2017〕1号", on=self.on, **by)
        elif verb == "record_result":
            person = application.nominees.first().person
            said = {"elected_on": self.on, "entitled": 3, "present": 3, "results": [(person, "secretary", 3)]}
            formation.record_result(application, on=self.on, **said, **by)
        elif verb in ("withdraw", "send_back"):
            getattr(formation, verb)(application, on=self.on, note="说明", **by)
        else:
            getattr(formation, verb)(application, on=self.on, **by)

    def covered(self) -> int:
        """The plain count: granted and not reversed."""
        granted = {State.APPROVED, State.REPLIED, State.ELECTED, State.CLOSED}
        return sum(each.state in granted for each in Application.objects.all())


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=deeds)
def test_whatever_is_tried_the_ledger_holds_together_and_counts_right(world, history):
    with transaction.atomic():
        office = Office(world)
        whole = Scope((world.committee.path,))
        for number, verb in history:
            try:
                office.do(number, verb)
            except Refused:
                continue
            found = totals(ask("organisation_coverage", as_of(office.on), whole))
            assert found.counted == office.covered(), (verb, number)
        steps = set(Step.objects.values_list("pk", flat=True))
        assert not Step.objects.filter(case=None).exists()
        for model in fact_models():
            assert set(model._base_manager.values_list("step", flat=True)) <= steps
        transaction.set_rollback(True)
