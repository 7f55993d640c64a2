"""What one types about notices: whom to remind, and when one wants to be told."""

from django import forms

from taizhang.accounts.models import Unit
from taizhang.kit.choosing import Choose
from taizhang.notices.rules import LONGEST, REMINDERS
from taizhang.notices.sources import sources


class RemindForm(forms.Form):
    unit = forms.ModelChoiceField(
        label="范围",
        queryset=None,
        widget=Choose("orgs:choose_office"),
        help_text="这个单位和它下面的，凡有逾期事项的都提醒",
    )
    kind = forms.ChoiceField(label="类别", required=False, help_text="不选就是全部类别")
    words = forms.CharField(
        label="催办的话", max_length=LONGEST, required=False, help_text="可不填；例如“请于月底前办结，有困难的来电说明”"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(user, REMINDERS).offices().filter(closed_on=None)
        self.fields["kind"].choices = [("", "全部"), *((each.kind, each.title) for each in sources().values())]


class WishForm(forms.Form):
    by_mail = forms.BooleanField(label="每天发一封邮件", required=False, help_text="没有新的提醒就不发")
    hour = forms.TypedChoiceField(
        label="几点发",
        coerce=int,
        choices=[(hour, f"{hour}点") for hour in range(24)],
        help_text="系统在这个钟点之后十分钟左右发出；那时系统停着的，恢复后补发",
    )
