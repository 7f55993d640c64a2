"""What a person may type about an application."""

from typing import Any

from django import forms

from taizhang.accounts.models import Unit, UnitKind
from taizhang.formation.grouping.nouns import FEWEST_MEMBERS, MOST_ORGANIZATIONS
from taizhang.formation.models import ELECTING, FORMING, Application, Kind, Relation
from taizhang.kit.choosing import Choose
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import DayField, DoneForm
from taizhang.meetings.models import Sitting
from taizhang.members.eligibility import WHO, WhoCounts
from taizhang.members.models import Person, Position
from taizhang.orgs.models import Organization
from taizhang.party.models import JOINT_FORMS, Form, Nature, PartyLevel, PartyOrganization, superiors_visible_to
from taizhang.statutes.rules import criteria

JOINT = [choice for choice in Form.choices if choice[0] in JOINT_FORMS - {Form.ATTACHED}]
# kind → the fields that are asked of it
ASKED: dict[str, tuple[str, ...]] = {
    Kind.SINGLE: ("name", "level", "nature", "superior", "grounds"),
    Kind.JOINT: ("name", "form", "level", "nature", "superior", "grounds"),
    Kind.STREET: ("name", "level", "grounds"),
    Kind.POOLED: ("grounds",),
    Kind.SPIN_OFF: ("name", "form", "level", "superior", "grounds"),
    Kind.CHANGE: ("name", "form", "superior", "grounds"),
    Kind.MERGE: ("into", "grounds"),
    Kind.DISSOLVE: ("grounds",),
    Kind.REELECTION: ("grounds",),
    Kind.EXTENSION: ("extended_until", "grounds"),
}


class StartForm(forms.Form):
    kind = forms.ChoiceField(label="申请什么", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.SINGLE)
    organization = forms.ModelChoiceField(
        label="社会组织",
        queryset=None,
        required=False,
        widget=Choose("orgs:choose"),
        help_text="成立、联合（牵头的）、编入、分出：选由谁申请；写名称中的几个字查找",
    )
    party_organization = forms.ModelChoiceField(
        label="现有党组织",
        queryset=None,
        required=False,
        widget=Choose("party:choose"),
        help_text="变更、合并、撤销、换届、延期：选哪个党组织；编入、分出：选联合党支部",
    )
    street = forms.ModelChoiceField(label="街道", queryset=None, required=False, help_text="街道联建的，选审批的街道")
    on = DayField(label="申请日期")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).select_related("unit")
        self.fields["party_organization"].queryset = PartyOrganization.objects.visible_to(user).select_related("unit")
        self.fields["street"].queryset = Unit.objects.visible_to(user).filter(kind=UnitKind.STREET, closed_on=None)


class KeepForm(forms.Form):
    """The fields of its kind; none is required while it is being written."""

    name = NameField(label="党组织名称", max_length=200, required=False, help_text="如 中共某某协会支部委员会")
    form = forms.ChoiceField(label="组建形式", choices=[("", "—"), *JOINT], required=False)
    level = forms.ChoiceField(label="层级", choices=PartyLevel.choices, required=False)
    nature = forms.ChoiceField(label="性质", choices=Nature.choices, required=False)
    superior = forms.ModelChoiceField(
        label="上级党组织（所在单位）",
        queryset=None,
        required=False,
        widget=Choose("party:choose_superior"),
        help_text="不填的，隶属审批单位",
    )
    into = forms.ModelChoiceField(label="并入哪个党组织", queryset=None, required=False, widget=Choose("party:choose"))
    extended_until = DayField(label="延期到哪天", required=False)
    grounds = forms.CharField(label="申请理由", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, user, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["superior"].queryset = superiors_visible_to(user)
        self.fields["into"].queryset = PartyOrganization.objects.visible_to(user).select_related("unit")
        for name in set(self.fields) - set(ASKED[application.kind]):
            del self.fields[name]
        if application.kind == Kind.CHANGE:
            self.fields["name"].help_text = self.fields["superior"].help_text = "不变的留空"
            self.fields["form"].choices = [("", "不变"), (Form.SINGLE, Form.SINGLE.label), *JOINT]
        if application.kind == Kind.SPIN_OFF:
            self.fields["form"].choices = [(Form.SINGLE, Form.SINGLE.label), *JOINT]


class DecidedForm(DoneForm):
    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]


class InviteForm(forms.Form):
    organization = forms.ModelChoiceField(
        label="社会组织", queryset=None, widget=Choose("orgs:choose"), help_text="写名称中的几个字查找"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).select_related("unit")


class ConsentForm(forms.Form):
    paper = forms.CharField(label="同意的依据", max_length=200, required=False, help_text="如 盖章的同意函、会议纪要")
    on = DayField(label="同意日期")


class ProposeForm(forms.Form):
    person = forms.ModelChoiceField(
        label="党员",
        queryset=None,
        widget=Choose("members:choose"),
        help_text="从名册中选择；名册中没有的，先到“党员”登记",
    )
    organization = forms.ModelChoiceField(label="在哪家社会组织", queryset=None, required=False)
    relation = forms.ChoiceField(label="组织关系", choices=Relation.choices, initial=Relation.PROMISED)
    promise = forms.CharField(
        label="转入承诺", max_length=200, required=False, help_text="承诺转入的：承诺书名称或编号；没有承诺的不计入三名"
    )
    position = forms.ChoiceField(label="拟任职务", choices=[("", "无"), *Position.choices], required=False)

    def __init__(self, *args, user, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.visible_to(user)
        taking_part = application.participants.standing().values("organization")
        rows = Organization.objects.visible_to(user).filter(pk__in=taking_part).select_related("unit")
        self.fields["organization"].queryset = rows


class ScheduleForm(DecidedForm):
    sitting = forms.ModelChoiceField(label="列入哪次会议", queryset=None, empty_label=None)
    report = forms.CharField(
        label="汇报要点", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="留空的，按初审情况写"
    )
    note = None  # type: ignore[assignment]

    def __init__(self, *args, application: Application, **kwargs):
        super().__init__(*args, **kwargs)
        sittings = Sitting.objects.visible_to(self.user).ahead().filter(body__unit=application.approving_unit_id)
        self.fields["sitting"].queryset = sittings.select_related("body").order_by("held_on")
        if not sittings.exists():
            self.fields["sitting"].help_text = f"{application.approving_unit}没有召集中的会议：先到“会议”召集"


class FileApprovalForm(DoneForm):
    document = forms.CharField(label="批复文号", help_text="对方批复上的文号")
    decided_on = DayField(label="批复日期", help_text="从这天起计入覆盖")
    on = DayField(label="登记日期")


class FileRefusalForm(FileApprovalForm):
    decided_on = DayField(label="答复日期")
    reasons = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}))
    next_step = forms.CharField(label="下步", widget=forms.Textarea(attrs={"rows": 2}))
    note = None  # type: ignore[assignment]


class LetterForm(DoneForm):
    letter = forms.CharField(
        label="文号", required=False, help_text="在本系统印发的留空，自动取文号；线下发的填写，如 某社党〔2017〕12号"
    )
    on = DayField(label="发文日期")
    document = None  # type: ignore[assignment]


class AgreeResultForm(DoneForm):
    years = forms.IntegerField(label="每届年数", required=False, help_text="留空的，按选举当日的规定")
    on = DayField(label="同意日期", help_text="从这天起任职")


class RecordResultForm(DecidedForm):
    """One line for each proposed member: which post, how many votes."""

    elected_on = DayField(label="选举日期")
    entitled = forms.IntegerField(label="应到会有选举权人数", min_value=1)
    present = forms.IntegerField(label="实到会有选举权人数", min_value=1)

    def __init__(self, *args, nominees, **kwargs):
        super().__init__(*args, **kwargs)
        self.nominees = [*nominees]
        for each in self.nominees:
            self.fields[f"position_{each.pk}"] = forms.ChoiceField(
                label=f"{each.person}当选为", choices=[("", "未当选"), *Position.choices], required=False
            )
            self.fields[f"votes_{each.pk}"] = forms.IntegerField(
                label=f"{each.person}得票", min_value=0, required=False
            )
            self.initial.setdefault(f"position_{each.pk}", each.position)
        last = ("on", "note")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean(self):
        filled: Any = super().clean()
        results = []
        for each in self.nominees:
            position, votes = filled.pop(f"position_{each.pk}", ""), filled.pop(f"votes_{each.pk}", None)
            if position:
                results.append((each.person, position, votes or 0))
        return {**filled, "results": results}


def initial_of(application: Application) -> dict[str, object]:
    return {
        name: getattr(value, "pk", value)
        for name, value in ((n, getattr(application, n)) for n in ASKED[application.kind])
    }


PROPOSES_PEOPLE = ELECTING | FORMING


class GroupForm(forms.Form):
    """What a grouping is to keep to; what the parameters of the day say is filled in already."""

    unit = forms.ModelChoiceField(label="哪个单位负责的", queryset=None, help_text="只编这个单位范围内的社会组织")
    day = DayField(label="哪一天的情况")
    who = forms.ChoiceField(label="计哪些人员", choices=WhoCounts.choices)
    wanted = forms.IntegerField(label="一组合计正式党员至少", min_value=2, max_value=20)
    most_organizations = forms.IntegerField(label="一个支部最多几个单位", min_value=2, max_value=15)
    needs_secretary = forms.BooleanField(label="每组要有书记人选", required=False)
    management = forms.BooleanField(label="书记人选须任中层以上管理职务", required=False)
    same_city = forms.BooleanField(label="同一市的区县视为相邻", required=False)
    seconds_allowed = forms.IntegerField(label="最多用时（秒）", min_value=1, max_value=300)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = offices_of(user)


class WishForm(forms.Form):
    """What is asked of the next grouping, besides what was asked of this one."""

    wish = forms.ChoiceField(
        label="要求",
        choices=[("together", "同组"), ("apart", "不同组"), ("left_out", "不参加"), ("clear", "取消全部要求")],
    )
    organizations = forms.ModelMultipleChoiceField(label="社会组织", queryset=None, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organizations"].queryset = Organization.objects.visible_to(user)


def offices_of(user):
    """Units whose organisations may be grouped, the highest first."""
    kinds = [UnitKind.COMMITTEE, UnitKind.SUPERVISING]
    return Unit.objects.visible_to(user).filter(kind__in=kinds, closed_on=None).order_by("path")


def usual_grouping(user, day) -> dict[str, object]:
    """What a grouping is asked with unless somebody says otherwise: by the parameters of the day."""
    rule = criteria(day)
    return {
        "unit": offices_of(user).first(),
        "day": day,
        "who": rule.get(WHO, WhoCounts.FULL_TIME),
        "wanted": rule.get("joint-branch-min-members", FEWEST_MEMBERS),
        "most_organizations": rule.get("joint-branch-max-organizations", MOST_ORGANIZATIONS),
        "needs_secretary": True,
        "management": False,
        "same_city": True,
        "seconds_allowed": 60,
    }
