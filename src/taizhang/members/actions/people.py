"""People come on record and are put right; their numbers are shown to who says what for, and erased."""

import unicodedata
from datetime import date

from django.core.exceptions import PermissionDenied

from taizhang.accounts.acting import action, tell_audit
from taizhang.accounts.models import AuditKind, Unit, User
from taizhang.cases import actions as cases
from taizhang.kit.refusals import refuse, refuse_if
from taizhang.kit.text import fold
from taizhang.ledger.models import Fact
from taizhang.members import identity, rules
from taizhang.members.actions.facts import admit, engage
from taizhang.members.actions.known import about, is_held_outside, require_keeper, take_known
from taizhang.members.models import (
    FACTS,
    OutsideKind,
    Person,
)
from taizhang.orgs.models import Organization
from taizhang.party import actions as party
from taizhang.party.models import PartyOrganization


@action("members.add")
def add(
    *,
    name: str,
    unit: Unit,
    on: date,
    by: User,
    sex: str = "unknown",
    born_on: date | None = None,
    education: str = "unknown",
    id_number: str = "",
    telephone: str = "",
    held_outside: bool = False,
    note: str = "",
) -> Person:
    """The person is on record. `unit` is the organisation or Party organisation on whose behalf."""
    require_keeper(by, "add", unit)
    id_number, telephone = fold(id_number), plain(telephone)
    refuse_if(
        [
            *rules.obstacles_to_adding(
                name=name, id_number=id_number, telephone=telephone, held_outside=held_outside, born_on=born_on, on=on
            ),
            *identity.obstacles_to_id_number(id_number, by=by),
        ]
    )
    person = Person(name=name.strip(), sex=sex, born_on=born_on, education=education)
    identity.spell(person)
    person.save(force_insert=True)
    identity.seal(person, id_number=id_number, telephone=telephone)
    about(person, "members:add", "登记人员", unit=unit, by=by, on=on, note=note)
    return person


@action("members.enrol")
def enrol(
    *,
    on: date,
    by: User,
    organization: Organization | None = None,
    employment: str = "",
    title: str = "",
    is_management: bool = False,
    party_organization: PartyOrganization | None = None,
    outside_name: str = "",
    outside_kind: str = OutsideKind.OTHER,
    standing: str = "",
    joined_on: date | None = None,
    full_since: date | None = None,
    document: str = "",
    note: str = "",
    **particulars,
) -> Person:
    """Somebody new is on record, works in this organisation, and has relations here or outside, all from that day."""
    whose = organization or party_organization
    if whose is None:
        refuse(
            "belongs-nowhere",
            "没有填写此人所在的社会组织或党组织",
            remedy="至少选择一个：在哪里从业，或组织关系在哪个党组织",
            where="organization",
        )
    unit = whose.unit
    person = add(unit=unit, on=on, by=by, held_outside=bool(outside_name.strip()), note=note, **particulars)
    if organization is not None:
        engage(
            person,
            organization=organization,
            employment=employment,
            title=title,
            is_management=is_management,
            on=on,
            by=by,
        )
    if standing or party_organization or outside_name.strip():
        admit(
            person,
            party_organization=party_organization,
            outside_name=outside_name,
            outside_kind=outside_kind,
            unit=unit,
            standing=standing,
            joined_on=joined_on,
            full_since=full_since,
            on=on,
            by=by,
            document=document,
        )
    return person


@action("members.amend")
def amend(person: Person, *, unit: Unit, on: date, by: User, note: str = "", **changed) -> Person:
    """What statistics do not date (name, sex, birth, education, ID and telephone number) is put right."""
    require_keeper(by, "amend", unit)
    person = take_known(person, by=by)
    id_number, telephone = fold(changed.pop("id_number", "")), plain(changed.pop("telephone", ""))
    changed = {field: value.strip() if field == "name" else value for field, value in changed.items()}
    changed = {field: value for field, value in changed.items() if getattr(person, field) != value}
    if not (changed or id_number or telephone):
        refuse("nothing-changed", "所填与现有记载相同", remedy="无需办理；只改有变化的项目")
    refuse_if(
        [
            *rules.obstacles_to_adding(
                name=changed.get("name", person.name),
                id_number=id_number,
                telephone=telephone,
                held_outside=is_held_outside(person),
                born_on=changed.get("born_on"),
                on=on,
            ),
            *identity.obstacles_to_id_number(id_number, by=by, of=person),
        ]
    )
    if changed:
        identity.put_right(person, **changed)
    identity.seal(person, id_number=id_number, telephone=telephone)
    about(person, "members:amend", "更正人员信息", unit=unit, by=by, on=on, note=note)
    return person


@action("members.reveal", kind=AuditKind.REVEAL)
def reveal(person: Person, *, field: str, purpose: str, by: User) -> str:
    """The whole ID or telephone number, to somebody who may see the person and says what for; it is logged."""
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise PermissionDenied
    if not purpose.strip():
        refuse("purpose-missing", "没有写明用途", remedy="写明查看的用途，例如“核对转接介绍信”", where="purpose")
    sealed = {"id_number": person.id_number_sealed, "telephone": person.telephone_sealed}.get(field)
    if sealed is None:
        refuse("nothing-stored", "台账没有登记此项", remedy="如需登记，请用“更正信息”", where="field")
    tell_audit(field=field, purpose=purpose)
    return person.opened(sealed)


@action("members.forget")
def forget(person: Person, *, unit: Unit, on: date, by: User, note: str) -> Person:
    """ID and telephone number are erased, in history and backups too; the facts of the ledger stay."""
    require_keeper(by, "forget", unit)
    person = take_known(person, by=by)
    refuse_if(party.note_missing(note))
    identity.forget(person)
    about(person, "members:forget", "清除身份证号和电话", unit=unit, by=by, on=on, note=note)
    return person


@action("members.erase")
def erase(person: Person, *, unit: Unit, on: date, by: User, document: str, note: str) -> Person:
    """Name, date of birth, ID and telephone number are gone: from the register, from cases, from history, from what the
    audit and backups hold. Facts stay, about a number; no figure changes. Refused as long as anything holds true of them.
    """
    require_keeper(by, "erase", unit)
    person = take_known(person, by=by)
    refuse_if(rules.obstacles_to_erasing(standing_of(person), document=document, note=note))
    names = identity.names_ever(person)
    about(person, "members:erase", "清除个人信息", unit=unit, by=by, on=on, document=document, note=note)
    identity.erase(person, on=on)
    cases.retitle(person, names=names, now=person.name)
    return person


def standing_of(person: Person) -> list[Fact]:
    """What is stated of the person without an end: works somewhere, relations held, a post."""
    return [fact for model in FACTS.values() for fact in model.objects.still().filter(person=person)]


def plain(telephone: str) -> str:
    """Full-width digits and brackets as ordinary ones."""
    return unicodedata.normalize("NFKC", telephone).strip()
