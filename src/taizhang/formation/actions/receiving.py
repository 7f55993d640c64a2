"""The unit that decides accepts an application, sends it back, or hands it to whoever is responsible."""

from datetime import date

from taizhang.accounts.acting import action
from taizhang.accounts.models import User
from taizhang.cases import actions as cases
from taizhang.formation.actions.applying import decided_by
from taizhang.formation.actions.moving import clerk_of, move, taken
from taizhang.formation.facts import facts
from taizhang.formation.models import TRANSITIONS, Application
from taizhang.formation.telling import warnings_kept
from taizhang.kit.refusals import Obstacle, refuse, refuse_if


@action("formation.accept")
def accept(application: Application, *, on: date, by: User, note: str = "") -> Application:
    """It waits for a sitting, or for the decision of the body outside. The step keeps what was found against the standard."""
    application = taken(application, "accept", by)
    warned = warnings_kept(facts(application, on=on))
    cases.do(application.case, "formation:accept", by=by, on=on, note=note, warned=warned)
    return move(application, "accept", accepted_on=on)


@action("formation.send_back")
def send_back(application: Application, *, on: date, by: User, note: str) -> Application:
    """Something is to be put right first: the note says what."""
    application = taken(application, "send_back", by)
    missing = [] if note.strip() else [Obstacle("note-missing", "没有写明要补正什么", remedy="逐条写明", where="note")]
    refuse_if(missing)
    cases.do(application.case, "formation:send_back", by=by, on=on, note=note)
    return move(application, "send_back")


@action("formation.redirect")
def redirect(application: Application, *, on: date, by: User, note: str = "") -> Application:
    """The organisation was handed over while the case is open: whoever is responsible now decides."""
    application = taken(application, "redirect", by)
    if application.state not in TRANSITIONS["send_back"][0]:
        refuse("not-in-that-state", f"申请{application.get_state_display()}，不能转交", remedy="先从会议议程撤下")
    before = application.approving_unit
    if not decided_by(application, on):
        refuse("nothing-changed", f"现在就由{before}审批", remedy="无需转交")
    approving = application.approving_unit
    cases.do(application.case, "formation:redirect", by=by, on=on, note=f"由{before}转交{approving}。{note}")
    cases.pass_on(application.case, unit=approving, role=clerk_of(approving))
    return application
