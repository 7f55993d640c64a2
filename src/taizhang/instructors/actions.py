"""Enlist into the pool, post to an organisation; end, correct or withdraw a posting."""

from datetime import date
from typing import Any

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.instructors import rules
from taizhang.instructors.models import Instructor, Posting
from taizhang.kit.refusals import refuse_if
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf
from taizhang.members import actions as members
from taizhang.members.models import Person
from taizhang.orgs.actions import particulars_on
from taizhang.orgs.models import Organization
from taizhang.party import actions as party
from taizhang.statutes.rules import criteria


@action("instructors.enlist")
def enlist(person: Person, *, unit: Unit, on: date, by: User, document: str = "", note: str = "") -> Instructor:
    """The person is in the talent pool of that unit from that day on."""
    require(by, rules.WHO["enlist"], unit)
    person = members.take_known(person, by=by)
    refuse_if(rules.obstacles_to_enlisting(Instructor.objects.filter(person=person).select_related("person").first()))
    instructor = Instructor.objects.create(person=person, unit=unit, enlisted_on=on)
    about(instructor, "instructors:enlist", "入指导员人才队伍库", by=by, on=on, document=document, note=note)
    return instructor


@action("instructors.recruit")
def recruit(*, unit: Unit, on: date, by: User, document: str = "", note: str = "", **particulars: Any) -> Instructor:
    """Somebody new, from an organ or retired, is on record and in the pool of that unit from that day on."""
    person = members.add(unit=unit, on=on, by=by, held_outside=True, **particulars)
    return enlist(person, unit=unit, on=on, by=by, document=document, note=note)


@action("instructors.post")
def post(
    instructor: Instructor,
    *,
    organization: Organization,
    on: date,
    by: User,
    until: date | None = None,
    document: str = "",
    note: str = "",
) -> Step:
    """The instructor is posted to the organisation from that day on. What warns is kept in the step."""
    instructor = take(instructor, roles=rules.WHO["post"], by=by)
    organization = take(organization, roles=rules.WHO["post"], by=by)
    period = ledger.days(on, until)
    posted = Posting.objects.current().filter(instructor=instructor, organization=organization, period__overlap=period)
    warned = refuse_if(
        rules.obstacles_to_posting(
            instructor,
            particulars_on(organization, on),
            list(posted),
            Posting.objects.as_of(AsOf(on)).filter(instructor=instructor).count(),
            criteria(on),
            on,
        )
    )
    title = f"派驻{organization}"
    step = about(instructor, "instructors:post", title, by=by, on=on, document=document, note=note, warned=warned)
    ledger.post(Posting, step=step, since=on, until=until, instructor=instructor, organization=organization)
    return step


@action("instructors.end_posting")
def end_posting(
    posting: Posting, *, on: date, by: User, document: str = "", note: str = "", step: Step | None = None
) -> Step:
    """The instructor is no longer posted there from that day on."""
    instructor = take(posting.instructor, roles=rules.WHO["end_posting"], by=by)
    title = f"结束派驻{posting.organization}"
    step = step or about(instructor, "instructors:end_posting", title, by=by, on=on, document=document, note=note)
    ledger.end(posting, on=on, step=step)
    return step


@action("instructors.correct")
def correct(posting: Posting, *, on: date, note: str, by: User, **changed: Any) -> Step:
    """The days of a posting were wrong: what we now know takes their place."""
    instructor = take(posting.instructor, roles=rules.WHO["correct"], by=by)
    changed = {field: value for field, value in changed.items() if getattr(posting, field) != value}
    refuse_if([*members.nothing_changed(changed), *party.note_missing(note)])
    step = about(instructor, "instructors:correct", "更正指导员派驻", by=by, on=on, note=note)
    ledger.correct(posting, step=step, **changed)
    return step


@action("instructors.withdraw")
def withdraw(posting: Posting, *, on: date, note: str, by: User) -> Step:
    """A posting was entered in error: the ledger no longer says so."""
    instructor = take(posting.instructor, roles=rules.WHO["withdraw"], by=by)
    refuse_if(party.note_missing(note))
    step = about(instructor, "instructors:withdraw", "撤回指导员派驻", by=by, on=on, note=note)
    ledger.withdraw(posting, step=step)
    return step


def about(
    instructor: Instructor, kind: str, title: str, *, by: User, on: date, document="", note="", warned=()
) -> Step:
    return cases.do_at_once(
        kind,
        f"{title}：{instructor}",
        unit=instructor.unit,
        by=by,
        on=on,
        document=document,
        note=note,
        warned=warned,
        about_people=True,
        subject=instructor.person,
    )
