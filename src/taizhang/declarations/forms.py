"""What a person types into a declaration: made from what is asked (`fields`), filled with what is known."""

import json
from typing import Any

from django import forms
from django.db.models import Q

from taizhang.accounts.models import Unit
from taizhang.declarations.drafts import Draft
from taizhang.declarations.explanations import SINCE, explained
from taizhang.declarations.fields import Asked, RecordKind
from taizhang.declarations.rules import WHO
from taizhang.declarations.sections import Record
from taizhang.declarations.workbooks.reading import FEW
from taizhang.kit.choosing import Choose, ChooseListed
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import DayField
from taizhang.orgs.models import Organization

SHORT = {"rows": 2}


def field_for(kind: RecordKind, asked: Asked) -> forms.Field:
    """Nothing is required while a draft saves itself; the check says what is missing."""
    told: dict[str, Any] = {"label": asked.label, "required": False}
    told["help_text"] = explained(kind.name, asked.name, asked.label)
    if asked.kind == "number":
        return forms.IntegerField(min_value=0, max_value=1_000_000, **told)
    if asked.kind == "yes":
        return forms.BooleanField(**told)
    if asked.kind == "choice":
        return forms.ChoiceField(choices=[("", "请选择"), *asked.choices.items()], **told)
    if asked.name == "name":
        return NameField(max_length=asked.longest, **told)
    return forms.CharField(max_length=asked.longest, **told)


class RecordForm(forms.Form):
    """One record of a draft. `seen_…` carry what the person saw, so that what somebody else changed since is noticed."""

    def __init__(self, *args, draft: Draft, record: Record, **kwargs):
        super().__init__(*args, prefix=record.key, **kwargs)
        self.draft, self.record = draft, record
        for asked in record.kind.fields:
            if (record.key, asked.name) not in draft.samples:
                value = draft.declared(record, asked.name)
                self.fields[asked.name] = field_for(record.kind, asked)
                self.initial.setdefault(asked.name, value)
        self.asked = list(self.fields)
        told = explained(record.kind.name, SINCE, record.kind.since_label)
        self.fields["since"] = DayField(label=record.kind.since_label, required=False, help_text=told)
        self.initial.setdefault("since", draft.since(record.key) or draft.declaration.cut_off_on)
        for name in self.asked:
            self.fields[f"seen_{name}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.initial[f"seen_{name}"] = json.dumps(self.initial[name])

    def kept(self) -> dict[str, Any]:
        """What could be read, for the verb."""
        said = self.cleaned_data
        values = {name: said[name] for name in self.asked if name in said and self.was_sent(name)}
        seen = {name: read_seen(said.get(f"seen_{name}", "")) for name in values if said.get(f"seen_{name}")}
        return {"values": values, "since": said.get("since"), "seen": seen or None}

    def was_sent(self, name: str) -> bool:
        """What did not come is left alone; an empty box comes as what was seen of it, and nothing else."""
        return self.add_prefix(name) in self.data or (
            isinstance(self.fields[name], forms.BooleanField) and self.add_prefix(f"seen_{name}") in self.data
        )

    @property
    def typed(self):
        return [self[name] for name in (*self.asked, "since")]

    @property
    def unseen(self):
        return [self[f"seen_{name}"] for name in self.asked]


def read_seen(text: str) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str | int | bool) else None


class SamplesForm(forms.Form):
    """Fields whose value is not shown, to be typed as they are."""

    def __init__(self, *args, draft: Draft, **kwargs):
        super().__init__(*args, prefix="sample", **kwargs)
        self.keys: dict[str, tuple[str, str]] = {}
        for (key, name), sample in draft.samples.items():
            record = draft.record(key)
            if record is None:
                continue
            asked = record.kind.field(name)
            self.keys[f"{key}-{name}"] = (key, name)
            self.fields[f"{key}-{name}"] = field_for(record.kind, asked)
            self.fields[f"{key}-{name}"].label = f"{record.kind.title}：{asked.label}"
            self.initial[f"{key}-{name}"] = sample.answer

    def answers(self) -> dict[tuple[str, str], Any]:
        said = self.cleaned_data
        return {key: said[name] for name, key in self.keys.items() if said.get(name) not in (None, "")}


class ConfirmForm(forms.Form):
    sections = forms.MultipleChoiceField(label="各节", widget=forms.CheckboxSelectMultiple, required=False)
    name = NameField(label="确认人姓名", max_length=60)

    def __init__(self, *args, draft: Draft, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = [(each.name, each.title) for each in draft.sections]


class SubmitForm(forms.Form):
    """`all_correct` says of every section shown, once and under a name, that it is right."""

    all_correct = forms.BooleanField(label="以上各节我都看过，属实", required=False)
    name = NameField(label="填报人姓名", max_length=60, required=False)
    late_reason = forms.CharField(label="逾期原因", max_length=200, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, is_late: bool = True, in_round: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["late_reason"]
        if not in_round:
            del self.fields["all_correct"], self.fields["name"]


class OpenRoundForm(forms.Form):
    title = NameField(label="名称", max_length=100, help_text="如：2017年度党建情况年报")
    unit = forms.ModelChoiceField(
        label="范围", queryset=None, empty_label="请选择", widget=ChooseListed, help_text="这个单位名下的社会组织都要填"
    )
    organization = forms.ModelChoiceField(
        label="只请一家填报",
        queryset=None,
        required=False,
        empty_label="不限",
        widget=Choose("orgs:choose"),
        help_text="要全部填报的，留空",
    )
    cut_off_on = DayField(label="截止日", help_text="填这一天的情况，如 2017-12-31")
    due_on = DayField(label="提交期限", help_text="过了这天仍可提交，记为逾期并问原因")
    on = DayField(label="发起日期")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(user).offices().filter(closed_on=None)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).select_related("unit")


class SendForm(forms.Form):
    file = forms.FileField(label="填好的工作簿", help_text="在下载的那一本里填；xlsx 最好，最大 10 MB。")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > FEW.file_bytes:
            raise forms.ValidationError("文件超过 10 MB。请核对是不是下载的那一本。")
        return file


class TakeOutForm(forms.Form):
    """Whose organisations: a unit over which the person fills in."""

    unit = forms.ModelChoiceField(label="哪个单位名下的", queryset=None, empty_label=None, widget=ChooseListed)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        own = Q(pk__in=[grant.unit_id for grant in user.active_grants if grant.role in WHO["take_out"]])
        held = user.scope_as(WHO["take_out"]).q("path")
        offices = Unit.objects.visible_to(user).offices().filter(held, closed_on=None)
        self.fields["unit"].queryset = (offices | Unit.objects.visible_to(user).filter(own)).order_by("path")


class StartForm(forms.Form):
    organization = forms.ModelChoiceField(
        label="社会组织", queryset=None, empty_label="请选择", widget=Choose("orgs:choose")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).select_related("unit")


class NoteForm(forms.Form):
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs=SHORT))
    on = DayField(label="日期")


class ReverseForm(forms.Form):
    note = forms.CharField(
        label="理由",
        widget=forms.Textarea(attrs=SHORT),
        help_text="必填：错在哪里。接受时记的账撤回，原记载恢复；两次都留在台账里可查。",
    )
    on = DayField(label="日期")


class AgreeForm(forms.Form):
    """Of many at once only the day is asked."""

    on = DayField(label="日期")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
