"""What the ledger says of one organisation on the cut-off day, in the sections of a declaration: a fixed number of queries."""

from collections import Counter
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


def read(organization: Organization, on: date, *, names: bool) -> Read:
    """As known now, for that day. Without `names` people are numbers."""
    at = AsOf(on)
    covered = list(
        Coverage.objects.as_of(at)
        .filter(organization=organization)
        .select_related("party_organization__unit")
        .order_by("pk")
    )
    sections = (
        Section("particulars", tuple(particulars(organization, at))),
        *([] if covered else [Section("absence", (absence(organization, at),))]),
        party(covered, at, names=names),
        members(organization, at, names=names),
        Section(
            "staff", (heads("workforce", Workforce, organization, at), heads("breakdown", Breakdown, organization, at))
        ),
        instructor(organization, at, names=names),
    )
    return Read(organization, at, sections, {record.key: record for each in sections for record in each.records})


def said_on(model: type[Fact], organization: Organization, at: AsOf) -> Any:
    return model.objects.as_of(at).filter(organization=organization).first()


def values_of(kind: str, fact: Any) -> dict[str, Any]:
    return {each.name: getattr(fact, each.name) if fact is not None else None for each in KINDS[kind].fields}


def particulars(organization: Organization, at: AsOf) -> Iterator[Record]:
    fact = said_on(Particulars, organization, at)
    responsible = Supervision.objects.as_of(at).filter(organization=organization).select_related("unit").first()
    registrar = Registrar.objects.as_of(at).filter(organization=organization).select_related("unit").first()
    notes = (
        ("统一社会信用代码", organization.code or "—"),
        ("登记体制", fact.get_mode_display() if fact else "—"),
        ("责任单位", responsible.unit.name if responsible else "—"),
        ("登记管理机关", registrar.unit.name if registrar else "—"),
    )
    yield Record(
        "particulars",
        "基本情况",
        values_of("particulars", fact),
        since=fact.since if fact else None,
        is_known=fact is not None,
        subject=organization,
        notes=notes,
    )


def heads(kind: str, model: type[Fact], organization: Organization, at: AsOf) -> Record:
    fact = said_on(model, organization, at)
    return Record(
        kind, KINDS[kind].title, values_of(kind, fact), fact.since if fact else None, fact is not None, organization
    )


def absence(organization: Organization, at: AsOf) -> Record:
    fact = said_on(Absence, organization, at)
    return Record(
        "absence", "未建原因", values_of("absence", fact), fact.since if fact else None, fact is not None, organization
    )


def party(covered: list[Any], at: AsOf, *, names: bool) -> Section:
    branches = [each.party_organization for each in covered]
    stated = {
        each.party_organization_id: each
        for each in PartyParticulars.objects.as_of(at).filter(party_organization__in=branches)
    }
    belonging = Affiliation.objects.as_of(at).filter(party_organization__in=branches).select_related("superior")
    superiors = {each.party_organization_id: each.superior.name for each in belonging}
    records = []
    for coverage in covered:
        branch, fact = coverage.party_organization, stated.get(coverage.party_organization_id)
        notes = (("组建形式", coverage.get_form_display()), ("隶属", superiors.get(branch.pk, "—")))
        records.append(
            Record(
                f"party-{branch.pk}",
                branch.unit.name,
                values_of("party", fact),
                fact.since if fact else None,
                fact is not None,
                branch,
                notes,
            )
        )
    held = Post.objects.as_of(at).filter(party_organization__in=branches)
    held = list(
        held.select_related("person", "party_organization__unit").order_by("party_organization", "position", "seat")
    )
    if names:
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
    lines = () if names else tuple(counted(post.get_position_display() for post in held))
    return Section("party", tuple(records), lines)


def members(organization: Organization, at: AsOf, *, names: bool) -> Section:
    engaged = Engagement.objects.as_of(at).filter(organization=organization).select_related("person").order_by("pk")
    engaged = list(engaged.defer("person__particulars_sealed", "person__id_number_sealed", "person__telephone_sealed"))
    held = Membership.objects.as_of(at).filter(person__in=[each.person_id for each in engaged])
    held = held.select_related("party_organization__unit", "outside")
    of_person = {each.person_id: each for each in held}
    if not names:
        standing = counted(Standing(each.standing).label for each in of_person.values())
        places = counted(
            "组织关系在本系统" if each.party_organization_id else "组织关系在外单位" for each in of_person.values()
        )
        return Section("members", lines=(("台账中的从业人员", f"{len(engaged)} 人"), *standing, *places))
    return Section("members", tuple(person(each, of_person.get(each.person_id)) for each in engaged))


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


def instructor(organization: Organization, at: AsOf, *, names: bool) -> Section:
    posted = Posting.objects.as_of(at).filter(organization=organization).order_by("pk")
    if not names:
        return Section("instructor", lines=(("派驻的党建指导员", f"{posted.count()} 人"),))
    records = [
        Record(f"posting-{each.instructor_id}", str(each.instructor), {"ended": False}, each.since, True, each)
        for each in posted.select_related("instructor__person", "instructor__unit")
    ]
    return Section("instructor", tuple(records), () if records else (("派驻的党建指导员", "没有"),))


def counted(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, f"{number} 人") for word, number in sorted(Counter(words).items())]
