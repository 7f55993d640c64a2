"""What a person may type about papers."""

from collections.abc import Callable

from django import forms

from taizhang.accounts.models import Unit
from taizhang.kit.naming import NameField
from taizhang.ledger.forms import DayField
from taizhang.papers.kinds import Kind, kinds
from taizhang.papers.rules import WHO


class LinesField(forms.CharField):
    """Several, one in each line."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value) -> list[str]:
        """Lines typed into a box, or a list that stands already."""
        text = "\n".join(value) if isinstance(value, list) else value
        return [line.strip() for line in super().clean(text).splitlines() if line.strip()]

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value


class ActForm(forms.Form):
    on = DayField(label="日期")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(ActForm):
    note = forms.CharField(
        label="原因",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": ""}),
        help_text="写给拟稿人看的话，留在办理记录里",
    )
    field_order: tuple[str, ...] = ("note", "on")


class VoidForm(ReasonForm):
    document = forms.CharField(label="依据文件", required=False, help_text="改变这份文书的决定或文号")
    field_order = ("note", "document", "on")


class TextForm(forms.Form):
    """The text of a draft."""

    title = forms.CharField(label="标题", max_length=200)
    addressees = LinesField(label="主送", required=False, help_text="一行一个")
    body = forms.CharField(
        label="正文", widget=forms.Textarea(attrs={"rows": 16}), help_text="一段一行；层次写作 一、 （一） 1. （1）"
    )
    enclosures = LinesField(label="附件", required=False, help_text="一行一个附件名称")
    copies = LinesField(label="抄送", required=False, help_text="一行一个")
    note = forms.CharField(label="说明", required=False, help_text="改了什么，可不填")
    on = DayField(label="日期")


class KindForm(forms.Form):
    """Which kind of paper, for which office."""

    kind = forms.ChoiceField(label="文种", choices=[])
    issuer = forms.ModelChoiceField(label="发文单位", queryset=None)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds().values()]
        self.fields["issuer"].queryset = offices_of(user, "draft")


def composing(kind: Kind) -> Callable[..., forms.Form]:
    """The form of one kind with the choice of its office, for whoever has not chosen it on the page before."""

    def made(*data, user) -> forms.Form:
        form = ComposeForm(*data, kind=kind)
        form.fields["issuer"] = forms.ModelChoiceField(label="发文单位", queryset=offices_of(user, "draft"))
        return form

    return made


class ComposeForm(forms.Form):
    """The facts of one kind of paper, beside to whom it goes."""

    def __init__(self, *args, kind: Kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind.layout != "form":
            self.fields["to"] = LinesField(
                label="主送", required=kind.layout in ("document", "letter"), help_text="一行一个"
            )
        for field in kind.fields:
            self.fields[field.key] = field_for(field)
        self.fields["enclosures"] = LinesField(label="附件", required=False, help_text="一行一个附件名称")
        self.fields["copies"] = LinesField(label="抄送", required=False, help_text="一行一个")
        self.fields["about_people"] = forms.BooleanField(
            label="写有党员姓名", required=False, help_text="只有能看党员信息的人才看得到它"
        )
        self.fields["on"] = DayField(label="拟稿日期")


def field_for(field) -> forms.Field:
    said = {"label": field.label, "required": field.required}
    if field.shape == "day":
        return DayField(**said)
    example = "；".join(field.example) if isinstance(field.example, list) else field.example
    hint = {"help_text": f"如：{example}" if example else ""}
    if field.shape == "list":
        return LinesField(**said, **hint)
    return forms.CharField(**said, **hint)


class AgencyForm(forms.Form):
    name = NameField(label="署名", help_text="发文机关全称，落款用，如 中共某省社会组织综合委员会")
    mark = forms.CharField(label="发文机关标志", required=False, help_text="红头大字；不填就是署名加“文件”二字")
    code = forms.CharField(label="机关代字", max_length=30, help_text="如 某社党，文号即 某社党〔2017〕1号")
    letter_code = forms.CharField(label="函的代字", required=False, max_length=30, help_text="不填就是代字加“函”")
    minutes_code = forms.CharField(label="纪要的代字", required=False, max_length=30, help_text="不填就是代字加“纪”")
    printer = forms.CharField(label="印发机关", required=False, help_text="版记里的印发机关，通常是办公室")
    hands = forms.TypedChoiceField(
        label="拟稿、核稿、签发",
        coerce=int,
        choices=((3, "三个人分办"), (2, "拟稿人不核稿、不签发"), (1, "不作要求")),
        initial=3,
    )
    since = DayField(label="自哪天起")
    on = DayField(label="办理日期")
    note = forms.CharField(label="说明", required=False)


class SeriesForm(forms.Form):
    code = forms.CharField(label="机关代字", max_length=30)
    year = forms.IntegerField(label="年份", min_value=1949, max_value=2200)
    before = forms.IntegerField(
        label="已发到第几号", min_value=1, max_value=100_000, help_text="启用本系统前手工编到的号"
    )
    on = DayField(label="办理日期")
    note = forms.CharField(label="说明", required=False)


class TryForm(forms.Form):
    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(label="正文", widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}))


class MasterForm(TryForm):
    since = DayField(label="自哪天起", help_text="这天以后拟的稿用新的措辞")
    note = forms.CharField(label="说明", required=False, help_text="为什么改")
    on = DayField(label="办理日期")


def offices_of(user, verb: str):
    """The offices for which the person may do it."""
    return Unit.objects.visible_to(user, WHO[verb]).offices().filter(closed_on=None).order_by("path")
