"""What an index is asked for a word, and that it finds the same whatever it is asked."""

import pytest

from taizhang.kit import frequent, searching
from taizhang.orgs.models import Organization

FREQUENT = {"工商": 0.08, "商服": 0.07, "服务": 0.3, "服": 0.3}


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(searching, "frequent", lambda table, column: FREQUENT)


def asked(word: str):
    return searching.key(Organization.objects.all(), "search_grams", word)


def test_a_word_of_frequent_pairs_is_looked_for_by_the_least_frequent(known):
    assert asked("工商服务") == ["商服"]


def test_a_word_with_a_rare_pair_is_looked_for_by_all_of_it(known):
    assert isinstance(asked("工商联会"), searching.Grams)


def test_a_single_character_is_its_own_key(known):
    assert isinstance(asked("服"), searching.Grams)


def test_a_table_that_was_never_analysed_has_no_frequent_elements(world):
    frequent.read.cache_clear()
    assert frequent.frequent("no_such_table", "search_grams") == {}


def test_both_keys_find_the_same_organisations(world, monkeypatch):
    lotus, bridge = world.organization("云省工商服务协会"), world.organization("云省工商联合会")
    for word, found in (
        ("工商", {lotus, bridge}),
        ("工商服务", {lotus}),
        ("商服务协", {lotus}),
        ("省服", set()),
        ("云省联合", set()),
    ):
        assert set(Organization.objects.named(word)) == found, word
        with monkeypatch.context() as patched:
            pairs = {word[place : place + 2]: 0.1 for place in range(len(word) - 1)}
            patched.setattr(searching, "frequent", lambda table, column, pairs=pairs: pairs)
            assert set(Organization.objects.named(word)) == found, word
