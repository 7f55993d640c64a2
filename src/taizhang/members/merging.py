"""Two records of one person are found, compared, made one, and, if that was wrong, two again."""

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Count, OneToOneRel

from taizhang.accounts.acting import action, tell_audit
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases.models import Step
from taizhang.kit.refusals import Obstacle, refuse_if
from taizhang.ledger import merging, undoing
from taizhang.ledger.merging import Double
from taizhang.ledger.pairs import obstacles_to_offering_again, obstacles_to_telling_apart
from taizhang.members import identity
from taizhang.members.actions.known import about
from taizhang.members.mergers import PersonApart, PersonMerger, kept_instead
from taizhang.members.models import Engagement, Person, Presence
from taizhang.members.rules import WHO

SHOWN = 200
BELOW_OFFICES = frozenset({UnitKind.ORGANIZATION, UnitKind.PARTY})


def doubles(user: User) -> list[Double]:
    """Pairs in the person's scope that may be one human being: of one name, born on one day or in one organisation."""
    people = Person.objects.visible_to(user).filter(erased_on=None).order_by()
    born = people.exclude(born_on=None).values("name", "born_on").annotate(number=Count("pk")).filter(number__gt=1)
    together: dict[tuple, str] = {}
    apart = set(PersonApart.objects.standing().filter(one__in=people.values("pk")).values_list("one", "other"))
    most = SHOWN + len(apart)
    for name, born_on in born.values_list("name", "born_on")[:most]:
        together[(name, "born_on", born_on)] = "姓名、出生日期相同"
    within = Engagement.objects.current().filter(person__in=people.values("pk"))
    alike = within.values("organization", "person__name").annotate(number=Count("person", distinct=True))
    for organization, name in alike.filter(number__gt=1).values_list("organization", "person__name")[:most]:
        together[(name, "organization", organization)] = "姓名相同，在同一社会组织从业"
    pairs: dict[tuple[int, int], str] = {}
    for (name, by, value), how in together.items():
        found = people.filter(name=name)
        if by == "born_on":
            found = found.filter(born_on=value)
        else:
            found = found.filter(pk__in=within.filter(organization=value).values("person"))
        numbers = sorted(found.values_list("pk", flat=True)[:10])
        for place, one in enumerate(numbers):
            for other in numbers[place + 1 :]:
                if (one, other) not in apart:
                    pairs.setdefault((one, other), how)
    rows = people.with_keys().in_bulk({number for pair in pairs for number in pair})
    likely = [Double(rows[one], rows[other], how) for (one, other), how in pairs.items()]
    return [each for each in likely if not (each.one.id_number_index and each.other.id_number_index)][:SHOWN]


def units_of(*people: Person) -> list[Unit]:
    present = Presence.objects.filter(person__in=people).exclude(unit=None).values("unit")
    return list(Unit.objects.filter(pk__in=present).select_related("parent__parent__parent").order_by("path"))


def may_merge(user: User, one: Person, other: Person) -> bool:
    """Where all of it lies within one office its own people; across offices the committee's reviewer alone."""
    units = units_of(one, other)
    offices = {office_of(unit).pk for unit in units}
    roles = WHO["merge"] if len(offices) == 1 else WHO["unmerge"]
    return bool(units) and all(user.holds(roles, unit) for unit in units)


def office_of(unit: Unit) -> Unit:
    while unit.kind in BELOW_OFFICES and unit.parent is not None:
        unit = unit.parent
    return unit


@action("members.merge")
def merge(kept: Person, *, dropped: Person, note: str, on: date, by: User, document: str = "") -> PersonMerger:
    """One human being is on record once: what the ledger says of either, it says of the kept record."""
    kept, dropped = locked(kept, dropped)
    if not may_merge(by, kept, dropped):
        raise PermissionDenied
    refuse_if(obstacles_to_merging(kept, dropped, note=note))
    unit = units_of(kept, dropped)[0]
    step = about(kept, "members:merge", "合并重复人员", unit=unit, by=by, on=on, document=document, note=note)
    taken_over = merging.restate_under(kept, dropped, step=step)
    moves = dropped.id_number_index is not None
    if moves:
        move_id_number(dropped, to=kept)
    made = PersonMerger.objects.create(kept=kept, dropped=dropped, step=step, id_number_moved=moves)
    tell_audit(dropped=dropped.pk, taken_over=sum(taken_over.values()))
    return made


@action("members.unmerge")
def unmerge(merger: PersonMerger, *, note: str, on: date, by: User, document: str = "") -> PersonMerger:
    """They are two after all: everything is stated again as it was before the merger, and the pair is offered no more."""
    merger = PersonMerger.objects.select_for_update(of=("self",)).select_related("step__case__unit").get(pk=merger.pk)
    kept, dropped = locked(merger.kept, merger.dropped)
    units = [*units_of(kept), merger.step.case.unit]
    if not all(by.holds(WHO["unmerge"], unit) for unit in units):
        raise PermissionDenied
    refuse_if(obstacles_to_unmerging(merger, kept, dropped, note=note))
    unit = merger.step.case.unit
    step = about(kept, "members:unmerge", "撤销人员合并", unit=unit, by=by, on=on, document=document, note=note)
    undoing.undo(merger.step, step=step)
    if merger.id_number_moved:
        move_id_number(kept, to=dropped)
    merger.undone = step
    merger.save(update_fields=["undone"])
    remember_two(kept, dropped, step=step)
    return merger


def move_id_number(person: Person, *, to: Person) -> None:
    """A number is one person's: it leaves the one before it comes to the other."""
    number = person.opened(person.id_number_sealed)
    person.id_number_sealed = person.id_number_index = None
    person.save(update_fields=["id_number_sealed", "id_number_index"])
    identity.seal(to, id_number=number)


@action("members.tell_apart")
def tell_apart(one: Person, *, other: Person, note: str, on: date, by: User, document: str = "") -> PersonApart:
    """They are two: the pair is offered no more, as long as nobody doubts it."""
    one, other = locked(one, other)
    if not may_merge(by, one, other):
        raise PermissionDenied
    refuse_if(obstacles_to_telling_apart(PersonApart.objects.all(), one, other, note=note, two="两人"))
    unit = units_of(one, other)[0]
    title = "认定为两人"
    step = about(one, "members:tell_apart", title, unit=unit, by=by, on=on, document=document, note=note)
    return remember_two(one, other, step=step)


@action("members.offer_again")
def offer_again(apart: PersonApart, *, note: str, on: date, by: User, document: str = "") -> PersonApart:
    """Whether they are two is open again; the pair is offered as before."""
    rows = PersonApart.objects.select_for_update(of=("self",)).select_related("step__case__unit")
    apart = rows.get(pk=apart.pk)
    one, other = locked(apart.one, apart.other)
    if not may_merge(by, one, other):
        raise PermissionDenied
    refuse_if(obstacles_to_offering_again(apart, note=note))
    unit, title = apart.step.case.unit, "撤销认定，再核对是不是一人"
    apart.undone = about(one, "members:offer_again", title, unit=unit, by=by, on=on, document=document, note=note)
    apart.save(update_fields=["undone"])
    return apart


def remember_two(*both: Person, step: Step) -> PersonApart:
    one, other = sorted(both, key=lambda each: each.pk)
    return PersonApart.objects.create(one=one, other=other, step=step)


def locked(*people: Person) -> list[Person]:
    return merging.locked(Person.objects.select_related("key"), *people)


def obstacles_to_merging(kept: Person, dropped: Person, *, note: str) -> Iterator[Obstacle]:
    if kept.pk == dropped.pk:
        yield Obstacle("the-same", "选的是同一条记录", remedy="另选一条")
        return
    if PersonApart.objects.standing().filter(one__in=[kept, dropped], other__in=[kept, dropped]).exists():
        yield Obstacle("told-apart", "已经认定是两人", remedy="先在“认定为两人的”里撤销认定")
    if not note.strip():
        yield Obstacle("note-missing", "没有写明合并的理由", remedy="写明凭什么认定是同一人", where="note")
    for each in (kept, dropped):
        if kept_instead(each) is not None:
            yield Obstacle("merged-already", f"{each}的一条已并入另一条", remedy="请用保留的那一条")
        if each.erased_on:
            yield Obstacle("erased", "其中一条已清除个人信息", remedy="不再合并")
    if kept.id_number_index is not None and dropped.id_number_index is not None:
        yield Obstacle("two-numbers", "两条各有证件号，且不相同", remedy="核对证件；号码填错的先更正")
    if kept.born_on and dropped.born_on and kept.born_on != dropped.born_on:
        yield Obstacle("born-otherwise", "两条的出生日期不同", remedy="核对证件；填错的先更正")
    if dropped.account_id:
        yield Obstacle("account-linked", "并入的一条关联着本人账号", remedy="保留这一条，把另一条并入")
    yield from obstacles_of_others(dropped)


def obstacles_of_others(dropped: Person) -> Iterator[Obstacle]:
    """Registers above that keep one record for each person: an instructor, say."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if isinstance(relation, OneToOneRel) and relation.related_model._meta.app_label != "members":
            model, name = relation.related_model, relation.field.name
            if model._base_manager.filter(**{name: dropped}).exists():
                reason = f"并入的一条在“{model._meta.verbose_name}”中有记录"
                yield Obstacle("used-elsewhere", reason, remedy="保留这一条，把另一条并入")


def obstacles_to_unmerging(merger: PersonMerger, kept: Person, dropped: Person, *, note: str) -> Iterator[Obstacle]:
    if merger.undone_id:
        yield Obstacle("undone-already", "这次合并已经撤销", remedy="无需再办")
        return
    if not note.strip():
        yield Obstacle("note-missing", "没有写明撤销的理由", remedy="写明凭什么认定是两人", where="note")
    if kept.erased_on or dropped.erased_on:
        yield Obstacle("erased", "其中一条已清除个人信息", remedy="不能再分开")
    elif merger.id_number_moved and kept.id_number_index is None:
        yield Obstacle("number-gone", "证件号已经清除，无从还原", remedy="分开后请分别重新登记")
    yield from undoing.obstacles_to_undoing(merger.step)
