"""Review: field by field accepted or returned; passed on by the supervising unit, accepted by the committee, or sent back."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from taizhang.accounts.acting import action
from taizhang.accounts.models import User
from taizhang.declarations import effects, rules
from taizhang.declarations.actions.moving import move, step_to, taken, whole
from taizhang.declarations.drafts import Draft
from taizhang.declarations.models import Declaration, State, Verdict
from taizhang.kit.refusals import Obstacle, refuse, refuse_if
from taizhang.ledger import undoing


class Judged(NamedTuple):
    verdict: str
    reason: str = ""


Judgements = Mapping[int, Judged]


@action("declarations.pass_on")
def pass_on(
    declaration: Declaration, *, on: date, by: User, judged: Judgements | None = None, note: str = ""
) -> Declaration:
    """The supervising unit agrees: it is with the committee."""
    declaration = taken(declaration, "pass_on", by)
    draft = whole(declaration)
    judge(draft, judged or {}, agreed=True)
    refuse_if(rules.obstacles_to_agreeing(draft, by=by, on=on))
    return move(declaration, "pass_on", step=step_to(declaration, "pass_on", by=by, on=on, note=note))


@action("declarations.accept")
def accept(
    declaration: Declaration, *, on: date, by: User, judged: Judgements | None = None, note: str = ""
) -> Declaration:
    """The committee agrees: what differed is in the ledger, each from the day on which it became true."""
    declaration = taken(declaration, "accept", by)
    draft = whole(declaration)
    judge(draft, judged or {}, agreed=True)
    refuse_if(rules.obstacles_to_agreeing(draft, by=by, on=on))
    effects.lock(draft)
    step = step_to(declaration, "accept", by=by, on=on, note=note)
    effects.bring_about(draft, step=step, by=by)
    return move(declaration, "accept", step=step, accepted_step=step)


@action("declarations.send_back")
def send_back(
    declaration: Declaration, *, on: date, by: User, judged: Judgements | None = None, note: str = ""
) -> Declaration:
    """Something is to be put right first. What was right is kept: it need not be typed or confirmed again."""
    declaration = taken(declaration, "send_back", by)
    draft = whole(declaration)
    judge(draft, judged or {}, agreed=False)
    refuse_if(rules.obstacles_to_sending_back(draft, note))
    returned = {record.kind.section for record, _, difference in draft.changed() if difference.is_returned}
    declaration.confirmations.standing().filter(section__in=returned).update(is_void=True)
    said = "；".join(
        [
            *(
                f"{asked.label}：{each.reason}"
                for _, asked, each in draft.changed()
                if each.is_returned and not each.about_people
            ),
            *([note.strip()] if note.strip() else []),
        ]
    )
    step = step_to(declaration, "send_back", by=by, on=on, note=said)
    return move(declaration, "send_back", step=step, returned_why=note.strip())


@action("declarations.agree")
def agree(declaration: Declaration, *, on: date, by: User) -> Declaration:
    """One without differences is passed on or accepted as it is: what is done with many at once."""
    declaration = taken(declaration, "agree", by)
    if declaration.differences.standing().exists():
        refuse("has-differences", "有更正项，不能一并通过", remedy="打开这一份，逐项审核")
    if declaration.state not in (State.WITH_UNIT, State.WITH_COMMITTEE):
        refuse_if(rules.obstacles_to_moving(declaration, "pass_on"))
    verb = accept if declaration.state == State.WITH_COMMITTEE else pass_on
    return verb(declaration, on=on, by=by)


@action("declarations.reverse")
def reverse(declaration: Declaration, *, note: str, on: date, by: User) -> Declaration:
    """It was accepted by mistake: what it entered is withdrawn, what it replaced is known again, and it is to be reviewed anew."""
    declaration = taken(declaration, "reverse", by)
    effects.lock(whole(declaration))
    refuse_if([*rules.note_missing(note), *undoing.obstacles_to_undoing(declaration.accepted_step)])
    case = declaration.case
    case.closed_at = None
    case.save(update_fields=["closed_at"])
    step = step_to(declaration, "reverse", by=by, on=on, note=note)
    undoing.undo(declaration.accepted_step, step=step)
    effects.relabel(declaration.organization, step=step)
    declaration.differences.standing().update(committee_verdict="")
    return move(declaration, "reverse", step=step, accepted_step=None)


def judge(draft: Draft, judged: Judgements, *, agreed: bool) -> None:
    """What is said of each difference is kept; of those nothing is said of, agreeing with the whole agrees."""
    column = "committee_verdict" if draft.declaration.state == State.WITH_COMMITTEE else "unit_verdict"
    missing = []
    for _, asked, difference in draft.changed():
        said = judged.get(difference.pk) or Judged(Verdict.ACCEPTED if agreed else getattr(difference, column))
        if said.verdict == Verdict.RETURNED and not said.reason.strip():
            missing.append(
                Obstacle(
                    "reason-missing",
                    f"“{asked.label}”退回，没有写理由",
                    remedy="写明错在哪里、怎样改",
                    where=f"reason-{difference.pk}",
                )
            )
            continue
        reason = said.reason.strip() if said.verdict == Verdict.RETURNED else ""
        if (getattr(difference, column), difference.reason) != (said.verdict, reason):
            setattr(difference, column, said.verdict)
            difference.reason = reason
            difference.save(update_fields=[column, "reason"])
    refuse_if(missing)
