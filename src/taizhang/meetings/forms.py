"""What a person may type about bodies and sittings."""

from django import forms

from taizhang.accounts.models import Unit
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import DayField, DoneForm
from taizhang.meetings.models import Outcome
from taizhang.meetings.order import present_at, seats_on
from taizhang.meetings.rules import BALLOTS, WHO

SHARES = [("1/2", "二分之一"), ("3/5", "五分之三"), ("2/3", "三分之二"), ("4/5", "五分之四")]
ASIDE = "记为回避的人不计入表决"


class SetUpForm(DoneForm):
    unit = forms.ModelChoiceField(label="所在单位", queryset=None)
    name = NameField(label="名称", max_length=100, help_text="如 综合党委、教育厅党组")
    on = DayField(label="从哪天起")
    document = None  # type: ignore[assignment]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(self.user, WHO["set_up"]).offices()


class SeatForm(DoneForm):
    name = NameField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autofocus": ""}))
    post = forms.CharField(label="职务", max_length=60, required=False, help_text="如 书记、委员")
    on = DayField(label="从哪天起")


class UnseatForm(DoneForm):
    on = DayField(label="从哪天起不再任职")


class AdoptRulesForm(DoneForm):
    quorum = forms.ChoiceField(label="到会比例", choices=SHARES)
    quorum_strictly = forms.BooleanField(label="须超过这个比例", required=False, initial=True)
    majority = forms.ChoiceField(label="通过比例（占应到人数）", choices=SHARES)
    majority_strictly = forms.BooleanField(label="须超过这个比例", required=False, initial=True)
    on = DayField(label="从哪天起")


class SittingForm(DoneForm):
    document = None  # type: ignore[assignment]

    def __init__(self, *args, body, on, **kwargs):
        super().__init__(*args, **kwargs)
        seated = [(each.name, f"{each.name} {each.post}") for each in seats_on(body, on)]
        for name in ("chair", "present"):
            if name in self.fields:
                self.fields[name].choices = seated


class ConveneForm(SittingForm):
    held_on = DayField(label="开会日期")
    chair = forms.ChoiceField(label="主持人")
    recorder = NameField(label="记录人", max_length=60)
    place = forms.CharField(label="地点", max_length=100, required=False)
    also_present = forms.CharField(label="列席", required=False, help_text="不计入实到")
    on = DayField(label="召集日期")

    field_order = ("held_on", "place", "chair", "recorder", "also_present", "on", "note")


class PostponeForm(DoneForm):
    held_on = DayField(label="改在哪天")
    place = forms.CharField(label="地点", max_length=100, required=False)
    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]


class CancelForm(DoneForm):
    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]


class AttendForm(SittingForm):
    present = forms.MultipleChoiceField(label="到会", widget=forms.CheckboxSelectMultiple, required=False)
    chair = forms.ChoiceField(label="主持人", required=False)
    absences = forms.CharField(
        label="缺席原因",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一人：姓名 原因",
    )
    also_present = forms.CharField(label="列席", required=False)
    note = None  # type: ignore[assignment]

    def clean_absences(self) -> dict[str, str]:
        lines = (line.split(maxsplit=1) for line in self.cleaned_data["absences"].splitlines() if line.strip())
        return {line[0]: line[1].strip() if len(line) > 1 else "" for line in lines}


class ResolveForm(forms.Form):
    """`by_name` asks each member present; otherwise heads are counted."""

    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, widget=forms.RadioSelect)
    stands_aside = forms.MultipleChoiceField(
        label="回避", widget=forms.CheckboxSelectMultiple, required=False, help_text=ASIDE
    )
    in_favour = forms.IntegerField(label="赞成（同意所申请的）", min_value=0, required=False)
    against = forms.IntegerField(label="反对", min_value=0, required=False)
    abstained = forms.IntegerField(label="弃权", min_value=0, required=False)
    written_views = forms.CharField(
        label="缺席者书面意见", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="记录，不计票"
    )
    note = forms.CharField(
        label="理由或说明",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的必填：逐条写明理由；缓议的写明还差什么",
    )
    next_step = forms.CharField(
        label="下步",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不同意的必填：对方下一步怎么办",
    )

    def __init__(self, *args, sitting, by_name: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.there = present_at(sitting)
        self.fields["stands_aside"].choices = [(name, name) for name in self.there]
        self.by_name = by_name
        if not by_name:
            return
        for name in ("in_favour", "against", "abstained"):
            del self.fields[name]
        for number, name in enumerate(self.there):
            choices = [("", "未表决（回避）"), *BALLOTS.items()]
            self.fields[f"ballot_{number}"] = forms.ChoiceField(
                label=f"{name}的票", choices=choices, required=False, initial="for"
            )

    def clean(self):
        filled = super().clean()
        if self.by_name:
            said = {name: filled.pop(f"ballot_{number}", "") for number, name in enumerate(self.there)}
            aside = filled.get("stands_aside", [])
            filled["ballots"] = {name: each for name, each in said.items() if each and name not in aside}
        else:
            for name in ("in_favour", "against", "abstained"):
                filled[name] = filled.get(name) or 0
        return filled
