import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.orgs.codes import (
    ALPHABET,
    check_character,
    inner_check_character,
    is_known_region,
    problems_with_code,
    region_name,
)
from taizhang.orgs.models import Kind


def codes(problems):
    return {problem.code for problem in problems}


# Two published codes of enterprises and one more, as check-digit vectors (RULES SO-21).
@pytest.mark.parametrize("code", ["91330100799655058B", "9144030071526726XG", "914403001922038216"])
def test_real_codes_check_in_both_their_digits(code):
    assert check_character(code[:17]) == code[17]
    assert inner_check_character(code[8:16]) == code[16]


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(first, place, other):
    code = first + check_character(first)
    wrong = code[:place] + other + code[place + 1 :]
    assert wrong == code or "code-check" in codes(problems_with_code(wrong))


@given(st.text(max_size=30))
def test_no_text_breaks_the_check(text):
    list(problems_with_code(text))


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("51340000MJ900001", Kind.ASSOCIATION, {"code-length"}),
        ("5134O000MJ9000016X", Kind.ASSOCIATION, {"code-alphabet"}),
        ("91330100799655058B", Kind.UNKNOWN, {"code-not-civil"}),
        ("91330100799655058B", Kind.ASSOCIATION, {"code-kind"}),
    ],
)
def test_each_problem_is_named(code, kind, expected):
    assert codes(problems_with_code(code, kind)) == expected


def test_an_unknown_region_only_warns():
    first = "51999999MJ900001" + inner_check_character("MJ900001")
    problems = list(problems_with_code(first + check_character(first), Kind.ASSOCIATION))
    assert codes(problems) == {"code-region"} and not any(problem.blocks for problem in problems)


@pytest.mark.parametrize("region", ["340000", "340100", "341400", "100000"])
def test_present_and_former_regions_are_known(region):
    """341400 was Chaohu until 2011."""
    first = f"51{region}MJ900001" + inner_check_character("MJ900001")
    assert codes(problems_with_code(first + check_character(first), Kind.ASSOCIATION)) == set()


def test_a_region_bears_the_last_of_its_names_and_a_made_up_one_its_own():
    assert region_name("340102") == "安徽省瑶海区"
    assert region_name("340000") == "安徽省"
    assert region_name("990103") == "寅园区" and not is_known_region("990103")
    assert region_name("998877") == "998877"
