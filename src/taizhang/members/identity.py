"""What identifies somebody: sealed under the person's own key, found again by a blind index, gone with the key."""

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from taizhang.accounts.models import User
from taizhang.kit import crypto
from taizhang.kit.pinyin import spelled_person
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.kit.text import fold
from taizhang.members import rules
from taizhang.members.models import Person, PersonKey

ID_NUMBER = "id-number"
SPELLED_AT_ONCE = 2_000
NO_SOUND = "~"  # a name that nobody can type in letters comes last
SEALED = ("id_number_sealed", "id_number_index", "telephone_sealed")
PARTICULARS = ("name", "born_on")


def find_by_id_number(id_number: str) -> Person | None:
    return Person.objects.filter(id_number_index__in=crypto.blind_indexes(ID_NUMBER, fold(id_number))).first()


def obstacles_to_id_number(id_number: str, *, by: User, of: Person | None = None) -> list[Obstacle]:
    """Nobody else has it. Who has it is named only to somebody who may see them."""
    known = find_by_id_number(id_number) if id_number else None
    if known is None or known == of:
        return []
    if Person.objects.visible_to(by).filter(pk=known.pk).exists():
        return [rules.person_known(known)]
    return [rules.id_number_not_accepted()]


def hold_numbers() -> None:
    """While the office has several keys a number may be indexed under either of them, so that the unique index alone
    keeps no number with one person: who writes one waits for the others."""
    if len(settings.TAIZHANG_KEYS) > 1:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('members.id_numbers'))")


def seal(person: Person, *, id_number: str = "", telephone: str = "") -> None:
    """Protected values are stored under the person's own key; an empty one leaves what is stored."""
    if not (id_number or telephone):
        return
    key = key_of(person)
    if id_number:
        hold_numbers()
        if find_by_id_number(id_number) not in (None, person):
            raise Refused([rules.id_number_not_accepted()])
        person.id_number_sealed = crypto.seal(key, id_number.encode())
        person.id_number_index = crypto.blind_indexes(ID_NUMBER, id_number)[0]
    if telephone:
        person.telephone_sealed = crypto.seal(key, telephone.encode())
    try:
        with transaction.atomic():
            person.save(update_fields=SEALED)
    except IntegrityError as error:  # somebody registered it this moment
        raise Refused([rules.id_number_not_accepted()]) from error


def key_of(person: Person) -> bytes:
    kept = PersonKey.objects.filter(person=person).first()
    if kept is not None:
        return crypto.open_owner_key(kept.sealed)
    key, stored = crypto.new_owner_key()
    person.key = PersonKey.objects.create(person=person, sealed=stored)
    return key


def put_right(person: Person, **changed: Any) -> None:
    """Name, date of birth, sex, education. History keeps the first two under the person's key: as they were, as they are."""
    touched = set(changed)
    if touched & set(PARTICULARS):
        key = key_of(person)
        if person.particulars_sealed is None:
            person.particulars_sealed = sealed_particulars(key, person)
            person.save(update_fields=["particulars_sealed"])
    for field, value in changed.items():
        setattr(person, field, value)
    if "name" in changed:
        touched |= spell(person)
    if touched & set(PARTICULARS):
        person.particulars_sealed = sealed_particulars(key, person)
        touched.add("particulars_sealed")
    person.save(update_fields=touched)


def sealed_particulars(key: bytes, person: Person) -> bytes:
    born = person.born_on.isoformat() if person.born_on else None
    return crypto.seal(key, json.dumps({"name": person.name, "born_on": born}, ensure_ascii=False).encode())


def opened_particulars(person: Person, sealed: bytes | memoryview | None) -> dict[str, str | None]:
    """{name, born_on} as they once were; empty if nothing was kept or the key is gone."""
    text = person.opened(sealed)
    return json.loads(text) if text else {}


def names_ever(person: Person) -> set[str]:
    """What the person is and was called, as far as it can still be read."""
    history = Person.pgh_event_model.objects.filter(pgh_obj=person).exclude(particulars_sealed=None)  # type: ignore[attr-defined]
    former = {opened_particulars(person, event.particulars_sealed).get("name") for event in history}
    return {name for name in (person.name, *former) if name}


def forget_id_number(person: Person) -> None:
    """The ID number is gone, from history too: what stays is sealed anew under another key."""
    if person.id_number_sealed is None:
        return
    telephone = person.opened(person.telephone_sealed)
    forget(person)
    seal(person, telephone=telephone)


def forget(person: Person) -> None:
    """ID and telephone number are gone everywhere: nobody has the key to what history and backups hold."""
    destroy_key(person)
    person.id_number_sealed = person.id_number_index = person.telephone_sealed = person.particulars_sealed = None
    person.save(update_fields=[*SEALED, "particulars_sealed"])
    person.refresh_from_db()


def erase(person: Person, *, on: date) -> None:
    """Nothing that identifies the person is left, in history and backups neither; the row and its facts stay."""
    destroy_key(person)
    person.id_number_sealed = person.id_number_index = person.telephone_sealed = person.particulars_sealed = None
    person.name, person.born_on, person.account, person.erased_on = called_when_erased(person), None, None, on
    spelled = spell(person)
    person.save(update_fields=[*SEALED, "particulars_sealed", "name", *spelled, "born_on", "account", "erased_on"])


def spell(person: Person) -> set[str]:
    """As the name is typed on a keyboard: what is set by it."""
    person.pinyin, person.initials = spelled_person(person.name)
    return {"pinyin", "initials"}


def spell_missing() -> int:
    """Of people who came on record otherwise than by a verb or an import."""
    done = 0
    while people := list(Person.objects.filter(pinyin="").exclude(name="").only("name")[:SPELLED_AT_ONCE]):
        for person in people:
            spell(person)
            person.pinyin = person.pinyin or NO_SOUND
        Person.objects.bulk_update(people, ["pinyin", "initials"])
        done += len(people)
    return done


def called_when_erased(person: Person) -> str:
    return f"已清除人员{person.pk}"


def destroy_key(person: Person) -> None:
    PersonKey.objects.filter(person=person).delete()
