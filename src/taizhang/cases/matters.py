"""Where a matter is dealt with, when a slice above keeps a row of its own for it: `settings.MATTERS`, resolved at run time."""

from collections.abc import Collection
from typing import Any, cast

from django.apps import apps
from django.conf import settings

from taizhang.accounts.models import User
from taizhang.cases.models import Case
from taizhang.kit.addresses import address_of


def pages_of(cases: Collection[Case], user: User) -> dict[int, str]:
    """By the case's number, for those that have such a page and whose row the person may see."""
    found: dict[int, str] = {}
    for kind, label in settings.MATTERS.items():
        if numbers := [case.pk for case in cases if case.kind == kind]:
            rows = cast(Any, apps.get_model(label)).objects.visible_to(user).filter(case__in=numbers)
            found |= {each.case_id: address_of(each) for each in rows}
    return found
