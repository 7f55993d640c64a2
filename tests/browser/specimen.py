"""A page with one of everything the kit draws, for the browser tests of the kit."""

from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie

from taizhang.accounts.access import public
from taizhang.config import menu

TEMPLATE = Path(__file__).parent / "templates" / "specimen.html"
UNITS = [("", "请选择"), *((str(number), f"省级业务主管单位{number}") for number in range(60))]


class SpecimenForm(forms.Form):
    name = forms.CharField(label="名称", help_text="与登记证书一致")
    unit = forms.ChoiceField(label="业务主管单位", choices=UNITS, widget=forms.Select(attrs={"data-choose": ""}))
    mode = forms.ChoiceField(
        label="登记方式", choices=[("direct", "直接登记"), ("dual", "双重管理")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="已核对")


class Clerk:
    is_authenticated = True

    def __str__(self):
        return "经办"

    def holds(self, roles):
        return True


@public
@ensure_csrf_cookie
def specimen(request):
    from django.http import HttpResponse

    request.user = Clerk()
    lines = [
        menu.Line(entry.title, entry.icon, f"/{entry.page.split(':')[0]}/", entry.page == "orgs:list")
        for entry in menu.MENU
    ]
    context = {
        "menu": lines,
        "user_menu": [menu.Line("修改密码", "key", "/password/", False)],
        "sign_out_address": "/sign-out/",
        "demonstration": True,
        "form": SpecimenForm({"name": ""}),
        "obstacles": [
            SimpleNamespace(
                code="too-few",
                reason="正式党员2名，不足3名",
                remedy="可与相近单位联合组建",
                basis="党章第三十条",
                waivable=False,
            ),
            SimpleNamespace(code="gate", reason="评估等级未定", remedy="先核对评估结果", basis="", waivable=True),
        ],
        "rows": [(f"浙江省第{number}行业协会", f"5133000050000{number:04}X", number * 37) for number in range(1, 31)],
        "paging": {"count": "1,000 条以上", "previous": "", "next": "?after=30"},
        "chart": {
            "categories": ["直接登记", "脱钩", "双重管理"],
            "unit": "%",
            "series": [{"name": "覆盖率", "values": [31.0, 28.5, 40.2], "links": ["#a", "#b", "#c"]}],
        },
    }
    return HttpResponse(engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8")).render(context, request))


urlpatterns = [path("", specimen, name="specimen")]
