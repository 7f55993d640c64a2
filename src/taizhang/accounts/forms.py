"""What one types to sign in, and what an administrator may type: an account, a role over a unit, and what to look for in the audit."""

from allauth.account.forms import LoginForm
from django import forms
from django.db.models import Q

from taizhang.accounts import rules
from taizhang.accounts.models import AuditKind, Role, Unit, UnitKind

OFFICES = (UnitKind.COMMITTEE, UnitKind.SUPERVISING, UnitKind.BUREAU, UnitKind.STREET)


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class RoleForm(forms.Form):
    unit = forms.CharField(label="单位", help_text="写全称、代码或编号；填报员、党组织书记写社会组织或党组织的")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = Unit.objects.visible_to(by, rules.GIVERS)
        roles = [("", "请选择"), *((role, Role(role).label) for role in rules.roles_to_give(by))]
        self.fields["role"] = forms.ChoiceField(label="角色", choices=roles)
        self.fields["unit"].widget.attrs |= {"list": "offices", "autocomplete": "off"}

    @property
    def offices(self):
        return self.units.filter(kind__in=OFFICES, closed_on=None).order_by("path").values_list("name", flat=True)[:300]

    def clean_unit(self):
        text = self.cleaned_data["unit"].strip()
        named = Q(name=text) | Q(code=text) | (Q(pk=int(text)) if text.isdecimal() and len(text) < 19 else Q())
        found = list(self.units.filter(named)[:2]) if text else []
        if len(found) != 1:
            raise forms.ValidationError(
                f"有几个单位叫“{text}”，请写代码或编号" if found else f"没有找到单位“{text}”，请核对全称"
            )
        return found[0]


class AccountForm(RoleForm):
    username = forms.CharField(label="登录名", max_length=60, help_text="2至60个字母、汉字、数字或 . @ + - _")
    name = forms.CharField(label="姓名", max_length=60)
    email = forms.EmailField(label="邮箱", required=False, help_text="可不填")
    field_order = ("username", "name", "email", "unit")


class AuditFilter(forms.Form):
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *AuditKind.choices])
    username = forms.CharField(label="登录名", required=False)
    verb = forms.CharField(label="事项", required=False)
    request = forms.CharField(label="请求号", required=False)
    since = forms.DateField(label="自", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="至", required=False, widget=forms.DateInput(attrs={"type": "date"}))
