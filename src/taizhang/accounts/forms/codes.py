"""What one types to hand out accounts, and to activate one's own."""

import re
from collections import defaultdict

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q
from django.utils.module_loading import import_string

from taizhang.accounts import rules
from taizhang.accounts.forms import RoleForm, UnitField
from taizhang.accounts.handing_out import AT_ONCE, DAYS, LONGEST, Wanted
from taizhang.accounts.models import Role, Unit, UnitKind
from taizhang.accounts.passwords import PolicyValidator
from taizhang.kit.naming import NameField

CELL = re.compile(r"\t|[,，;；]")
HEADINGS = ("单位", "姓名", "邮箱", "登录名")


class DaysForm(forms.Form):
    days = forms.IntegerField(
        label="激活码有效天数",
        min_value=1,
        max_value=LONGEST,
        initial=DAYS,
        help_text=f"1至{LONGEST}天，过期作废，可以重发",
    )


class HandOutForm(DaysForm):
    """For every organisation below a unit that has nobody yet."""

    unit = UnitField(label="责任单位", help_text="给这个单位所管的社会组织开设账号；写全称、代码或编号")
    direct = forms.BooleanField(label="只开直接负责的，不含下级单位所管的", required=False, initial=True)

    field_order: tuple[str, ...] = ("unit", "role", "direct", "days")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = Unit.objects.visible_to(by, rules.GIVERS).exclude(kind=UnitKind.PARTY)
        self.fields["role"] = role_field(by)
        self.order_fields(self.field_order)

    offices = RoleForm.offices
    clean_unit = RoleForm.clean_unit


class ListedForm(DaysForm):
    """For the people of a list, typed, or copied out of a workbook."""

    unit = UnitField(label="在哪个单位范围内", help_text="名单中的单位都在它之下；写全称、代码或编号")
    lines = forms.CharField(
        label="名单",
        max_length=600_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="一人一行：单位、姓名、邮箱、登录名，后两项可以不写。从表格中选中这几列，复制后粘贴到这里；第一行可以是表头",
    )

    field_order: tuple[str, ...] = ("unit", "role", "lines", "days")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = Unit.objects.visible_to(by, rules.GIVERS)
        self.fields["role"] = role_field(by)
        self.order_fields(self.field_order)

    offices = RoleForm.offices
    clean_unit = RoleForm.clean_unit

    def clean_lines(self) -> list[list[str]]:
        rows = [[cell.strip() for cell in CELL.split(line)] for line in self.cleaned_data["lines"].splitlines()]
        return table(rows)

    def clean(self):
        filled = super().clean() or {}
        if "unit" in filled and "role" in filled and "lines" in filled:
            filled["wanted"] = wanted(filled.pop("lines"), under=filled["unit"], role=filled["role"], form=self)
        return filled


class UploadListedForm(ListedForm):
    """The same from a workbook, where somebody has one."""

    file = forms.FileField(
        label="或者上传表格", required=False, help_text="列为单位、姓名、邮箱、登录名；xlsx、xls、ods、csv，最大5 MB"
    )

    field_order: tuple[str, ...] = ("unit", "role", "lines", "file", "days")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.fields["lines"].required = False

    def clean_file(self):
        """Read by the intake, which stands above and is found by name: it alone opens files of others."""
        file = self.cleaned_data["file"]
        if file is None and not self.cleaned_data.get("lines"):
            raise forms.ValidationError("请粘贴名单，或者上传表格。")
        if file is not None:
            rows = import_string(settings.WORKBOOK_LINES)(file)
            self.cleaned_data["lines"] = table([[cell.strip() for cell in row] for row in rows])
        return file

    def clean(self):
        filled = super().clean()
        filled.pop("file", None)
        return filled


def role_field(by) -> forms.ChoiceField:
    given = [role for role in rules.roles_to_give(by) if role != Role.UNIT_ADMIN]
    return forms.ChoiceField(label="角色", choices=[(role, Role(role).label) for role in given], initial=Role.OPERATOR)


def table(rows: list[list[str]]) -> list[list[str]]:
    """The rows under the headings, in the order unit, name, e-mail, sign-in name; without headings they stand so already."""
    rows = [row for row in rows if any(row)]
    if rows and all(any(name in cell for cell in rows[0]) for name in HEADINGS[:2]):
        places = {name: place for place, cell in enumerate(rows[0]) for name in HEADINGS if name in cell}
        rows = [[row[places[name]] if places.get(name, 99) < len(row) else "" for name in HEADINGS] for row in rows[1:]]
    rows = [[*row, "", "", ""][: len(HEADINGS)] for row in rows]
    if len(rows) > AT_ONCE:
        raise forms.ValidationError(f"一次最多{AT_ONCE:,}行，请分几次办理。")
    return rows


def wanted(rows: list[list[str]], *, under: Unit, role: str, form: forms.Form) -> list[Wanted]:
    """Each row's unit is found below `under`; what cannot be read is said with its line."""
    known = units_called({row[0] for row in rows}, form.units.below(under))
    found, wrong = [], []
    for number, (called, name, email, username) in enumerate(rows, start=1):
        matching = known.get(called, [])
        if len(matching) != 1:
            several = "有几个单位叫这个名称，请写编号" if matching else "范围内没有这个单位，请核对全称"
            wrong.append(f"第{number}行“{called}”：{several}")
        elif not name:
            wrong.append(f"第{number}行“{called}”：没有姓名")
        elif email and not looks_like_mail(email):
            wrong.append(f"第{number}行“{called}”：邮箱“{email}”不合格式")
        else:
            found.append(Wanted(matching[0], role, name=name, email=email, username=username))
    for each in wrong[:50]:
        form.add_error("lines", each)
    return found


def units_called(names: set[str], units) -> dict[str, list[Unit]]:
    numbers = {int(name) for name in names if name.isdecimal() and len(name) < 19}
    found = defaultdict(list)
    for each in units.filter(Q(name__in=names) | Q(code__in=names - {""}) | Q(pk__in=numbers)):
        for said in {each.name, each.code, str(each.pk)} & names:
            found[said].append(each)
    return found


def looks_like_mail(text: str) -> bool:
    try:
        forms.EmailField().clean(text)
    except forms.ValidationError:
        return False
    return True


class TwiceForm(forms.Form):
    """A password somebody sets, typed twice alike."""

    password = forms.CharField(
        label="设置密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = PolicyValidator().get_help_text()

    def clean(self):
        filled = super().clean()
        if filled.get("password") and filled.get("again") and filled["password"] != filled["again"]:
            self.add_error("again", "两次输入的密码不一样")
        filled.pop("again", None)
        return filled


class SealForm(TwiceForm):
    """As good as one to sign in: whoever finds the file has all the time in the world."""

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["password"].label = "打开表格的密码"
        self.fields["password"].help_text += "另外设一个，不要用登录密码。"

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.by)
        return self.cleaned_data["password"]


class SuccessorForm(DaysForm):
    name = NameField(label="接替人姓名", max_length=60)
    email = forms.EmailField(label="邮箱", required=False, help_text="可不填；填了可以把激活码发到邮箱")

    field_order: tuple[str, ...] = ("name", "email", "days")


class ActivationForm(TwiceForm):
    username = forms.CharField(
        label="登录名",
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username"}),
    )
    code = forms.CharField(
        label="激活码",
        max_length=60,
        help_text="通知单上的四组字母和数字，大小写都可以",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = NameField(
        label="您的姓名", max_length=60, required=False, help_text="通知单上已有姓名的不用填；账号只由您本人使用"
    )

    field_order: tuple[str, ...] = ("username", "code", "name", "password", "again")
