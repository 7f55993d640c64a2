"""Who keeps a body's minutes, how many must be there, how many must agree, and why an item may not be resolved."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil, floor

from taizhang.accounts.models import Role, User
from taizhang.kit.refusals import Obstacle
from taizhang.meetings.models import OVER, TRANSITIONS, VOTED, AgendaItem, HouseRules, Outcome, Sitting, State
from taizhang.statutes.rules import Criteria

KEEPERS = frozenset({Role.CLERK, Role.UNIT_CLERK})
WHO: dict[str, frozenset[str]] = dict.fromkeys(
    (
        *("set_up", "seat", "unseat", "adopt_rules", "convene", "postpone", "attend", "put_on_agenda", "take_off"),
        *("begin", "adjourn", "close", "cancel", "resolve"),
    ),
    KEEPERS,
)
BALLOTS = {"for": "赞成", "against": "反对", "abstained": "弃权"}


def abilities(user: User, sitting: Sitting) -> frozenset[str]:
    """Role ∩ state: draws the buttons; the verbs check again."""
    if not user.holds(KEEPERS, sitting.unit) or sitting.state in OVER:
        return frozenset()
    found = {verb for verb, (origins, _) in TRANSITIONS.items() if sitting.state in origins}
    found |= {"attend", "put_on_agenda", "take_off"}
    if sitting.state == State.OPEN:
        found.add("resolve")
    if sitting.state == State.CONVENED:
        found.add("postpone")
    return frozenset(found)


@dataclass(frozen=True)
class Threshold:
    """A share of all members, to be reached or exceeded."""

    share: Fraction
    strictly: bool
    basis: str = ""

    def needed(self, entitled: int) -> int:
        exact = self.share * entitled
        return floor(exact) + 1 if self.strictly else ceil(exact)

    def spelled(self) -> str:
        words = {Fraction(1, 2): "半数", Fraction(2, 3): "三分之二"}
        share = words.get(self.share, str(self.share))
        return f"超过{share}" if self.strictly else f"{share}以上"


@dataclass(frozen=True)
class Order:
    """How this body decides on that day."""

    quorum: Threshold
    quorum_for_personnel: Threshold
    majority: Threshold
    source: str = ""

    def quorum_of(self, is_personnel: bool) -> Threshold:
        return self.quorum_for_personnel if is_personnel else self.quorum


def order_of(criteria: Criteria, own: HouseRules | None) -> Order:
    """The general parameters of the day; the body's own rules stand before them, but never ask less for personnel."""
    quorum = threshold(criteria, "committee-meeting-quorum")
    personnel = threshold(criteria, "committee-meeting-quorum-appointments")
    majority = threshold(criteria, "committee-meeting-majority")
    if own is None:
        return Order(quorum, personnel, majority)
    quorum = Threshold(Fraction(own.quorum), own.quorum_strictly)
    majority = Threshold(Fraction(own.majority), own.majority_strictly)
    return Order(quorum, max(quorum, personnel, key=lambda each: each.share), majority, "本机构议事规则")


def threshold(criteria: Criteria, name: str) -> Threshold:
    said = criteria.get(name) or {"share": "1/2", "strictly": True}
    return Threshold(Fraction(said["share"]), said["strictly"], criteria.clause(name))


def obstacles_to_words(*, name: str) -> Iterator[Obstacle]:
    if not name.strip():
        yield Obstacle("name-missing", "没有填写名称", remedy="填写名称", where="name")


def obstacles_to_adopting(quorum: str, majority: str) -> Iterator[Obstacle]:
    for where, share in (("quorum", quorum), ("majority", majority)):
        try:
            fair = 0 < Fraction(share) <= 1
        except (ValueError, ZeroDivisionError):
            fair = False
        if not fair:
            yield Obstacle("share-unreadable", f"“{share}”不是比例", remedy="写作 1/2、2/3 等", where=where)


def obstacles_to_moving(sitting: Sitting, verb: str) -> Iterator[Obstacle]:
    if sitting.state not in TRANSITIONS[verb][0]:
        yield Obstacle(
            "not-in-that-state", f"会议{sitting.get_state_display()}，不能这样办理", remedy="刷新页面，按现在的状态办理"
        )


def obstacles_to_convening(seated: Collection[str], chair: str, recorder: str, held_on: date) -> Iterator[Obstacle]:
    if not seated:
        yield Obstacle(
            "nobody-seated",
            f"{held_on}该机构没有组成人员",
            remedy="先在议事机构页登记组成人员",
            where="held_on",
        )
    elif chair not in seated:
        yield Obstacle(
            "chair-not-a-member", f"{chair}在{held_on}不是组成人员", remedy="从组成人员中选主持人", where="chair"
        )
    if not recorder.strip():
        yield Obstacle("recorder-missing", "没有写明记录人", remedy="填写记录人", where="recorder")


def obstacles_to_attending(seated: Collection[str], present: Collection[str], chair: str) -> Iterator[Obstacle]:
    if chair not in seated:
        yield Obstacle(
            "chair-not-a-member", f"{chair}在开会那天不是组成人员", remedy="从组成人员中选主持人", where="chair"
        )
    for name in present:
        if name not in seated:
            yield Obstacle(
                "not-a-member",
                f"{name}在开会那天不是组成人员",
                remedy="列席人员写在“列席”里，不计入实到",
                where="present",
            )


def obstacles_to_beginning(entitled: int, present: Collection[str], chair: str, order: Order) -> Iterator[Obstacle]:
    if chair not in present:
        yield Obstacle(
            "chair-absent", f"主持人{chair}没有到会", remedy="在“登记到会”中另选主持人，或改期", where="chair"
        )
    yield from obstacles_of_quorum(entitled, len(present), order.quorum)


def obstacles_of_quorum(entitled: int, present: int, quorum: Threshold) -> Iterator[Obstacle]:
    needed = quorum.needed(entitled)
    if present < needed:
        yield Obstacle(
            "quorum-lost",
            f"应到{entitled}人，实到{present}人，{quorum.spelled()}到会须至少{needed}人",
            remedy="等候到齐或休会，改日再议；已议决的事项不受影响",
            basis=quorum.basis,
        )


def obstacles_to_putting(
    sitting: Sitting, elsewhere: AgendaItem | None, decided: AgendaItem | None, reopens: bool
) -> Iterator[Obstacle]:
    """`elsewhere`: the agenda the case stands on already; `decided`: the last sitting's resolution about it."""
    if sitting.state in OVER:
        yield Obstacle("sitting-over", f"{sitting}{sitting.get_state_display()}", remedy="列入以后的会议")
    if elsewhere is not None:
        yield Obstacle(
            "on-an-agenda",
            f"此事已列入{elsewhere.sitting}",
            remedy="在那次会议上议决，或先从那次议程撤下",
        )
    if reopens and decided is None:
        yield Obstacle("nothing-to-reopen", "此事没有议决过", remedy="按新事项列入")
    if reopens and decided is not None and sitting.held_on <= decided.sitting.held_on:
        yield Obstacle(
            "not-a-later-sitting",
            f"此事由{decided.sitting}议决，只能由以后的会议复议",
            remedy="列入以后的会议",
        )


@dataclass(frozen=True)
class Vote:
    """What the recorder noted of one item."""

    outcome: str
    in_favour: int = 0
    against: int = 0
    abstained: int = 0
    ballots: Mapping[str, str] = field(default_factory=dict)
    stands_aside: Collection[str] = ()
    interested: Collection[str] = ()
    note: str = ""
    next_step: str = ""

    @property
    def total(self) -> int:
        return self.in_favour + self.against + self.abstained


def obstacles_to_resolving(
    item: AgendaItem, state: str, vote: Vote, *, seated: int, present: Collection[str], order: Order
) -> Iterator[Obstacle]:
    """Every reason why the item cannot be minuted like that."""
    if item.outcome:
        yield Obstacle(
            "already-resolved",
            f"此项已议决：{item.get_outcome_display()}",
            remedy="确需改变的，由以后的会议复议",
        )
        return
    if vote.outcome not in Outcome.values:
        yield Obstacle("outcome-missing", "没有选择结果", remedy="选择同意、不同意、缓议或撤下", where="outcome")
        return
    if vote.outcome == Outcome.WITHDRAWN:
        return
    if state != State.OPEN:
        yield Obstacle("sitting-not-open", "会议没有在进行", remedy="先开会（或复会），再逐项议决")
    yield from obstacles_of_quorum(seated, len(present), order.quorum_of(item.is_personnel))
    if vote.outcome not in VOTED:
        if not vote.note.strip():
            yield Obstacle("note-missing", "缓议没有写明原因", remedy="写明还差什么、何时再议", where="note")
        return
    yield from obstacles_of_votes(vote, present)
    yield from obstacles_of_majority(vote, order.majority, seated)
    if vote.outcome == Outcome.REFUSED:
        if not vote.note.strip():
            yield Obstacle("reasons-missing", "不同意没有写明理由", remedy="逐条写明不符合哪一条", where="note")
        if not vote.next_step.strip():
            yield Obstacle("next-step-missing", "没有指明下步", remedy="写明对方下一步怎么办", where="next_step")


def obstacles_of_votes(vote: Vote, present: Collection[str]) -> Iterator[Obstacle]:
    for name in vote.stands_aside:
        if name not in present:
            yield Obstacle("aside-not-present", f"{name}没有到会，无须回避", remedy="去掉此人", where="stands_aside")
    for name, said in vote.ballots.items():
        if name in vote.stands_aside:
            yield Obstacle(
                "interested-votes", f"{name}回避此项，不能表决", remedy="去掉此人的票，或更正回避", where="stands_aside"
            )
        elif name not in present:
            yield Obstacle(
                "voter-absent",
                f"{name}没有到会，不能表决",
                remedy="书面意见记在“缺席者书面意见”，不计票",
                where="in_favour",
            )
        if said not in BALLOTS:
            yield Obstacle("ballot-unknown", f"{name}的票“{said}”看不懂", remedy="选择赞成、反对或弃权")
    for name in vote.interested:
        if name in present and name not in vote.stands_aside and not vote.note.strip():
            yield Obstacle(
                "interest-undeclared",
                f"{name}与此项有利害关系，没有回避",
                remedy="记为回避；如属同名，在说明中写明",
                where="stands_aside",
                waivable=True,
            )
    voters = len(set(present) - set(vote.stands_aside))
    if vote.total != voters:
        yield Obstacle(
            "votes-do-not-add-up",
            f"到会且不回避的{voters}人，赞成、反对、弃权合计{vote.total}人",
            remedy="核对三项票数；未表态的计入弃权",
            where="in_favour",
        )


def obstacles_of_majority(vote: Vote, majority: Threshold, seated: int) -> Iterator[Obstacle]:
    needed = majority.needed(seated)
    carried = vote.in_favour >= needed
    if vote.outcome == Outcome.APPROVED and not carried:
        yield Obstacle(
            "not-carried",
            f"赞成{vote.in_favour}票，应到{seated}人，{majority.spelled()}同意须至少{needed}票",
            remedy="未通过的，结果选“不同意”或“缓议”",
            basis=majority.basis,
            where="outcome",
        )
    if vote.outcome == Outcome.REFUSED and carried:
        yield Obstacle(
            "carried-yet-refused",
            f"赞成{vote.in_favour}票，已达到通过所需{needed}票",
            remedy="核对票数，或改选“同意”",
            basis=majority.basis,
            where="outcome",
        )


def obstacles_to_closing(pending: list[AgendaItem]) -> Iterator[Obstacle]:
    for item in pending[:20]:
        yield Obstacle("item-pending", f"第{item.position}项还没有结果：{item.case}", remedy="议决、缓议或撤下")
