"""The question a page asks, as it stands in the address: day, known-at, way of counting, base, structure, group."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from taizhang.ledger import asking
from taizhang.ledger.forms import DayField, KnownAtField
from taizhang.members.eligibility import WhoCounts
from taizhang.stats.catalogue import Figure, catalogue, themes
from taizhang.stats.figures import NOW, THEN, Question, WrongQuestion, ask, chosen, on_day
from taizhang.stats.supposing import Supposition

ORGANISED = {THEN: "按当日隶属", NOW: "按现在隶属"}


class QuestionForm(forms.Form):
    day = DayField(label="哪一天", required=False)
    known_at = KnownAtField(label="按哪天所知", required=False)

    def __init__(self, data, *, figure: Figure):
        super().__init__(data)
        self.figure = figure
        if figure.is_of_period:
            self.fields["begin"] = DayField(label="从哪天起算", required=False)
            self.order_fields([*(getattr(self, "field_order", None) or []), "begin"])
        if len(figure.variants) > 1:
            self.fields["variant"] = choice("计法", figure.variants)
        if figure.bases:
            self.fields["base"] = choice("基数", figure.bases)
        self.fields["organised"] = choice("隶属", ORGANISED)
        if figure.parameter:
            self.fields["wanted"] = supposed_number("设想规定人数")
        self.fields["by"] = choice("分组", figure.labels)

    def showing(self, **answered: str) -> "QuestionForm":
        """The same form with what was answered in its fields."""
        return type(self)({**self.data, **answered}, figure=self.figure)


class ComparisonForm(QuestionForm):
    """The same question of two days, or as known at two moments."""

    since = DayField(label="从哪一天", required=False)
    since_known_at = KnownAtField(label="当时按哪天所知", required=False)
    since_organised = forms.ChoiceField(label="当时隶属", choices=list(ORGANISED.items()), required=False)
    field_order = ["since", "since_known_at", "since_organised", "day", "known_at"]


def supposed_number(label: str, *, most: int = 20, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, required=required)


def choice(label: str, offered: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(offered.items()), required=False)


class SuppositionForm(forms.Form):
    """Other criteria than those of the day; what is left empty stays as the rule has it."""

    day = DayField(label="从哪天起", required=False, help_text="可以是以后的一天")
    who = forms.ChoiceField(label="计哪些人员", choices=WhoCounts.choices)
    promised = forms.BooleanField(label="承诺转入组织关系的也计", required=False)
    wanted = supposed_number("所需正式党员", required=True)
    most_organizations = supposed_number("联合党支部单位上限", most=50, required=True)

    @property
    def supposition(self) -> Supposition:
        said = self.cleaned_data
        return Supposition(said["who"], said["promised"], said["wanted"], said["most_organizations"])


def by_theme() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every figure, under its theme."""
    return [(label, [(figure.key, figure.name) for figure in shown]) for label, shown in themes().items() if shown]


class TargetForm(forms.Form):
    """What a figure should reach: of a rate in per cent."""

    figure = forms.ChoiceField(label="指标", choices=by_theme)
    variant = forms.CharField(label="计法", required=False, max_length=40, help_text="不填为默认计法")
    begins_on = DayField(label="从哪天起")
    due_on = DayField(label="到哪天")
    goal = forms.DecimalField(
        label="目标值", min_value=0, max_digits=9, decimal_places=2, help_text="比率填百分数，如 36"
    )
    document = forms.CharField(label="依据文件", required=False, max_length=200)

    def clean(self):
        said = super().clean() or {}
        figure = catalogue().get(said.get("figure", ""))
        if figure is None:
            return said
        said["variant"] = said.get("variant") or figure.headline
        if said["variant"] not in figure.variants:
            offered = "、".join(f"{key}（{label}）" for key, label in figure.variants.items())
            self.add_error("variant", f"没有这个计法。可填：{offered}")
        return said


class KeepForm(SuppositionForm):
    name = forms.CharField(label="名称", max_length=40)


@dataclass(frozen=True)
class Asked:
    """The question, by which dimension, the form it was asked in, and what of the address carries over to other pages."""

    question: Question
    by: str
    form: QuestionForm
    carried: dict[str, str] = field(default_factory=dict)

    def query(self, **changed: Any) -> str:
        """`?…` of another page about the same question, with some of it changed; None leaves a part out."""
        return query(**{**self.carried, **changed})


def asked(data, figure: Figure, user, *, today: date, form_class: type[QuestionForm] = QuestionForm) -> Asked:
    """What cannot be read is said beside the field, and the page answers what is asked when nothing is said."""
    form = form_class(
        {**dict.fromkeys(("variant", "base", "organised", "by"), ""), **{name: data.get(name) for name in data}},
        figure=figure,
    )
    said = form.cleaned_data if form.is_valid() else {}
    day = said.get("day") or today
    where = group_of(data.get("group", ""), figure)
    question = ask(
        figure,
        asking.as_of(day, said.get("known_at")),
        user.scope,
        people=user.people_scope,
        variant=said.get("variant", ""),
        base=said.get("base", ""),
        organised=said.get("organised") or THEN,
        where=where,
        wanted=said.get("wanted"),
        since=said.get("begin"),
    )
    by = said.get("by") or "unit"
    if form.is_valid():
        form = form.showing(
            day=day.isoformat(), variant=question.variant, base=question.base, organised=question.organised, by=by,
            begin=question.begins.isoformat(),
        )  # fmt: skip
    carried = {
        "day": day.isoformat(),
        "begin": question.since.isoformat() if question.since else "",
        "known_at": data.get("known_at", "") if question.at.known_at else "",
        "variant": "" if question.variant == figure.headline else question.variant,
        "base": "" if question.base == figure.default_base else question.base,
        "organised": "" if question.organised == THEN else question.organised,
        "by": "" if by == "unit" else by,
        "group": data.get("group", "") if where else "",
        "wanted": question.wanted or "",
    }
    return Asked(question, by, form, carried)


def group_of(said: str, figure: Figure) -> tuple[str, str] | None:
    """`unit:34`: one group of one dimension."""
    dimension, _, key = said.partition(":")
    if not dimension:
        return None
    chosen(figure.labels, dimension, "分组")
    if dimension == "unit" and key and not key.isdecimal():
        raise WrongQuestion(f"没有这个单位：{key}")
    return dimension, key


def compared(data, asked: Asked) -> tuple[Question, Asked]:
    """The other side of a comparison: the first day of the same year, unless one is named; and what was asked, showing it."""
    is_read = asked.form.is_valid()
    said = asked.form.cleaned_data if is_read else {}
    day = said.get("since") or asked.question.at.day.replace(month=1, day=1)
    at = asking.as_of(day, said.get("since_known_at"))
    organised = said.get("since_organised") or asked.question.organised
    if is_read:
        asked = replace(asked, form=asked.form.showing(since=day.isoformat(), since_organised=organised))
    return replace(on_day(asked.question, day), at=at, organised=organised), asked


def query(**said: Any) -> str:
    """`?…` of what is said; what is empty is left out."""
    return f"?{urlencode({name: str(value) for name, value in said.items() if value not in (None, '')})}"


def query_of(supposition, day: date) -> str:
    """`?…` of the page that shows a supposition, or a scenario that was kept."""
    said = {"day": day.isoformat(), "who": supposition.who, "wanted": supposition.wanted}
    said |= {"promised": "on"} if supposition.promised else {}
    return f"?{urlencode({**said, 'most_organizations': supposition.most_organizations})}"


def list_of(question: Question, outcome: str) -> str:
    """`?…` of the list of those with one outcome, judged as the question judges."""
    said = {
        "day": question.at.day.isoformat(),
        "variant": question.variant,
        "shown": "base",
        "group": f"outcome:{outcome}",
    }
    said |= {"wanted": str(question.wanted)} if question.wanted is not None else {}
    return f"?{urlencode(said)}"
