"""What a person may type about people."""

from django import forms

from taizhang.kit.choosing import Choose
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import CorrectForm, DayField, DoneForm, MendForm
from taizhang.members.actions import account_named
from taizhang.members.models import (
    Education,
    Employment,
    Engagement,
    Membership,
    OutsideKind,
    Position,
    Post,
    Sex,
    Standing,
)
from taizhang.orgs.models import Organization
from taizhang.party.models import PartyOrganization

NONE = [("", "——")]
UNTIL = "补录以前的情况才填：从这天起不再如此；至今仍是的留空"
SEEK = "写名称中的几个字查找"


class PersonForm(DoneForm):
    """Offers the organisations and Party organisations whose people the user keeps or reads."""

    on = DayField(label="从哪天起")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            rows = Organization.objects.visible_to(self.user).select_related("unit")
            self.fields["organization"].queryset = rows
        if "party_organization" in self.fields:
            rows = PartyOrganization.objects.visible_to(self.user).select_related("unit")
            self.fields["party_organization"].queryset = rows


def organization_field(**options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label="社会组织", queryset=None, widget=Choose("orgs:choose"), **options)


def party_organization_field(**options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(queryset=None, widget=Choose("party:choose"), **options)


class EngagedFields(forms.Form):
    employment = forms.ChoiceField(label="用工", choices=Employment.choices)
    title = forms.CharField(label="职务", required=False, max_length=40, help_text="如 会长、秘书长、监事；没有的留空")
    is_management = forms.BooleanField(label="中层以上管理职务", required=False)


class HeldFields(forms.Form):
    party_organization = party_organization_field(
        label="组织关系在本系统哪个党组织", required=False, help_text="写名称中的几个字查找；在外单位的留空"
    )
    outside_name = NameField(
        label="或在哪个外单位党组织", required=False, help_text="如 某街道某社区党委、原单位党支部"
    )
    outside_kind = forms.ChoiceField(label="外单位类别", choices=OutsideKind.choices, initial=OutsideKind.STREET)
    standing = forms.ChoiceField(label="党员类别", choices=[*NONE, *Standing.choices], required=False)
    joined_on = DayField(label="入党日期", required=False)
    full_since = DayField(label="转正日期", required=False)


class EnrolForm(HeldFields, EngagedFields, PersonForm):
    name = NameField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autofocus": ""}))
    sex = forms.ChoiceField(label="性别", choices=Sex.choices, initial=Sex.UNKNOWN)
    born_on = DayField(label="出生日期", required=False)
    education = forms.ChoiceField(label="学历", choices=Education.choices, initial=Education.UNKNOWN)
    id_number = forms.CharField(
        label="身份证号", required=False, help_text="加密保存，平时只显示首尾；组织关系在外单位的不登记"
    )
    telephone = forms.CharField(label="电话", required=False, help_text="加密保存")
    organization = organization_field(required=False, help_text=SEEK)
    on = DayField(label="从哪天起", help_text="从业和组织关系从这天起；两者日期不同的，先登记一项，再补另一项")

    field_order = (
        *("name", "sex", "born_on", "education", "id_number", "telephone"),
        *("organization", "employment", "title", "is_management"),
        *("party_organization", "outside_name", "outside_kind", "standing", "joined_on", "full_since"),
    )


class AmendForm(PersonForm):
    name = NameField(label="姓名", max_length=60)
    sex = forms.ChoiceField(label="性别", choices=Sex.choices)
    born_on = DayField(label="出生日期", required=False)
    education = forms.ChoiceField(label="学历", choices=Education.choices)
    id_number = forms.CharField(label="身份证号", required=False, help_text="不改的留空")
    telephone = forms.CharField(label="电话", required=False, help_text="不改的留空")
    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]


class EngageForm(EngagedFields, PersonForm):
    organization = organization_field(help_text=SEEK)
    until = DayField(label="终止日期", required=False, help_text=UNTIL)
    document = None  # type: ignore[assignment]

    field_order = ("organization", "employment", "title", "is_management", "on", "until", "note")


class LeaveForm(PersonForm):
    on = DayField(label="从哪天起不再从业")
    document = None  # type: ignore[assignment]


class AdmitForm(HeldFields, PersonForm):
    standing = forms.ChoiceField(label="党员类别", choices=Standing.choices)
    until = DayField(label="终止日期", required=False, help_text=UNTIL)

    field_order = (
        *("party_organization", "outside_name", "outside_kind", "standing", "joined_on", "full_since"),
        *("on", "until", "document", "note"),
    )


class BecomeFullForm(PersonForm):
    on = DayField(label="转正日期")


class EndMembershipForm(PersonForm):
    on = DayField(label="从哪天起", help_text="转到别的党组织的，请用“登记或转移组织关系”，不必先终止")


class AppointForm(PersonForm):
    party_organization = party_organization_field(label="党组织", help_text=SEEK)
    position = forms.ChoiceField(label="职务", choices=Position.choices)
    term_ends_on = DayField(label="任期届满", required=False)
    until = DayField(label="离任日期", required=False, help_text="补录以前的任职才填")

    field_order = ("party_organization", "position", "on", "term_ends_on", "until", "document", "note")


class EndPostForm(PersonForm):
    on = DayField(label="离任日期")


PROTECTED = {"id_number": "身份证号", "telephone": "电话"}


class RevealForm(forms.Form):
    field = forms.ChoiceField(label="查看", choices=list(PROTECTED.items()))
    purpose = forms.CharField(label="用途", required=False, help_text="必填，如“核对转接介绍信”；记入审计")


class HandOutForm(forms.Form):
    purpose = forms.CharField(
        label="本人的申请", required=False, max_length=200, help_text="必填，如“本人2026年3月1日书面申请”；记入审计"
    )
    format = forms.ChoiceField(label="格式", choices=[("xlsx", "xlsx 表格"), ("json", "JSON")])


class LinkAccountForm(PersonForm):
    account = forms.CharField(label="本人的登录名", required=False, help_text="由账户管理员开设；解除关联的清空")
    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]

    field_order = ("account", "on", "note")

    def clean_account(self):
        if not (text := self.cleaned_data["account"].strip()):
            return None
        found = account_named(text)
        if found is None:
            raise forms.ValidationError("没有这个登录名，请向账户管理员核对")
        return found


class ForgetForm(MendForm):
    pass


class EraseForm(DoneForm):
    on = DayField(label="办理日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].label = "清除的依据"
        self.fields["document"].help_text = "必填：本人书面申请或批准文件，写明日期或文号"
        self.fields["note"].label = "理由"
        self.fields["note"].help_text = "必填。请不要写姓名、证件号和电话：这里写的字不会被清除"


class WithdrawForm(MendForm):
    pass


class DissolveForm(PersonForm):
    on = DayField(label="撤销日期", help_text="从这天起不再存在，不再计入覆盖")


class CorrectEngagementForm(EngagedFields, CorrectForm):
    field_order = ("employment", "title", "is_management", "since", "until", "on", "note")


class CorrectMembershipForm(CorrectForm):
    standing = forms.ChoiceField(label="党员类别", choices=Standing.choices)
    joined_on = DayField(label="入党日期", required=False)
    full_since = DayField(label="转正日期", required=False)


class CorrectPostForm(CorrectForm):
    term_ends_on = DayField(label="任期届满", required=False)


CORRECTING: dict[type, type[CorrectForm]] = {
    Engagement: CorrectEngagementForm,
    Membership: CorrectMembershipForm,
    Post: CorrectPostForm,
}
