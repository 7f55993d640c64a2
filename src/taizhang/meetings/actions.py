"""What a body does: it is set up and seated, convenes, attends, resolves item by item, adjourns, closes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Max

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Case, Step
from taizhang.kit.refusals import Obstacle, refuse, refuse_if
from taizhang.ledger import actions as ledger
from taizhang.meetings import minutes, rules
from taizhang.meetings.models import (
    TRANSITIONS,
    AgendaItem,
    Attendance,
    Body,
    HouseRules,
    Outcome,
    Seat,
    Sitting,
    State,
)
from taizhang.meetings.order import order_on, present_at, seats_on


@action("meetings.set_up")
def set_up(unit: Unit, *, name: str, on: date, by: User, note: str = "") -> Body:
    """The unit has a body that decides: a Party committee, a Party group."""
    require(by, rules.WHO["set_up"], unit)
    refuse_if(rules.obstacles_to_words(name=name))
    body = Body.objects.create(unit=unit, name=name.strip())
    cases.do_at_once("meetings:set_up", f"设议事机构：{body}", unit=unit, by=by, on=on, note=note)
    return body


@action("meetings.seat")
def seat(
    body: Body,
    *,
    name: str,
    on: date,
    by: User,
    post: str = "",
    user: User | None = None,
    until: date | None = None,
    document: str = "",
    note: str = "",
) -> Step:
    """The person is a member of the body from that day on."""
    body = take(body, roles=rules.WHO["seat"], by=by)
    refuse_if(rules.obstacles_to_words(name=name))
    step = about(body, "meetings:seat", f"{name}任{post or '成员'}", by=by, on=on, document=document, note=note)
    ledger.post(Seat, step=step, since=on, until=until, body=body, name=name.strip(), post=post, user=user)
    return step


@action("meetings.unseat")
def unseat(held: Seat, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    body = take(held.body, roles=rules.WHO["unseat"], by=by)
    step = about(body, "meetings:unseat", f"{held.name}不再任职", by=by, on=on, document=document, note=note)
    ledger.end(held, on=on, step=step)
    return step


@action("meetings.adopt_rules")
def adopt_rules(
    body: Body,
    *,
    quorum: str,
    majority: str,
    on: date,
    by: User,
    quorum_strictly: bool = True,
    majority_strictly: bool = True,
    document: str = "",
    note: str = "",
) -> Step:
    """From that day on the body's own rules say how many must be there and how many must agree."""
    body = take(body, roles=rules.WHO["adopt_rules"], by=by)
    refuse_if(rules.obstacles_to_adopting(quorum, majority))
    step = about(body, "meetings:adopt_rules", "议事规则", by=by, on=on, document=document, note=note)
    ledger.restate(
        HouseRules,
        step=step,
        since=on,
        body=body,
        quorum=quorum,
        quorum_strictly=quorum_strictly,
        majority=majority,
        majority_strictly=majority_strictly,
    )
    return step


@action("meetings.convene")
def convene(
    body: Body,
    *,
    held_on: date,
    chair: str,
    recorder: str,
    on: date,
    by: User,
    place: str = "",
    also_present: str = "",
    note: str = "",
) -> Sitting:
    """A sitting is called for that day; its agenda is open."""
    body = take(body, roles=rules.WHO["convene"], by=by)
    seated = [each.name for each in seats_on(body, held_on)]
    refuse_if(rules.obstacles_to_convening(seated, chair, recorder, held_on))
    case = cases.open_case("meetings:sitting", f"{body}{held_on}会议", unit=body.unit, by=by)
    sitting = Sitting.objects.create(
        body=body,
        case=case,
        held_on=held_on,
        place=place,
        chair=chair,
        recorder=recorder.strip(),
        also_present=also_present,
    )
    cases.do(case, "meetings:convene", by=by, on=on, note=note)
    return sitting


@action("meetings.postpone")
def postpone(sitting: Sitting, *, held_on: date, on: date, by: User, place: str = "", note: str = "") -> Sitting:
    """It will be held on another day; the agenda stays."""
    sitting = take(sitting, roles=rules.WHO["postpone"], by=by)
    if sitting.state != State.CONVENED:
        refuse("begun-already", "会议已经开过，不能改期", remedy="休会后在复会的那天继续")
    seated = [each.name for each in seats_on(sitting.body, held_on)]
    refuse_if(rules.obstacles_to_convening(seated, sitting.chair, sitting.recorder, held_on))
    sitting.held_on, sitting.place = held_on, place or sitting.place
    sitting.save(update_fields=["held_on", "place"])
    cases.do(sitting.case, "meetings:postpone", by=by, on=on, note=note)
    return sitting


@action("meetings.attend")
def attend(
    sitting: Sitting,
    *,
    present: Collection[str],
    by: User,
    absences: Mapping[str, str] | None = None,
    also_present: str | None = None,
    chair: str = "",
) -> Sitting:
    """Who of the members of that day is there, and who takes the chair instead. Recorded again when somebody comes or leaves."""
    sitting = take(sitting, roles=rules.WHO["attend"], by=by)
    refuse_if(already_over(sitting))
    seated = seats_on(sitting.body, sitting.held_on)
    names, chair = {each.name for each in seated}, chair or sitting.chair
    refuse_if(rules.obstacles_to_attending(names, present, chair))
    known = {each.name: each for each in Attendance.objects.filter(sitting=sitting)}
    for each in seated:
        row = known.get(each.name) or Attendance(sitting=sitting, name=each.name, post=each.post)
        there, absence = each.name in present, (absences or {}).get(each.name, "")
        if row.pk and (row.is_present, row.absence) == (there, absence):
            continue
        row.is_present, row.absence = there, "" if there else absence
        row.save()
    sitting.chair, sitting.also_present = chair, sitting.also_present if also_present is None else also_present
    sitting.save(update_fields=["chair", "also_present"])
    return sitting


@action("meetings.begin")
def begin(sitting: Sitting, *, on: date, by: User) -> Sitting:
    """The sitting is open, for the first time or again: the chair is there, and enough of the members."""
    sitting = take(sitting, roles=rules.WHO["begin"], by=by)
    refuse_if(rules.obstacles_to_moving(sitting, "begin"))
    entitled = len(seats_on(sitting.body, sitting.held_on))
    order = order_on(sitting.body, sitting.held_on)
    refuse_if(rules.obstacles_to_beginning(entitled, present_at(sitting), sitting.chair, order))
    return move(sitting, "begin", on=on, by=by)


@action("meetings.adjourn")
def adjourn(sitting: Sitting, *, on: date, by: User, note: str = "") -> Sitting:
    """It is left for now; what was resolved stands, the rest waits."""
    sitting = take(sitting, roles=rules.WHO["adjourn"], by=by)
    refuse_if(rules.obstacles_to_moving(sitting, "adjourn"))
    return move(sitting, "adjourn", on=on, by=by, note=note)


@action("meetings.close")
def close(sitting: Sitting, *, on: date, by: User, note: str = "") -> Sitting:
    """It is over, its minutes are frozen, and drafted as papers. Refused while an item has no outcome; names them."""
    sitting = take(sitting, roles=rules.WHO["close"], by=by)
    pending = list(sitting.items.pending().select_related("case"))
    refuse_if([*rules.obstacles_to_moving(sitting, "close"), *rules.obstacles_to_closing(pending)])
    sitting = move(sitting, "close", on=on, by=by, note=note)
    minutes.draft(sitting, on=on, by=by)
    cases.close(sitting.case)
    return sitting


@action("meetings.cancel")
def cancel(sitting: Sitting, *, on: date, by: User, note: str) -> Sitting:
    """It is not held. Its items are taken off first."""
    sitting = take(sitting, roles=rules.WHO["cancel"], by=by)
    pending = list(sitting.items.pending().select_related("case"))
    missing = [] if note.strip() else [Obstacle("note-missing", "没有写明原因", remedy="写明为何取消", where="note")]
    refuse_if([*rules.obstacles_to_moving(sitting, "cancel"), *rules.obstacles_to_closing(pending), *missing])
    sitting = move(sitting, "cancel", on=on, by=by, note=note)
    cases.close(sitting.case)
    return sitting


@action("meetings.put_on_agenda")
def put_on_agenda(
    case: Case,
    *,
    sitting: Sitting,
    by: User,
    on: date,
    purpose: str = "decide",
    report: str = "",
    is_personnel: bool = False,
    reopens: bool = False,
) -> AgendaItem:
    """The case is the last item of that sitting's agenda. Called by the procedure whose case it is."""
    sitting = take(sitting, roles=rules.WHO["put_on_agenda"], by=by)
    about_it = AgendaItem.objects.filter(case=case).select_related("sitting__body").order_by("sitting__held_on", "pk")
    earlier = list(about_it)
    elsewhere = next((each for each in earlier if not each.outcome), None)
    decided = next((each for each in reversed(earlier) if each.outcome in rules.VOTED), None)
    refuse_if(rules.obstacles_to_putting(sitting, elsewhere, decided, reopens))
    last = sitting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        sitting=sitting,
        case=case,
        position=last + 1,
        purpose=purpose,
        report=report,
        is_personnel=is_personnel,
        reopens=decided if reopens else None,
    )
    cases.do(case, "meetings:put_on_agenda", by=by, on=on, note=f"列入{sitting}第{item.position}项")
    return item


@action("meetings.resolve")
def resolve(
    item: AgendaItem,
    *,
    outcome: str,
    by: User,
    in_favour: int = 0,
    against: int = 0,
    abstained: int = 0,
    ballots: Mapping[str, str] | None = None,
    stands_aside: Collection[str] = (),
    interested: Collection[str] = (),
    written_views: str = "",
    note: str = "",
    next_step: str = "",
    warned: Iterable[Obstacle] = (),
) -> Step:
    """The item was put, voted and minuted; its outcome stands from the day of the sitting, and is frozen.

    Called by the procedure whose case it is, which does what follows on the step that comes back. `interested`: the names
    of those whom the case is about; they are asked of and not kept.
    """
    sitting = take(item.sitting, roles=rules.WHO["resolve"], by=by)
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("case").get(pk=item.pk)
    if ballots:
        counted = [list(ballots.values()).count(each) for each in ("for", "against", "abstained")]
        in_favour, against, abstained = counted
    vote = rules.Vote(
        outcome,
        in_favour,
        against,
        abstained,
        ballots or {},
        tuple(stands_aside),
        tuple(interested),
        note.strip(),
        next_step.strip(),
    )
    present, seated = present_at(sitting), seats_on(sitting.body, sitting.held_on)
    order = order_on(sitting.body, sitting.held_on)
    refuse_if(rules.obstacles_to_resolving(item, sitting.state, vote, seated=len(seated), present=present, order=order))
    item.outcome, item.entitled, item.present = outcome, len(seated), len(present)
    item.in_favour, item.against, item.abstained = in_favour, against, abstained
    item.ballots, item.stands_aside = dict(vote.ballots), list(vote.stands_aside)
    item.written_views, item.note, item.next_step = written_views, vote.note, vote.next_step
    item.step = cases.do(
        item.case,
        "meetings:resolve",
        by=by,
        on=sitting.held_on,
        note=minuted(item, sitting),
        details={"item": item.pk, "outcome": outcome},
        warned=warned,
    )
    item.save()
    return item.step


def minuted(item: AgendaItem, sitting: Sitting) -> str:
    """One line for the step: 某党委2017年8月25日会议第3项：同意（应到9人，实到8人；赞成8，反对0，弃权0）。"""
    votes = ""
    if item.outcome in rules.VOTED:
        votes = f"；赞成{item.in_favour}，反对{item.against}，弃权{item.abstained}"
    head = f"{sitting}第{item.position}项：{Outcome(item.outcome).label}"
    return f"{head}（应到{item.entitled}人，实到{item.present}人{votes}）{item.note and '。' + item.note}"


def move(sitting: Sitting, verb: str, *, on: date, by: User, note: str = "") -> Sitting:
    sitting.state = TRANSITIONS[verb][1]
    cases.do(sitting.case, f"meetings:{verb}", by=by, on=on, note=note)
    sitting.save(update_fields=["state"])
    return sitting


def already_over(sitting: Sitting) -> list[Obstacle]:
    if not sitting.is_over:
        return []
    return [Obstacle("sitting-over", f"会议{sitting.get_state_display()}，记录已冻结", remedy="更正须由以后的会议作出")]


def about(body: Body, kind: str, title: str, *, by: User, on: date, document="", note="") -> Step:
    return cases.do_at_once(kind, f"{title}：{body}", unit=body.unit, by=by, on=on, document=document, note=note)
