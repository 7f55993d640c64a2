"""一社一档: everything the ledger says of one organisation, on a day, as known at a moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.cases.statements import Statement, fact_models, spoken_of, statements
from taizhang.instructors import rules as instructor_rules
from taizhang.instructors.models import Posting
from taizhang.ledger.models import AsOf, Fact
from taizhang.members import rules as members_rules
from taizhang.members.models import Engagement, Membership, Standing
from taizhang.orgs import rules
from taizhang.orgs.models import FACTS, Entry, Organization, Particulars, Registrar, Supervision, Workforce
from taizhang.party import rules as party_rules
from taizhang.party.models import FACTS as PARTY_FACTS
from taizhang.party.models import Absence, Coverage, Nature

PEOPLE_SHOWN = 100
LONG = 3
NOUNS = {model: noun for noun, model in FACTS.items()}
PARTY_NOUNS = {model: noun for noun, model in PARTY_FACTS.items()}


@dataclass(frozen=True, slots=True)
class Thread:
    """One kind of statement about the organisation: those that held that day, and what to do where there is none."""

    title: str
    lines: list["Line"]
    missing: str
    doing: tuple[tuple[str, str], ...]  # what may be done about it: label and address


@dataclass(frozen=True, slots=True)
class Line:
    """A statement as a line of the dossier: without naming the organisation again."""

    statement: Statement
    parts: tuple
    correction: str = ""  # the address of the page that corrects it; empty for whoever may not
    stands: bool = True  # at the moment asked for it had not been given up

    @property
    def fact(self) -> Any:
        return self.statement.fact


@dataclass(frozen=True, slots=True)
class People:
    """Heads of that day; `engagements` only for those who may see names."""

    engaged: int
    full: int
    probationary: int
    held_elsewhere: int
    engagements: list[Engagement] | None


THREADS: tuple[tuple[type[Fact], str, str], ...] = (
    (Particulars, "基本情况", "这天尚未登记。"),
    (Supervision, "责任单位", "这天没有责任单位的记录。"),
    (Registrar, "登记管理机关", "没有登记管理机关的记录。"),
    (Entry, "录入", "这天尚未录入，不计入覆盖率的默认基数。"),
    (Coverage, "党组织覆盖", "这天没有党组织覆盖。"),
    (Absence, "未建党组织原因", "没有说明未建原因。"),
    (Posting, "党建指导员", "这天没有派驻党建指导员。"),
    (Workforce, "从业人员情况（申报）", "还没有申报从业人员情况。"),
)


def threads(organization: Organization, at: AsOf, user: User) -> Iterator[Thread]:
    may = abilities(organization, user)
    covered = False
    for model, title, missing in THREADS:
        facts = model.objects.as_of(at).filter(organization=organization).select_related(*spoken_of(model))
        told = (line_of(each, organization) for each in statements(facts.order_by("pk"), user))
        lines = [replace(each, correction=correction(each.fact, organization, may)) for each in told]
        covered = covered or (model is Coverage and bool(lines))
        if model is Absence and covered and not lines:
            continue
        yield Thread(title, lines, missing, tuple(doing(model, lines, organization, may)))


def line_of(statement: Statement, organization: Organization) -> Line:
    """Without naming the organisation again."""
    named = zip(statement.about, statement.fact.KEY, strict=True)
    other = tuple(part for part, name in named if name != "organization")
    return Line(statement, (*other, *statement.says))


def abilities(organization: Organization, user: User) -> frozenset[str]:
    """Verbs of all registers about one organisation, with the slice where it is not `orgs`."""
    others = {
        "party.establish": party_rules.WHO["establish"],
        "party.correct": party_rules.WHO["correct"],
        "party.state_absence": party_rules.WHO["state_absence"],
        "instructors.post": instructor_rules.WHO["post"],
        "members.enrol": members_rules.WHO["enrol"],
    }
    held = frozenset(verb for verb, roles in others.items() if user.holds(roles, organization.unit))
    return held | rules.abilities(user, organization)


def doing(model: type, lines: list[Line], organization: Organization, may: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What may be done about a thread, and where."""
    number = organization.pk
    if model is Entry and "enter" in may and not lines:
        yield "录入", reverse("orgs:enter", args=[number])
    if model is Workforce and "declare_workforce" in may:
        yield "申报", reverse("orgs:declare_workforce", args=[number])
    if model is Coverage and "party.establish" in may and not lines:
        yield "成立党组织", f"{reverse('party:establish')}?organization={number}"
    if model is Absence and "party.state_absence" in may:
        yield "说明原因", reverse("party:state_absence", args=[number])
    if model is Posting and "instructors.post" in may and not lines:
        yield "派驻指导员", reverse("instructors:list")


def correction(fact: Any, organization: Organization, may: frozenset[str]) -> str:
    """Where a statement that stands is corrected."""
    model = type(fact)
    if not fact.is_known_now:
        return ""
    if model in NOUNS:
        return reverse("orgs:correct", args=[organization.pk, NOUNS[model], fact.pk]) if "correct" in may else ""
    if model in PARTY_NOUNS:
        return reverse("party:correct", args=[PARTY_NOUNS[model], fact.pk]) if "party.correct" in may else ""
    return reverse("instructors:correct", args=[fact.pk]) if "instructors.post" in may else ""


def is_covered(organization: Organization, at: AsOf) -> str:
    """In a word: by a formal Party organisation, by another kind, by an instructor, or not."""
    natures = set(Coverage.objects.as_of(at).filter(organization=organization).values_list("nature", flat=True))
    if Nature.FORMAL in natures:
        return "已有党组织覆盖"
    if natures:
        return f"{'、'.join(Nature(each).label for each in sorted(natures))}党组织覆盖"
    if Posting.objects.as_of(at).filter(organization=organization).exists():
        return "党的工作覆盖（指导员）"
    return "未覆盖"


def people(organization: Organization, at: AsOf, user: User) -> People:
    engaged = Engagement.objects.as_of(at).filter(organization=organization)
    membership = Membership.objects.as_of(at).filter(person=OuterRef("person"))
    counted = engaged.annotate(
        full=Exists(membership.filter(standing=Standing.FULL)),
        probationary=Exists(membership.filter(standing=Standing.PROBATIONARY)),
        elsewhere=Exists(membership.filter(party_organization=None)),
    )
    heads = {
        "engaged": engaged.count(),
        "full": counted.filter(full=True).count(),
        "probationary": counted.filter(probationary=True).count(),
        "held_elsewhere": counted.filter(elsewhere=True).count(),
    }
    names = None
    if user.people_scope.covers(organization.unit.path):
        names = list(counted.select_related("person").order_by("-is_management", "pk")[:PEOPLE_SHOWN])
    return People(**heads, engagements=names)


def timeline(organization: Organization, at: AsOf, user: User) -> list[Line]:
    """Every statement ever made, in the order of the days they begin on; what was given up is among them."""
    told: list[Line] = []
    for model in fact_models():
        if model is Engagement or not any(each.name == "organization" for each in model._meta.concrete_fields):
            continue
        facts = made_by(model.objects.filter(organization=organization), at)  # type: ignore[attr-defined]
        for statement in statements(facts.select_related(*spoken_of(model)), user):
            given_up = statement.fact.recorded.upper
            stands = given_up is None or (at.known_at is not None and given_up > at.known_at)
            told.append(replace(line_of(statement, organization), stands=stands))
    told.sort(key=lambda each: (each.fact.since, each.fact.recorded.lower))
    return list(reversed(list(only_what_changed(without_mere_ends(told)))))


def without_mere_ends(told: list[Line]) -> Iterator[Line]:
    """A statement that was given up only to be stated again with an end was not wrong: it is told once."""
    standing = {(type(each.fact), each.fact.since, each.parts) for each in told if each.stands}
    return (each for each in told if each.stands or (type(each.fact), each.fact.since, each.parts) not in standing)


def only_what_changed(told: Iterator[Line]) -> Iterator[Line]:
    """A long statement that follows another of its kind says only what differs from it."""
    stood: dict[type, Line] = {}
    for line in told:
        before = stood.get(type(line.fact))
        if line.stands:
            stood[type(line.fact)] = line
        changed = tuple(part for part in line.parts if part not in before.parts) if before else ()
        yield replace(line, parts=changed) if changed and len(line.parts) > LONG else line


def made_by(facts: QuerySet, at: AsOf) -> QuerySet:
    """Those that had been entered at the moment asked for."""
    facts = facts.annotate(entered_at=Lower("recorded"))
    return facts.filter(entered_at__lte=at.known_at) if at.known_at else facts


def former_names(organization: Organization, at: AsOf) -> list[str]:
    stated = Particulars.objects.known(at.known_at).filter(organization=organization).order_by("period")
    names = list(dict.fromkeys(stated.filter(period__startswith__lte=at.day).values_list("name", flat=True)))
    return names[:-1]


def recent_cases(organization: Organization, user: User) -> QuerySet:
    return Case.objects.visible_to(user).filter(unit=organization.unit_id).select_related("turn_unit").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Concerned:
    """A Party organisation that a change of the organisation concerns: whom it covers besides, whose relations it holds."""

    coverage: Coverage
    others: list[str]
    members: int
    names: list[str] | None


def concerned(organization: Organization, at: AsOf, user: User) -> list[Concerned]:
    coverages = Coverage.objects.as_of(at).filter(organization=organization)
    found = []
    for coverage in coverages.select_related("party_organization__unit"):
        branch = coverage.party_organization
        others = Coverage.objects.as_of(at).filter(party_organization=branch).exclude(organization=organization)
        held = Membership.objects.as_of(at).filter(party_organization=branch).select_related("person").order_by("pk")
        sees_names = user.people_scope.covers(branch.unit.path)
        found.append(
            Concerned(
                coverage,
                others=list(others.order_by("pk").values_list("organization__unit__name", flat=True)),
                members=held.count(),
                names=[each.person.name for each in held[:PEOPLE_SHOWN]] if sees_names else None,
            )
        )
    return found
