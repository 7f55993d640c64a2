from datetime import date

import pytest

from taizhang.cases.models import Case
from taizhang.imports import actions as imports
from taizhang.imports.models import Finding
from taizhang.imports.tests.sending import DAY, errors, figures, send
from taizhang.ledger.models import AsOf
from taizhang.members.models import Engagement, Membership, Person, Post

SHEET = "members.workbook:people"
HEADING = [
    "姓名",
    "身份证号",
    "从业社会组织",
    "用工",
    "党员类别",
    "所在党组织",
    "外单位党组织",
    "入党日期",
    "转正日期",
    "党内职务",
    "联系电话",
]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(number: int) -> str:
    first = f"34010419800101{number:03d}"
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


@pytest.fixture
def sent(world, tmp_path):
    world.home = world.organization("兰花协会")
    world.party = world.branch(world.home, name="中共兰花协会支部")
    world.theirs = world.organization("棋类协会", under=world.education)
    return lambda *rows, by=world.clerk, **options: send(tmp_path, SHEET, HEADING, *rows, by=by, **options)


def row(
    name,
    number=None,
    standing="正式党员",
    party="中共兰花协会支部",
    outside="",
    joined="2001-07-01",
    full="2002-07-01",
    post="",
):
    known = id_number(number) if number is not None else ""
    if standing == "群众":
        party = joined = full = ""
    return [name, known, "兰花协会", "", standing, party, outside, joined, full, post, "13900000001"]


def test_people_come_in_with_work_relations_and_posts(world, sent):
    batch = sent(
        row("林某", 1, post="书记"), row("何某", 2, post="委员"), row("郭某", 3, post="委员"), row("马某", 4, "群众")
    )
    assert figures(batch) == (4, 4, 0, 0)
    batch = imports.apply(batch, by=world.clerk)
    first = Person.objects.get(name="林某")
    assert first.id_number_masked.startswith("340") and "19800101" not in first.id_number_masked
    assert (first.born_on, first.sex) == (date(1980, 1, 1), "male")
    assert Engagement.objects.as_of(AsOf(DAY)).count() == 4
    assert Membership.objects.as_of(AsOf(DAY)).filter(party_organization=world.party).count() == 3
    assert sorted(Post.objects.values_list("position", "seat")) == [("member", 1), ("member", 2), ("secretary", 1)]
    assert batch.step.case.about_people


def test_the_same_file_again_changes_nothing(world, sent):
    rows = [row("林某", 1, post="书记"), row("何某", party="", outside="某街道党工委")]
    imports.apply(sent(*rows), by=world.clerk)
    again = sent(*rows)
    assert errors(again) == set()
    assert figures(again) == (2, 0, 2, 0)


def test_a_probationary_member_becomes_full_by_the_next_file(world, sent):
    imports.apply(sent(row("林某", 1, "预备党员", joined="2016-06-01", full="")), by=world.clerk)
    batch = sent(row("林某", 1, joined="2016-06-01", full="2017-06-01"), on=date(2017, 7, 31))
    imports.apply(batch, by=world.clerk)
    assert [fact.standing for fact in Membership.objects.current()] == ["full"]


def test_faults_are_named_and_numbers_are_not_shown(world, sent):
    wrong = row("林某", 1)
    wrong[1] = wrong[1][:-1] + ("1" if wrong[1][-1] != "1" else "2")
    batch = sent(
        wrong,
        row("何某", 2, outside="某街道党工委"),
        row("郭某", 3, "预备党员"),
        row("马某", 4, "群众", post="书记"),
        row("朱某", 5, joined="2003-01-01"),
        row("胡某", 5),
    )
    assert {
        (2, "id_number", "id-check"),
        (3, "outside", "two-places"),
        (3, "id_number", "id-not-needed"),
        (4, "full_since", "probationary-and-full"),
        (5, "position", "post-without-party"),
        (6, "full_since", "reversed-range"),
        (7, "name", "twice-in-file"),
    } == errors(batch)
    assert not Finding.objects.filter(batch=batch, value__contains="19800101").exists()


def test_somebody_kept_by_others_looks_like_nobody_and_goes_to_the_reviewer(world, sent):
    from taizhang.members.actions import add, engage

    other = add(name="林某", unit=world.theirs.unit, id_number=id_number(1), on=DAY, by=world.education_clerk)
    engage(other, organization=world.theirs, employment="full_time", on=DAY, by=world.education_clerk)
    own = world.organization("体育协会", under=world.sports)
    lines = [[*row("林某", number, "群众")] for number in (1, 2)]
    for line in lines:
        line[2] = own.unit.name
    matched, unmatched = (sent(line, by=world.outsider) for line in lines)
    assert figures(matched) == figures(unmatched)
    assert Finding.objects.filter(batch=matched).count() == Finding.objects.filter(batch=unmatched).count()
    assert imports.apply(matched, by=world.outsider).accepted == 1
    assert Person.objects.count() == 1
    claim = Case.objects.get(kind="members:claim")
    assert claim.turn_role == "reviewer" and claim not in Case.objects.visible_to(world.outsider)


def test_relations_elsewhere_are_transferred_and_not_imported(world, sent):
    imports.apply(sent(row("林某", 1)), by=world.clerk)
    batch = sent(row("林某", party="", outside="某街道党工委"))
    assert (2, "outside", "transfer-needed") in errors(batch)


def test_people_can_be_taken_out_again(world, sent):
    batch = imports.apply(sent(row("林某", 1, post="书记")), by=world.clerk)
    imports.undo(batch, on=DAY, by=world.clerk)
    assert not Membership.objects.current().exists() and not Engagement.objects.current().exists()
    assert imports.apply(sent(row("林某", 1, post="书记")), by=world.clerk).accepted == 1
    assert Membership.objects.current().count() == Post.objects.current().count() == 1
