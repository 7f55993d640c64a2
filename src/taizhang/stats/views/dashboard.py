"""看板: one page for the leader, on one sheet of paper: where the office stands, what changed, what waits, what is late."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from taizhang.kit.clock import today
from taizhang.ledger.models import AsOf
from taizhang.stats import actions, checking, rules
from taizhang.stats.models import Look
from taizhang.stats.standing import FIRST, changed, number, standing, waiting

BESIDE = ("organisations_entered", "party_organisations", "members", "should_have")


def dashboard(request):
    user, day = request.user, today()
    at = AsOf(day)
    seen = Look.objects.visible_to(user).first()
    page = {
        "day": day,
        "figures": [standing(user, at, key) for key in FIRST],
        "numbers": [number(user, at, key) for key in BESIDE],
        "seen": seen,
        "changed": changed(user, at, seen) if seen else [],
        **waiting(user, day),
        "terms": number(user, at, "terms_due", variant="over"),
        "checks": [each for each in checking.results(at, user.scope) if not each.holds],
        "abilities": rules.abilities(user),
    }
    return render(request, "stats/dashboard.html", page)


@require_POST
def look(request):
    actions.look(by=request.user)
    messages.success(request, "已记下：以后只列此后的变化。")
    return redirect("stats:dashboard")
