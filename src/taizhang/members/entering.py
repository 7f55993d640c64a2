"""Entering the rows that `intake` found good: people with their keys, then what is stated of them."""

from collections.abc import Callable
from typing import Any

from taizhang.accounts.models import Role
from taizhang.cases import actions as cases
from taizhang.cases.models import Case, Step
from taizhang.imports.comparing import Rows
from taizhang.kit import crypto
from taizhang.ledger.actions import restate
from taizhang.ledger.many import insert_all
from taizhang.members.identity import forget, forget_id_number, hold_numbers, put_right, spell
from taizhang.members.intake import (
    Judged,
    amended,
    engagement_differs,
    facts_of,
    judge,
    membership_differs,
    place_of,
    post_is_new,
)
from taizhang.members.models import Engagement, Membership, OutsidePartyOrganization, Person, PersonKey, Post
from taizhang.orgs.naming import committee_above

FACTS = (Engagement, Membership, Post)
HELD_TITLE = "导入的人员与台账中其他单位的人员身份证号相同"


def enter(rows: Rows, take_step: Callable[[], Step]) -> None:
    hold_numbers()
    outcomes = dict(rows.ask("SELECT number, outcome FROM staged"))
    judged = judge(rows)
    good = [each for each in judged if outcomes[each.row["number"]] in ("new", "changed")]
    held = [each for each in judged if outcomes[each.row["number"]] == "held"]
    facts = facts_of([each.person for each in good if each.person])
    create_people([each for each in good if each.person is None])
    outside = outside_places(good)
    step = take_step()
    post_new(rows, good, facts, outside, step)
    restate_known(rows, good, facts, outside, step)
    post_posts(rows, good, facts, step)
    hand_to_the_reviewer(rows, held)


def create_people(new: list[Judged]) -> None:
    """Each with a key of their own that seals ID and telephone number."""
    keys = []
    for each in new:
        row = each.row
        key, stored = crypto.new_owner_key()
        each.person = Person(
            name=row["name"],
            sex=row["sex"] or "unknown",
            born_on=row["born_on"],
            education=row["education"] or "unknown",
            id_number_sealed=crypto.seal(key, row["id_number"].encode()) if row["id_number"] else None,
            id_number_index=each.index,
            telephone_sealed=crypto.seal(key, row["telephone"].encode()) if row["telephone"] else None,
        )
        spell(each.person)
        keys.append((each, stored))
    Person.objects.bulk_create([each.person for each in new if each.person], batch_size=1_000)
    PersonKey.objects.bulk_create(
        [
            PersonKey(person=each.person, sealed=stored)
            for each, stored in keys
            if each.row["id_number"] or each.row["telephone"]
        ],
        batch_size=1_000,
    )


def outside_places(good: list[Judged]) -> dict[str, OutsidePartyOrganization]:
    wanted = {
        each.row["outside"]: each.row["outside_kind"] or "other"
        for each in good
        if each.row["outside"] and each.is_member
    }
    known = {place.name: place for place in OutsidePartyOrganization.objects.filter(name__in=wanted)}
    for name, kind in wanted.items():
        if name not in known:
            known[name] = OutsidePartyOrganization.objects.create(name=name, kind=kind)
    return known


def engagement_of(each: Judged, held: Engagement | None) -> dict[str, Any]:
    row = each.row
    return {
        "employment": row["employment"] or (held.employment if held else "full_time"),
        "title": row["title"] or (held.title if held else ""),
        "is_management": row["is_management"]
        if row["is_management"] is not None
        else bool(held and held.is_management),
    }


def membership_of(each: Judged, outside: dict, held: Membership | None) -> dict[str, Any]:
    row = each.row
    return {
        "party_organization": each.party.party_organization if each.party else None,
        "outside": None if each.party else outside[row["outside"]],
        "standing": row["standing"],
        "joined_on": row["joined_on"] or (held.joined_on if held else None),
        "full_since": row["full_since"] or (held.full_since if held else None),
    }


def post_new(rows: Rows, good: list[Judged], facts: dict, outside: dict, step: Step) -> None:
    engagements = [
        {
            "since": each.row["engaged_on"] or rows.on,
            "person": each.person,
            "organization_id": each.organization.id,
            **engagement_of(each, None),
        }
        for each in good
        if each.organization and (each.person.pk, each.organization.id) not in facts["engagements"]  # type: ignore[union-attr]
    ]
    insert_all(Engagement, engagements, step=step)
    memberships = [
        {"since": each.row["held_on"] or rows.on, "person": each.person, **membership_of(each, outside, None)}
        for each in good
        if each.is_member and place_of(each) and each.person.pk not in facts["memberships"]  # type: ignore[union-attr]
    ]
    insert_all(Membership, memberships, step=step)
    for each in good:
        if each.is_member and each.party is None and each.row["outside"] and each.person is not None:
            forget_id_number(each.person)


def restate_known(rows: Rows, good: list[Judged], facts: dict, outside: dict, step: Step) -> None:
    for each in good:
        if each.outcome != "changed" or each.person is None:
            continue
        if changed := amended(each):
            put_right(each.person, **changed)
        held = facts["engagements"].get((each.person.pk, each.organization.id)) if each.organization else None
        if held is not None and engagement_differs(each, facts):
            restate(
                Engagement,
                step=step,
                since=rows.on,
                person=each.person,
                organization=held.organization,
                **engagement_of(each, held),
            )
        membership = facts["memberships"].get(each.person.pk)
        if membership is not None and membership_differs(each, membership):
            since = each.row["full_since"] or rows.on
            restate(
                Membership,
                step=step,
                since=max(since, membership.since),
                person=each.person,
                **membership_of(each, outside, membership),
            )


def post_posts(rows: Rows, good: list[Judged], facts: dict, step: Step) -> None:
    posts, seats = [], facts["seats"]
    for each in good:
        if not post_is_new(each, facts):
            continue
        party, position = each.party.party_organization_id, each.row["position"]  # type: ignore[union-attr]
        seat = next(number for number in range(1, 1_000) if number not in seats[party, position])
        seats[party, position].add(seat)
        posts.append(
            {
                "since": each.row["position_since"] or rows.on,
                "party_organization_id": party,
                "position": position,
                "seat": seat,
                "person": each.person,
                "term_ends_on": each.row["term_ends_on"],
            }
        )
    insert_all(Post, posts, step=step)


def hand_to_the_reviewer(rows: Rows, held: list[Judged]) -> None:
    committee = committee_above(rows.unit)
    for each in held:
        details = {"batch": rows.batch.pk, "row": each.row["row"], "from": rows.unit.name}
        case = cases.open_case("members:claim", HELD_TITLE, unit=committee, by=rows.by, about_people=True)
        Case.objects.filter(pk=case.pk).update(turn_unit=committee, turn_role=Role.REVIEWER)
        cases.do(case, "members:claim", by=rows.by, on=rows.on, details=details)


def undone(step: Step, undoing_step: Step) -> None:
    """Whoever has no statement left is nobody to the ledger: their numbers are forgotten, and they may come in again."""
    stated = {number for model in FACTS for number in model.objects.filter(step=step).values_list("person", flat=True)}
    left = {number for model in FACTS for number in model.objects.current().values_list("person", flat=True)}
    for person in Person.objects.filter(pk__in=stated - left):
        forget(person)
