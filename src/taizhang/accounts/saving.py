"""Filters kept under a name: one's own, or shared with one's unit, or what one opens a list with."""

from django.urls import NoReverseMatch, reverse

from taizhang.accounts.acting import action
from taizhang.accounts.kept import DefaultFilter, SavedFilter
from taizhang.accounts.models import Unit, User
from taizhang.kit.refusals import refuse

NAMES = 50  # of one person in one list


def own_unit(user: User) -> Unit | None:
    """Whom one shares with: the highest unit in which one holds a role."""
    return min((held.unit for held in user.active_grants), key=lambda unit: len(unit.path), default=None)


@action("accounts.keep_filter")
def keep(*, page: str, name: str, query: str, shared: bool, is_default: bool, by: User) -> SavedFilter:
    """The conditions are found under that name; the same name again replaces them."""
    name = name.strip()
    if not name:
        refuse("name-missing", "没有填写名称", remedy="写几个字，例如“应建未建的”", where="name")
    try:
        reverse(page)
    except NoReverseMatch:
        refuse("no-such-list", "没有这个列表", remedy="请回到列表再保存")
    mine = SavedFilter.objects.filter(owner=by, page=page)
    if mine.exclude(name=name).count() >= NAMES:
        refuse("too-many-filters", f"一个列表最多保存{NAMES}组条件", remedy="先删去不再用的")
    saved, _ = SavedFilter.objects.update_or_create(
        owner=by,
        page=page,
        name=name,
        defaults={"query": query, "shared_with": own_unit(by) if shared else None},
    )
    if is_default:
        DefaultFilter.objects.update_or_create(user=by, page=page, defaults={"saved": saved})
    return saved


@action("accounts.open_with_filter")
def open_with(saved: SavedFilter, *, by: User) -> SavedFilter:
    """The list opens with these conditions from now on."""
    saved = SavedFilter.objects.visible_to(by).get(pk=saved.pk)
    DefaultFilter.objects.update_or_create(user=by, page=saved.page, defaults={"saved": saved})
    return saved


@action("accounts.open_without_filter")
def open_without(saved: SavedFilter, *, by: User) -> SavedFilter:
    """The list opens with everything again."""
    DefaultFilter.objects.filter(user=by, saved=saved).delete()
    return saved


@action("accounts.drop_filter")
def drop(saved: SavedFilter, *, by: User) -> str:
    """Its owner needs it no longer; whoever opened the list with it sees everything again."""
    saved = SavedFilter.objects.visible_to(by).select_for_update(of=("self",)).get(pk=saved.pk)
    if saved.owner_id != by.pk:
        refuse("not-yours", "这组条件是别人共用的", remedy="由保存人删去；自己可以另存一组")
    page = saved.page
    saved.delete()
    return page
