"""What every verb about people asks first: who is it, whose are they, what is stated of them."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.models import Unit, User
from taizhang.cases import actions as cases
from taizhang.cases.models import Step
from taizhang.kit.refusals import Obstacle, Refused, refuse_if
from taizhang.ledger.models import AsOf, Fact
from taizhang.members import rules
from taizhang.members.models import (
    Engagement,
    Membership,
    Person,
)


def take_known(person: Person, *, by: User) -> Person:
    """Lock the person for somebody who may see them; a person who belongs nowhere yet was added this moment."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    units = units_of(person)
    if units and not any(by.people_scope.covers(unit.path) for unit in units):
        raise PermissionDenied
    refuse_if(rules.obstacles_of_erasure(person))
    return person


def require_keeper(by: User, verb: str, unit: Unit | None) -> None:
    if not rules.may(by, verb, unit):
        raise PermissionDenied


def require_release(person: Person, *, on: date, by: User) -> None:
    """Relations held in a Party organisation that somebody else keeps are not taken away from there."""
    held = Membership.objects.current().filter(person=person, period__overlap=DateRange(on, None))
    for membership in held.exclude(party_organization=None).select_related("party_organization__unit"):
        if not rules.may(by, "admit", membership.party_organization.unit):
            raise Refused([rules.held_elsewhere()])


def units_of(person: Person) -> list[Unit]:
    """The nodes a person belongs to: where they work, where their relations are held."""
    engaged = Engagement.objects.current().filter(person=person).values("organization__unit")
    held = Membership.objects.current().filter(person=person, outside=None).values("party_organization__unit")
    return list(Unit.objects.filter(pk__in=engaged.union(held)))


def unit_of(fact: Fact) -> Unit | None:
    """The node on whose behalf the statement was made."""
    for name in ("organization", "party_organization"):
        if (about := getattr(fact, name, None)) is not None:
            return about.unit
    return fact.step.case.unit


def membership_on(person: Person, on: date) -> Membership | None:
    return (
        Membership.objects.as_of(AsOf(on))
        .filter(person=person)
        .select_related("party_organization__unit", "outside")
        .first()
    )


def is_held_outside(person: Person) -> bool:
    latest = Membership.objects.current().filter(person=person).order_by("-period").first()
    return latest is not None and latest.outside_id is not None


def stated_later(model: type[Fact], on: date, until: date | None, **key) -> Fact | None:
    """The next statement after that day which `until` does not leave alone."""
    later = model.objects.current().filter(**key, period__startswith__gt=on).order_by("period").first()
    return later if later and (until is None or later.since < until) else None


def nothing_changed(changed: dict) -> list[Obstacle]:
    return [] if changed else [Obstacle("nothing-changed", "所填与台账现有记载相同", remedy="只改有误的项目")]


def about(
    person: Person, kind: str, title: str, *, unit: Unit, by: User, on: date, document="", note="", warned=()
) -> Step:
    return cases.do_at_once(
        kind,
        f"{title}：{person.name}",
        unit=unit,
        by=by,
        on=on,
        document=document,
        note=note,
        warned=warned,
        about_people=True,
        subject=person,
    )
