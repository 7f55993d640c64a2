"""Every figure counted in plain Python, one row at a time, from the facts and steps as they stand in the tables.

`PLAINLY[key](count, variant, base)` gives the records in the base and those that count; nothing of it is shared with the figures.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from taizhang.cases.models import Step
from taizhang.declarations.models import Declaration
from taizhang.formation.models import Application
from taizhang.instructors.models import Posting
from taizhang.kit.clock import OFFICE
from taizhang.meetings.models import AgendaItem, Sitting
from taizhang.members.models import Engagement, Membership, Post
from taizhang.orgs.models import Entry, Particulars
from taizhang.papers.models import Paper
from taizhang.party.models import Absence, Coverage, PartyParticulars

COVERING = {"single", "joint", "street", "pooled", "spin_off"}
DECIDING = {"meetings:resolve", "formation:file_approval", "formation:file_refusal"}


@dataclass
class Plain:
    day: date
    known_at: datetime | None
    since: date
    read: dict = field(default_factory=dict)  # model → its facts as known

    def is_known(self, fact) -> bool:
        return self.known_at in fact.recorded if self.known_at else fact.recorded.upper is None

    def known(self, model) -> list:
        if model not in self.read:
            self.read[model] = [fact for fact in model.objects.all() if self.is_known(fact)]
        return self.read[model]

    def held(self, model) -> list:
        return [fact for fact in self.known(model) if self.day in fact.period]

    def in_period(self, day: date) -> bool:
        return self.since <= day <= self.day

    # organisations

    def normal(self) -> set:
        return {fact.organization_id for fact in self.held(Particulars) if fact.status == "normal"}

    def base(self, base: str) -> set:
        return (
            self.normal() & {fact.organization_id for fact in self.held(Entry)} if base == "entered" else self.normal()
        )

    def formal(self) -> set:
        return {fact.organization_id for fact in self.held(Coverage) if fact.nature == "formal"}

    def coverage(self, variant, base):
        natures = {"formal"} if variant == "formal" else {"formal", "functional", "temporary"}
        covered = {fact.organization_id for fact in self.held(Coverage) if fact.nature in natures}
        return self.base(base), self.base(base) & covered

    def work(self, variant, base):
        organised = {fact.organization_id for fact in self.held(Coverage)}
        posted = {fact.organization_id for fact in self.held(Posting)}
        return self.base(base), self.base(base) & (
            posted - organised if variant == "instructor" else posted | organised
        )

    def without(self, variant, base):
        stated = {fact.organization_id for fact in self.held(Absence)}
        bare = self.base(base) - self.formal()
        return self.base(base), {"all": bare, "stated": bare & stated, "unstated": bare - stated}[variant]

    def entered(self, variant, base):
        entered = self.base("entered")
        return self.normal(), entered if variant == "entered" else self.normal() - entered

    def registered(self, variant, base):
        stated = {fact.organization_id for fact in self.held(Particulars)}
        return stated, stated if variant == "all" else self.normal()

    def full_members(self, extended: bool) -> tuple[Counter, Counter]:
        """Of each organisation: its full members, and of these the ones held outside."""
        memberships = {fact.person_id: fact for fact in self.held(Membership) if fact.standing == "full"}
        found, outside = Counter(), Counter()
        for each in self.held(Engagement):
            if each.person_id in memberships and (extended or each.employment == "full_time"):
                found[each.organization_id] += 1
                outside[each.organization_id] += memberships[each.person_id].outside_id is not None
        return found, outside

    def should_have(self, variant, base):
        full, _ = self.full_members(variant == "extended")
        bare = self.base(base) - self.formal()
        return self.base(base), {pk for pk in bare if full[pk] >= 3}

    def eligibility(self, variant, base):
        full, outside = self.full_members(variant.startswith("extended"))
        ready = {pk: full[pk] - (0 if variant.endswith("promised") else outside[pk]) for pk in full}
        bare = self.base(base) - self.formal()
        return self.base(base), {pk for pk in bare if ready.get(pk, 0) >= 3}

    def begun(self) -> dict[int, date]:
        """Organisation → the day from which an instructor was posted in the period."""
        days: dict[int, date] = {}
        for each in self.known(Posting):
            if self.in_period(each.since):
                days[each.organization_id] = min(each.since, days.get(each.organization_id, each.since))
        return days

    def posted(self, name: str, variant: str):
        standing = {getattr(each, name) for each in self.held(Posting)}
        begun = {getattr(each, name) for each in self.known(Posting) if self.in_period(each.since)}
        return standing | begun, standing if variant == "standing" else begun

    def covered_after_posting(self) -> list[Coverage]:
        begun = self.begun()
        return [
            each
            for each in self.held(Coverage)
            if each.nature == "formal" and each.organization_id in begun and each.since > begun[each.organization_id]
        ]

    def instructed_covered(self, variant, base):
        stated = {fact.organization_id for fact in self.held(Particulars)}
        return set(self.begun()) & stated, {each.organization_id for each in self.covered_after_posting()} & stated

    def instructed_parties(self, variant, base):
        found = {each.party_organization_id for each in self.covered_after_posting()}
        return found, found

    # Party organisations

    def parties(self, variant, base):
        every = {fact.party_organization_id for fact in self.held(PartyParticulars)}
        return every, every if variant == "all" else self.formal_parties()

    def formal_parties(self) -> set:
        return {fact.party_organization_id for fact in self.held(PartyParticulars) if fact.nature == "formal"}

    def sizes(self, variant, base):
        held = [each for each in self.held(Membership) if each.party_organization_id]
        every = Counter(each.party_organization_id for each in held)
        full = Counter(each.party_organization_id for each in held if each.standing == "full")
        tests = {"none": lambda pk: not every[pk], "short": lambda pk: full[pk] < 3, "enough": lambda pk: full[pk] >= 3}
        return self.formal_parties(), {pk for pk in self.formal_parties() if tests[variant](pk)}

    def posts(self, variant, base):
        filled = {
            each.party_organization_id
            for each in self.held(Post)
            if (each.position if each.position in ("secretary", "deputy") else "committee") == variant
        }
        return self.formal_parties(), self.formal_parties() & filled

    def terms(self, variant, base):
        secretaries = {e.party_organization_id: e for e in self.held(Post) if e.position == "secretary"}
        base_ = self.formal_parties() & set(secretaries)
        ends = {pk: secretaries[pk].term_ends_on for pk in base_ if secretaries[pk].term_ends_on}
        half_year = months_on(self.day, 6)
        if variant == "over":
            return base_, {pk for pk, day in ends.items() if day <= self.day}
        return base_, {pk for pk, day in ends.items() if self.day < day <= half_year}

    # people

    def members(self, variant, base):
        held = {each.person_id: each for each in self.held(Membership)}
        here = {pk for pk, each in held.items() if each.party_organization_id}
        working = {each.person_id for each in self.held(Engagement)} & set(held)
        full = {pk for pk in here if held[pk].standing == "full"}
        return here | working, {"held": here, "full": full, "working": working}[variant]

    # acts

    def steps(self, *verbs: str) -> list[Step]:
        found = Step.objects.filter(verb__in=verbs).order_by("recorded_at", "pk")
        return [step for step in found if not self.known_at or step.recorded_at <= self.known_at]

    def submitted(self) -> dict[Application, tuple[date, str]]:
        """Of the period → the day, and what had become of it by the day: approved, refused or pending."""
        found = {}
        submissions = {}
        for step in self.steps("formation:submit"):
            submissions.setdefault(step.case_id, step.on)
        decisions = {}
        for step in self.steps(*DECIDING):
            outcome = {"formation:file_approval": "approved", "formation:file_refusal": "refused"}.get(step.verb)
            outcome = outcome or step.details["outcome"]
            if outcome in ("approved", "refused"):
                decisions.setdefault(step.case_id, (step.on, outcome))
        for each in Application.objects.all():
            if each.case_id in submissions and self.in_period(submissions[each.case_id]):
                on, outcome = decisions.get(each.case_id, (date.max, ""))
                found[each] = submissions[each.case_id], outcome if on <= self.day else "pending"
        return found

    def approvals(self) -> list[Application]:
        found = []
        seen = set()
        for step in self.steps(*DECIDING):
            if step.verb == "meetings:resolve" and step.details["outcome"] not in ("approved", "refused"):
                continue
            if step.case_id in seen:
                continue
            seen.add(step.case_id)
            approved = step.verb == "formation:file_approval" or step.details.get("outcome") == "approved"
            if approved and self.in_period(step.on):
                found += Application.objects.filter(case=step.case_id)
        return found

    def applications(self, variant, base):
        found = self.submitted()
        chosen = {each.pk for each, (_, outcome) in found.items() if variant in ("submitted", outcome)}
        return {each.pk for each in found}, chosen

    def applied(self, variant, base):
        outcomes: dict[int, set[str]] = {}
        for each, (_, outcome) in self.submitted().items():
            if each.kind in COVERING:
                for organization in each.participants.filter(is_dropped=False).values_list("organization", flat=True):
                    outcomes.setdefault(organization, set()).add(outcome)
        became = {pk: next(o for o in ("approved", "pending", "refused") if o in all_) for pk, all_ in outcomes.items()}
        return set(became), {pk for pk, outcome in became.items() if variant in ("applied", outcome)}

    def approved(self, variant, base):
        found = {each.established_id for each in self.approvals() if each.established_id}
        standing = {fact.party_organization_id for fact in self.held(PartyParticulars)}
        return found, found & standing if variant == "standing" else found

    def newly_covered(self, variant, base):
        by_approval = set()
        for each in self.approvals():
            party = each.established_id or (each.party_organization_id if each.kind == "pooled" else None)
            taking = each.participants.filter(is_dropped=False).values_list("organization", flat=True)
            by_approval |= {(organization, party) for organization in taking}
        began = [each for each in self.held(Coverage) if each.nature == "formal" and each.since >= self.since]
        chosen = {
            each.organization_id
            for each in began
            if variant == "all" or (each.organization_id, each.party_organization_id) in by_approval
        }
        return {each.organization_id for each in began}, chosen

    def sittings(self, variant, base):
        closed = {step.case_id for step in self.steps("meetings:close")}
        held = [each for each in Sitting.objects.all() if each.case_id in closed and self.in_period(each.held_on)]
        about_forming = set(Application.objects.values_list("case", flat=True))
        voted = AgendaItem.objects.filter(outcome__in=("approved", "refused"), case__in=about_forming)
        forming = set(voted.values_list("sitting", flat=True))
        return {each.pk for each in held}, {each.pk for each in held if variant == "closed" or each.pk in forming}

    def papers(self, variant, base):
        issued = {step.case_id for step in self.steps("papers:issue") if self.in_period(step.on)}
        found = {each.pk for each in Paper.objects.filter(state__in=("issued", "void")) if each.case_id in issued}
        return found, found

    def declarations(self, variant, base):
        found: dict[int, str] = {}
        for each in Declaration.objects.select_related("case"):
            opened = each.case.opened_at
            if (self.known_at and opened > self.known_at) or not self.in_period(opened.astimezone(OFFICE).date()):
                continue
            found[each.pk] = "not_begun"
            for step in each.case.steps.order_by("recorded_at", "pk"):
                known = not self.known_at or step.recorded_at <= self.known_at
                if known and step.on <= self.day and "state" in step.details:
                    found[each.pk] = step.details["state"]
        stages = {
            "asked": set(found.values()),
            "submitted": {"with_unit", "with_committee", "accepted"},
            "accepted": {"accepted"},
            "returned": {"returned"},
            "untouched": {"not_begun"},
        }[variant]
        return set(found), {pk for pk, stage in found.items() if stage in stages}


def months_on(day: date, number: int) -> date:
    """The same day so many months on, or the last there is."""
    month = day.month - 1 + number
    year, month = day.year + month // 12, month % 12 + 1
    for last in range(day.day, 27, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, day.day)


PLAINLY = {
    "organisation_coverage": Plain.coverage,
    "work_coverage": Plain.work,
    "should_have": Plain.should_have,
    "eligibility": Plain.eligibility,
    "organisations_newly_covered": Plain.newly_covered,
    "organisations_without": Plain.without,
    "organisations_entered": Plain.entered,
    "organisations_registered": Plain.registered,
    "party_organisations": Plain.parties,
    "party_organisation_sizes": Plain.sizes,
    "posts_filled": Plain.posts,
    "terms_due": Plain.terms,
    "members": Plain.members,
    "instructors_posted": lambda plain, variant, base: plain.posted("instructor_id", variant),
    "organisations_instructed": lambda plain, variant, base: plain.posted("organization_id", variant),
    "instructed_new_party_organisations": Plain.instructed_parties,
    "instructed_newly_covered": Plain.instructed_covered,
    "organisations_applied": Plain.applied,
    "applications": Plain.applications,
    "branches_approved": Plain.approved,
    "sittings": Plain.sittings,
    "papers_issued": Plain.papers,
    "declarations": Plain.declarations,
}
