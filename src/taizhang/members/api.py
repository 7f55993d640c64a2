"""People for programs, to whoever may read their names; numbers are masked here as everywhere."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from taizhang.kit.programs import Limit, Number, Page, Words, answers, page_of
from taizhang.members.models import Person

router = Router(tags=["people"])


class PersonOut(Schema):
    id: int
    name: str
    sex: str
    education: str


class PersonWhole(PersonOut):
    born_on: date | None
    id_number: str
    telephone: str


@router.get("", response=answers(Page[PersonOut]), operation_id="people")
def people(request, q: Words = "", after: str = "", limit: Limit = 50):
    """People engaged, or with relations held, in your scope; `q` is part of a name."""
    rows = Person.objects.visible_to(request.user)
    return page_of(rows.filter(name__contains=q) if q else rows, after=after, limit=limit, item=told)


@router.get("/{pk}", response=answers(PersonWhole), operation_id="person")
def person(request, pk: Number):
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    return {
        **told(found),
        "born_on": found.born_on,
        "id_number": found.id_number_masked,
        "telephone": found.telephone_masked,
    }


def told(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "sex": row.sex, "education": row.education}
