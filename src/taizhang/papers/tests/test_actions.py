"""A paper goes from hand to hand, takes its number last, and then never changes."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from taizhang.cases.models import Case, Step
from taizhang.kit.refusals import Refused
from taizhang.papers import actions as papers
from taizhang.papers.kinds import kinds
from taizhang.papers.models import Paper, State
from taizhang.papers.tests.office import CHECKED, DRAFTED, FACTS, ISSUED, SIGNED, office_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(world):
    return office_of(world)


def codes(refusal) -> set[str]:
    return {each.code for each in refusal.value.obstacles}


def test_a_draft_says_what_the_facts_say(office):
    paper = office.draft()
    assert paper.title == "关于同意成立中共甲协会支部委员会的批复"
    assert paper.body.splitlines() == [
        "你单位《关于成立党支部的请示》收悉。经省社会组织综合党委会议2017年8月25日研究，现批复如下：",
        "一、同意成立中共甲协会支部委员会。",
        "二、请于一个月内召开党员大会。",
        "此复。",
    ]
    assert (paper.state, paper.number, paper.wording) == (State.DRAFT, "", "随附范本")


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_is_worded_from_its_example(office, kind):
    paper = office.draft(kind, facts=kinds()[kind].examples())
    assert paper.title and paper.body
    assert not {"{", "}", "[", "]"} & set(paper.title + paper.body)


def test_a_draft_without_a_fact_it_needs_is_refused(office):
    with pytest.raises(Refused) as refusal:
        office.draft("refusal", facts={"matter": "成立党支部", "body": "会议"})
    assert {each.where for each in refusal.value.obstacles} == {"reasons", "next_steps"}
    with pytest.raises(ValueError, match="no field"):
        office.draft(facts={**FACTS, "colour": "red"})


def test_a_procedure_drafts_on_its_own_case_for_the_office_above(office, world):
    organization = world.organization(under=world.education)
    case = Case.objects.get(kind="orgs:register", unit=organization.unit)
    paper = papers.draft(case, "approval", facts=FACTS, to=["甲协会"], on=DRAFTED, by=world.education_clerk)
    assert (paper.issuer, paper.case) == (world.education, case)
    assert Step.objects.filter(case=case, verb="papers:draft", details__paper=paper.pk).exists()


def test_it_is_checked_signed_and_issued_with_the_first_number(office, world):
    paper = office.issued()
    assert (paper.number, paper.dated_on, paper.issued_on) == ("某社党〔2017〕1号", SIGNED, ISSUED)
    assert (paper.drafted_by, paper.checked_by, paper.signed_by) == (world.clerk, office.reviewer, world.leader)
    verbs = [step.verb for step in paper.case.steps.all()]
    assert verbs == ["papers:draft", "papers:check", "papers:sign", "papers:issue"]
    assert paper.case.closed_at is not None


def test_letters_and_minutes_have_series_of_their_own(office):
    assert office.issued().number == "某社党〔2017〕1号"
    assert office.issued(kind="notice", facts=kinds()["notice"].examples()).number == "某社党〔2017〕2号"
    assert office.issued(kind="reply_approval").number == "某社党函〔2017〕1号"
    minutes = office.issued(kind="minutes", facts=kinds()["minutes"].examples())
    assert minutes.number == "某社党纪〔2017〕1号"
    filing = office.issued(kind="filing", facts=kinds()["filing"].examples())
    assert (filing.number, filing.state) == ("", State.ISSUED)


def test_a_year_begins_with_one_and_a_series_goes_on_after_what_was_numbered_by_hand(office, world):
    papers.continue_series(world.committee, code="某社党", year=2017, before=17, on=date(2017, 8, 1), by=world.clerk)
    assert office.issued().number == "某社党〔2017〕18号"
    with pytest.raises(Refused):
        papers.continue_series(
            world.committee, code="某社党", year=2017, before=30, on=date(2017, 8, 1), by=world.clerk
        )
    next_year = papers.issue(office.signed(), on=date(2018, 1, 4), by=world.clerk)
    assert next_year.number == "某社党〔2018〕1号"


def test_the_three_hands_differ(office, world):
    paper = office.draft(by=office.reviewer)
    with pytest.raises(Refused) as refusal:
        papers.check(paper, on=CHECKED, by=office.reviewer)
    assert codes(refusal) == {"own-draft"}


def test_an_office_of_few_may_say_that_one_person_is_enough(world):
    office = office_of(world, hands=1)
    paper = papers.check(office.draft(), on=CHECKED, by=world.clerk)
    assert paper.checked_by == world.clerk


def test_who_may_not_is_refused_without_a_hint(office, world):
    paper = office.checked()
    for verb, by in ((papers.sign, world.clerk), (papers.sign, world.outsider), (papers.issue, world.leader)):
        with pytest.raises(PermissionDenied):
            verb(paper, on=SIGNED, by=by)


def test_nothing_is_done_twice_or_out_of_turn(office, world):
    paper = office.issued()
    for verb, by in ((papers.check, office.reviewer), (papers.sign, world.leader), (papers.issue, world.clerk)):
        with pytest.raises(Refused) as refusal:
            verb(paper, on=ISSUED, by=by)
        assert "wrong-state" in codes(refusal)
    assert Paper.objects.get().sequence == 1


def test_a_paper_sent_back_says_why_and_is_written_anew(office, world):
    paper = papers.send_back(office.checked(), on=CHECKED, by=world.leader, note="主送写错了")
    assert (paper.state, paper.sent_back, paper.checked_by) == (State.DRAFT, "主送写错了", None)
    paper = papers.revise(paper, title=paper.title, body=paper.body, addressees=["乙协会"], on=CHECKED, by=world.clerk)
    assert (paper.addressees, paper.sent_back) == (["乙协会"], "")
    with pytest.raises(Refused):
        papers.send_back(paper, on=CHECKED, by=world.leader, note=" ")


def test_a_paper_with_an_empty_blank_or_nobody_to_go_to_is_not_checked(office, world):
    paper = office.draft(to=())
    papers.revise(paper, title=paper.title, body="同意{事项}", addressees=[], on=CHECKED, by=world.clerk)
    with pytest.raises(Refused) as refusal:
        papers.check(paper, on=CHECKED, by=office.reviewer)
    assert codes(refusal) == {"blank-left", "no-addressee"}


def test_an_office_without_a_head_issues_nothing(office, world):
    organization = world.organization(under=world.education)
    case = Case.objects.get(unit=organization.unit)
    paper = papers.draft(case, "approval", facts=FACTS, to=["甲"], on=DRAFTED, by=world.education_clerk)
    Paper.objects.filter(pk=paper.pk).update(state=State.CHECKED, checked_by=office.reviewer)
    Paper.objects.filter(pk=paper.pk).update(state=State.SIGNED, signed_by=world.leader, dated_on=SIGNED)
    with pytest.raises(Refused) as refusal:
        papers.issue(paper, on=ISSUED, by=world.clerk)
    assert codes(refusal) == {"no-agency"}


def test_a_later_number_has_no_earlier_day(office, world):
    office.issued()
    with pytest.raises(Refused) as refusal:
        papers.issue(office.signed(), on=SIGNED, by=world.clerk)
    assert codes(refusal) == {"out-of-order"}


def test_a_draft_given_up_takes_no_number(office, world):
    paper = papers.withdraw(office.signed(), on=SIGNED, by=world.clerk, note="另行处理")
    assert (paper.state, paper.number) == (State.WITHDRAWN, "")
    assert office.issued().sequence == 1


def test_what_was_issued_is_made_void_and_its_number_is_not_given_again(office, world):
    paper = papers.void(office.issued(), on=ISSUED, by=world.leader, note="决定已由后一次会议改变")
    assert (paper.state, paper.number) == (State.VOID, "某社党〔2017〕1号")
    assert office.issued().number == "某社党〔2017〕2号"


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "别的"},
        {"body": "别的"},
        {"sequence": 7},
        {"dated_on": DRAFTED},
        {"state": "draft"},
        {"number": "别的"},
    ],
    ids=str,
)
def test_postgresql_lets_nobody_change_an_issued_paper(office, changed):
    paper = office.issued()
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**changed)


def test_postgresql_lets_nobody_change_what_was_checked_nor_take_a_number_by_hand(office):
    paper = office.checked()
    for changed in ({"body": "别的"}, {"sequence": 5}, {"state": "issued"}, {"number": "某社党〔2017〕9号"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**changed)


def test_an_offices_own_wording_holds_from_its_day(office, world):
    title, body = "关于{事项}的意见", "经{决定机构}研究，同意{事项}。"
    master = papers.revise_master(
        world.committee, kind="approval", title=title, body=body, since=CHECKED, on=DRAFTED, by=world.clerk
    )
    assert str(master) == "批复（同意）第1版"
    assert office.draft(on=DRAFTED).wording == "随附范本"
    later = office.draft(on=CHECKED)
    assert (later.title, later.wording) == ("关于成立中共甲协会支部委员会的意见", "本单位第1版")
    assert later.body == "经省社会组织综合党委会议研究，同意成立中共甲协会支部委员会。"


def test_a_wording_with_faults_is_refused_with_all_of_them(office, world):
    with pytest.raises(Refused) as refusal:
        papers.revise_master(
            world.committee,
            kind="approval",
            title="关于{题目}的批复",
            body="同意{事项\n[经研究，同意。]\n二、{颜色}",
            since=DRAFTED,
            on=DRAFTED,
            by=world.clerk,
        )
    assert codes(refusal) == {"unknown-blank", "brace", "idle-bracket", "unused-blank"}


def test_a_code_is_one_units(office, world):
    with pytest.raises(Refused) as refusal:
        papers.set_agency(
            world.education, name="省教育厅", code="某社党", since=DRAFTED, on=DRAFTED, by=world.education_clerk
        )
    assert codes(refusal) == {"code-taken"}
