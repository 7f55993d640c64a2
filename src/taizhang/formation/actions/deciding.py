"""The body decides, at its sitting or outside; what it decided takes effect from that day, and the applicant is answered."""

from datetime import date
from typing import Any

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.formation import effects, letters, rules
from taizhang.formation.actions.moving import move, taken
from taizhang.formation.changing import obstacles_of_those_inside
from taizhang.formation.facts import committee_number, existing_of, facts
from taizhang.formation.models import COVERING, Application
from taizhang.formation.telling import first_view, warnings_kept
from taizhang.kit.refusals import Obstacle, refuse, refuse_if
from taizhang.meetings import actions as meetings
from taizhang.meetings.models import AgendaItem, Outcome, Sitting
from taizhang.statutes.rules import criteria


@action("formation.schedule")
def schedule(
    application: Application, *, sitting: Sitting, by: User, on: date, report: str = "", reopens: bool = False
) -> AgendaItem:
    """It is on the agenda. One that was granted by mistake is put to a later sitting again, to be reversed."""
    application = taken(application, "reverse" if reopens else "schedule", by)
    if sitting.body.unit_id != application.approving_unit_id:
        refuse(
            "not-their-sitting",
            f"此事由{application.approving_unit}研究，{sitting.body}不是它的会议",
            remedy="列入审批单位的会议；责任单位变了的，先办转交",
        )
    refuse_if(rules.obstacles_of_order(application, sitting.held_on, where="sitting"))
    found = facts(application, on=sitting.held_on)
    item = meetings.put_on_agenda(
        application.case,
        sitting=sitting,
        by=by,
        on=on,
        purpose="reverse" if reopens else "decide",
        report=report or first_view(found, criteria(sitting.held_on)),
        reopens=reopens,
    )
    if not reopens:
        move(application, "schedule")
    return item


@action("formation.defer")
def defer(application: Application, *, item: AgendaItem, by: User, outcome: str = Outcome.DEFERRED, **vote: Any):
    """Not decided today: it waits for another sitting."""
    application = taken(application, "defer", by)
    require_theirs(application, item)
    meetings.resolve(item, outcome=outcome, by=by, **vote)
    return move(application, "defer")


@action("formation.approve")
def approve(application: Application, *, item: AgendaItem, by: User, **vote: Any) -> Application:
    """The body agreed: what was asked for is true from the day of the sitting, by the rules of that day."""
    application = taken(application, "approve", by)
    require_theirs(application, item)
    on = item.sitting.held_on
    effects.lock(application)
    found = facts(application, on=on)
    refuse_if([*rules.obstacles_of_order(application, on), *rules.obstacles_to_granting(found, criteria(on))])
    interested = [each.name for each in found.people]
    step = meetings.resolve(
        item, outcome=Outcome.APPROVED, by=by, warned=warnings_kept(found), interested=interested, **vote
    )
    application = granted(application, "approve", on=on, step=step, by=by)
    letters.draft(application, sitting=item.sitting, by=by)
    return application


@action("formation.refuse")
def refuse_application(application: Application, *, item: AgendaItem, by: User, **vote: Any) -> Application:
    """The body did not agree; the applicant is told every reason and what to do next."""
    application = taken(application, "refuse", by)
    require_theirs(application, item)
    refuse_if(
        [
            *rules.obstacles_of_order(application, item.sitting.held_on),
            *rules.obstacles_to_answering(vote.get("note", ""), vote.get("next_step", "")),
        ]
    )
    meetings.resolve(item, outcome=Outcome.REFUSED, by=by, **vote)
    answered = {"reasons": vote["note"].strip(), "next_step": vote["next_step"].strip()}
    application = move(application, "refuse", decided_on=item.sitting.held_on, **answered)
    letters.draft(application, sitting=item.sitting, by=by)
    return application


@action("formation.file_approval")
def file_approval(application: Application, *, decided_on: date, document: str, on: date, by: User, note: str = ""):
    """A body that does not sit here agreed: its 批复 is filed, and what it grants is true from its day."""
    application = taken(application, "file_approval", by)
    refuse_if(obstacles_to_filing(application, decided_on, document))
    effects.lock(application)
    found = facts(application, on=decided_on)
    refuse_if(rules.obstacles_to_granting(found, criteria(decided_on)))
    step = cases.do(
        application.case,
        "formation:file_approval",
        by=by,
        on=decided_on,
        document=document,
        note=note,
        warned=warnings_kept(found),
    )
    application = granted(application, "file_approval", on=decided_on, step=step, by=by, document=document)
    letters.draft_filing_sheet(application, on=on, by=by)
    return application


@action("formation.file_refusal")
def file_refusal(
    application: Application, *, decided_on: date, document: str, reasons: str, next_step: str, on: date, by: User
) -> Application:
    application = taken(application, "file_refusal", by)
    refuse_if(
        [*obstacles_to_filing(application, decided_on, document), *rules.obstacles_to_answering(reasons, next_step)]
    )
    cases.do(application.case, "formation:file_refusal", by=by, on=decided_on, document=document, note=reasons)
    return move(
        application,
        "file_refusal",
        decided_on=decided_on,
        decision=document,
        reasons=reasons.strip(),
        next_step=next_step.strip(),
    )


@action("formation.reverse")
def reverse(application: Application, *, item: AgendaItem, by: User, **vote: Any) -> Application:
    """A later sitting found the approval mistaken: what it brought about ends on its day; both decisions stay visible."""
    application = taken(application, "reverse", by)
    require_theirs(application, item)
    if application.kind not in COVERING:
        refuse("not-reversible", "此类事项不用纠正办理", remedy="按相反的内容另行申请变更、撤销")
    on = item.sitting.held_on
    effects.lock(application)
    if application.established is not None:
        refuse_if(obstacles_of_those_inside(existing_of(application.established, on)))
    step = meetings.resolve(item, outcome=Outcome.APPROVED, by=by, **vote)
    effects.undo(application, on=on, step=step, by=by)
    return move(application, "reverse")


@action("formation.acknowledge")
def acknowledge(application: Application, *, on: date, by: User, note: str = "") -> Application:
    """The committee has taken note of what another body decided, and guides."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    require(by, rules.WHO["acknowledge"], Unit.objects.get(pk=committee_number()))
    if application.notice is None or application.notice.closed_at:
        refuse("nothing-to-acknowledge", "没有待知悉的通知", remedy="无需办理")
    cases.do(application.notice, "formation:acknowledge", by=by, on=on, note=note)
    cases.close(application.notice)
    return application


@action("formation.reply")
def reply(application: Application, *, on: date, by: User, letter: str = "", note: str = "") -> Application:
    """The letter that agrees is issued: its number and day are on record. One issued here need not be named."""
    return lettered(application, "reply", letter=letter, on=on, by=by, note=note)


@action("formation.answer")
def answer(application: Application, *, on: date, by: User, letter: str = "", note: str = "") -> Application:
    """The letter with the reasons and the next step is issued."""
    return lettered(application, "answer", letter=letter, on=on, by=by, note=note)


def lettered(application: Application, verb: str, *, letter: str, on: date, by: User, note: str) -> Application:
    application = taken(application, verb, by)
    early = application.decided_on is not None and on < application.decided_on
    too_early = [Obstacle("before-decision", f"决定于{application.decided_on}作出", remedy="核对日期", where="on")]
    letter = letter.strip() or letters.issued_number(application)
    refuse_if([*letters.obstacles_to_lettering(application, letter), *(too_early if early else [])])
    cases.do(application.case, f"formation:{verb}", by=by, on=on, document=letter, note=note)
    return move(application, verb, replied_on=on, letter=letter)


def granted(application: Application, verb: str, *, on: date, step: Step, by: User, document: str = "") -> Application:
    established = effects.bring_about(application, on=on, step=step, by=by, document=document)
    changed: dict[str, Any] = {"decided_on": on, "decision": document}
    if established is not None:
        changed["established"] = established
    if application.approving_unit.kind != UnitKind.COMMITTEE:
        changed["notice"] = notify_committee(application, by=by)
    return move(application, verb, **changed)


def notify_committee(application: Application, *, by: User):
    title = f"知悉：{application.approving_unit}同意“{application.case.title}”"
    notice = cases.open_case("formation:notice", title, unit=application.case.unit, by=by)
    cases.pass_on(notice, unit=Unit.objects.get(pk=committee_number()), role="clerk")
    return notice


def require_theirs(application: Application, item: AgendaItem) -> None:
    if item.case_id != application.case_id:
        refuse("another-case", "这项议题不是本申请", remedy="从会议议程打开")


def obstacles_to_filing(application: Application, decided_on: date, document: str) -> list[Obstacle]:
    scanned = application.case.attachments.standing().exists()
    return [
        *rules.obstacles_to_filing(application.approving_unit.kind, scanned=scanned),
        *rules.obstacles_to_number(document, where="document"),
        *rules.obstacles_of_order(application, decided_on, where="decided_on"),
    ]
