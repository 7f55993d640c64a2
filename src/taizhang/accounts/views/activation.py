"""The page where somebody who was let in sets a password: open to whoever holds a code, and tried only a few times."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from taizhang.accounts import attempts, handing_out
from taizhang.accounts.access import public
from taizhang.accounts.acting import current_origin
from taizhang.accounts.adapter import too_many
from taizhang.accounts.forms.codes import ActivationForm
from taizhang.kit.doors import put_beside_fields
from taizhang.kit.refusals import Refused


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request):
    """Tries are counted like those of signing in, before anything is looked up or hashed."""
    if request.user.is_authenticated:
        return redirect("accounts:me")
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        subjects = [
            attempts.account(f"activate:{form.cleaned_data['username']}"),
            attempts.address(current_origin().address),
        ]
        locks = [lock for lock in map(attempts.count, subjects) if lock]
        if locks:
            form.add_error(None, too_many(max(lock.until for lock in locks)))
            return page(request, form, status=429)
        if not attempts.TURNS.take():
            form.add_error(None, "现在激活的人太多，请过几秒再试")
            return page(request, form, status=429)
        try:
            user = handing_out.activate(**form.cleaned_data, at=timezone.now(), by=None)
        except Refused as refusal:
            if handing_out.WRONG not in refusal.obstacles:
                forgive(subjects)
            put_beside_fields(form, refusal.obstacles)
            return page(request, form, obstacles=refusal.obstacles, status=422)
        forgive(subjects)
        return perform_password_login(request, {"username": user.username}, Login(user=user, redirect_url="/"))
    return page(request, form, status=422 if form.errors else 200)


def forgive(subjects: list[str]) -> None:
    """The code was right."""
    attempts.TURNS.give_back()
    for subject in subjects:
        attempts.forgive(subject)


def page(request, form: ActivationForm, *, obstacles=(), status: int):
    response = render(request, "accounts/activate.html", {"form": form, "obstacles": obstacles}, status=status)
    response["Cache-Control"] = "no-store"
    return response
