"""Each figure on the small province of `story.py`: the numbers a clerk would count by hand."""

import re
from datetime import date, timedelta

import pytest

from taizhang.accounts.scope import NOWHERE
from taizhang.cases.statements import fact_models
from taizhang.ledger.asking import as_of
from taizhang.stats import figures
from taizhang.stats.catalogue import FOLDER, catalogue
from taizhang.stats.figures import Question, WrongQuestion, ask, records, totals
from taizhang.stats.tests import story as told
from taizhang.stats.tests.story import YEAR_END
from taizhang.stats.trending import monthly


@pytest.fixture
def story(world) -> told.Story:
    return told.tell(world)


def asked(story, figure="organisation_coverage", day=YEAR_END, known_at=None, user=None, **chosen) -> Question:
    user = user or story.world.clerk
    return ask(figure, as_of(day, known_at), user.scope, people=user.people_scope, **chosen)


def numbers(question, by="") -> tuple | dict:
    found = totals(question, by)
    return {group.label: (group.base, group.counted) for group in found.groups} if by else (found.base, found.counted)


def names(question, shown="counted") -> set[str]:
    return {row.label for row in records(question, shown=shown)}


def test_every_file_says_what_it_counts_and_runs():
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(catalogue())
    for figure in catalogue().values():
        assert figure.definition and figure.source and figure.measure and figure.variants
        assert "unit" in figure.dimensions


def planned(figure: str, world) -> str:
    """How PostgreSQL would answer each variant and base; what it names is what it reads."""
    known, plans = catalogue()[figure], []
    for variant in known.variants:
        for base in known.bases or [""]:
            question = ask(known, as_of(YEAR_END), world.clerk.scope, variant=variant, base=base)
            plans += figures.fetch(f"EXPLAIN SELECT * FROM ({known.sql}) f", question.parameters())
    return "\n".join(line for (line,) in plans)


@pytest.mark.parametrize("figure", sorted(catalogue()))
@pytest.mark.django_db
def test_what_is_remembered_of_a_figure_is_forgotten_with_every_kind_of_fact_it_reads(figure, world):
    known, plan = catalogue()[figure], planned(figure, world)
    assert "Function Scan" not in plan  # unfolded, so that what a figure does not use is not read
    read = {model for model in fact_models() if re.search(rf" on {model._meta.db_table}\b", plan)}
    assert known.steps or known.names_people or (read and read <= set(known.facts))


@pytest.mark.parametrize("figure", sorted(catalogue()))
@pytest.mark.django_db
def test_every_file_runs_for_each_variant_base_and_structure(figure, world):
    known = catalogue()[figure]
    for variant in known.variants:
        for base in known.bases or [""]:
            for organised in ("then", "now"):
                question = ask(
                    figure, as_of(YEAR_END), world.clerk.scope, variant=variant, base=base, organised=organised
                )
                records(question, shown="all", limit=5)
                for by in known.dimensions:
                    totals(question, by)


def test_at_the_end_of_the_year_formal_branches_cover_five_of_nine(story):
    assert numbers(asked(story)) == (9, 5)
    assert names(asked(story)) == {"单独协会", "联合一协会", "联合二协会", "移交协会", "新名协会"}
    assert names(asked(story), "uncounted") == {"功能协会", "指导协会", "未建协会", "晚录协会"}
    assert names(asked(story), "outside") == {"注销协会", "未录协会"}


def test_the_wider_variant_counts_functional_ones_too(story):
    assert numbers(asked(story, variant="wider")) == (9, 6)


def test_work_coverage_counts_instructors_whom_organisation_coverage_never_counts(story):
    assert numbers(asked(story, "work_coverage")) == (9, 7)
    assert names(asked(story, "work_coverage", variant="instructor")) == {"指导协会"}


def test_the_base_is_what_was_entered_or_what_was_registered(story):
    assert numbers(asked(story, day=date(2017, 8, 31))) == (9, 5)  # 晚录 is not yet entered, 注销 not yet struck off
    assert numbers(asked(story, day=date(2017, 9, 1))) == (10, 5)
    assert numbers(asked(story, day=date(2017, 8, 31), base="registered")) == (11, 5)


def test_a_name_and_the_unit_responsible_are_those_of_the_day(story):
    assert "更名协会" in names(asked(story, day=date(2017, 6, 30)), "base")
    assert numbers(asked(story, day=date(2017, 7, 31)), by="unit") == {
        "某省社会组织综合党委": (6, 2),
        "省教育厅": (3, 3),
    }
    assert numbers(asked(story), by="unit") == {
        "某省社会组织综合党委": (7, 4),
        "省教育厅": (1, 1),
        "省体育局": (1, 0),
    }


def test_as_organised_now_an_organisation_handed_over_counts_with_its_new_unit_all_along(story):
    then = numbers(asked(story, day=date(2017, 7, 31)), by="unit")
    now = numbers(asked(story, day=date(2017, 7, 31), organised="now"), by="unit")
    assert (then["省教育厅"], now["省教育厅"]) == ((3, 3), (2, 2))


def test_one_struck_off_leaves_base_and_count_on_the_day(story):
    assert "注销协会" in names(asked(story, day=date(2017, 9, 30)))
    assert "注销协会" not in names(asked(story, day=date(2017, 10, 1)), "base")


def test_a_late_entry_changes_what_is_known_now_and_not_what_was_known_then(story):
    assert "新名协会" in names(asked(story))
    assert "新名协会" not in names(asked(story, known_at=story.moments["told"]))
    assert numbers(asked(story, known_at=story.moments["told"])) == (9, 4)
    assert numbers(asked(story, known_at=story.moments["late"])) == (9, 5)


def test_a_correction_changes_the_months_before_and_the_old_answer_stays(story):
    october = date(2017, 10, 15)
    assert "联合二协会" in names(asked(story, day=october, known_at=story.moments["late"]))
    assert "联合二协会" not in names(asked(story, day=october))


def test_each_dimension_adds_up_to_the_whole(story):
    for by in catalogue()["organisation_coverage"].dimensions:
        found = totals(asked(story), by)
        assert sum(group.base for group in found.groups) == found.base == 9
        assert sum(group.counted for group in found.groups) == found.counted == 5


def test_a_group_opens_the_records_it_counts(story):
    for group in totals(asked(story), "mode").groups:
        question = asked(story, where=("mode", group.key))
        assert len(records(question)) == group.counted
        assert len(records(question, shown="base")) == group.base
        assert numbers(question) == (group.base, group.counted)


def test_the_list_says_why_each_one_counts_or_does_not(story):
    reasons = {row.label: row.reason for row in records(asked(story), shown="all")}
    assert reasons["单独协会"] == "由中共单独协会支部覆盖"
    assert reasons["未建协会"] == "未覆盖，原因：正式党员不足"
    assert reasons["注销协会"] == "不计入：注销"
    assert reasons["未录协会"] == "不计入：当日尚未录入"
    assert {row.label: row.reason for row in records(asked(story, "work_coverage"))}["指导协会"] == "派驻指导员1名"


def test_pages_follow_one_another_without_gap_or_overlap(story):
    whole = records(asked(story), shown="all")
    found, after = [], None
    while page := records(asked(story), shown="all", after=after, limit=4):
        found += page
        after = figures.position(page[-1])
    assert found == whole


def test_party_organisations_by_nature_and_the_unit_they_belong_to(story):
    assert numbers(asked(story, "party_organisations")) == (6, 5)
    assert numbers(asked(story, "party_organisations", variant="all")) == (6, 6)
    assert numbers(asked(story, "party_organisations", variant="all"), by="nature") == {
        "正式": (5, 5),
        "功能型": (1, 1),
    }
    assert numbers(asked(story, "party_organisations"), by="unit")["省教育厅"] == (3, 3)


def test_should_have_counts_full_members_by_the_parameter_of_the_day(story):
    told.people(story)
    assert names(asked(story, "should_have")) == {"未建协会"}
    assert names(asked(story, "should_have", variant="extended")) == {"未建协会", "指导协会"}
    reasons = {row.label: row.reason for row in records(asked(story, "should_have"), shown="base")}
    assert reasons["指导协会"] == "正式党员2名，不足3名，无正式党组织"


def test_members_held_here_and_those_who_only_work_here(story):
    told.people(story)
    assert numbers(asked(story, "members")) == (9, 2)
    assert numbers(asked(story, "members", variant="full")) == (9, 1)
    assert numbers(asked(story, "members", variant="working")) == (9, 9)
    assert names(asked(story, "members")) == {"丙一", "丙二"}


def test_whoever_may_not_see_people_sees_their_number_only(story):
    told.people(story)
    question = ask("members", as_of(YEAR_END), story.world.clerk.scope, people=NOWHERE)
    assert numbers(question) == (9, 2)
    assert names(question) == {"（姓名不显示）"}


def test_a_unit_counts_what_it_may_see(story):
    told.people(story)
    education, outsider = story.world.education_clerk, story.world.outsider
    assert numbers(asked(story, user=education)) == (1, 1)
    assert names(asked(story, user=outsider), "all") == {"晚录协会"}
    assert totals(asked(story, "members", user=outsider)).nothing_known
    assert numbers(asked(story, user=outsider), by="unit") == {"省体育局": (1, 0)}


def test_before_the_first_record_the_answer_is_not_known_and_never_nought(story):
    found = totals(asked(story, day=date(2016, 12, 31)))
    assert (found.base, found.counted, found.rate, found.not_known_before) == (None, None, None, date(2017, 1, 1))
    earlier = totals(asked(story, known_at=story.moments["told"] - timedelta(days=400)))
    assert earlier.base is None and earlier.not_known_before.date() >= date(2020, 1, 1)


@pytest.mark.django_db
def test_an_empty_ledger_says_that_it_knows_nothing_yet(world):
    found = totals(ask("organisation_coverage", as_of(YEAR_END), world.clerk.scope))
    assert found.nothing_known and found.base is None


def test_the_monthly_line_is_the_same_figure_at_each_month_end(story):
    told.people(story)
    for figure in catalogue():
        line = monthly(asked(story, figure))
        assert [point.question.at.day for point in line][-2:] == [date(2017, 11, 30), YEAR_END]
        for point in line:
            alone = totals(point.question)
            assert (point.base, point.counted, point.not_known_before) == (
                alone.base,
                alone.counted,
                alone.not_known_before,
            )


def test_an_answer_is_remembered_until_a_step_touches_the_figure(story, django_assert_num_queries):
    question = asked(story)
    before = totals(question, "unit")
    with django_assert_num_queries(1):
        assert totals(question, "unit") is before
    story.world.branch(story.organizations["未建"], on=date(2017, 12, 1))
    assert totals(question, "unit").counted == before.counted + 1


def test_a_question_the_figure_does_not_know_is_refused_with_what_it_knows(story):
    with pytest.raises(WrongQuestion, match="formal"):
        asked(story, variant="most")
    with pytest.raises(WrongQuestion, match="kind"):
        totals(asked(story), "colour")
