"""Reasons about elections: who came, who was elected, for how long. RULES ORG-16, ORG-19."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from taizhang.formation.models import ELECTING
from taizhang.kit.refusals import Obstacle
from taizhang.meetings.rules import Threshold
from taizhang.members.models import Position
from taizhang.members.rules import same_day
from taizhang.party.models import PartyLevel
from taizhang.statutes.rules import Criteria

TERMS = {
    PartyLevel.COMMITTEE: "term-years-committee",
    PartyLevel.GENERAL_BRANCH: "term-years-general-branch",
    PartyLevel.BRANCH: "term-years-branch",
}


@dataclass(frozen=True)
class Meeting:
    held_on: date
    entitled: int
    present: int


@dataclass(frozen=True)
class Result:
    name: str
    position: str
    votes: int


@dataclass(frozen=True)
class Term:
    """The years a body of that level is elected for, by the rule of the day of its election."""

    shortest: int
    longest: int
    basis: str = ""


def term_of(level: str, criteria: Criteria) -> Term:
    name = TERMS[PartyLevel(level)]
    shortest, longest = criteria.get(name) or (3, 3)
    return Term(shortest, longest, criteria.clause(name))


def term_ends(elected_on: date, years: int) -> date:
    return same_day(elected_on, years_later=years)


def threshold(criteria: Criteria, name: str) -> tuple[Threshold, str]:
    """With what it is a share of: those entitled, or those present."""
    said = criteria.get(name) or {"share": "1/2", "of": "entitled", "strictly": True}
    return Threshold(Fraction(said["share"]), said["strictly"], criteria.clause(name)), said["of"]


def obstacles_to_result(
    meeting: Meeting, results: Sequence[Result], criteria: Criteria, replied_on: date | None
) -> Iterator[Obstacle]:
    if replied_on is not None and meeting.held_on < replied_on:
        yield Obstacle(
            "before-reply", f"批复于{replied_on}作出，选举应在其后", remedy="核对选举日期", where="elected_on"
        )
    if meeting.present > meeting.entitled:
        yield Obstacle("more-than-entitled", "实到多于应到", remedy="核对人数", where="present")
    quorum, _ = threshold(criteria, "election-quorum")
    needed = quorum.needed(meeting.entitled)
    if meeting.present < needed:
        yield Obstacle(
            "too-few-voters",
            f"应到{meeting.entitled}人，实到{meeting.present}人，至少须{needed}人到会方可选举",
            remedy="另行召集党员大会",
            basis=quorum.basis,
            where="present",
        )
    if not any(each.position == Position.SECRETARY for each in results):
        yield Obstacle("no-secretary", "没有选出书记", remedy="填写当选书记", where="secretary")
    majority, of = threshold(criteria, "election-majority")
    needed = majority.needed(meeting.present if of == "present" else meeting.entitled)
    for each in results:
        if not needed <= each.votes <= meeting.present:
            yield Obstacle(
                "not-elected",
                f"{each.name}得{each.votes}票，当选须至少{needed}票、不多于实到{meeting.present}票",
                remedy="核对得票；未过的另行选举",
                basis=majority.basis,
            )


def obstacles_to_agreeing(elected_on: date, on: date) -> Iterator[Obstacle]:
    if on < elected_on:
        yield Obstacle("before-election", f"选举于{elected_on}举行", remedy="同意日期不早于选举日期", where="on")


def obstacles_to_term(years: int | None, term: Term) -> Iterator[Obstacle]:
    if years is not None and not term.shortest <= years <= term.longest:
        span = f"{term.shortest}年" if term.shortest == term.longest else f"{term.shortest}至{term.longest}年"
        yield Obstacle(
            "not-the-term",
            f"按选举当日的规定，每届{span}，现填{years}年",
            remedy="改填年数，或留空按规定计算",
            basis=term.basis,
            where="years",
        )


def obstacles_to_electing(kind: str) -> Iterator[Obstacle]:
    if kind not in ELECTING:
        yield Obstacle("nothing-to-elect", "此类事项没有选举", remedy="办理“办结”")


def obstacles_to_concluding(kind: str) -> Iterator[Obstacle]:
    if kind in ELECTING:
        yield Obstacle("election-missing", "批复后还要选举", remedy="办理“登记选举结果”")
