"""The office's key is changed while the office works: both keys hold meanwhile, and a killed rotation goes on where it stopped."""

import os
import random
import secrets
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connections

from taizhang.accounts.models import AuditRecord
from taizhang.config import cli, rotation
from taizhang.imports.models import Batch, Upload
from taizhang.imports.tests.test_killed import killed_while, settled
from taizhang.kit import crypto
from taizhang.kit.refusals import Refused
from taizhang.members import actions as members
from taizhang.members.models import Person
from taizhang.members.tests.people import codes, employee, id_number
from tests.world import FIRST_DAY

OLD, NEW = ("old", secrets.token_bytes(32)), ("new", secrets.token_bytes(32))
PEOPLE = 12
ROUNDS = 25 if os.environ.get("TAIZHANG_NIGHTLY") else 4


@pytest.fixture
def old_key(settings):
    settings.TAIZHANG_KEYS = (OLD,)
    return settings


def staffed(world) -> None:
    association = world.organization()
    for serial in range(PEOPLE):
        employee(world, association, f"某{serial}", id_number=id_number(serial), telephone=f"139{serial:08d}")


def readable() -> bool:
    """Every number can be read, and found again."""
    people = list(Person.objects.with_keys().order_by("pk"))
    return len(people) == PEOPLE and all(
        person.opened(person.id_number_sealed) == id_number(serial)
        and person.opened(person.telephone_sealed) == f"139{serial:08d}"
        and members.find_by_id_number(id_number(serial)) == person
        for serial, person in enumerate(people)
    )


def test_both_keys_hold_meanwhile_and_the_new_one_alone_afterwards(world, old_key):
    staffed(world)
    old_key.TAIZHANG_KEYS = (NEW, OLD)
    assert readable()
    told = list(rotation.rotate(batch=5))
    assert [(each.done, each.left) for each in told] == [(5, 7), (10, 2), (12, 0)]
    assert readable() and rotation.status()["个人密钥"] == {"new": PEOPLE}
    old_key.TAIZHANG_KEYS = (NEW,)
    assert readable()
    assert list(rotation.rotate(batch=5)) == []
    rows = AuditRecord.objects.filter(verb="members.rewrap_keys").order_by("pk")
    assert [row.details for row in rows] == [{"keys": n, "indexes": n} for n in (5, 5, 2)]


def test_a_number_stays_with_one_person_while_two_keys_index_it(world, old_key):
    staffed(world)
    old_key.TAIZHANG_KEYS = (NEW, OLD)
    with pytest.raises(Refused) as refusal:
        employee(world, world.organization("乙协会"), "另一人", id_number=id_number(3))
    assert codes(refusal) == ["person-known"]
    new = employee(world, world.organization("丙协会"), "新人", id_number=id_number(99))
    assert new.key.sealed.startswith(b"new:")
    list(rotation.rotate(batch=100))
    assert members.find_by_id_number(id_number(99)) == new and members.find_by_id_number(id_number(3)).name == "某3"


def test_second_factors_and_files_are_sealed_anew(world, old_key):
    TOTP.activate(world.clerk, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(world.clerk)
    batch = Batch.objects.create(
        sheet="orgs.workbook:organisations",
        title="社会组织",
        unit=world.committee,
        by=world.clerk,
        on=FIRST_DAY,
        file_name="a.xlsx",
        file_kind="xlsx",
        file_size=4,
        digest="0" * 64,
        look={},
    )
    Upload.objects.create(batch=batch, content=crypto.office_sealed("uploads", b"PK.."))
    codes_before = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    old_key.TAIZHANG_KEYS = (NEW, OLD)
    list(rotation.rotate(batch=1))
    old_key.TAIZHANG_KEYS = (NEW,)
    assert crypto.office_opened("uploads", Upload.objects.get().content) == b"PK.."
    factors = {each.type: each for each in Authenticator.objects.all()}
    assert TOTP(factors["totp"]).instance.data["secret"].startswith("new:")
    assert RecoveryCodes(factors["recovery_codes"]).generate_codes() == codes_before


def test_a_killed_rotation_goes_on_where_it_stopped(transactional_world, old_key):
    staffed(transactional_world)
    old_key.TAIZHANG_KEYS = (NEW, OLD)
    chance, counts = random.Random(5), [0]
    for _ in range(ROUNDS):
        killed_while(partial(list, rotation.rotate(batch=1)), after=chance.uniform(0.01, 0.12))
        settled()
        counts.append(rotation.status()["个人密钥"].get("new", 0))
        assert readable()
    assert counts == sorted(counts)
    list(rotation.rotate(batch=5))
    old_key.TAIZHANG_KEYS = (NEW,)
    assert readable()
    connections.close_all()


def test_the_command_makes_keys_and_puts_a_new_one_before_those_in_use(monkeypatch, capsys):
    monkeypatch.setenv("SECRET_KEY", "s" * 64)
    monkeypatch.setenv("TAIZHANG_KEYS", "old:" + "A" * 43 + "=")
    assert cli.main(["keys", "make"]) == 0
    fresh = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert set(fresh) == {"SECRET_KEY", "TAIZHANG_KEYS"}
    assert cli.main(["keys", "make", "--next"]) == 0
    put_before = capsys.readouterr().out.strip().removeprefix("TAIZHANG_KEYS=").split(",")
    assert len(put_before) == 2 and put_before[1].startswith("old:")


@pytest.mark.django_db
def test_the_command_tells_how_far_it_is_and_what_is_under_which_key(world, old_key, capsys):
    staffed(world)
    old_key.TAIZHANG_KEYS = (NEW, OLD)
    assert cli.main(["keys", "rotate", "--batch", "5"]) == 0
    said = capsys.readouterr().out
    assert "个人密钥：已换 10，还有 2" in said and "可从 TAIZHANG_KEYS 中去掉：old" in said
    assert cli.main(["keys", "status", "--json"]) == 0
    assert '"个人密钥": {"new": 12}' in capsys.readouterr().out
