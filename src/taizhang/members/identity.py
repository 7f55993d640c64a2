"""ID and telephone numbers: sealed under the person's own key, found again by a blind index, forgotten with the key."""

from django.db import IntegrityError, transaction

from taizhang.accounts.models import User
from taizhang.kit import crypto
from taizhang.kit.refusals import Obstacle, Refused
from taizhang.kit.text import fold
from taizhang.members import rules
from taizhang.members.models import Person, PersonKey

ID_NUMBER = "id-number"
SEALED = ("id_number_sealed", "id_number_index", "telephone_sealed")


def find_by_id_number(id_number: str) -> Person | None:
    return Person.objects.filter(id_number_index=crypto.blind_index(ID_NUMBER, fold(id_number))).first()


def obstacles_to_id_number(id_number: str, *, by: User, of: Person | None = None) -> list[Obstacle]:
    """Nobody else has it. Who has it is named only to somebody who may see them."""
    known = find_by_id_number(id_number) if id_number else None
    if known is None or known == of:
        return []
    if Person.objects.visible_to(by).filter(pk=known.pk).exists():
        return [rules.person_known(known)]
    return [rules.id_number_not_accepted()]


def seal(person: Person, *, id_number: str = "", telephone: str = "") -> None:
    """Protected values are stored under the person's own key; an empty one leaves what is stored."""
    if not (id_number or telephone):
        return
    key = key_of(person)
    if id_number:
        person.id_number_sealed = crypto.seal(key, id_number.encode())
        person.id_number_index = crypto.blind_index(ID_NUMBER, id_number)
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


def forget_id_number(person: Person) -> None:
    """The ID number is gone, from history too: what stays is sealed anew under another key."""
    if person.id_number_sealed is None:
        return
    telephone = person.opened(person.telephone_sealed)
    forget(person)
    seal(person, telephone=telephone)


def forget(person: Person) -> None:
    """ID and telephone number are gone everywhere: nobody has the key to what history and backups hold."""
    PersonKey.objects.filter(person=person).delete()
    person.id_number_sealed = person.id_number_index = person.telephone_sealed = None
    person.save(update_fields=SEALED)
    person.refresh_from_db()
