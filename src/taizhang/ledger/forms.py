"""The day selector of every page about dated facts: `?day=YYYY-MM-DD&known_at=YYYY-MM-DD[THH:MM]`."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django import forms
from django.utils.dateparse import parse_date, parse_datetime

from taizhang.kit.clock import OFFICE
from taizhang.ledger import asking
from taizhang.ledger.models import AsOf

FIRST_YEAR, LAST_YEAR = 1900, 2200


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day as a browser's calendar gives it, or as people type it."""

    widget = DayInput

    def __init__(self, **options):
        options.setdefault("input_formats", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"])
        super().__init__(**options)
        self.error_messages["invalid"] = "日期写作 2017-12-29"

    def clean(self, value):
        day = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间")
        return day


class KnownAtField(forms.CharField):
    """A moment, or a day, which means its end."""

    widget = DayInput

    def clean(self, value) -> datetime | date | None:
        value = super().clean(value)
        if not value:
            return None
        try:
            known_at = parse_date(value) or parse_datetime(value)
        except ValueError:
            known_at = None
        if known_at is None or not FIRST_YEAR <= known_at.year <= LAST_YEAR:
            raise forms.ValidationError("写作 2018-01-05 或 2018-01-05T16:30")
        if isinstance(known_at, datetime) and known_at.tzinfo is None:
            known_at = known_at.replace(tzinfo=OFFICE)
        return known_at


class DayForm(forms.Form):
    day = DayField(label="哪一天的情况", required=False)
    known_at = KnownAtField(label="按哪天所知", required=False)


@dataclass(frozen=True)
class Asked:
    """What the page asks the ledger, and the form in which it was asked."""

    at: AsOf
    form: DayForm
    is_today: bool

    @property
    def query(self) -> str:
        """To carry the question to the next page: empty, or "?day=…"."""
        asked = {name: self.form.data.get(name) for name in ("day", "known_at") if self.form.data.get(name)}
        return f"?{urlencode(asked)}" if asked and self.form.is_valid() else ""


def asked(data, *, today: date) -> Asked:
    """Today as known now, unless the address says otherwise; what cannot be read is said beside the field."""
    form = DayForm(data)
    valid = form.is_valid()
    day = (form.cleaned_data["day"] if valid else None) or today
    known_at = form.cleaned_data["known_at"] if valid else None
    at = asking.as_of(day, known_at)
    return Asked(at=at, form=form, is_today=day == today and at.known_at is None)


class DoneForm(forms.Form):
    """The last lines of every act: on what paper, and what else there is to say. `user` decides what may be chosen."""

    document = forms.CharField(label="依据文件", required=False, help_text="文号，如 民社函〔2017〕12号")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        last = ("on", "document", "note")
        self.order_fields([*(name for name in self.fields if name not in last), *last])


class MendForm(DoneForm):
    """A correction or a withdrawal says why."""

    on = DayField(label="办理日期")
    document = None  # type: ignore[assignment]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "理由"
        self.fields["note"].help_text = "必填：错在哪里，依据什么。原记录保留，仍可查。"


class CorrectForm(MendForm):
    """The days of a statement may be wrong as well as what it says."""

    since = DayField(label="自")
    until = DayField(label="终止日期", required=False, help_text="从这天起不再如此；至今仍是的留空")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last = ("since", "until", "on", "note")
        self.order_fields([*(name for name in self.fields if name not in last), *last])
