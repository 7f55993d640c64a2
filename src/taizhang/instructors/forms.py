"""What a person may type about instructors."""

from django import forms

from taizhang.accounts.models import Unit
from taizhang.instructors.rules import WHO
from taizhang.kit.choosing import Choose
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import CorrectForm, DayField, DoneForm, MendForm
from taizhang.members.models import Education, Person, Sex
from taizhang.orgs.models import Organization


class PoolForm(DoneForm):
    """Offers the units whose pool the person keeps."""

    unit = forms.ModelChoiceField(label="所在人才库", queryset=None)
    on = DayField(label="入库日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(self.user, WHO["enlist"]).offices()


class EnlistForm(PoolForm):
    person = forms.ModelChoiceField(
        label="人员",
        queryset=None,
        widget=Choose("members:choose"),
        help_text="台账中已有的人；机关选派、退休干部等还没有登记的，用“登记新的指导员”",
    )

    field_order = ("person", "unit", "on", "document", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.visible_to(self.user)


class RecruitForm(PoolForm):
    name = NameField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autofocus": ""}))
    sex = forms.ChoiceField(label="性别", choices=Sex.choices, initial=Sex.UNKNOWN)
    born_on = DayField(label="出生日期", required=False)
    education = forms.ChoiceField(label="学历", choices=Education.choices, initial=Education.UNKNOWN)
    telephone = forms.CharField(label="电话", required=False, help_text="加密保存")

    field_order = ("name", "sex", "born_on", "education", "telephone", "unit", "on", "document", "note")


class PostForm(DoneForm):
    organization = forms.ModelChoiceField(
        label="派驻到", queryset=None, widget=Choose("orgs:choose"), help_text="写名称中的几个字查找"
    )
    on = DayField(label="从哪天起")
    until = DayField(label="派驻期满", required=False, help_text="从这天起不再派驻；没有定的留空")

    field_order = ("organization", "on", "until", "document", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Organization.objects.visible_to(self.user).select_related("unit")
        self.fields["organization"].queryset = rows


class EndPostingForm(DoneForm):
    on = DayField(label="从哪天起不再派驻")


class CorrectPostingForm(CorrectForm):
    pass


class WithdrawForm(MendForm):
    pass
