"""Ask to open what the audit keeps closed; agree or not; look, for half an hour, each look on record."""

from datetime import datetime, timedelta

from django.db import connection

from taizhang.accounts.acting import action, require, tell_audit
from taizhang.accounts.models import AuditKind, AuditRecord, User
from taizhang.audit import rules
from taizhang.audit.changes import Changed, changes_of, has_protected
from taizhang.audit.models import Opening
from taizhang.kit.refusals import refuse_if

OPEN_FOR = timedelta(minutes=30)


@action("audit.ask")
def ask(record: AuditRecord, *, purpose: str, at: datetime, by: User) -> Opening:
    """The security administrator is asked to let `by` see the protected values of that act."""
    require(by, rules.WHO["ask"])
    waiting = Opening.objects.waiting().filter(record=record, asked_by=by).exists()
    refuse_if(rules.obstacles_to_asking(purpose=purpose, protected=has_protected(record), waiting=waiting))
    tell_audit(record=record.pk, purpose=purpose)
    return Opening.objects.create(record=record, purpose=purpose.strip(), asked_by=by, asked_at=at)


@action("audit.decide")
def decide(opening: Opening, *, granted: bool, at: datetime, by: User, answer: str = "") -> Opening:
    """Agreed, for half an hour from now; or not. By somebody else than who asked, once."""
    require(by, rules.WHO["decide"])
    opening = Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    refuse_if(rules.obstacles_to_deciding(opening, by))
    opening.decided_by, opening.decided_at, opening.granted, opening.answer = by, at, granted, answer.strip()
    opening.ends_at = at + OPEN_FOR if granted else None
    opening.save(update_fields=["decided_by", "decided_at", "granted", "answer", "ends_at"])
    tell_audit(record=opening.record_id, granted=granted)
    return opening


@action("audit.open", kind=AuditKind.REVEAL)
def open_values(opening: Opening, *, at: datetime, by: User) -> tuple[Opening, list[Changed]]:
    """The values themselves, to who asked, as long as it was granted for; every look is in the audit."""
    require(by, rules.WHO["ask"])
    opening = Opening.objects.filter(asked_by=by).select_related("record").get(pk=opening.pk)
    refuse_if(rules.obstacles_to_opening(opening, at))
    tell_audit(record=opening.record_id, purpose=opening.purpose)
    return opening, changes_of(opening.record, open_them=True)


PRUNE = """
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE accounts_auditrecord DISABLE TRIGGER USER;
    DELETE FROM accounts_auditrecord
        WHERE at < %s AND NOT EXISTS (SELECT FROM audit_opening o WHERE o.record_id = accounts_auditrecord.id)
"""
AGAIN = "ALTER TABLE accounts_auditrecord ENABLE TRIGGER USER"


@action("audit.prune")
def prune(*, keep_days: int, at: datetime, by: User | None) -> int:
    """Older rows of the audit are gone, except those somebody asked to open. For the owner of the database at the console:
    the application's role can do nothing of this. That it was done, up to when and how many rows, is in the audit.
    """
    refuse_if(rules.obstacles_to_pruning(keep_days))
    before = at - timedelta(days=keep_days)
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, [before])
        removed = cursor.rowcount
        cursor.execute(AGAIN)
    tell_audit(before=before.isoformat(), removed=removed)
    return removed
