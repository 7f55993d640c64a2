"""The second step of signing in: of whom it is required, who has it, and what of it is in the audit."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.dispatch import receiver

from taizhang.accounts.acting import record
from taizhang.accounts.models import AuditKind, User

SEEN = "second_step_seen"  # in the session: it is set up, so nobody need ask again
TOTP = Authenticator.Type.TOTP


def is_required_of(user: User) -> bool:
    return any(held.role in settings.SIGN_IN_POLICY.second_step for held in user.active_grants)


def is_missing(request) -> bool:
    """The role asks for it and it is not there: nothing else can be done before it is."""
    if request.session.get(SEEN) or not is_required_of(request.user):
        return False
    if was_taken(request) or Authenticator.objects.filter(user=request.user, type=TOTP).exists():
        request.session[SEEN] = True
        return False
    return True


def was_taken(request) -> bool:
    return any(each["method"] == "mfa" for each in get_authentication_records(request, request.user))


@receiver(signals.authenticator_added)
def added(sender, *, user, authenticator, **kwargs):
    record(AuditKind.PERMISSION, by=user, verb="accounts.second_step_added", type=authenticator.type)


@receiver(signals.authenticator_reset)
def made_anew(sender, *, user, authenticator, **kwargs):
    record(AuditKind.PERMISSION, by=user, verb="accounts.second_step_made_anew", type=authenticator.type)


@receiver(signals.authenticator_removed)
def removed(sender, *, user, authenticator, **kwargs):
    record(AuditKind.PERMISSION, by=user, verb="accounts.second_step_removed", type=authenticator.type)


@receiver(signals.authentication_failed)
def failed(sender, *, user, authenticator, **kwargs):
    record(AuditKind.SIGN_IN_FAILED, by=None, username=user.username, known=True, second_step=authenticator.type)


@receiver(signals.authenticator_used)
def used(sender, *, user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(AuditKind.PERMISSION, by=user, verb="accounts.recovery_code_used")
