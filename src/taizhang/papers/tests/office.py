"""Those whose hands a paper passes through, beside the cast."""

from dataclasses import dataclass
from datetime import date

from taizhang.accounts.models import Role, User
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper
from tests.world import World

DRAFTED, CHECKED, SIGNED, ISSUED = (date(2017, 8, day) for day in (25, 26, 28, 29))
FACTS = {
    "matter": "成立中共甲协会支部委员会",
    "request": "关于成立党支部的请示",
    "body": "省社会组织综合党委会议",
    "decided_on": DRAFTED,
    "next_steps": ["请于一个月内召开党员大会。"],
}


@dataclass
class Office:
    world: World
    reviewer: User

    def draft(self, kind="approval", *, facts=None, on=DRAFTED, to=("中共甲协会支部委员会",), **stated) -> Paper:
        return papers.compose(
            kind,
            issuer=stated.pop("issuer", self.world.committee),
            facts=facts or FACTS,
            to=to,
            on=on,
            by=stated.pop("by", self.world.clerk),
            **stated,
        )

    def checked(self, **stated) -> Paper:
        return papers.check(self.draft(**stated), on=CHECKED, by=self.reviewer)

    def signed(self, **stated) -> Paper:
        return papers.sign(self.checked(**stated), on=SIGNED, by=self.world.leader)

    def issued(self, **stated) -> Paper:
        return papers.issue(self.signed(**stated), on=ISSUED, by=self.world.clerk)


def office_of(world: World, *, hands: int = 3) -> Office:
    reviewer = world.account(world.committee, Role.REVIEWER, username="shenhe", name="审核")
    papers.set_agency(
        world.committee,
        name="中共某省社会组织综合委员会",
        code="某社党",
        printer="中共某省社会组织综合委员会办公室",
        hands=hands,
        since=date(2017, 1, 1),
        on=date(2017, 1, 1),
        by=world.clerk,
    )
    return Office(world, reviewer)
