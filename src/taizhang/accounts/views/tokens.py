"""Pages of access tokens: one's own, a new one shown once, and revoking."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from taizhang.accounts import tokens
from taizhang.accounts.access import signed_in
from taizhang.accounts.forms import TokenForm
from taizhang.accounts.freshness import require_fresh
from taizhang.accounts.programs import Token
from taizhang.kit.clock import today
from taizhang.kit.doors import put_beside_fields
from taizhang.kit.refusals import Refused


@signed_in
@require_GET
def own_tokens(request):
    return page(request, TokenForm(initial=TokenForm.begin(today())))


@signed_in
@require_POST
def make_token(request):
    """The secret is on this answer and nowhere else."""
    require_fresh(request)
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token, secret = tokens.make_token(**form.cleaned_data, on=today(), at=timezone.now(), by=request.user)
        except Refused as refusal:
            put_beside_fields(form, refusal.obstacles)
            return page(request, form, obstacles=refusal.obstacles, status=422)
        response = render(request, "accounts/token.html", {"token": token, "secret": secret})
        response["Cache-Control"] = "no-store"
        return response
    return page(request, form, status=422)


@require_POST
def revoke_token(request, pk: int):
    found = get_object_or_404(Token.objects.visible_to(request.user).select_related("user"), pk=pk)
    tokens.revoke_token(found, at=timezone.now(), by=request.user)
    messages.success(request, f"令牌“{found.name}”已撤销，下一次调用起不再有效。")
    if found.user_id == request.user.pk:
        return redirect("accounts:own_tokens")
    return redirect("accounts:account", pk=found.user_id)


def page(request, form: TokenForm, *, obstacles=(), status: int = 200):
    own = Token.objects.visible_to(request.user).filter(user=request.user).select_related("user").order_by("-pk")
    shown = {"form": form, "tokens": own, "obstacles": obstacles}
    return render(request, "accounts/own_tokens.html", shown, status=status)
