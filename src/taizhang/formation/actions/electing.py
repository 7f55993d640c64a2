"""After the reply the members elect; the result is filed, agreed, and the posts are held from the day it is agreed."""

from collections.abc import Sequence
from datetime import date

from taizhang.accounts.acting import action
from taizhang.accounts.models import User
from taizhang.cases import actions as cases
from taizhang.formation import effects, elections
from taizhang.formation.actions.moving import move, taken
from taizhang.formation.models import Application, Elected, Kind
from taizhang.kit.refusals import refuse_if
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.models import Person, Post
from taizhang.party.actions import party_particulars_on
from taizhang.statutes.rules import criteria


@action("formation.record_result")
def record_result(
    application: Application,
    *,
    elected_on: date,
    entitled: int,
    present: int,
    results: Sequence[tuple[Person, str, int]],
    on: date,
    by: User,
    note: str = "",
) -> Application:
    """The members' meeting elected: who, to which post, with how many votes; by the rules of that day."""
    application = taken(application, "record_result", by)
    said = [elections.Result(person.name, position, votes) for person, position, votes in results]
    refuse_if(elections.obstacles_to_electing(application.kind))
    refuse_if(
        elections.obstacles_to_result(
            elections.Meeting(elected_on, entitled, present), said, criteria(elected_on), application.replied_on
        )
    )
    cases.do(application.case, "formation:record_result", by=by, on=on, note=note)
    for person, position, votes in results:
        Elected.objects.create(application=application, person=person, position=position, votes=votes)
    return move(application, "record_result", elected_on=elected_on, entitled=entitled, present=present)


@action("formation.agree_result")
def agree_result(
    application: Application, *, on: date, by: User, years: int | None = None, document: str = "", note: str = ""
) -> Application:
    """The result is agreed: the elected hold their posts from this day, for the term of the day of the election."""
    application = taken(application, "agree_result", by)
    branch = application.result
    elected = list(application.elected.select_related("person"))
    effects.lock(application, people=[each.person_id for each in elected])
    stated = party_particulars_on(branch, on)
    term = elections.term_of(stated.level if stated else application.level, criteria(application.elected_on))
    refuse_if([*elections.obstacles_to_agreeing(application.elected_on, on), *elections.obstacles_to_term(years, term)])
    ends_on = elections.term_ends(application.elected_on, years or term.longest)

    step = cases.do(application.case, "formation:agree_result", by=by, on=on, document=document, note=note)
    if application.kind == Kind.REELECTION:
        held = Post.objects.as_of(AsOf(on)).filter(party_organization=branch)
        for post in held.select_related("person", "party_organization__unit"):
            members.end_post(post, on=on, by=by, step=step)
    for each in elected:
        members.appoint(
            each.person,
            party_organization=branch,
            position=each.position,
            on=on,
            by=by,
            term_ends_on=ends_on,
            step=step,
        )
    return move(application, "agree_result")


@action("formation.conclude")
def conclude(application: Application, *, on: date, by: User, note: str = "") -> Application:
    """Nothing is to be elected: the reply was the last act."""
    application = taken(application, "conclude", by)
    refuse_if(elections.obstacles_to_concluding(application.kind))
    cases.do(application.case, "formation:conclude", by=by, on=on, note=note)
    return move(application, "conclude")
