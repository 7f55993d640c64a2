"""A figure or a table is published: frozen with its records, its definition, its day and the moment at which it was known."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from taizhang.accounts.acting import action, require
from taizhang.accounts.models import Unit, User
from taizhang.accounts.saving import own_unit
from taizhang.accounts.scope import Scope
from taizhang.kit.refusals import refuse
from taizhang.ledger import asking, sealing
from taizhang.ledger.models import AsOf
from taizhang.reports import rules
from taizhang.reports.models import Publication
from taizhang.stats import figures
from taizhang.stats.figures import Group, Question, Totals


@action("reports.publish")
def publish(figure: str, *, title: str, day, by: User, **chosen: Any) -> Publication:
    """What the ledger says of the day stands under the next number, over the publisher's own unit. It is never changed."""
    unit = own_unit(by)
    require(by, rules.WHO["publish"], unit)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reports_publication'))")
    number = (Publication.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    said = {"number": number, **frozen(figure, title=title, day=day, unit=unit, **chosen)}
    seal = sealing.digest_of(said["known_at"].date()) if said["known_at"] else None
    return Publication.objects.create(
        **said,
        digest=digest_of(said),
        chain=bytes(seal.digest).hex() if seal else "",
        unit=unit,
        by=by,
        at=timezone.now(),
    )


def frozen(
    figure: str,
    *,
    title: str,
    day,
    unit: Unit,
    dimension: str = "",
    variant: str = "",
    base: str = "",
    since=None,
    known_at=None,
) -> dict[str, Any]:
    """What would be published, and is, but for its number: the answer as known at that moment, which is now where none is named."""
    at = asking.as_of(day, known_at)
    if at.known_at is None:
        at = AsOf(day, asking.version())
    question = figures.ask(figure, at, Scope.of([unit.path]), variant=variant, base=base, since=since)
    totals = figures.totals(question, dimension)
    if totals.counted is None:
        refuse("not-known", "台账那一天还没有记录，没有数可以发布", remedy="换一天", where="day")
    return {
        "title": title.strip() or question.figure.name,
        "figure": question.figure.key,
        "variant": question.variant,
        "base_is": question.base,
        "dimension": dimension,
        "since": question.begins if question.figure.is_of_period else None,
        "day": day,
        "known_at": at.known_at,
        "definition": question.figure.definition,
        "source": question.figure.source,
        "measure": question.figure.measure,
        "base": totals.base,
        "counted": totals.counted,
        "groups": [
            {"key": group.key, "label": group.label, "base": group.base, "counted": group.counted}
            for group in groups_of(totals, dimension)
        ],
        "records": sorted(row.record for row in figures.records(question)),
    }


def groups_of(totals: Totals, dimension: str) -> list[Group]:
    """What is published is read by anybody: of people, no group of few."""
    groups = list(totals.groups)
    if not totals.question.figure.names_people or dimension not in rules.ABOUT_PEOPLE:
        return groups
    return groups if any(group.is_hidden for group in groups) else figures.sparing(groups)


def digest_of(said: dict[str, Any]) -> str:
    """Of everything that was published, and of nothing that may change."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def question_of(publication: Publication, *, now: bool = False) -> Question:
    """What was asked, as it was known; or the same as known now."""
    return figures.ask(
        publication.figure,
        AsOf(publication.day, None if now else publication.known_at),
        Scope.of([publication.unit.path]),
        variant=publication.variant,
        base=publication.base_is,
        since=publication.since,
    )
