"""The edition in data/: complete, consistent, and loaded without ever rewriting the past."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.models import AuditRecord
from taizhang.statutes import actions, edition
from taizhang.statutes.models import Clause, Document, Parameter

RULES = [
    *(f"ORG-{number:02}" for number in range(1, 25)),
    "MEET-01",
    *(f"SO-{number:02}" for number in (*range(1, 10), *range(20, 29), *range(40, 53), *range(60, 66))),
    *(f"ADV-{number:02}" for number in range(1, 12)),
]


def test_every_rule_of_structure_organisations_and_instructors_has_a_clause():
    assert sorted({entry.get("rule", "") for entry in edition.read().clauses} - {""}) == sorted(RULES)


def test_every_document_is_cited_and_every_clause_says_where_it_was_seen():
    release = edition.read()
    assert {entry["key"] for entry in release.documents} == {entry["document"] for entry in release.clauses}
    assert [entry["key"] for entry in release.clauses if not entry.get("source") or not entry["gist"]] == []


def test_no_key_is_used_twice():
    release = edition.read()
    for entries in (release.documents, release.clauses):
        keys = [entry["key"] for entry in entries]
        assert len(keys) == len(set(keys))


def test_a_parameter_has_one_meaning_and_one_measure_wherever_it_is_set():
    said: dict[str, set] = {}
    for entry in edition.read().parameters:
        said.setdefault(entry["name"], set()).add((entry["label"], entry.get("measure", "")))
    assert {name: meanings for name, meanings in said.items() if len(meanings) > 1} == {}


@pytest.mark.django_db
def test_what_the_files_say_is_in_the_database():
    release = edition.read()
    assert (Document.objects.count(), Clause.objects.count(), Parameter.objects.count()) == (
        len(release.documents),
        len(release.clauses),
        len(release.parameters),
    )


@pytest.mark.django_db
def test_loading_twice_changes_nothing(owner):
    with owner():
        before = AuditRecord.objects.count()
        assert actions.load() == 0
        assert AuditRecord.objects.count() == before
        assert not actions.differs()


@pytest.mark.django_db
def test_a_changed_figure_ends_the_old_parameter_and_begins_a_new_one(owner):
    release = edition.read()
    old = next(entry for entry in release.parameters if entry["name"] == "branch-max-members")
    old["until"] = date(2030, 1, 1)
    release.parameters.append({**old, "value": 60, "since": date(2030, 1, 1), "until": None})
    with owner():
        assert actions.load(release) == 2
        assert actions.load(release) == 0
    stated = Parameter.objects.filter(name="branch-max-members").order_by("in_force")
    assert [(each.value, each.in_force) for each in stated] == [
        (50, DateRange(date(2018, 10, 28), date(2030, 1, 1))),
        (60, DateRange(date(2030, 1, 1), None)),
    ]


@pytest.mark.django_db
def test_another_figure_for_days_already_stated_is_refused_and_nothing_is_loaded(owner):
    release = edition.read()
    next(entry for entry in release.parameters if entry["name"] == "branch-max-members")["value"] = 60
    release.documents[0]["title"] = "另一个名称"
    with owner(), pytest.raises(actions.PastRewritten, match="另列新参数"):
        actions.load(release)
    assert Parameter.objects.get(name="branch-max-members").value == 50
    assert not Document.objects.filter(title="另一个名称").exists()


@pytest.mark.django_db
def test_after_going_back_to_an_older_release_the_database_serves_as_it_is(owner):
    newer = edition.read()
    next(entry for entry in newer.parameters if entry["name"] == "branch-max-members")["until"] = date(2030, 1, 1)
    with owner():
        actions.load(newer)
    assert not actions.differs()
    with pytest.raises(actions.PastRewritten):
        actions.load()


@pytest.mark.django_db
def test_other_days_for_a_parameter_that_has_ended_are_refused(owner):
    release = edition.read()
    ended = next(entry for entry in release.parameters if entry["clause"] == "party-constitution-29")
    ended["until"] = date(2018, 1, 1)
    with owner(), pytest.raises(actions.PastRewritten, match="有效期间"):
        actions.load(release)


@pytest.mark.django_db
def test_wording_may_be_improved(owner):
    release = edition.read()
    release.clauses[0]["gist"] = "说得更清楚"
    with owner():
        assert actions.load(release) == 1
    assert Clause.objects.get(key=release.clauses[0]["key"]).gist == "说得更清楚"


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Document, Clause, Parameter])
def test_the_application_only_reads_them(model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.update(id=1)
