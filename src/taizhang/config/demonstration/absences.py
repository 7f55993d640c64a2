"""The organisations without a Party organisation: their members elsewhere, and why they say they have none."""

from datetime import date, timedelta
from functools import partial
from random import Random

from taizhang.config.demonstration.chronicle import Chronicle, working_day
from taizhang.config.demonstration.lives import LAST_DAY, Lives
from taizhang.config.demonstration.people import People
from taizhang.config.demonstration.stories import Story
from taizhang.party import actions as party
from taizhang.party.models import Reason

REMARKS = {
    Reason.SHOULD_HAVE: "正在酝酿，拟于年内申请",
    Reason.OTHER: "正在换届，暂缓组建",
    Reason.ELSEWHERE: "党员均为兼职，组织关系在原单位",
}


class Absences:
    def __init__(self, random: Random, chronicle: Chronicle, lives: Lives, people: People) -> None:
        self.random, self.chronicle, self.lives, self.people = random, chronicle, lives, people

    def write(self, stories: list[Story]) -> None:
        """Of nine in ten the reason is stated soon after entry; who has members elsewhere, is on record too."""
        for story in stories:
            if story.entered_on is None:
                continue
            day = working_day(story.entered_on + timedelta(self.random.randrange(1, 30)))
            if story.number % 10 == 0 or day > LAST_DAY or not story.is_active_on(day):
                continue
            reason = self.random.choices(
                (Reason.NO_MEMBER, Reason.ELSEWHERE, Reason.TOO_FEW, Reason.SHOULD_HAVE, Reason.OTHER),
                (46, 22, 20, 6, 6),
            )[0]
            self.chronicle.on(day, partial(self.state, story, reason, day))
            heads = {Reason.ELSEWHERE: story.number % 2, Reason.TOO_FEW: story.number % 3, Reason.SHOULD_HAVE: 3}.get(
                reason, 0
            )
            for _ in range(heads):
                member = self.people.new(story, by=day)
                self.chronicle.on(day, partial(self.people.note_outside, member, day))

    def state(self, story: Story, reason: str, day: date) -> None:
        keeper = self.lives.keeper(story, day)
        party.state_absence(story.row, reason=reason, remark=REMARKS.get(Reason(reason), ""), on=day, by=keeper)
