"""Quick search over everything that has a page, each within what the person may see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from taizhang.accounts import spelling
from taizhang.accounts.models import Unit, UnitKind, User
from taizhang.cases.models import Case
from taizhang.imports.models import Batch
from taizhang.kit.addresses import address_of
from taizhang.members.models import Person
from taizhang.orgs.models import Organization, offices_known_to
from taizhang.papers.models import Paper
from taizhang.party.models import PartyOrganization
from taizhang.statutes.models import Document

SHOWN = 8
SHOWN_WHILE_TYPING = 4


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: list[Hit]
    more: str  # the address of the whole list; empty if all are shown


@dataclass(frozen=True, slots=True)
class Noun:
    title: str
    page: str  # the list that `?q=` narrows to the same
    rows: Callable[[str, User], QuerySet]
    note: Callable[[Any], str] = lambda each: ""
    address: Callable[[Any], str] = address_of


def organizations(words: str, user: User) -> QuerySet:
    return Organization.objects.visible_to(user).named(words).select_related("unit__parent").order_by("-pk")


def branches(words: str, user: User) -> QuerySet:
    return PartyOrganization.objects.visible_to(user).named(words).select_related("unit__parent").order_by("-pk")


def people(words: str, user: User) -> QuerySet:
    return Person.objects.visible_to(user).named(words).order_by("-pk")


def units(words: str, user: User) -> QuerySet:
    found = spelling.named(offices_known_to(user), words)
    return found.exclude(kind=UnitKind.COMMITTEE).order_by("path")


def cases(words: str, user: User) -> QuerySet:
    return Case.objects.visible_to(user).titled(words).order_by("-pk")


def papers(words: str, user: User) -> QuerySet:
    return Paper.objects.visible_to(user).saying(words).order_by("-pk")


def batches(words: str, user: User) -> QuerySet:
    found = Batch.objects.visible_to(user)
    for word in words.split():
        found = found.filter(file_name__icontains=word)
    return found.order_by("-pk")


def documents(words: str, user: User) -> QuerySet:
    return Document.objects.visible_to(user).saying(words).order_by("-pk")


def of_unit(unit: Unit) -> str:
    return unit.get_kind_display()


NOUNS = (
    Noun("社会组织", "orgs:list", organizations, lambda each: f"{each.code or ''} {each.unit.parent or ''}"),
    Noun("党组织", "party:list", branches, lambda each: str(each.unit.parent or "")),
    Noun("人员", "members:list", people),
    Noun("单位", "orgs:units", units, of_unit),
    Noun("事项", "cases:list", cases, lambda each: "已办结" if each.closed_at else "未办结"),
    Noun("文书", "papers:list", papers, lambda each: each.number or each.get_state_display()),
    Noun("导入", "imports:list", batches, lambda each: each.get_state_display()),
    Noun(
        "依据",
        "statutes:documents",
        documents,
        lambda each: each.number,
        lambda each: reverse("statutes:document", args=[each.key]),
    ),
)


def find(words: str, user: User, *, shown: int = SHOWN) -> list[Group]:
    """Groups that found something, each with the first few; one query each."""
    return list(groups(words, user, shown)) if words.strip() else []


def groups(words: str, user: User, shown: int) -> Iterator[Group]:
    for noun in NOUNS:
        found = list(noun.rows(words, user)[: shown + 1])
        hits = [Hit(str(each), noun.address(each), noun.note(each).strip()) for each in found[:shown]]
        if hits:
            yield Group(noun.title, hits, whole(noun.page, words) if len(found) > shown else "")


def whole(page: str, words: str) -> str:
    try:
        return f"{reverse(page)}?{urlencode({'q': words})}"
    except NoReverseMatch:
        return ""
