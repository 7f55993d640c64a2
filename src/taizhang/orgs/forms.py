"""What a person may type about an organisation or a unit."""

from django import forms

from taizhang.accounts.models import Unit, UnitKind
from taizhang.kit.choosing import ChooseListed
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import DayField
from taizhang.orgs.codes import is_known_region
from taizhang.orgs.models import (
    Breakdown,
    Entry,
    Kind,
    Level,
    Mode,
    Particulars,
    Registrar,
    Status,
    Supervision,
    Workforce,
    registrars,
)

SHORT = {"rows": 2}
NAME_LENGTH = 200  # as in a workbook


def on_day(label: str, help_text: str = "") -> DayField:
    return DayField(label=label, help_text=help_text)


class DoneForm(forms.Form):
    """The last lines of every act: on what paper, and what else there is to say."""

    document = forms.CharField(label="依据文件", required=False, help_text="文号，如 民社函〔2017〕12号")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs=SHORT))

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("document", "note")])


def heads(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, help_text=help_text)


def require_document(form: forms.Form, what: str) -> None:
    form.fields["document"].required = True
    form.fields["document"].help_text = what
    form.fields["document"].error_messages["required"] = f"没有填写依据文件；请填{what}"


def region_field() -> forms.CharField:
    return forms.CharField(
        label="行政区划代码",
        required=False,
        min_length=6,
        max_length=6,
        help_text="6位，如 340000",
        validators=[known_region],
    )


def known_region(region: str) -> None:
    if not is_known_region(region):
        raise forms.ValidationError("不是已知的行政区划代码；现行和历史区划均可")


class RegisterForm(DoneForm):
    name = NameField(
        label="名称",
        max_length=NAME_LENGTH,
        help_text="登记证书上的全称",
        widget=forms.TextInput(attrs={"autofocus": ""}),
    )
    code = forms.CharField(label="统一社会信用代码", required=False, help_text="18位；还没有换发代码的留空")
    kind = forms.ChoiceField(label="类型", choices=Kind.choices)
    level = forms.ChoiceField(label="登记层级", choices=Level.choices, initial=Level.PROVINCE)
    mode = forms.ChoiceField(
        label="登记体制",
        choices=Mode.choices,
        help_text="直接登记、已脱钩的由综合党委负责；双重管理的由业务主管单位负责",
    )
    responsible = forms.ModelChoiceField(label="责任单位", queryset=None, empty_label="请选择", widget=ChooseListed)
    registrar = forms.ModelChoiceField(
        label="登记管理机关", queryset=None, empty_label="不详", required=False, widget=ChooseListed
    )
    region = region_field()
    trade = forms.CharField(label="行业", required=False, max_length=60)
    registered_on = on_day("成立登记日期")
    entered_on = DayField(label="录入日期", required=False, help_text="从这天起计入覆盖率的基数；暂不录入则留空")
    on = on_day("办理日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = Unit.objects.visible_to(self.user).offices().filter(closed_on=None)
        self.fields["registrar"].queryset = registrars().filter(closed_on=None)


class EnterForm(DoneForm):
    on = on_day("录入日期", "从这天起计入覆盖率的基数")
    document = None  # type: ignore[assignment]


class RenameForm(DoneForm):
    name = NameField(label="新名称", max_length=NAME_LENGTH, help_text="登记证书上的全称")
    on = on_day("从哪天起", "准予变更登记的日期")


class ChangeForm(DoneForm):
    kind = forms.ChoiceField(label="类型", choices=Kind.choices)
    level = forms.ChoiceField(label="登记层级", choices=Level.choices)
    mode = forms.ChoiceField(label="登记体制", choices=Mode.choices, help_text="因脱钩变更的，请用“移交（脱钩）”办理")
    region = region_field()
    trade = forms.CharField(label="行业", required=False, max_length=60)
    on = on_day("从哪天起")


class HandOverForm(DoneForm):
    to = forms.ModelChoiceField(label="移交给", queryset=None, empty_label="请选择", widget=ChooseListed)
    mode = forms.ChoiceField(label="移交后的登记体制", choices=Mode.choices)
    on = on_day("移交日期", "从这天起由接收单位负责")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Unit.objects.visible_to(self.user).offices().filter(closed_on=None)
        require_document(self, "脱钩或移交文件的文号")


class StrikeOffForm(DoneForm):
    status = forms.ChoiceField(label="情形", choices=[each for each in Status.choices if each[0] != Status.NORMAL])
    on = on_day("日期", "准予注销、撤销或吊销决定的日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        require_document(self, "准予注销、撤销或吊销文件的文号")


class WorkforceForm(DoneForm):
    full_time = forms.IntegerField(label="专职人员", min_value=0, max_value=1_000_000)
    part_time = forms.IntegerField(label="兼职人员", min_value=0, max_value=1_000_000)
    leaders = forms.IntegerField(label="负责人", min_value=0, max_value=1_000_000)
    party_members = forms.IntegerField(label="党员", min_value=0, max_value=1_000_000)
    applicants = forms.IntegerField(label="入党申请人", min_value=0, max_value=1_000_000)
    has_union = forms.BooleanField(label="建有工会", required=False)
    has_youth_league = forms.BooleanField(label="建有共青团组织", required=False)
    has_womens_federation = forms.BooleanField(label="建有妇联组织", required=False)
    on = on_day("从哪天起")
    document = None  # type: ignore[assignment]


class CorrectForm(DoneForm):
    """Base of the forms that correct one statement."""

    about: type
    since = on_day("自")
    until = DayField(label="终止日期", required=False, help_text="从这天起不再如此；至今仍是的留空")
    on = on_day("更正日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ends = ["since", "until", "on", "document", "note"]
        self.order_fields([*(name for name in self.fields if name not in ends), *ends])
        self.fields["note"].label = "更正理由"
        self.fields["note"].help_text = "必填：错在哪里，依据什么更正。原记录保留，仍可查。"
        for each in self.fields.values():
            if isinstance(each, forms.ModelChoiceField):
                among = Unit.objects.visible_to(self.user).offices()
                each.queryset = registrars() if self.about is Registrar else among


class CorrectParticularsForm(CorrectForm):
    about = Particulars
    name = NameField(label="名称", max_length=NAME_LENGTH)
    kind = forms.ChoiceField(label="类型", choices=Kind.choices)
    level = forms.ChoiceField(label="登记层级", choices=Level.choices)
    mode = forms.ChoiceField(label="登记体制", choices=Mode.choices)
    status = forms.ChoiceField(label="状态", choices=Status.choices)
    region = region_field()
    trade = forms.CharField(label="行业", required=False, max_length=60)


class CorrectEntryForm(CorrectForm):
    about = Entry


class CorrectSupervisionForm(CorrectForm):
    about = Supervision
    unit = forms.ModelChoiceField(label="责任单位", queryset=None, empty_label="请选择", widget=ChooseListed)


class CorrectRegistrarForm(CorrectForm):
    about = Registrar
    unit = forms.ModelChoiceField(label="登记管理机关", queryset=None, empty_label="请选择", widget=ChooseListed)


class CorrectWorkforceForm(CorrectForm):
    about = Workforce
    full_time = WorkforceForm.base_fields["full_time"]
    part_time = WorkforceForm.base_fields["part_time"]
    leaders = WorkforceForm.base_fields["leaders"]
    party_members = WorkforceForm.base_fields["party_members"]
    applicants = WorkforceForm.base_fields["applicants"]
    has_union = WorkforceForm.base_fields["has_union"]
    has_youth_league = WorkforceForm.base_fields["has_youth_league"]
    has_womens_federation = WorkforceForm.base_fields["has_womens_federation"]


class BreakdownForm(forms.Form):
    """How the declared heads divide (年报表)."""

    leaders_part_time = heads("兼职负责人")
    leader_members = heads("负责人中的党员")
    full_time_members = heads("专职人员中的党员")
    held_here = heads("组织关系在本组织", "已转入本组织党组织的专职党员")
    held_supervisor = heads("组织关系在业务主管单位")
    held_affiliated = heads("组织关系在挂靠单位")
    held_locality = heads("组织关系在属地", "街道、社区")
    held_employer = heads("组织关系在原单位")
    held_other = heads("组织关系在其他地方")
    activists = heads("入党积极分子")
    candidates = heads("发展对象")


class CorrectBreakdownForm(CorrectForm, BreakdownForm):
    about = Breakdown


CORRECTING: dict[str, type[CorrectForm]] = {
    "particulars": CorrectParticularsForm,
    "entry": CorrectEntryForm,
    "supervision": CorrectSupervisionForm,
    "registrar": CorrectRegistrarForm,
    "workforce": CorrectWorkforceForm,
    "breakdown": CorrectBreakdownForm,
}


class WithdrawForm(DoneForm):
    on = on_day("撤回日期")


class CreateUnitForm(DoneForm):
    name = NameField(label="单位全称", max_length=NAME_LENGTH)
    kind = forms.ChoiceField(
        label="类别",
        choices=[(each.value, each.label) for each in (UnitKind.SUPERVISING, UnitKind.BUREAU, UnitKind.STREET)],
    )
    code = forms.CharField(label="单位代码", required=False, help_text="本省自编的代码，可留空")
    on = on_day("从哪天起")
    document = None  # type: ignore[assignment]


class RenameUnitForm(DoneForm):
    name = NameField(label="新名称", max_length=NAME_LENGTH)
    on = on_day("从哪天起")


class AliasForm(forms.Form):
    name = NameField(label="别名", max_length=NAME_LENGTH, help_text="表格里常见的简称、旧称，导入时按它认")


class MergeForm(DoneForm):
    on = on_day("办理日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].help_text = self.asks

    asks = "凭什么认定是同一个，例如登记证书、证件、注销公告、电话核实"


class UnmergeForm(MergeForm):
    asks = "凭什么认定是两个"


class OfferAgainForm(MergeForm):
    asks = "为什么要再核对"
