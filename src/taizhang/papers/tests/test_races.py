"""Twenty ask for a number at once, others change their minds meanwhile: no gap, no double; and an issue that breaks leaves nothing."""

import os
import random
import threading

import pytest
from django.db import connection, transaction

from taizhang.kit.refusals import Refused
from taizhang.papers import actions as papers
from taizhang.papers.models import Paper, State
from taizhang.papers.tests.office import FACTS, ISSUED, office_of
from tests.office import set_role

ASKERS = 20
ROUNDS = 50 if os.environ.get("TAIZHANG_NIGHTLY") else 3


class Broken(Exception):
    """The n-th statement fails."""


def at_once(work, each_of) -> list[Exception]:
    """Each in a session of its own, all beginning together; what they met."""
    together, met = threading.Barrier(len(each_of)), []

    def run(thing):
        try:
            set_role("taizhang_app")
            together.wait()
            work(thing)
        except Exception as error:
            met.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[thing]) for thing in each_of]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


@pytest.mark.django_db(transaction=True)
def test_twenty_ask_for_a_number_at_once(transactional_world):
    office, issued = office_of(transactional_world), 0
    for number in range(ROUNDS):
        letter = {"kind": "reply_approval"} if number % 2 else {}
        ready = [office.signed(**letter) for _ in range(ASKERS)]
        met = at_once(lambda paper: papers.issue(paper, on=ISSUED, by=transactional_world.clerk), ready)
        assert met == []
        issued += ASKERS
    for code in ("某社党", "某社党函"):
        rows = Paper.objects.filter(code=code, state=State.ISSUED).order_by("sequence")
        given = [paper.sequence for paper in rows]
        assert given == list(range(1, len(given) + 1))
        assert [paper.number for paper in rows] == [f"{code}〔2017〕{number}号" for number in given]
    assert Paper.objects.filter(state=State.ISSUED).count() == issued


@pytest.mark.django_db(transaction=True)
def test_a_number_whose_issue_comes_to_nothing_is_given_to_the_next(transactional_world):
    """Half of the issuers break after the number was given, before the commit."""
    office, world = office_of(transactional_world), transactional_world
    ready = [office.signed() for _ in range(ASKERS)]
    chance = {paper.pk: random.Random(paper.pk).random() < 0.5 for paper in ready}

    def issue(paper):

        with transaction.atomic():
            papers.issue(paper, on=ISSUED, by=world.clerk)
            if chance[paper.pk]:
                raise Broken

    met = at_once(issue, ready)
    assert {type(error) for error in met} <= {Broken}
    given = sorted(Paper.objects.filter(state=State.ISSUED).values_list("sequence", flat=True))
    assert given == list(range(1, ASKERS - len(met) + 1))


@pytest.mark.django_db(transaction=True)
def test_one_paper_is_issued_once_however_many_ask(transactional_world):
    office, world = office_of(transactional_world), transactional_world
    paper = office.signed()
    met = at_once(lambda _: papers.issue(paper, on=ISSUED, by=world.clerk), range(8))
    assert len(met) == 7 and {type(error) for error in met} == {Refused}
    assert paper.case.steps.filter(verb="papers:issue").count() == 1
    assert list(Paper.objects.values_list("sequence", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_issue_or_withdraw_but_never_both(transactional_world):
    office, world = office_of(transactional_world), transactional_world
    for _ in range(ROUNDS):
        paper = office.signed()

        def one_of_both(verb, paper=paper):
            verb(paper, on=ISSUED, by=world.clerk, note="另行处理")

        met = at_once(one_of_both, [papers.issue, papers.withdraw, papers.issue, papers.withdraw])
        assert len(met) == 3
        paper.refresh_from_db()
        assert (paper.state == State.ISSUED) == bool(paper.number)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["draft", "check", "sign", "issue"])
def test_the_nth_statement_fails_and_nothing_was_done(transactional_world, verb):
    """For every n: the paper, its case and its steps are as before, and the same act succeeds afterwards."""
    office, world = office_of(transactional_world), transactional_world
    before = {"draft": lambda: None, "check": office.draft, "sign": office.checked, "issue": office.signed}[verb]()

    def act():
        if verb == "draft":
            return papers.compose("approval", issuer=world.committee, facts=FACTS, to=["甲"], on=ISSUED, by=world.clerk)
        by = {"check": office.reviewer, "sign": world.leader, "issue": world.clerk}[verb]
        return getattr(papers, verb)(before, on=ISSUED, by=by)

    def state():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT jsonb_agg(to_jsonb(p) ORDER BY id) FROM papers_paper p), (SELECT count(*) FROM cases_step),"
                " (SELECT count(*) FROM cases_case), (SELECT count(*) FROM procrastinate_jobs)"
            )
            return cursor.fetchone()

    unchanged, failed_at = state(), 0
    while True:
        seen = {"count": 0}

        def break_nth(execute, sql, params, many, context, seen=seen, nth=failed_at + 1):
            seen["count"] += 1
            if seen["count"] == nth:
                raise Broken(sql[:60])
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(break_nth):
                act()
        except Broken:
            assert state() == unchanged, f"statement {failed_at + 1}"
            failed_at += 1
            continue
        break
    assert failed_at > 5
    assert state() != unchanged
