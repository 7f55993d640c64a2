"""What the ledger says of organisations on the cut-off day, in the sections of a declaration: a fixed number of queries, for one
as for a thousand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from taizhang.declarations.fields import KINDS, SECTIONS, Asked, RecordKind
from taizhang.instructors.models import Posting
from taizhang.ledger.models import AsOf, Fact
from taizhang.members.models import Engagement, Membership, Post, Standing
from taizhang.orgs.models import Breakdown, Organization, Particulars, Registrar, Supervision, Workforce
from taizhang.party.models import Absence, Affiliation, Coverage, PartyParticulars


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of which the ledger says something, or (`is_known` False) of which it says nothing yet."""

    key: str
    title: str
    values: dict[str, Any]
    since: date | None = None
    is_known: bool = True
    subject: Any = None  # the row or the fact that it is about
    notes: tuple[tuple[str, str], ...] = ()  # what is shown and not asked

    @property
    def kind(self) -> RecordKind:
        return KINDS[self.key] if self.key in KINDS else KINDS[self.key.partition("-")[0]]

    def knows(self, name: str) -> bool:
        return self.is_known and self.values.get(name) not in (None, "")


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    records: tuple[Record, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()  # numbers instead of names, for whoever may not see names

    @property
    def title(self) -> str:
        return SECTIONS[self.name]


@dataclass(frozen=True, slots=True)
class Read:
    organization: Organization
    at: AsOf
    sections: tuple[Section, ...]
    by_key: dict[str, Record] = field(default_factory=dict)

    def asked(self) -> Iterator[tuple[Record, Asked]]:
        for record in self.by_key.values():
            for each in record.kind.fields:
                yield record, each


class Known:
    """What the registers say of these organisations on that day, as known now. Without `names` nobody's name is read."""

    def __init__(self, organizations: Iterable[Organization], at: AsOf, *, names: bool):
        self.at, self.names = at, names
        self.numbers = [each.pk for each in organizations]
        self.particulars = self.one_each(Particulars)
        self.responsible = self.one_each(Supervision, "unit")
        self.registrars = self.one_each(Registrar, "unit")
        self.workforce = self.one_each(Workforce)
        self.breakdowns = self.one_each(Breakdown)
        self.absences = self.one_each(Absence)
        self.coverages = self.several(Coverage, "party_organization__unit")
        self.read_branches()
        self.read_people()
        with_names = ("instructor__person", "instructor__unit") if names else ()
        self.postings = self.several(Posting, *with_names)

    def facts(self, model: type[Fact], *related: str) -> Any:
        found = model.objects.as_of(self.at).filter(organization__in=self.numbers)
        return found.select_related(*related) if related else found

    def one_each(self, model: type[Fact], *related: str) -> dict[int, Any]:
        return {each.organization_id: each for each in self.facts(model, *related)}

    def several(self, model: type[Fact], *related: str) -> dict[int, list[Any]]:
        return by(self.facts(model, *related).order_by("pk"), "organization_id")

    def read_branches(self) -> None:
        branches = {each.party_organization_id for covered in self.coverages.values() for each in covered}
        of_branches = {"party_organization__in": branches}
        stated = PartyParticulars.objects.as_of(self.at).filter(**of_branches)
        self.stated = {each.party_organization_id: each for each in stated}
        belonging = Affiliation.objects.as_of(self.at).filter(**of_branches).select_related("superior")
        self.superiors = {each.party_organization_id: each.superior.name for each in belonging}
        held = Post.objects.as_of(self.at).filter(**of_branches)
        held = held.select_related("person", "party_organization__unit") if self.names else held
        self.posts = by(held.order_by("position", "seat"), "party_organization_id")

    def read_people(self) -> None:
        engaged = self.facts(Engagement, "person").order_by("pk")
        sealed = ("person__particulars_sealed", "person__id_number_sealed", "person__telephone_sealed")
        self.engaged = by(engaged.defer(*sealed), "organization_id")
        people = {each.person_id for engaged in self.engaged.values() for each in engaged}
        held = Membership.objects.as_of(self.at).filter(person__in=people)
        held = held.select_related("party_organization__unit", "outside")
        self.memberships = {each.person_id: each for each in held}


def by(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for each in rows:
        found[getattr(each, name)].append(each)
    return found


def read(organization: Organization, on: date, *, names: bool) -> Read:
    """As known now, for that day. Without `names` people are numbers."""
    return read_all([organization], on, names=names)[organization.pk]


def read_all(organizations: Iterable[Organization], on: date, *, names: bool) -> dict[int, Read]:
    """By the organisation's number."""
    wanted, at = list(organizations), AsOf(on)
    known = Known(wanted, at, names=names)
    found = {}
    for each in wanted:
        sections = tuple(sections_of(each, known))
        found[each.pk] = Read(
            each, at, sections, {record.key: record for section in sections for record in section.records}
        )
    return found


def sections_of(organization: Organization, known: Known) -> Iterator[Section]:
    pk = organization.pk
    yield Section("particulars", (particulars(organization, known),))
    if pk not in known.coverages:
        yield Section("absence", (stated("absence", known.absences.get(pk), organization),))
    yield party(known.coverages.get(pk, []), known)
    yield members(known.engaged.get(pk, []), known)
    heads = (
        stated("workforce", known.workforce.get(pk), organization),
        stated("breakdown", known.breakdowns.get(pk), organization),
    )
    yield Section("staff", heads)
    yield instructor(known.postings.get(pk, []), names=known.names)


def values_of(kind: str, fact: Any) -> dict[str, Any]:
    return {each.name: getattr(fact, each.name) if fact is not None else None for each in KINDS[kind].fields}


def stated(kind: str, fact: Any, subject: Any, *, notes: tuple[tuple[str, str], ...] = ()) -> Record:
    since = fact.since if fact is not None else None
    return Record(kind, KINDS[kind].title, values_of(kind, fact), since, fact is not None, subject, notes)


def particulars(organization: Organization, known: Known) -> Record:
    fact = known.particulars.get(organization.pk)
    responsible, registrar = known.responsible.get(organization.pk), known.registrars.get(organization.pk)
    notes = (
        ("统一社会信用代码", organization.code or "—"),
        ("登记体制", fact.get_mode_display() if fact else "—"),
        ("责任单位", responsible.unit.name if responsible else "—"),
        ("登记管理机关", registrar.unit.name if registrar else "—"),
    )
    return stated("particulars", fact, organization, notes=notes)


def party(covered: list[Any], known: Known) -> Section:
    records = []
    for coverage in covered:
        branch, fact = coverage.party_organization, known.stated.get(coverage.party_organization_id)
        notes = (("组建形式", coverage.get_form_display()), ("隶属", known.superiors.get(branch.pk, "—")))
        said = (fact.since if fact else None, fact is not None, branch, notes)
        records.append(Record(f"party-{branch.pk}", branch.unit.name, values_of("party", fact), *said))
    held = [
        post
        for branch in sorted({each.party_organization_id for each in covered})
        for post in known.posts.get(branch, ())
    ]
    if known.names:
        records += [
            Record(
                f"post-{post.party_organization_id}-{post.position}-{post.seat}",
                f"{post.get_position_display()} {post.person}",
                {"ended": False},
                post.since,
                True,
                post,
                (("党组织", post.party_organization.unit.name),),
            )
            for post in held
        ]
    if not covered:
        records.append(Record("new-party", "台账没有的党组织", values_of("new-party", None), is_known=False))
    lines = () if known.names else tuple(counted(post.get_position_display() for post in held))
    return Section("party", tuple(records), lines)


def members(engaged: list[Any], known: Known) -> Section:
    if known.names:
        return Section("members", tuple(person(each, known.memberships.get(each.person_id)) for each in engaged))
    people = {each.person_id for each in engaged}
    held = [known.memberships[number] for number in people if number in known.memberships]
    standing = counted(Standing(each.standing).label for each in held)
    places = counted("组织关系在本系统" if each.party_organization_id else "组织关系在外单位" for each in held)
    return Section("members", lines=(("台账中的从业人员", f"{len(engaged)} 人"), *standing, *places))


def person(engagement: Any, membership: Any) -> Record:
    outside = membership.outside if membership else None
    notes = (
        ("党员", membership.get_standing_display() if membership else "不是党员或台账没有记载"),
        ("组织关系", str(membership.place) if membership else "—"),
    )
    values = {
        "employment": engagement.employment,
        "title": engagement.title,
        "is_management": engagement.is_management,
        "left": False,
        "outside_name": outside.name if outside else "",
        "outside_kind": outside.kind if outside else "",
    }
    return Record(
        f"person-{engagement.person_id}",
        engagement.person.name,
        values,
        engagement.since,
        True,
        (engagement, membership),
        notes,
    )


def instructor(posted: list[Any], *, names: bool) -> Section:
    if not names:
        return Section("instructor", lines=(("派驻的党建指导员", f"{len(posted)} 人"),))
    records = [
        Record(f"posting-{each.instructor_id}", str(each.instructor), {"ended": False}, each.since, True, each)
        for each in posted
    ]
    return Section("instructor", tuple(records), () if records else (("派驻的党建指导员", "没有"),))


def counted(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, f"{number} 人") for word, number in sorted(Counter(words).items())]
