"""What was written is marked and sealed; whatever somebody does behind the ledger's back is found, and named."""

from contextlib import contextmanager
from datetime import date
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from taizhang.cases.models import Step
from taizhang.kit.clock import OFFICE
from taizhang.ledger import sealing
from taizhang.ledger.marks import Mark, Seal
from taizhang.ledger.verifying import Verdict, verify
from taizhang.members import actions as members
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Particulars, Workforce
from tests.world import FIRST_DAY

MARCH, JUNE = date(2017, 3, 1), date(2017, 6, 1)
ALTERED, REMOVED, INSERTED = "altered", "removed", "inserted"


@pytest.fixture
def written(world):
    """Two organisations, of one of which something was declared, changed and corrected; all of it sealed."""
    association = world.organization()
    world.organization("乙协会")
    world.branch(association)
    for number, day in enumerate((MARCH, JUNE), start=5):
        orgs.declare_workforce(association, full_time=number, on=day, by=world.clerk)
    members.enrol(name="某人", organization=association, employment="full_time", on=MARCH, by=world.clerk)
    sealing.seal_what_waits()
    return world


@contextmanager
def behind_its_back(owner):
    """A superuser for whom no trigger stands, and whose doing is undone afterwards."""
    with owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
        transaction.set_rollback(True)


def after(owner, *statements: str) -> Verdict:
    with behind_its_back(owner) as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, statement
        found = verify()
    return found


def test_what_the_verbs_wrote_agrees(written):
    found = verify()
    assert found.ok and found.first_bad is None
    assert found.steps == Step.objects.count() and found.facts > 10
    assert found.unsealed == 0 and found.sealed == Mark.objects.count() and found.seals == Seal.objects.count() > 0


def test_ten_kinds_of_tampering_are_found_and_named(written, owner):
    fact = Workforce.objects.filter(closing_step=None).latest("pk")
    closed = Workforce.objects.exclude(closing_step=None).latest("pk")
    step = Step.objects.latest("pk")
    seal = Seal.objects.latest("pk")
    mark = Mark.objects.get(ids__contains=[fact.pk], way="entered", step_id=fact.step_id, pattern__table=W)
    again = f"SELECT * FROM {W} WHERE id = {fact.pk}"
    kinds = {
        "a value": ((ALTERED, W, fact.pk), f"UPDATE {W} SET full_time = 500 WHERE id = {fact.pk}"),
        "days": ((ALTERED, W, fact.pk), f"UPDATE {W} SET period = daterange('2017-06-02', NULL) WHERE id = {fact.pk}"),
        "the moment": (
            (ALTERED, W, fact.pk),
            f"UPDATE {W} SET recorded = tstzrange('2016-01-01', NULL) WHERE id = {fact.pk}",
        ),
        "a fact removed": ((REMOVED, W, fact.pk), f"DELETE FROM {W} WHERE id = {fact.pk}"),
        "a fact inserted": (
            (INSERTED, W, 10**6),
            f"CREATE TEMP TABLE one AS {again}",
            f"UPDATE one SET id = {10**6}, period = daterange('1901-01-01', '1901-02-01')",
            f"INSERT INTO {W} SELECT * FROM one",
        ),
        "a closing undone": (
            (ALTERED, W, closed.pk),
            f"DROP INDEX {W}_one_open",
            f"UPDATE {W} SET recorded = tstzrange(lower(recorded), NULL), closing_step_id = NULL WHERE id = {closed.pk}",
        ),
        "a closing made": (
            (INSERTED, W, fact.pk),
            f"UPDATE {W} SET recorded = tstzrange(lower(recorded), 'infinity'), closing_step_id = {step.pk} WHERE id = {fact.pk}",
        ),
        "who did it": ((ALTERED, S, step.pk), f"UPDATE {S} SET by_id = {written.leader.pk} WHERE id = {step.pk}"),
        "a step removed": ((REMOVED, S, step.pk), f"DELETE FROM {S} WHERE id = {step.pk}"),
        "a step inserted": (
            (INSERTED, S, 10**6),
            f"CREATE TEMP TABLE one AS SELECT * FROM {S} WHERE id = {step.pk}",
            f"UPDATE one SET id = {10**6}",
            f"INSERT INTO {S} SELECT * FROM one",
        ),
        "two facts exchanged": (
            (ALTERED, W, min(fact.pk, closed.pk)),
            f"UPDATE {W} SET id = -id WHERE id IN ({fact.pk}, {closed.pk})",
            f"UPDATE {W} SET id = {fact.pk} + {closed.pk} + id WHERE id IN (-{fact.pk}, -{closed.pk})",
        ),
        "a mark that agrees with the altered fact": (
            (ALTERED, W, fact.pk),
            f"UPDATE {W} SET full_time = 500 WHERE id = {fact.pk}",
            f"UPDATE ledger_mark SET digests = ARRAY[sha256('x')] WHERE id = {mark.pk}",
        ),
        "a fact removed with its mark": (
            (REMOVED, "ledger_mark", mark.pk),
            f"DELETE FROM {W} WHERE id = {fact.pk}",
            f"DELETE FROM ledger_mark WHERE id = {mark.pk}",
        ),
        "a seal": (
            (ALTERED, "ledger_seal", seal.pk),
            f"UPDATE ledger_seal SET digest = sha256('x') WHERE id = {seal.pk}",
        ),
        "a seal's leaves": (
            (ALTERED, "ledger_seal", seal.pk),
            f"UPDATE ledger_seal SET leaves = leaves || sha256('x') WHERE id = {seal.pk}",
        ),
    }
    found = {kind: named(after(owner, *statements)) for kind, (_, *statements) in kinds.items()}
    assert found == {kind: expected for kind, (expected, *_) in kinds.items()}
    assert verify().ok


W, S = Workforce._meta.db_table, Step._meta.db_table


def named(found: Verdict) -> tuple:
    bad = found.first_bad
    return (bad.what, bad.table, bad.record) if bad else ()


def test_a_mark_rewritten_to_fit_is_told_by_the_seal(written, owner):
    """The fact and its mark agree again; the seal does not."""
    fact = Workforce.objects.filter(closing_step=None).latest("pk")
    mark = Mark.objects.get(ids__contains=[fact.pk], way="entered", pattern__table=W, step_id=fact.step_id)
    with behind_its_back(owner) as cursor:
        cursor.execute(f"UPDATE {W} SET full_time = 500 WHERE id = {fact.pk}")
        cursor.execute(f"DELETE FROM ledger_mark WHERE id = {mark.pk}")
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"DROP TRIGGER IF EXISTS as_new ON {W}")
        cursor.execute(f"CREATE TEMP TABLE one AS SELECT * FROM {W} WHERE id = {fact.pk}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"DELETE FROM {W} WHERE id = {fact.pk}")
        cursor.execute(f"ALTER TABLE {W} ENABLE ALWAYS TRIGGER witnessed_insert")
        cursor.execute(f"INSERT INTO {W} SELECT * FROM one")
        cursor.execute(f"UPDATE ledger_mark SET id = {mark.pk} WHERE id = (SELECT max(id) FROM ledger_mark)")
        assert cursor.rowcount == 1
        found = verify()
    assert named(found) == (ALTERED, W, fact.pk) and len(found.bad) == 1 and found.bad[0].seal


def test_a_chain_that_was_rebuilt_is_told_by_a_digest_kept_outside(written, owner, tmp_path):
    file = tmp_path / "elsewhere" / "digests"
    sealing.note_head(file)
    kept = sealing.lines_of(file)
    assert verify(kept).ok
    with behind_its_back(owner) as cursor:
        cursor.execute("DELETE FROM ledger_seal")
        cursor.execute(f"DELETE FROM {W}")
        cursor.execute(
            "DELETE FROM ledger_mark m USING ledger_pattern p WHERE p.id = m.pattern_id AND p.table = %s", [W]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        sealing.seal_what_waits()
        assert verify().ok
        found = verify(kept)
    assert not found.ok and found.first_bad.what == "rebuilt"


def test_a_database_taken_back_to_an_earlier_moment_lacks_the_later_seal(written):
    later = (MARCH, Seal.objects.latest("pk").pk + 1, "00" * 32)
    [bad] = verify([later]).bad
    assert (bad.what, bad.seal) == ("missing", later[1]) and "链在它之前就完了" in bad.sentence


def test_marks_of_many_days_are_sealed_each_day_for_itself_and_no_more_at_once_than_asked(written, owner, monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 5)
    with behind_its_back(owner) as cursor:
        cursor.execute("DELETE FROM ledger_seal")
        cursor.execute(
            """UPDATE ledger_mark m SET at = m.at + n.third * interval '1 day'
            FROM (SELECT id, ntile(3) OVER (ORDER BY id) AS third FROM ledger_mark) n WHERE n.id = m.id"""
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        assert sealing.seal_what_waits() == Mark.objects.count()
        found, before, days = verify(), 0, []
        for seal in Seal.objects.order_by("pk"):
            marks = Mark.objects.filter(pk__gt=before, pk__lte=seal.last_mark)
            assert {each.at.astimezone(OFFICE).date() for each in marks} == {seal.day} and len(marks) <= 5
            before, days = seal.last_mark, [*days, seal.day]
    assert found.ok and days == sorted(days) and len(set(days)) == 3


def test_days_that_are_over_are_noted_once(written, tmp_path, owner):
    file = tmp_path / "digests"
    assert sealing.note_digests(file) == 0  # today is not over
    with behind_its_back(owner) as cursor:
        cursor.execute("UPDATE ledger_seal SET day = day - 1")
        cursor.execute("INSERT INTO ledger_seal SELECT id + 1, day + 1, last_mark, 0, 0, '', digest, sealed_at "
                       "FROM ledger_seal ORDER BY id DESC LIMIT 1")  # fmt: skip
        assert sealing.note_digests(file) == 1
        assert sealing.note_digests(file) == 0
    [(day, number, digest)] = sealing.lines_of(file)
    assert len(digest) == 64 and number >= 1 and day


def test_the_application_writes_no_mark_and_no_seal(written):
    for table in ("ledger_mark", "ledger_seal", "ledger_pattern"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}")


def test_every_kind_of_fact_is_marked(written):
    from taizhang.ledger.marking import marked_models

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'witnessed%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    assert found == {model._meta.db_table: 1 if model is Step else 2 for model in marked_models()}


def test_what_stood_before_is_marked_as_it_stands(written, owner):
    from taizhang.ledger import marking

    with behind_its_back(owner) as cursor:
        cursor.execute("DELETE FROM ledger_seal")
        cursor.execute("DELETE FROM ledger_mark")
        cursor.execute("DELETE FROM ledger_pattern")
        cursor.execute("SET LOCAL session_replication_role = origin")
        assert not verify().steps
        marking.mark_all("default")
        sealing.seal_what_waits()
        found = verify()
        assert found.ok and found.steps == Step.objects.count() and found.unsealed == 0
        association = Particulars.objects.earliest("pk").organization
        orgs.declare_workforce(association, full_time=50, on=date(2017, 9, 1), by=written.clerk)
        assert verify().ok


def test_a_table_that_gained_a_column_is_read_by_both_patterns(written, owner):
    from taizhang.ledger import marking

    with behind_its_back(owner) as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("UPDATE ledger_pattern SET id = id WHERE false")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute('DELETE FROM ledger_pattern WHERE "table" = %s RETURNING id, columns', [W])
        number, columns = cursor.fetchone()
        fewer = [each for each in columns if each != "applicants"]
        cursor.execute(
            'INSERT INTO ledger_pattern (id, "table", columns, about_people) VALUES (%s, %s, %s, false)',
            [number, W, fewer],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        known = verify()
        assert {bad.table for bad in known.bad} == {W}  # read by fewer columns, everything differs
        marking.mark_all("default")
        orgs.declare_workforce(
            Particulars.objects.earliest("pk").organization, full_time=50, on=date(2017, 9, 1), by=written.clerk
        )
        before = {bad.record for bad in known.bad}
        assert {bad.record for bad in verify().bad} == before  # what was written by the new pattern agrees


def test_erasing_somebody_leaves_the_chain_whole(written):
    from taizhang.members.models import Engagement, Person

    person = Person.objects.get(name="某人")
    members.leave(Engagement.objects.current().get(person=person), on=JUNE, by=written.clerk)
    members.erase(
        Person.objects.get(pk=person.pk), unit=written.committee, on=date(2017, 12, 1), by=written.clerk,
        document="本人书面申请", note="保存期限届满",
    )  # fmt: skip
    sealing.seal_what_waits()
    assert verify().ok and FIRST_DAY


def test_an_export_is_checked_without_a_database_and_tells_nothing_about_people(written, tmp_path):
    from taizhang.ledger import exported

    file = tmp_path / "evidence"
    exported.write(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    found, here = exported.check(lines), verify()
    assert found.ok and (found.steps, found.facts, found.head) == (here.steps, here.facts, here.head)
    assert file.stat().st_mode & 0o777 == 0o600 and "full_time" in lines[0] and "某人" not in "".join(lines)
    [told] = [each for each in lines if "甲协会" in each and "said" in each and "中共" not in each][-1:]
    place = lines.index(told)
    altered = [*lines[:place], told.replace("甲协会", "丙协会"), *lines[place + 1 :]]
    assert exported.check(altered).first_bad.what == ALTERED
    assert exported.check([*lines[:place], *lines[place + 1 :]]).first_bad.what == REMOVED
    assert exported.check([*lines[:place], "{}", *lines[place + 1 :]]).first_bad.table == "line"
    assert exported.check(lines, [(MARCH, 1, "00" * 32)]).first_bad.what == "rebuilt"
    assert exported.check(lines, [(MARCH, here.seals + 1, "00" * 32)]).first_bad.what == "missing"


def test_the_worker_seals_until_told_to_stop_one_at_a_time(transactional_world, settings, tmp_path):
    settings.TAIZHANG_DIGESTS = str(tmp_path / "digests")
    stop = Event()
    stop.set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal_next(1)")  # held to commit
        other = Thread(target=sealing.keep_sealing, args=[stop])
        other.start()
        other.join()
        assert sealing.waiting()[0] == Mark.objects.count() - 1  # whoever comes second leaves it to the first
    sealing.keep_sealing(stop)
    assert sealing.waiting() == (0, 0.0) and verify().ok
