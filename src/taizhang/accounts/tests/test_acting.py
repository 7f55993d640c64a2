from taizhang.accounts.actions import reset_password
from taizhang.accounts.models import AuditKind, AuditRecord


def test_a_password_that_a_verb_hands_back_is_in_no_audit(world):
    password = reset_password(world.education_clerk, by=world.administrator)
    row = AuditRecord.objects.filter(kind=AuditKind.CHANGE, verb="accounts.reset_password").get()
    assert row.object == f"accounts.user:{world.education_clerk.pk}"
    assert not [each for each in AuditRecord.objects.all() if password in f"{each.object}{each.details}"]
