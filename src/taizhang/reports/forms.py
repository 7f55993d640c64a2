"""Which report, and what is published."""

from django import forms

from taizhang.ledger.forms import DayField, KnownAtField
from taizhang.stats.catalogue import DIMENSION_LABELS, catalogue
from taizhang.stats.forms import by_theme


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
    figure = forms.ChoiceField(label="指标", choices=by_theme)
    dimension = forms.ChoiceField(
        label="分组", required=False, choices=lambda: [("", "不分组"), *DIMENSION_LABELS.items()]
    )
    variant = forms.CharField(label="计法", required=False, max_length=40, help_text="不填为默认计法")
    base = forms.CharField(label="基数", required=False, max_length=40, help_text="不填为默认基数")
    since = DayField(label="从哪天起算", required=False, help_text="按期统计的指标，不填从当年1月1日")
    day = DayField(label="哪一天")
    known_at = KnownAtField(label="按哪天所知", required=False, help_text="不填为此刻")
    title = forms.CharField(label="标题", max_length=120, required=False, help_text="不填用指标的名称")

    def clean(self):
        said = super().clean() or {}
        if (figure := catalogue().get(said.get("figure", ""))) is None:
            return said
        for name, offered in (("variant", figure.variants), ("base", figure.bases)):
            if said.get(name) and said[name] not in offered:
                told = "、".join(f"{key}（{label}）" for key, label in offered.items())
                self.add_error(name, f"没有这一种。可填：{told}" if told else "这个指标没有基数可选，请留空")
        if said.get("dimension") and said["dimension"] not in figure.labels:
            self.add_error("dimension", f"“{figure.name}”可按{'、'.join(figure.labels.values())}分组")
        if said.get("since") and said.get("day") and said["since"] > said["day"]:
            self.add_error("since", "晚于截止的日期")
        return said
