"""Taking in people with their work, their relations and their posts: rows judged one by one."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from taizhang.imports.comparing import Rows
from taizhang.imports.values import ERROR, WARNING
from taizhang.kit import crypto
from taizhang.kit.text import fold
from taizhang.members.identity import ID_NUMBER
from taizhang.members.models import (
    Engagement,
    Membership,
    OutsidePartyOrganization,
    Person,
    Position,
    Post,
    Standing,
)
from taizhang.orgs.finding import Known, Organizations
from taizhang.party.models import PartyParticulars


@dataclass
class Judged:
    """A row and what it comes to."""

    row: dict[str, Any]
    indexes: list[bytes] = field(default_factory=list)
    organization: Known | None = None
    party: PartyParticulars | None = None
    person: Person | None = None
    outcome: str = "new"
    found: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def say(self, column: str, code: str, message: str, remedy: str, severity: str = ERROR) -> None:
        self.found.append((column, code, severity, message, remedy))

    @property
    def index(self) -> bytes | None:
        return self.indexes[0] if self.indexes else None

    @property
    def is_member(self) -> bool:
        return self.row["standing"] in Standing.values


def examine(rows: Rows) -> None:
    judged = judge(rows)
    rows.report([(each.row["number"], *said) for each in judged for said in each.found])
    rows.settle([(each.row["number"], each.outcome, each.person.pk if each.person else None) for each in judged])


def judge(rows: Rows) -> list[Judged]:
    every = [Judged(row) for row in rows.every()]
    organizations = Organizations(rows)
    scope = rows.by.people_scope
    here = PartyParticulars.objects.still().filter(rows.scope.q("party_organization__unit__path"))
    parties = {fold(fact.name): fact for fact in here.select_related("party_organization__unit")}
    outside = {fold(name): name for name in OutsidePartyOrganization.objects.values_list("name", flat=True)}
    for each in every:
        judge_cells(each, rows, organizations, parties, outside)
    known = known_people(every, scope)
    for each in every:
        recognise(each, *known)
    facts = facts_of([each.person for each in every if each.person])
    seen: dict[Any, int] = {}
    taken: dict[tuple, int] = {}
    for each in every:
        key = each.index or (each.row["name_key"], each.organization.id if each.organization else None)
        if seen.setdefault(key, each.row["row"]) != each.row["row"]:
            each.say("name", "twice-in-file", f"与第 {seen[key]} 行是同一个人。", "请只保留一行。")
        judge_post(each, facts, taken)
        compare(each, facts)
    return every


def judge_cells(each: Judged, rows: Rows, organizations: Organizations, parties: dict, outside: dict) -> None:
    row = each.row
    if row["organization_code"] or row["organization_key"]:
        each.organization, why = organizations.find(row["organization_code"], row["organization_key"])
        if each.organization is None:
            each.say("organization", "organization-unknown", why, "请先导入或登记这家社会组织，或核对填写的内容。")
    if row["party_organization_key"]:
        each.party = parties.get(row["party_organization_key"])
        if each.party is None and row["party_organization_key"] in outside:  # as the list of people has it
            row["outside"] = outside[row["party_organization_key"]]
            row["party_organization"] = row["party_organization_key"] = None
        elif each.party is None:
            each.say(
                "party_organization",
                "party-unknown",
                "您负责的党组织中没有这个名称。",
                "请先导入或登记这个党组织；在外单位的填“外单位党组织”。",
            )
    if not (row["organization_code"] or row["organization_key"] or row["party_organization_key"]):
        each.say("organization", "required", "从业社会组织和所在党组织都没有填写。", "请至少填一项。")
    if row["party_organization_key"] and row["outside"]:
        each.say("outside", "two-places", "所在党组织和外单位党组织都填了。", "组织关系只在一处，请清空其中一项。")
    if (row["party_organization_key"] or row["outside"]) and not each.is_member:
        each.say(
            "standing", "required", "填了组织关系所在，没有写明是正式党员还是预备党员。", "请填正式党员或预备党员。"
        )
    if row["outside"] and row["id_number"]:
        each.say(
            "id_number", "id-not-needed", "组织关系在外单位的党员不登记身份证号。", "请清空身份证号；转入后再登记。"
        )
    if row["standing"] == Standing.PROBATIONARY and row["full_since"]:
        each.say("full_since", "probationary-and-full", "预备党员不应有转正日期。", "请清空转正日期，或改为正式党员。")
    if row["joined_on"] and row["full_since"] and row["full_since"] < row["joined_on"]:
        each.say("full_since", "reversed-range", "转正日期早于入党日期。", "请核对两个日期是否写反。")
    for column in ("born_on", "engaged_on", "held_on", "joined_on", "full_since", "position_since"):
        if row[column] and row[column] > rows.on:
            each.say(column, "in-future", f"日期晚于办理日期 {rows.on}。", "请核对日期。")
    if each.party and (held := row["held_on"] or rows.on) < each.party.since:
        each.say(
            "held_on",
            "party-not-existing-then",
            f"{held}该党组织尚未成立。",
            f"台账中它自 {each.party.since} 起，请核对日期。",
        )
    if row["id_number"]:
        compare_with_id_number(each)
        each.indexes = crypto.blind_indexes(ID_NUMBER, row["id_number"])


def compare_with_id_number(each: Judged) -> None:
    row = each.row
    try:
        born, sex = ric.get_birth_date(row["id_number"]), "male" if int(row["id_number"][16]) % 2 else "female"
    except (ValidationError, ValueError, IndexError):
        return
    if row["born_on"] and row["born_on"] != born:
        each.say("born_on", "born-otherwise", f"与身份证号中的出生日期 {born} 不同。", "请核对两处。", WARNING)
    if row["sex"] and row["sex"] not in (sex, "unknown"):
        each.say("sex", "sex-otherwise", "与身份证号第17位不符。", "请核对两处。", WARNING)
    row["born_on"], row["sex"] = row["born_on"] or born, row["sex"] or sex


def known_people(every: list[Judged], scope) -> tuple[dict, dict, set[int]]:
    """By ID number wherever they are; by name and organisation within what the person may see."""
    indexes = [index for each in every for index in each.indexes]
    by_index = {
        bytes(person.id_number_index or b""): person for person in Person.objects.filter(id_number_index__in=indexes)
    }
    names = {each.row["name"] for each in every if each.row["name"]}
    engaged = Engagement.objects.still().filter(scope.q("organization__unit__path"), person__name__in=names)
    by_name: dict[tuple, list[Person]] = defaultdict(list)
    for fact in engaged.select_related("person"):
        by_name[fold(fact.person.name), fact.organization_id].append(fact.person)
    held = Membership.objects.still().filter(scope.q("party_organization__unit__path"), person__name__in=names)
    for membership in held.select_related("person"):
        by_name[fold(membership.person.name), "party", membership.party_organization_id].append(membership.person)
    people = {person.pk for person in by_index.values()}
    mine = set(
        Engagement.objects.current()
        .filter(scope.q("organization__unit__path"), person__in=people)
        .values_list("person", flat=True)
    )
    mine |= set(
        Membership.objects.current()
        .filter(scope.q("party_organization__unit__path"), person__in=people)
        .values_list("person", flat=True)
    )
    return by_index, by_name, mine


def recognise(each: Judged, by_index: dict, by_name: dict, mine: set[int]) -> None:
    known = next((by_index[index] for index in each.indexes if index in by_index), None)
    if known is not None:
        person = known
        if person.pk in mine:
            each.person = person
        else:
            each.outcome = "held"  # somebody else's: the reviewer decides, and nothing is said
        return
    named = {
        person.pk: person
        for person in by_name.get((each.row["name_key"], each.organization.id if each.organization else None), [])
    }
    if each.party:
        named |= {
            person.pk: person
            for person in by_name.get((each.row["name_key"], "party", each.party.party_organization_id), [])
        }
    if len(named) > 1:
        each.say("name", "several-of-that-name", "台账中这里有几个同名的人。", "请补上身份证号。")
    for person in named.values():
        if each.index is None or person.id_number_index is None:
            each.person = person


def facts_of(people: list[Person]) -> dict[str, dict]:
    engagements = {
        (fact.person_id, fact.organization_id): fact for fact in Engagement.objects.still().filter(person__in=people)
    }
    memberships = {
        fact.person_id: fact for fact in Membership.objects.still().filter(person__in=people).select_related("outside")
    }
    posts = defaultdict(list)
    for fact in Post.objects.still().filter(person__in=people):
        posts[fact.person_id].append(fact)
    seats: dict[tuple, set[int]] = defaultdict(set)
    for party, position, seat in Post.objects.still().values_list("party_organization", "position", "seat"):
        seats[party, position].add(seat)
    return {"engagements": engagements, "memberships": memberships, "posts": posts, "seats": seats}


def judge_post(each: Judged, facts: dict, taken: dict[tuple, int]) -> None:
    row = each.row
    if not row["position"]:
        return
    if each.party is None:
        each.say("position", "post-without-party", "填了党内职务，没有填所在党组织。", "请填所在党组织。")
        return
    if row["standing"] != Standing.FULL:
        each.say("position", "not-full-member", "只有正式党员可任党内职务。", "请核对党员类别和职务。")
    if row["position"] == Position.SECRETARY:
        party = each.party.party_organization_id
        first = taken.setdefault((party, row["position"]), row["row"])
        own = each.person and any(
            post.party_organization_id == party and post.position == row["position"]
            for post in facts["posts"][each.person.pk]
        )
        if first != row["row"]:
            each.say(
                "position", "post-held", f"与第 {first} 行是同一个党组织的书记。", "一个党组织只有一名书记，请核对。"
            )
        elif facts["seats"].get((party, row["position"])) and not own:
            each.say("position", "post-held", "台账中这个党组织已有书记。", "请先办理其离任，或核对职务。")


def compare(each: Judged, facts: dict) -> None:
    if each.person is None or each.outcome == "held":
        return
    membership = facts["memberships"].get(each.person.pk)
    if each.is_member and membership is not None and place_of(each) and place_of(each) != place_of_fact(membership):
        each.say(
            "party_organization" if each.party else "outside",
            "transfer-needed",
            "台账中此人的组织关系在别处。",
            "换所在党组织请办理组织关系接转；填写有误时请照台账填写。",
        )
    changed = (
        bool(set(amended(each)))
        or engagement_differs(each, facts)
        or membership_differs(each, membership)
        or post_is_new(each, facts)
    )
    each.outcome = "changed" if changed else "unchanged"


def place_of(each: Judged):
    if each.party:
        return "ours", each.party.party_organization_id
    return ("outside", each.row["outside"]) if each.row["outside"] else None


def place_of_fact(membership: Membership):
    if membership.party_organization_id:
        return "ours", membership.party_organization_id
    return "outside", membership.outside.name  # type: ignore[union-attr]


def amended(each: Judged) -> dict[str, Any]:
    """What is put right of the person; what the cell leaves empty stays, and so does a number once sealed."""
    row, person = each.row, each.person
    given = {name: row[name] for name in ("name", "sex", "born_on", "education") if row[name]}
    return {name: value for name, value in given.items() if getattr(person, name) != value}


def engagement_differs(each: Judged, facts: dict) -> bool:
    if each.organization is None:
        return False
    fact = facts["engagements"].get((each.person.pk, each.organization.id))  # type: ignore[union-attr]
    if fact is None:
        return True
    given = {name: each.row[name] for name in ("employment", "title", "is_management") if each.row[name] is not None}
    return any(getattr(fact, name) != value for name, value in given.items())


def membership_differs(each: Judged, membership: Membership | None) -> bool:
    if not each.is_member or place_of(each) is None:
        return False
    if membership is None:
        return True
    given = {name: each.row[name] for name in ("standing", "joined_on", "full_since") if each.row[name]}
    return any(getattr(membership, name) != value for name, value in given.items())


def post_is_new(each: Judged, facts: dict) -> bool:
    if not each.row["position"] or each.party is None:
        return False
    party = each.party.party_organization_id
    posts = facts["posts"][each.person.pk] if each.person else ()
    return not any(post.party_organization_id == party and post.position == each.row["position"] for post in posts)
