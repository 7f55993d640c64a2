"""Persons' keys under the office's key of now, and the blind indexes made with it."""

from django.db import connection

from taizhang.accounts.acting import action, tell_audit
from taizhang.accounts.models import User
from taizhang.kit import crypto
from taizhang.members import identity
from taizhang.members.models import Person, PersonKey

OLDER = """
    SELECT person_id FROM members_personkey
    WHERE substring(sealed FROM 1 FOR %(length)s) <> %(name)s ORDER BY person_id LIMIT %(at_most)s
"""
BY_NAME = """
    SELECT convert_from(substring(sealed FROM 1 FOR position('\\x3a'::bytea IN sealed) - 1), 'UTF8'), count(*)
    FROM members_personkey GROUP BY 1
"""


@action("members.rewrap_keys")
def rewrap_keys(*, at_most: int, by: User | None) -> int:
    """Some of the keys that an older office key seals are sealed with the first one; no value is touched. How many.

    For whoever sits at the server; no door of the web calls it.
    """
    identity.hold_numbers()
    name = crypto.office_key()[0].encode() + b":"
    with connection.cursor() as cursor:
        cursor.execute(OLDER, {"length": len(name), "name": name, "at_most": at_most})
        numbers = [number for (number,) in cursor.fetchall()]
    people = list(Person.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    keys = {key.pk: key for key in PersonKey.objects.select_for_update().filter(pk__in=numbers)}
    indexed = []
    for person in people:
        if (key := keys.get(person.pk)) is None:  # erased this moment
            continue
        key.sealed = crypto.rewrapped(key.sealed)
        if person.id_number_sealed is not None:
            number = crypto.unseal(crypto.open_owner_key(key.sealed), person.id_number_sealed).decode()
            person.id_number_index = crypto.blind_indexes(identity.ID_NUMBER, number)[0]
            indexed.append(person)
    PersonKey.objects.bulk_update(keys.values(), ["sealed"], batch_size=500)
    Person.objects.bulk_update(indexed, ["id_number_index"], batch_size=500)
    tell_audit(keys=len(keys), indexes=len(indexed))
    return len(keys)


def keys_counted() -> dict[str, int]:
    """How many persons' keys each of the office's keys seals, by its name."""
    with connection.cursor() as cursor:
        cursor.execute(BY_NAME)
        return dict(cursor.fetchall())
