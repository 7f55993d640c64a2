"""What an UPDATE of many facts may do: close them, all of them, and nothing else to any."""

import pytest

from taizhang.ledger.tests.test_promises import FACTS, RESTRICTED, fill, new_step, not_refused, refusal_of, tables


@pytest.fixture
def filled(world):
    return fill(world)


def test_a_closing_changes_nothing_else_of_any_row_whoever_asks(filled, owner):
    """All facts are closed by one statement as they may be, and one of them is changed besides."""
    step = new_step(filled)
    moment = f"'{step.recorded_at.isoformat()}'"
    closing = f"recorded = tstzrange(lower(recorded), {moment}), closing_step_id = {step.pk}"
    which = f"WHERE upper_inf(recorded) AND lower(recorded) < {moment}"
    amiss = "period = CASE id WHEN (SELECT max(id) FROM {table}) THEN daterange('1901-01-01', NULL) ELSE period END"
    another_moment = closing.replace(moment, f"{moment}::timestamptz + interval '1 s'")
    with owner():
        for changed in (
            f"{closing}, {amiss}",
            f"{closing}, id = -id",
            f"{closing}, step_id = {step.pk}",
            another_moment,
        ):
            assert not_refused(f"UPDATE {{table}} SET {changed} {which}", tables(FACTS), by={RESTRICTED}) == []
        assert {refusal_of(f"UPDATE {table} SET {closing} {which}")[0] for table in tables(FACTS)} == {""}
