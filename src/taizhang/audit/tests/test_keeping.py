"""The audit is complete, stays, and is pruned by the owner of the database alone, not below half a year."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone
from pghistory.models import Event

from taizhang.accounts.acting import action, record
from taizhang.accounts.models import AuditKind, AuditRecord
from taizhang.audit import actions
from taizhang.audit.changes import changes_of
from taizhang.config import cli, environment
from taizhang.kit.refusals import Refused, refuse
from taizhang.kit.roles import privileges_on
from taizhang.ledger.models import Fact
from taizhang.members.tests.people import codes
from taizhang.orgs import actions as orgs
from taizhang.orgs.models import Mode, Organization
from tests.world import FIRST_DAY

NO_RECORD_OF_THE_OFFICE = {
    "accounts.SavedFilter": "what somebody likes to look for",
    "accounts.DefaultFilter": "what somebody likes to look for",
    "accounts.Errand": "progress of a job, which is audited; the acts it does are, each",
    "accounts.ErrandRefusal": "progress of a job",
    "accounts.Allowance": "how often a program called lately",
    "accounts.Answer": "answers kept for programs that ask twice, gone within a day or so",
    "accounts.Attempts": "how often a password was wrong lately; each failure is in the audit",
    "accounts.SignIn": "a session; its beginning and end are in the audit",
    "accounts.Handout": "made by an audited verb; the sealed codes are gone within a day",
    "accounts.Activation": "used or replaced once, by audited verbs, and then stays",
    "orgs.Merger": "undone once, by a step that it names",
    "members.PersonMerger": "undone once, by a step that it names",
    "orgs.Apart": "undone once, by a step that it names",
    "members.PersonApart": "undone once, by a step that it names",
    "declarations.Sending": "a file on its way; its rows become acts, each, and what became of them is settled once",
    "notices.Due": "found anew every hour from what is on record",
    "notices.Notice": "told once; when it was seen stands in it",
    "notices.Letter": "handed over once; what became of it stands in it",
    "notices.Wish": "when somebody likes to be told",
    "accounts.Token": "made and revoked by audited verbs, once each",
    "accounts.UsedPassword": "digests of passwords; that one was changed is in the audit",
    "stats.Scenario": "what somebody likes to ask",
    "accounts.UnitSpelling": "how a unit's name is typed, made from the name",
    "members.Presence": "kept by triggers from the facts",
    "meetings.Body": "made by an audited verb, changed by none",
    "cases.Attachment": "changes once, withdrawn, and then says itself by whom, when and why",
    "cases.AttachedFile": "ciphertext, sealed anew when the key changes, by an audited verb",
    "formation.Grouping": "a proposal worked out once; what comes of it are applications",
    "formation.ProposedGroup": "a proposal; the application it becomes is tracked",
    "imports.Batch": "intake: each verb about it is audited; what it enters are facts",
    "imports.Upload": "intake, gone within a day",
    "imports.Progress": "intake",
    "imports.Row": "intake, gone within a day",
    "imports.Finding": "intake",
    "imports.Mapping": "headings once matched to columns; by whom and when stands in it",
    "members.PersonKey": "a key; that one is made or destroyed is told by the verb",
    "audit.Opening": "decided once, and says itself by whom and when",
}


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("taizhang.")]


def test_whatever_can_be_changed_has_a_history_of_what_it_was():
    tracked = {model.pgh_tracked_model for model in ours() if issubclass(model, Event)}
    without = [
        model._meta.label
        for model in ours()
        if not issubclass(model, Event | Fact)
        and model not in tracked
        and any(privilege.startswith(("UPDATE", "DELETE")) for privilege in privileges_on(model))
    ]
    cure = "@pghistory.track(replaced(), append_only=True), or say here why its changes are no record of the office"
    assert sorted(set(without) - set(NO_RECORD_OF_THE_OFFICE) - papers(without)) == [], cure


def papers(labels) -> set[str]:
    """Slices that hold their own account of this say so in their own tests."""
    return {label for label in labels if label.split(".")[0] == "papers"}


def test_an_act_leaves_one_row_with_who_where_request_case_and_what_it_changed(world):
    association = world.organization(under=world.education)
    before = AuditRecord.objects.count()
    orgs.hand_over(association, to=world.sports, mode=Mode.DUAL, on=FIRST_DAY, document="函", by=world.clerk)
    assert AuditRecord.objects.count() == before + 1
    row = AuditRecord.objects.latest("pk")
    assert (row.user, row.verb, row.case is not None) == (world.clerk, "orgs.hand_over", True)
    told = {
        (each.what, change.field): (change.before, change.after) for each in changes_of(row) for change in each.changes
    }
    path = told["单位", "path"]
    assert path[0].startswith(world.education.path) and path[1].startswith(world.sports.path)


def test_a_change_without_its_audit_is_no_change(world, monkeypatch):
    association = world.organization()

    def broken(*_, **__):
        raise DatabaseError("no room")

    monkeypatch.setattr(AuditRecord.objects, "create", broken)
    with pytest.raises(DatabaseError):
        orgs.rename(association, name="另一名称", on=FIRST_DAY, document="批", by=world.clerk)
    assert Organization.objects.get(pk=association.pk).unit.name == "甲协会"


def test_a_refusal_stays_when_what_was_tried_is_rolled_back(world):
    @action("orgs.try")
    def attempt(*, by):
        record(AuditKind.CHANGE, by=by, verb="half.way")
        refuse("no", "不行")

    with pytest.raises(Refused):
        attempt(by=world.clerk)
    assert not AuditRecord.objects.filter(verb="half.way").exists()
    row = AuditRecord.objects.get(verb="orgs.try")
    assert (row.kind, row.details) == (AuditKind.REFUSAL, {"codes": ["no"]})


@pytest.fixture
def aged(world, owner):
    """One row each of 100, 200 and 400 days ago."""
    rows = [AuditRecord.objects.create(kind=AuditKind.SIGN_IN, username="jingban") for _ in range(3)]
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE accounts_auditrecord DISABLE TRIGGER USER")
        for row, days in zip(rows, (100, 200, 400), strict=True):
            cursor.execute(
                "UPDATE accounts_auditrecord SET at = %s WHERE id = %s", [timezone.now() - timedelta(days=days), row.pk]
            )
        cursor.execute("ALTER TABLE accounts_auditrecord ENABLE TRIGGER USER")
    return rows


def test_the_owner_prunes_and_the_audit_says_so(aged, owner):
    with owner():
        assert actions.prune(keep_days=183, at=timezone.now(), by=None) == 2
    assert [AuditRecord.objects.filter(pk=row.pk).exists() for row in aged] == [True, False, False]
    row = AuditRecord.objects.get(verb="audit.prune")
    assert row.details["removed"] == 2 and datetime.fromisoformat(row.details["before"]) < timezone.now()
    with owner(), pytest.raises(DatabaseError), transaction.atomic():
        AuditRecord.objects.filter(pk=aged[0].pk).delete()


def test_nobody_keeps_less_than_half_a_year(aged, owner):
    for days in (0, 1, 182, -5):
        with owner(), pytest.raises(Refused) as refusal:
            actions.prune(keep_days=days, at=timezone.now(), by=None)
        assert codes(refusal) == ["kept-too-short"]
    for text in ("182", "0", "-5", "long"):
        with pytest.raises(ImproperlyConfigured):
            environment.audit_keep_days(text)
    assert (environment.audit_keep_days(""), environment.audit_keep_days("183")) == (0, 183)


def test_the_application_cannot_prune(aged):
    with pytest.raises(ProgrammingError), transaction.atomic():
        actions.prune(keep_days=183, at=timezone.now(), by=None)
    assert all(AuditRecord.objects.filter(pk=row.pk).exists() for row in aged)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET details = '{{}}'",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} OWNER TO taizhang_app",
        "DROP TRIGGER pgtrigger_no_change_0 ON {}",
        "CREATE RULE gone AS ON INSERT TO {} DO INSTEAD NOTHING",
        "SET session_replication_role = replica; DELETE FROM {}",
        "GRANT DELETE ON {} TO taizhang_app; DELETE FROM {}",
    ],
)
def test_the_applications_role_neither_changes_nor_removes_nor_silences_the_audit(world, statement):
    before = list(AuditRecord.objects.order_by("pk").values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("accounts_auditrecord", "accounts_auditrecord"))
    assert list(AuditRecord.objects.order_by("pk").values()) == before


def test_the_command_says_what_it_did(aged, owner, capsys, settings):
    with owner():
        assert cli.main(["audit", "prune"]) == 0
        assert "永久保存" in capsys.readouterr().out
        assert cli.main(["audit", "prune", "--days", "30"]) == 2
        assert "至少保存183天" in capsys.readouterr().err
        settings.AUDIT_KEEP_DAYS = 365
        assert cli.main(["audit", "prune", "--dry-run"]) == 0
        assert "有1条" in capsys.readouterr().out
        assert cli.main(["audit", "prune"]) == 0
        assert "记录1条" in capsys.readouterr().out
