"""The way of a paper from hand to hand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from taizhang.accounts.acting import action, require, take
from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Case, Step
from taizhang.kit.jobs import later
from taizhang.kit.refusals import Obstacle, refuse_if
from taizhang.papers import rules, wording
from taizhang.papers.content import content_of
from taizhang.papers.kinds import Kind, as_json, kind_of
from taizhang.papers.models import TRANSITIONS, Agency, Master, Paper
from taizhang.papers.printing import obstacles_in_glyphs


@action("papers.draft")
def draft(
    case: Case,
    kind: str,
    *,
    facts: Mapping[str, Any],
    on: date,
    by: User,
    to: Sequence[str] = (),
    copies: Sequence[str] = (),
    enclosures: Sequence[str] = (),
    issuer: Unit | None = None,
    note: str = "",
) -> Paper:
    """There is a draft on the case, filled from the facts with the wording of that day.

    `issuer` is the office nearest above the case's unit, unless it is named.
    """
    declared = kind_of(kind)
    issuer = issuer or office_over(case.unit)
    require(by, rules.WHO["draft"], issuer)
    kept = {name: as_json(value) for name, value in facts.items() if value}
    refuse_if(rules.obstacles_to_facts(declared, kept))
    if unknown := set(kept) - {field.key for field in declared.fields}:
        raise ValueError(f"{kind} has no field {', '.join(sorted(unknown))}")
    title, body, source = text_of(declared, issuer, kept, on)
    paper = Paper.objects.create(
        case=case,
        kind=kind,
        issuer=issuer,
        about_people=case.about_people,
        title=title,
        body=body,
        addressees=[*to],
        copies=[*copies],
        enclosures=[*enclosures],
        facts=kept,
        wording=source,
        drafted_by=by,
        drafted_on=on,
    )
    tell(paper, "draft", on=on, by=by, note=note)
    return paper


@action("papers.compose")
def compose(
    kind: str, *, issuer: Unit, facts: Mapping[str, Any], on: date, by: User, about_people: bool = False, **stated: Any
) -> Paper:
    """A paper that no procedure asked for is a matter of its own, done when it is issued or given up."""
    require(by, rules.WHO["draft"], issuer)
    case = cases.open_case("papers:compose", kind_of(kind).label, unit=issuer, by=by, about_people=about_people)
    paper = draft(case, kind, facts=facts, on=on, by=by, issuer=issuer, **stated)
    case.title = paper.title
    case.save(update_fields=["title"])
    return paper


@action("papers.revise")
def revise(
    paper: Paper,
    *,
    title: str,
    body: str,
    addressees: Sequence[str],
    on: date,
    by: User,
    copies: Sequence[str] = (),
    enclosures: Sequence[str] = (),
    note: str = "",
) -> Paper:
    """The draft reads so."""
    paper = taken(paper, "revise", by)
    refuse_if(rules.too_long(title, body))
    paper.title, paper.body = title.strip(), body.replace("\r\n", "\n").strip()
    paper.addressees, paper.copies, paper.enclosures = [*addressees], [*copies], [*enclosures]
    paper.sent_back = ""
    paper.save(update_fields=["title", "body", "addressees", "copies", "enclosures", "sent_back"])
    tell(paper, "revise", on=on, by=by, note=note)
    return paper


@action("papers.check")
def check(paper: Paper, *, on: date, by: User, note: str = "") -> Paper:
    """核稿: the text is right and waits for the signature; from now on it is changed only after it was sent back."""
    paper = taken(paper, "check", by)
    refuse_if(
        [
            *rules.obstacles_of_hands("check", paper, by, hands=hands_of(paper, on)),
            *rules.obstacles_in_text(paper.declared, title=paper.title, body=paper.body, addressees=paper.addressees),
            *unprintable(paper, on),
        ]
    )
    paper.checked_by, paper.sent_back = by, ""
    return move(paper, "check", on=on, by=by, note=note, changed=["checked_by", "sent_back"])


@action("papers.send_back")
def send_back(paper: Paper, *, on: date, by: User, note: str) -> Paper:
    """退回: it is a draft again, with what should be different."""
    paper = taken(paper, "send_back", by)
    refuse_if(rules.note_missing(note, "退回"))
    paper.checked_by = paper.signed_by = paper.dated_on = None
    paper.sent_back = note
    return move(
        paper, "send_back", on=on, by=by, note=note, changed=["checked_by", "signed_by", "dated_on", "sent_back"]
    )


@action("papers.sign")
def sign(paper: Paper, *, on: date, by: User, note: str = "") -> Paper:
    """签发: the paper is dated that day."""
    paper = taken(paper, "sign", by)
    refuse_if(
        [
            *rules.obstacles_of_hands("sign", paper, by, hands=hands_of(paper, on)),
            *rules.obstacles_to_signing(paper, on),
            *unprintable(paper, on),
        ]
    )
    paper.signed_by, paper.dated_on = by, on
    return move(paper, "sign", on=on, by=by, note=note, changed=["signed_by", "dated_on"])


@action("papers.issue")
def issue(paper: Paper, *, on: date, by: User, note: str = "") -> Paper:
    """印发: it has the next number of its series, and nothing of it changes any more. The PDF follows in a job.

    The number is taken last, under a lock held to commit.
    """
    paper = taken(paper, "issue", by)
    agency = Agency.objects.in_force(paper.issuer, on)
    refuse_if([*rules.obstacles_to_issuing(paper, agency, on), *unprintable(paper, on)])
    step = tell(paper, "issue", on=on, by=by, note=note)
    paper.agency, paper.issued_by, paper.issued_on, paper.year = agency, by, on, on.year
    paper.code = agency.code_for(paper.declared)
    close_own(paper, step)
    lock_series(paper)
    numbered = Paper.objects.filter(code=paper.code, year=paper.year, sequence__isnull=False)
    refuse_if(rules.obstacles_to_order(numbered.order_by("-sequence").first() if paper.code else None, on))
    paper.state = TRANSITIONS["issue"][1]
    paper.save(update_fields=["state", "agency", "issued_by", "issued_on", "year", "code"])
    paper.refresh_from_db(fields=["sequence", "number"])
    later("papers.render", paper=paper.pk, user=by.pk)
    return paper


@action("papers.withdraw")
def withdraw(paper: Paper, *, on: date, by: User, note: str) -> Paper:
    """撤稿: it will not be issued; it never had a number."""
    paper = taken(paper, "withdraw", by)
    refuse_if(rules.note_missing(note, "撤稿"))
    paper = move(paper, "withdraw", on=on, by=by, note=note)
    close_own(paper)
    return paper


@action("papers.void")
def void(paper: Paper, *, on: date, by: User, note: str, document: str = "") -> Paper:
    """作废: what was issued no longer holds from that day. Its number, text and PDF stay as they are."""
    paper = taken(paper, "void", by)
    refuse_if(rules.note_missing(note, "作废"))
    return move(paper, "void", on=on, by=by, note=note, document=document)


def text_of(kind: Kind, issuer: Unit, facts: Mapping[str, Any], on: date) -> tuple[str, str, str]:
    """Title, body, and whose wording it is."""
    own = Master.objects.in_force(issuer, kind.name, on)
    values = kind.labelled(facts)
    source = f"本单位第{own.edition}版" if own else "随附范本"
    title, body = (own.title, own.body) if own else (kind.title, kind.body)
    return wording.fill(title, values), wording.fill(body, values), source


def office_over(unit: Unit) -> Unit:
    """The nearest office at or above a unit: the one that answers for it."""
    above = [number for number in unit.path.split(".") if number]
    offices = Unit.objects.offices().filter(pk__in=above)
    return max(offices, key=lambda office: len(office.path))


def unprintable(paper: Paper, on: date) -> Iterator[Obstacle]:
    return obstacles_in_glyphs(content_of(paper, Agency.objects.in_force(paper.issuer, on), on=on))


def hands_of(paper: Paper, on: date) -> int:
    agency = Agency.objects.in_force(paper.issuer, on)
    return agency.hands if agency else 3


def taken(paper: Paper, verb: str, by: User) -> Paper:
    paper = take(paper, roles=rules.WHO[verb], by=by)
    refuse_if(rules.obstacles_to(verb, paper))
    return paper


def move(
    paper: Paper, verb: str, *, on: date, by: User, note: str = "", document: str = "", changed: Sequence[str] = ()
) -> Paper:
    paper.state = TRANSITIONS[verb][1]
    paper.save(update_fields=["state", *changed])
    tell(paper, verb, on=on, by=by, note=note, document=document)
    return paper


def tell(paper: Paper, verb: str, *, on: date, by: User, note: str = "", document: str = "") -> Step:
    details = {"paper": paper.pk, "title": paper.title}
    return cases.do(paper.case, f"papers:{verb}", by=by, on=on, note=note, document=document, details=details)


def lock_series(paper: Paper) -> None:
    """The lock under which PostgreSQL gives the number, so that the order of days is judged on the last one."""
    if paper.code:
        with connection.cursor() as cursor:
            key = f"papers {paper.code} {paper.year}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def close_own(paper: Paper, step: Step | None = None) -> None:
    """The matter that was opened for this paper alone is done with it."""
    if paper.case.kind == "papers:compose":
        cases.close(paper.case, at=step.recorded_at if step else None)
