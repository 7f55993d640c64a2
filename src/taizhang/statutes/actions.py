"""Bring the documents, clauses and parameters in the database up to this release. The past is never rewritten."""

from collections.abc import Iterable

from django.db.backends.postgresql.psycopg_any import DateRange

from taizhang.accounts.acting import action
from taizhang.accounts.models import User
from taizhang.statutes.edition import Edition, Entry, read
from taizhang.statutes.models import Clause, Document, Parameter

# What a figure is and where it comes from: a release that says otherwise for the same days is mistaken.
SUBSTANCE = ("value", "severity", "waivable")


class PastRewritten(Exception):
    """The files say of days already stated something else than the database."""

    def __init__(self, sentences: Iterable[str]):
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


def differs(edition: Edition | None = None) -> bool:
    """Whether loading would change anything. A database that states otherwise, an older release's or one that was
    repaired, serves as it is; `load` says what differs.
    """
    try:
        return bool(Plan(edition or read()).work)
    except PastRewritten:
        return False


def load(edition: Edition | None = None, *, by: User | None = None) -> int:
    """The database says what this edition says; how many entries were added, ended or reworded.

    Wording may be improved and an open period may end. Another value, or other days, for something already stated
    is refused: end the old parameter in the file (`until`) and state the new one beside it. What the files do not
    mention stays. An edition that is already loaded writes nothing.
    """
    plan = Plan(edition or read())
    return carry_out(plan, by=by) if plan.work else 0


@action("statutes.load")
def carry_out(plan: "Plan", *, by: User | None) -> int:
    for row in plan.work:
        row.save()
    return len(plan.work)


class Plan:
    """The rows to be saved, in an order the database accepts: what ends first, then what begins."""

    def __init__(self, edition: Edition):
        self.rewritten: list[str] = []
        self.documents = {row.key: row for row in Document.objects.all()}
        self.clauses = {row.key: row for row in Clause.objects.select_related("document")}
        self.parameters = {
            (row.name, row.jurisdiction, row.in_force.lower): row for row in Parameter.objects.select_related("clause")
        }
        documents = [document for entry in edition.documents if (document := self.document(entry))]
        clauses = [clause for entry in edition.clauses if (clause := self.clause(entry))]
        parameters = [parameter for entry in edition.parameters if (parameter := self.parameter(entry))]
        if self.rewritten:
            raise PastRewritten(self.rewritten)
        self.work = [*documents, *clauses, *sorted(parameters, key=lambda row: row.pk is None)]

    def document(self, entry: Entry) -> Document | None:
        known = self.documents.get(entry["key"])
        row = known or self.documents.setdefault(entry["key"], Document(key=entry["key"]))
        return row if reworded(row, entry) or known is None else None

    def clause(self, entry: Entry) -> Clause | None:
        entry = {**entry, "document": self.documents[entry["document"]]}
        period = period_of(entry)
        known = self.clauses.get(entry["key"])
        if known is None:
            self.clauses[entry["key"]] = row = Clause(in_force=period, **entry)
            return row
        ended = self.ended(known, period, f"条款 {known.key}")
        return known if reworded(known, entry) or ended else None

    def parameter(self, entry: Entry) -> Parameter | None:
        entry = {"waivable": False, **entry, "clause": self.clauses[entry["clause"]]}
        period = period_of(entry)
        key = (entry["name"], entry["jurisdiction"], period.lower)
        known = self.parameters.get(key)
        if known is None:
            self.parameters[key] = row = Parameter(in_force=period, **entry)
            return row
        name = f"参数 {known.name}（{known.jurisdiction}，自{period.lower or '起始不详'}）"
        for field in SUBSTANCE:
            if getattr(known, field) != entry[field]:
                self.rewritten.append(
                    f"{name}的 {field} 已载为 {getattr(known, field)!r}，文件改作 {entry[field]!r}："
                    "请在文件中写明旧参数的 until，另列新参数"
                )
        if known.clause.key != entry["clause"].key:
            self.rewritten.append(f"{name}的依据已载为 {known.clause.key}，文件改作 {entry['clause'].key}")
        ended = self.ended(known, period, name)
        return known if reworded(known, entry) or ended else None

    def ended(self, known: Clause | Parameter, period: DateRange, name: str) -> bool:
        if (known.in_force.lower, known.in_force.upper) == (period.lower, period.upper):
            return False
        if known.in_force.lower != period.lower or known.in_force.upper is not None:
            self.rewritten.append(
                f"{name}的有效期间已载为 {known.in_force}，文件改作 {period}：只能给未结束的写上 until"
            )
        known.in_force = period
        return True


def reworded(row: Document | Clause | Parameter, entry: Entry) -> bool:
    """Take over what the entry says, and the defaults where it says nothing; whether anything differed."""
    fields = [field for field in row._meta.concrete_fields if field.name not in ("id", "in_force")]
    said = {field.name: entry.get(field.name, field.get_default()) for field in fields}
    changed = {name: value for name, value in said.items() if getattr(row, name, None) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def period_of(entry: Entry) -> DateRange:
    return DateRange(entry.pop("since"), entry.pop("until"))
