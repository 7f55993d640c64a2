"""The letters about an application, from facts: 批复 to a Party organisation, 复函 to a social organisation, the filing sheet."""

from datetime import date
from typing import Any

from taizhang.accounts.models import Unit, User
from taizhang.formation.facts import committee_number
from taizhang.formation.models import ELECTING, FORMING, Application, Kind
from taizhang.kit.refusals import Obstacle
from taizhang.meetings.models import Sitting
from taizhang.papers import actions as papers
from taizhang.papers import rules as paper_rules
from taizhang.papers.models import Paper

LETTERS = frozenset({"approval", "reply_approval", "refusal", "reply_refusal"})


def draft(application: Application, *, sitting: Sitting, by: User) -> Paper:
    """Drafted with the decision; checked, signed and issued by people."""
    is_refusal = bool(application.reasons)
    outcome = "refusal" if is_refusal else "approval"
    kind = outcome if is_from_party(application) else f"reply_{outcome}"
    facts: dict[str, Any] = {
        "matter": matter(application),
        "body": f"{sitting.body}会议",
        "decided_on": application.decided_on,
        "next_steps": lines(application.next_step) if is_refusal else next_steps(application),
    }
    facts |= {"reasons": lines(application.reasons)} if is_refusal else {"decisions": decisions(application)}
    return papers.draft(
        application.case,
        kind,
        facts=facts,
        to=addressees(application),
        issuer=application.approving_unit,
        on=application.decided_on,
        by=by,
    )


def draft_filing_sheet(application: Application, *, on: date, by: User) -> Paper:
    """What another body granted is filed: with the committee, where its own clerk enters it."""
    committee = Unit.objects.get(pk=committee_number() or 0)
    at_committee = by.holds(paper_rules.WHO["draft"], committee)
    facts = {
        "category": "党组织组建",
        "matter": matter(application),
        "sender": application.approving_unit.name,
        "approver": application.approving_unit.name,
        "approval_number": application.decision,
        "approved_on": application.decided_on,
        "filed_on": on,
        "contents": decisions(application),
    }
    issuer = committee if at_committee else application.responsible_unit
    return papers.draft(application.case, "filing", facts=facts, issuer=issuer, on=on, by=by)


def issued_number(application: Application) -> str:
    """Of the letter that went out for this application; empty as long as none has."""
    numbers = letters_of(application).filter(state="issued").order_by("-pk").values_list("number", flat=True)
    return numbers.first() or ""


def waiting(application: Application) -> Paper | None:
    """The letter that is still to be checked, signed or issued."""
    return letters_of(application).open().first()


def obstacles_to_lettering(application: Application, letter: str) -> list[Obstacle]:
    if not letter.strip():
        return [Obstacle("number-missing", "批复还没有印发，也没有填写文号", remedy="先印发，再办此步", where="letter")]
    waiting = letters_of(application).open().exclude(number=letter).first()
    if waiting is None:
        return []
    return [
        Obstacle(
            "letter-still-open",
            f"《{waiting.title}》{waiting.get_state_display()}，还没有印发",
            remedy="先核稿、签发、印发；已在线下发文的，撤稿后登记文号",
            where="letter",
        )
    ]


def letters_of(application: Application):
    return Paper.objects.filter(case=application.case_id, kind__in=LETTERS)


def is_from_party(application: Application) -> bool:
    """A Party organisation below gets a 批复; a social organisation is no subordinate, and gets a 复函."""
    return application.kind not in FORMING and application.kind != Kind.POOLED


def addressees(application: Application) -> list[str]:
    if is_from_party(application):
        return [str(application.party_organization)]
    return organizations(application)


def organizations(application: Application) -> list[str]:
    return [str(each) for each in application.participants.standing().select_related("organization__unit")]


def matter(application: Application) -> str:
    existing, kind = application.party_organization, application.kind
    if kind in FORMING:
        return f"成立{application.name}"
    if kind == Kind.POOLED:
        return f"{'、'.join(organizations(application))}编入{existing}"
    if kind == Kind.MERGE:
        return f"{existing}并入{application.into}"
    if kind == Kind.EXTENSION:
        return f"{existing}延期换届至{application.extended_until}"
    said = {Kind.CHANGE: "变更", Kind.DISSOLVE: "撤销", Kind.REELECTION: "换届"}[Kind(kind)]
    return f"{existing}{said}"


def decisions(application: Application) -> list[str]:
    covered = organizations(application)
    found = []
    if application.kind in FORMING:
        superior = application.superior or application.approving_unit
        found += [f"{application.name}隶属{superior}。"]
    if application.kind == Kind.CHANGE:
        found += [f"名称变更为{application.name}。"] if application.name else []
        found += [f"隶属变更为{application.superior}。"] if application.superior else []
        found += [f"组建形式变更为{application.get_form_display()}。"] if application.form else []
    if covered:
        found += [f"覆盖{'、'.join(covered)}{len(covered)}家社会组织。"]
    return found


def next_steps(application: Application) -> list[str]:
    if application.kind in ELECTING:
        return ["请及时召开党员大会进行选举，选举结果报送审批。"]
    return []


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
