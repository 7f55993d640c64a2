"""What a person may type about a Party organisation."""

from django import forms

from taizhang.kit.choosing import Choose, ChooseSeveral
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import CorrectForm, DayField, DoneForm, MendForm
from taizhang.orgs.models import Organization
from taizhang.party.models import (
    JOINT_FORMS,
    Absence,
    Affiliation,
    Coverage,
    Form,
    Nature,
    PartyLevel,
    PartyParticulars,
    Reason,
    superiors_visible_to,
)

NAME_LENGTH = 200  # as in a workbook

JOINT = [choice for choice in Form.choices if choice[0] in JOINT_FORMS]


def superior_field(**options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label="上级党组织（所在单位）", queryset=None, widget=Choose("party:choose_superior"), **options
    )


def organization_field(**options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(queryset=None, widget=Choose("orgs:choose"), **options)


class PartyForm(DoneForm):
    """Offers the superiors and organisations in the person's scope."""

    on = DayField(label="从哪天起")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self)


def offer(form: forms.Form) -> None:
    if "superior" in form.fields:
        form.fields["superior"].queryset = superiors_visible_to(form.user)
    for name in ("organization", "organizations"):
        if name in form.fields:
            form.fields[name].queryset = Organization.objects.visible_to(form.user).select_related("unit")


class EstablishForm(PartyForm):
    name = NameField(
        label="名称",
        max_length=NAME_LENGTH,
        help_text="批复中的全称",
        widget=forms.TextInput(attrs={"autofocus": ""}),
    )
    level = forms.ChoiceField(label="层级", choices=PartyLevel.choices, initial=PartyLevel.BRANCH)
    nature = forms.ChoiceField(
        label="性质", choices=Nature.choices, help_text="覆盖率的主要口径只计正式党组织；其他性质另列"
    )
    form = forms.ChoiceField(label="组建形式", choices=Form.choices)
    organizations = forms.ModelMultipleChoiceField(
        label="覆盖的社会组织",
        queryset=None,
        widget=ChooseSeveral("orgs:choose"),
        help_text="写名称中的几个字查找；单独组建选一家，联合、依托组建可选多家",
    )
    superior = superior_field()
    approved_by = forms.CharField(label="批准机关", required=False)
    approval = forms.CharField(label="批复文号", required=False, help_text="如 皖社综党〔2017〕12号")
    on = DayField(label="成立日期", help_text="批复的日期；从这天起计入覆盖")
    document = None  # type: ignore[assignment]


class CoverForm(PartyForm):
    organization = organization_field(label="社会组织", help_text="写名称中的几个字查找")
    form = forms.ChoiceField(label="组建形式", choices=JOINT)


class UncoverForm(PartyForm):
    on = DayField(label="从哪天起不再覆盖")


class ChangeForm(PartyForm):
    name = NameField(label="名称", max_length=NAME_LENGTH)
    level = forms.ChoiceField(label="层级", choices=PartyLevel.choices)
    approved_by = forms.CharField(label="批准机关", required=False)
    approval = forms.CharField(label="批复文号", required=False)
    superior = superior_field()


class StateAbsenceForm(PartyForm):
    reason = forms.ChoiceField(label="未建原因", choices=Reason.choices)
    remark = forms.CharField(
        label="具体情况", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="选“其他”的必填"
    )
    document = None  # type: ignore[assignment]


class CorrectPartyForm(CorrectForm):
    """Base of the forms that correct one statement."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self)


class CorrectParticularsForm(CorrectPartyForm):
    name = NameField(label="名称", max_length=NAME_LENGTH)
    level = forms.ChoiceField(label="层级", choices=PartyLevel.choices)
    nature = forms.ChoiceField(label="性质", choices=Nature.choices, help_text="覆盖记录的性质一并更正")
    approved_by = forms.CharField(label="批准机关", required=False)
    approval = forms.CharField(label="批复文号", required=False)


class CorrectAffiliationForm(CorrectPartyForm):
    superior = superior_field()


class CorrectCoverageForm(CorrectPartyForm):
    form = forms.ChoiceField(label="组建形式", choices=Form.choices)


class CorrectAbsenceForm(CorrectPartyForm):
    reason = forms.ChoiceField(label="未建原因", choices=Reason.choices)
    remark = forms.CharField(label="具体情况", required=False, widget=forms.Textarea(attrs={"rows": 2}))


CORRECTING: dict[type, type[CorrectPartyForm]] = {
    PartyParticulars: CorrectParticularsForm,
    Affiliation: CorrectAffiliationForm,
    Coverage: CorrectCoverageForm,
    Absence: CorrectAbsenceForm,
}


class WithdrawForm(MendForm):
    pass
