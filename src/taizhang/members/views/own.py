"""Pages about the rights of the people on record: what is kept and why, one's own record, who is past retention."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from taizhang.accounts import lists
from taizhang.accounts.access import for_roles, signed_in
from taizhang.accounts.freshness import require_fresh
from taizhang.kit import exporting
from taizhang.kit.addresses import address_of
from taizhang.kit.clock import today
from taizhang.kit.doors import put_beside_fields
from taizhang.kit.lists import Empty
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.members import actions, forms, rules
from taizhang.members.models import Person
from taizhang.members.privacy import inventory, past_retention_since, years_of_names
from taizhang.members.tables import past_retention_table

HEADINGS = ("项目", "内容", "自", "至", "入账时间")


@signed_in
@require_GET
def privacy(request):
    own = actions.record_of(request.user)
    return render(request, "members/privacy.html", {"entries": inventory(), "own": own, "years": years_of_names()})


@signed_in
@require_GET
def own(request):
    """One's own record; as a file to whoever proved lately who they are. Without one, a page that says so."""
    person = actions.record_of(request.user)
    if person is None:
        return render(request, "members/own.html", {"person": None, "lines": ()})
    if (file_format := request.GET.get("format", "")) in FILES:
        require_fresh(request, download=True)
        return FILES[file_format](actions.hand_out(person, by=request.user))
    return render(request, "members/own.html", {"person": person, "lines": actions.lines_of(person, whole=False)})


@for_roles(rules.WHO["hand_out"])
def hand_out(request, pk: int):
    """By the clerk, at the person's request."""
    from taizhang.members.views import person_of

    person = person_of(request, pk)
    form = forms.HandOutForm(request.POST or None)
    status = 200
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST" and form.is_valid():
        require_fresh(request, download=True)
        try:
            lines = actions.hand_out(person, purpose=form.cleaned_data["purpose"], by=request.user)
        except Refused as refusal:
            put_beside_fields(form, refusal.obstacles)
            status, obstacles = 422, refusal.obstacles
        else:
            return FILES[form.cleaned_data["format"]](lines)
    page = {
        "form": form,
        "obstacles": obstacles,
        "title": f"应本人申请导出其记录：{person}",
        "back": address_of(person),
        "button": "导出",
    }
    return render(request, "members/hand_out.html", page, status=status)


@for_roles(rules.WHO["link_account"])
def link_account(request, pk: int):
    from taizhang.members.views import act_on, keeper_unit, person_of

    person = person_of(request, pk)
    unit = keeper_unit(request, person, "link_account")
    return act_on(
        request,
        person,
        form=forms.LinkAccountForm,
        title="关联本人账号",
        says="已办理。",
        initial={"account": person.account.username if person.account else ""},
        verb=lambda **filled: actions.link_account(person, unit=unit, by=request.user, **filled),
    )


@for_roles(rules.WHO["erase"])
def past_retention(request):
    """Nothing goes by itself: whoever is listed is erased by a person, or kept for a reason."""
    rows = Person.objects.visible_to(request.user).past_retention(today()).listed_by_last_day()
    return lists.show(
        request,
        table=past_retention_table(),
        rows=rows,
        title="到期清单",
        of_people=True,
        template="members/past_retention.html",
        empty=Empty(
            "没有到期的人员", f"{past_retention_since(today())}以前已无任何现行记录、姓名尚未清除的，列在这里。"
        ),
        context={"since": past_retention_since(today()), "years": years_of_names()},
    )


def as_xlsx(lines):
    rows = [(each.what, each.says, each.since, each.until, each.entered_at) for each in lines]
    return exporting.xlsx("个人记录", HEADINGS, rows, about=[("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}")])


def as_json(lines):
    found = [
        dict(zip(HEADINGS, (each.what, each.says, each.since, each.until, each.entered_at), strict=True))
        for each in lines
    ]
    response = JsonResponse({"记录": found}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="record.json"'
    return response


FILES = {"xlsx": as_xlsx, "json": as_json}
