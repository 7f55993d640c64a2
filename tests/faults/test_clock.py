"""The server's clock jumps, forwards or back: what is known stays in the order in which it was entered."""

from datetime import date, timedelta

import pytest
from django.db import connection

from taizhang.cases.models import Step
from taizhang.ledger.asking import as_of
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Particulars

HOURS = (1, -1, -25, 2)


def set_clock(owner, hours: float) -> None:
    """As if somebody had turned the server's clock: PostgreSQL's word for now, in this transaction."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
            f"$$ SELECT clock_timestamp() + interval '{hours} hours' $$"
        )


@pytest.mark.django_db
def test_moments_go_on_growing_and_past_answers_stay(world, owner):
    organization = world.organization("甲协会")
    names, answers = ["甲协会"], []
    for number, hours in enumerate(HOURS):
        set_clock(owner, hours)
        names.append(f"第{number}协会")
        step = orgs.rename(organization, name=names[-1], on=date(2017, 3, 1 + number), by=world.clerk)
        answers.append((step.recorded_at, named(organization, step.recorded_at)))
    moments = list(Step.objects.order_by("pk").values_list("recorded_at", flat=True))
    assert moments == sorted(moments) and len(set(moments)) == len(moments)
    assert [name for _, name in answers] == names[1:]
    assert [named(organization, moment) for moment, _ in answers] == names[1:]


def named(organization, known_at) -> str:
    at = as_of(date(2017, 12, 31), known_at)
    return Particulars.objects.as_of(at).get(organization=organization).name


@pytest.mark.django_db
def test_a_question_for_a_moment_before_the_jump_is_not_answered_with_what_came_after(world, owner):
    organization = world.organization("甲协会")
    before = Step.objects.latest("recorded_at").recorded_at
    set_clock(owner, -3)
    orgs.rename(organization, name="乙协会", on=date(2017, 3, 1), by=world.clerk)
    assert named(organization, before) == "甲协会"
    assert named(organization, before + timedelta(seconds=1)) == "乙协会"
