"""Enlist into the pool, post to an organisation, end a posting."""

from datetime import date

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.instructors import rules
from taizhang.instructors.models import Instructor, Posting
from taizhang.kit.refusals import refuse_if
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import AsOf
from taizhang.members.models import Person
from taizhang.orgs.actions import particulars_on
from taizhang.orgs.models import Organization
from taizhang.statutes.rules import criteria


@action("instructors.enlist")
def enlist(person: Person, *, unit: Unit, on: date, by: User, document: str = "", note: str = "") -> Instructor:
    """The person is in the talent pool of that unit from that day on."""
    require(by, rules.WHO["enlist"], unit)
    instructor = Instructor.objects.create(person=person, unit=unit, enlisted_on=on)
    about(instructor, "instructors:enlist", "入指导员人才队伍库", by=by, on=on, document=document, note=note)
    return instructor


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
    """The instructor is posted to the organisation from that day on."""
    instructor = take(instructor, roles=rules.WHO["post"], by=by)
    organization = take(organization, roles=rules.WHO["post"], by=by)
    held = Posting.objects.as_of(AsOf(on)).filter(instructor=instructor)
    refuse_if(
        rules.obstacles_to_posting(
            particulars_on(organization, on),
            [posting for posting in held if posting.organization_id == organization.pk],
            held.count(),
            criteria(on).get("instructor-load"),
            on,
        )
    )
    step = about(instructor, "instructors:post", f"派驻{organization}", by=by, on=on, document=document, note=note)
    ledger.post(Posting, step=step, since=on, until=until, instructor=instructor, organization=organization)
    return step


@action("instructors.end_posting")
def end_posting(posting: Posting, *, on: date, by: User, document: str = "", note: str = "") -> Step:
    instructor = take(posting.instructor, roles=rules.WHO["end_posting"], by=by)
    title = f"结束派驻{posting.organization}"
    step = about(instructor, "instructors:end_posting", title, by=by, on=on, document=document, note=note)
    ledger.end(posting, on=on, step=step)
    return step


def about(instructor: Instructor, kind: str, title: str, *, by: User, on: date, document="", note="") -> Step:
    return cases.do_at_once(
        kind,
        f"{title}：{instructor}",
        unit=instructor.unit,
        by=by,
        on=on,
        document=document,
        note=note,
        about_people=True,
    )
