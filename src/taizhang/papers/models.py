"""A paper 文书 from draft to issue, its number, its PDF; the wording of an office, and the head it issues under."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from taizhang.accounts.models import Unit, User
from taizhang.cases.models import Case, Step
from taizhang.kit.triggers import NoDelete, NoTruncate, append_only
from taizhang.papers.kinds import Kind, kind_of, kinds

WRITTEN_ONCE = ("SELECT", "INSERT")


class OfUnitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.q("unit__path"))


class AgencyQuerySet(OfUnitQuerySet):
    def in_force(self, unit: Unit, day):
        """The head under which the unit issued papers on that day, if it did."""
        return self.filter(unit=unit, since__lte=day).order_by("-since", "-pk").first()


class Agency(models.Model):
    """发文机关: under which name, mark and code 机关代字 a unit issues papers from a day on. A change is a new row.

    `hands`: by how many different people a paper is drafted, checked and signed. 3: all differ; 2: who drafted does not
    check or sign; 1: no condition.
    """

    PRIVILEGES = WRITTEN_ONCE

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    since = models.DateField("自哪天起")
    name = models.TextField("署名")
    mark = models.TextField("发文机关标志")
    code = models.TextField("机关代字")
    letter_code = models.TextField("函的代字")
    minutes_code = models.TextField("纪要的代字")
    printer = models.TextField("印发机关")
    hands = models.PositiveSmallIntegerField("拟稿、核稿、签发至少几人", default=3)
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = "发文机关"
        constraints = [
            models.CheckConstraint(condition=Q(hands__gte=1, hands__lte=3), name="papers_agency_hands"),
        ]
        indexes = [models.Index(fields=["unit", "-since"], name="papers_agency_unit")]
        triggers = append_only()

    def __str__(self):
        return self.name

    def code_for(self, kind: Kind) -> str:
        codes = {"document": self.code, "letter": self.letter_code, "minutes": self.minutes_code, "form": ""}
        return codes[kind.layout]


class Series(models.Model):
    """What an office had numbered by hand before it began here: the series of that year goes on after it."""

    PRIVILEGES = WRITTEN_ONCE

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    code = models.TextField("机关代字")
    year = models.PositiveSmallIntegerField("年份")
    before = models.PositiveIntegerField("已发到第几号")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "续接文号"
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="papers_series_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.code}〔{self.year}〕自{self.before + 1}号起"


class MasterQuerySet(OfUnitQuerySet):
    def in_force(self, unit: Unit, kind: str, day):
        """The unit's own wording of that day; none, if it uses the one that comes with the kind."""
        return self.filter(unit=unit, kind=kind, since__lte=day).order_by("-since", "-edition").first()


class Master(models.Model):
    """范本: an office's own wording of a kind from a day on. A change is a new edition; papers keep the text they were drafted with."""

    PRIVILEGES = WRITTEN_ONCE

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("文种", max_length=40)
    edition = models.PositiveIntegerField("版次")
    since = models.DateField("自哪天起")
    title = models.TextField("标题")
    body = models.TextField("正文")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")

    objects = MasterQuerySet.as_manager()

    class Meta:
        verbose_name = "范本"
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "edition"], name="papers_master_edition")]
        triggers = append_only()

    def __str__(self):
        return f"{self.kind_label}第{self.edition}版"

    @property
    def kind_label(self) -> str:
        return kind_of(self.kind).label


class State(models.TextChoices):
    DRAFT = "draft", "待核稿"
    CHECKED = "checked", "待签发"
    SIGNED = "signed", "待印发"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤稿"
    VOID = "void", "已作废"


OPEN = (State.DRAFT, State.CHECKED, State.SIGNED)
# verb → from which states, to which
TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "revise": ((State.DRAFT,), State.DRAFT),
    "check": ((State.DRAFT,), State.CHECKED),
    "send_back": (OPEN, State.DRAFT),
    "sign": ((State.CHECKED,), State.SIGNED),
    "issue": ((State.SIGNED,), State.ISSUED),
    "withdraw": (OPEN, State.WITHDRAWN),
    "void": ((State.ISSUED,), State.VOID),
}
MOVES = sorted({(before, after) for befores, after in TRANSITIONS.values() for before in befores if before != after})
TEXT = ("kind", "issuer_id", "title", "body", "addressees", "copies", "enclosures", "facts")
AFTER_ISSUE = ("state", "failure")  # all that may still change on an issued paper


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of one's own office; and, once issued, those about matters that one may see."""
        own = (Q(about_people=False) & user.scope.q("issuer__path")) | user.people_scope.q("issuer__path")
        issued = Q(state__in=(State.ISSUED, State.VOID), case__in=Case.objects.visible_to(user))
        return self.filter(own | issued)

    def open(self):
        return self.filter(state__in=OPEN)

    def unprinted(self):
        return self.filter(state=State.ISSUED, rendering=None)

    def saying(self, words: str):
        """All of the words, in title, number or addressee."""
        found = self
        for word in words.split():
            found = found.filter(Q(title__contains=word) | Q(number__contains=word) | Q(addressees__icontains=word))
        return found


def in_list(names) -> str:
    return ", ".join(f"'{name}'" for name in names)


@pghistory.track(append_only=True, exclude=["title", "body", "facts", "addressees", "copies", "enclosures"])
class Paper(models.Model):
    """One official document on a case. Its text is free until it is checked; once issued nothing of it changes.

    PostgreSQL gives the number (code, year, sequence) at the moment of issue, under a lock held to commit: no gap, no double.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name="事项")
    kind = models.CharField("文种", max_length=40)
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发文单位")
    about_people = models.BooleanField(default=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    title = models.TextField("标题")
    addressees = ArrayField(models.TextField(), verbose_name="主送", default=list)
    copies = ArrayField(models.TextField(), verbose_name="抄送", default=list)
    body = models.TextField("正文")
    enclosures = ArrayField(models.TextField(), verbose_name="附件", default=list)
    facts = models.JSONField(default=dict)
    wording = models.TextField("所用范本", default="")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟稿")
    drafted_on = models.DateField("拟稿日期")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核稿")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签发")
    dated_on = models.DateField("成文日期", null=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="印发")
    issued_on = models.DateField("印发日期", null=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")  # the head it was issued under
    code = models.TextField("机关代字", blank=True, default="")
    year = models.PositiveSmallIntegerField("年份", null=True)
    sequence = models.PositiveIntegerField("序号", null=True)
    number = models.TextField("文号", blank=True, default="")
    sent_back = models.TextField("退回意见", blank=True, default="")
    failure = models.TextField("排印失败", blank=True, default="")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "文书"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year", "sequence"], condition=Q(sequence__isnull=False), name="papers_paper_number"
            ),
            models.CheckConstraint(
                name="papers_paper_issued_whole",
                condition=~Q(state__in=("issued", "void"))
                | Q(
                    checked_by__isnull=False,
                    signed_by__isnull=False,
                    dated_on__isnull=False,
                    issued_by__isnull=False,
                    issued_on__isnull=False,
                    agency__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="papers_paper_number_when_issued",
                condition=Q(sequence=None, number="") | Q(state__in=("issued", "void"), sequence__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="papers_paper_case"),
            models.Index(fields=["issuer", "-id"], name="papers_paper_issuer"),
            models.Index(fields=["state"], condition=Q(state__in=OPEN), name="papers_paper_open"),
        ]
        triggers = [
            NoDelete(name="no_delete"),
            NoTruncate(name="no_truncate"),
            pgtrigger.Trigger(
                name="begins_as_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                IF NEW.state <> 'draft' OR NEW.sequence IS NOT NULL OR NEW.number <> '' THEN
                    RAISE EXCEPTION 'a paper begins as a draft without a number' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("last", "INTEGER")],
                func=f"""
                IF OLD.state IN ('issued', 'void', 'withdrawn')
                    AND to_jsonb(NEW) - ARRAY[{in_list(AFTER_ISSUE)}] <> to_jsonb(OLD) - ARRAY[{in_list(AFTER_ISSUE)}]
                THEN
                    RAISE EXCEPTION 'an issued paper never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN
                    ({in_list(f"{before}>{after}" for before, after in MOVES)})
                THEN
                    RAISE EXCEPTION 'a paper goes from % to % by no verb', OLD.state, NEW.state
                        USING ERRCODE = 'restrict_violation';
                END IF;
                IF OLD.state <> 'draft' AND ({", ".join(f"NEW.{each}" for each in TEXT)})
                    IS DISTINCT FROM ({", ".join(f"OLD.{each}" for each in TEXT)})
                THEN
                    RAISE EXCEPTION 'what was checked is changed only after it was sent back'
                        USING ERRCODE = 'restrict_violation';
                END IF;
                IF NEW.sequence IS DISTINCT FROM OLD.sequence OR NEW.number <> OLD.number THEN
                    RAISE EXCEPTION 'the register gives the number' USING ERRCODE = 'restrict_violation';
                END IF;
                IF NEW.state = 'issued' AND OLD.state = 'signed' AND NEW.code <> '' THEN
                    PERFORM pg_advisory_xact_lock(hashtextextended('papers ' || NEW.code || ' ' || NEW.year, 0));
                    SELECT max(sequence) INTO last FROM papers_paper WHERE code = NEW.code AND year = NEW.year;
                    NEW.sequence := 1 + coalesce(last, (
                        SELECT before FROM papers_series WHERE code = NEW.code AND year = NEW.year), 0);
                    NEW.number := NEW.code || '〔' || NEW.year || '〕' || NEW.sequence || '号';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def unit(self) -> Unit:
        """Whose paper it is."""
        return self.issuer

    @property
    def declared(self) -> Kind:
        return kind_of(self.kind)

    @property
    def kind_label(self) -> str:
        return kinds()[self.kind].label if self.kind in kinds() else self.kind

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_issued(self) -> bool:
        return self.state in (State.ISSUED, State.VOID)


class RenderingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(paper__in=Paper.objects.visible_to(user))


class Rendering(models.Model):
    """正本: the issued paper as PDF. Written once; `digest` is the one printed on it, `file_digest` that of the whole file.

    `chain` is what is printed of the ledger's own digest: of the last day that was sealed before the paper was issued.
    """

    PRIVILEGES = WRITTEN_ONCE

    paper = models.OneToOneField(Paper, models.PROTECT, primary_key=True, related_name="rendering")
    pdf = models.BinaryField()
    digest = models.CharField("校验码", max_length=64, unique=True)
    file_digest = models.CharField(max_length=64)
    chain = models.CharField("台账日校验值", max_length=120, blank=True, default="")
    pages = models.PositiveSmallIntegerField("页数")
    layout = models.CharField(max_length=20)  # the edition of the layout
    fonts = models.JSONField(default=dict)
    rendered_at = models.DateTimeField("排印时间", auto_now_add=True)

    objects = RenderingQuerySet.as_manager()

    class Meta:
        verbose_name = "文书正本"
        triggers = append_only()

    def __str__(self):
        return self.digest[:16]
