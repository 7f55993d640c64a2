"""What one types to sign in, and what an administrator may type: an account, a role over a unit."""

from datetime import date, timedelta

from allauth.account.forms import LoginForm
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from taizhang.accounts import rules
from taizhang.accounts.models import Role, Unit, UnitKind
from taizhang.accounts.programs import TokenScope
from taizhang.kit.naming import NameField

OFFICES = (UnitKind.COMMITTEE, UnitKind.SUPERVISING, UnitKind.BUREAU, UnitKind.STREET)


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SixDigitsForm(AuthenticateForm):
    """The second step of signing in: six digits, or a recovery code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], "六位数字或恢复码")

    def clean_code(self):
        return once(self.user, super().clean_code())


class SixDigitsAgainForm(ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], "六位数字或恢复码")

    def clean_code(self):
        return once(self.user, super().clean_code())


def once(user, code: str) -> str:
    """The library forgets a code after its half minute; we take one that is a little old, so it is remembered for longer."""
    if not cache.add(f"second-step:{user.pk}:{code.strip()}", True, timeout=4 * mfa_settings.TOTP_PERIOD):
        raise get_adapter().validation_error("incorrect_code")
    return code


class FirstDigitsForm(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_words(self.fields["code"], "六位数字")


def in_words(code, label: str) -> None:
    code.label = label
    code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}


class UnitField(forms.CharField):
    """A unit among those that somebody administers, by its full name, code or number."""

    def __init__(self, **given):
        given = {"label": "单位", "help_text": "写全称、代码或编号；社会组织、党组织的角色写它们的名称", **given}
        super().__init__(**given)
        self.widget.attrs |= {"list": "offices", "autocomplete": "off"}


def unit_called(text: str, units) -> Unit:
    text = text.strip()
    named = Q(name=text) | Q(code=text) | (Q(pk=int(text)) if text.isdecimal() and len(text) < 19 else Q())
    found = list(units.filter(named)[:2]) if text else []
    if len(found) != 1:
        raise forms.ValidationError(
            f"有几个单位叫“{text}”，请写代码或编号" if found else f"没有找到单位“{text}”，请核对全称"
        )
    return found[0]


class RoleForm(forms.Form):
    unit = UnitField()
    document = forms.CharField(
        label="依据", max_length=200, required=False, help_text="任命文件、会议或由谁指定，例如“支委会2026年3月1日指定”"
    )
    last_on = forms.DateField(
        label="截止日期",
        required=False,
        help_text="不设期限的留空；到期自动失效",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = Unit.objects.visible_to(by, rules.GIVERS)
        roles = [("", "请选择"), *((role, Role(role).label) for role in rules.roles_to_give(by))]
        self.fields["role"] = forms.ChoiceField(label="角色", choices=roles)
        self.order_fields(["unit", "role", "document", "last_on"])

    @property
    def offices(self):
        return self.units.filter(kind__in=OFFICES, closed_on=None).order_by("path").values_list("name", flat=True)[:300]

    def clean_unit(self):
        return unit_called(self.cleaned_data["unit"], self.units)


class NameForm(forms.Form):
    """For the system administrator, who lets people in and gives them nothing yet."""

    username = forms.CharField(label="登录名", max_length=60, help_text="2至60个字母、汉字、数字或 . @ + - _")
    name = NameField(label="姓名", max_length=60)
    email = forms.EmailField(label="邮箱", required=False, help_text="可不填")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)


class AccountForm(NameForm):
    """For a unit's administrator: an account with one role of the unit."""

    unit = UnitField()

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.units = Unit.objects.visible_to(by, rules.GIVERS)
        roles = [("", "请选择"), *((role, Role(role).label) for role in rules.roles_to_give(by))]
        self.fields["role"] = forms.ChoiceField(label="角色", choices=roles)

    offices = RoleForm.offices
    clean_unit = RoleForm.clean_unit


class DelegationForm(forms.Form):
    to = forms.CharField(label="代理人的登录名", max_length=60, help_text="本单位、上级或下级单位里已有角色的人")
    first_on = forms.DateField(label="自", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_on = forms.DateField(
        label="至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="到这一天为止，自动结束",
    )
    reason = forms.CharField(label="事由", max_length=200, help_text="例如“出差”“病假”")


class TokenForm(forms.Form):
    name = forms.CharField(label="名称", max_length=60, help_text="哪个程序用它，如“月报汇总”")
    scope = forms.ChoiceField(label="权限", choices=TokenScope.choices, help_text="只读的不能办理任何事")
    expires_on = forms.DateField(
        label="到期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="用到这一天为止"
    )

    @staticmethod
    def begin(on: date) -> dict[str, object]:
        """Three months, or as long as a token may live."""
        return {"scope": TokenScope.READ, "expires_on": on + timedelta(days=min(90, settings.TOKEN_DAYS))}
