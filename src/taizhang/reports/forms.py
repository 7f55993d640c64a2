"""Which report, and what is published."""

from django import forms

from taizhang.ledger.forms import DayField, KnownAtField
from taizhang.stats.catalogue import catalogue


class ReportForm(forms.Form):
    year = forms.IntegerField(label="哪一年", min_value=1990, max_value=2100)
    month = forms.TypedChoiceField(
        label="月报",
        required=False,
        coerce=int,
        empty_value=0,
        choices=[("", "—"), *((n, f"{n}月") for n in range(1, 13))],
    )
    quarter = forms.TypedChoiceField(
        label="季报",
        required=False,
        coerce=int,
        empty_value=0,
        choices=[("", "—"), *((n, f"第{n}季度") for n in range(1, 5))],
    )
    known_at = KnownAtField(label="按哪天所知", required=False)

    def clean(self):
        said = super().clean()
        if said.get("month") and said.get("quarter"):
            self.add_error("quarter", "月报和季报只选一样")
        return said


class PublishForm(forms.Form):
    figure = forms.ChoiceField(label="指标")
    dimension = forms.CharField(label="分组", required=False, widget=forms.Select)
    title = forms.CharField(label="标题", max_length=120, required=False, help_text="不填用指标的名称")
    day = DayField(label="哪一天")
    known_at = KnownAtField(label="按哪天所知", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = [(key, figure.name) for key, figure in catalogue().items()]
        labels = {name: label for figure in catalogue().values() for name, label in figure.labels.items()}
        self.fields["dimension"].widget.choices = [("", "不分组"), *labels.items()]

    def clean(self):
        said = super().clean()
        figure = catalogue().get(said.get("figure", ""))
        if figure and said.get("dimension") and said["dimension"] not in figure.labels:
            self.add_error("dimension", f"“{figure.name}”可按{'、'.join(figure.labels.values())}分组")
        return said
