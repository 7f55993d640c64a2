"""The inventory names every personal field there is and none that is not; it is shown, and what is past its time is listed."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test import Client
from django.urls import reverse
from pghistory.models import Event

from taizhang.members import actions as members
from taizhang.members.models import Engagement, Person
from taizhang.members.privacy import impersonal, inventory, past_retention_since
from taizhang.members.tests.people import JUNE, MARCH, employee, member

OF_LIBRARIES = {"contenttypes", "auth", "pghistory"}
ABOUT_PEOPLE = {"members.Person", "members.PersonKey", "members.Engagement", "members.Membership", "members.Post"}
OF_FACTS = {"id", "period", "recorded", "step", "closing_step", "organization"}
MAY_SAY_SOMETHING = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    ArrayField,
)


def fields_to_be_named() -> set[str]:
    """Every field of a table about people, every reference to a person, and every field in which a person could be named."""
    found = set()
    for model in apps.get_models():
        if issubclass(model, Event) or model._meta.app_label in OF_LIBRARIES:
            continue
        for field in model._meta.concrete_fields:
            about_people = model._meta.label in ABOUT_PEOPLE and field.name not in OF_FACTS
            may_name = isinstance(field, MAY_SAY_SOMETHING) and not field.choices
            if about_people or may_name or (field.is_relation and field.related_model is Person):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def is_impersonal(field: str) -> bool:
    slice_name, model, _ = field.split(".")
    return bool({field, f"{slice_name}.{model}.*", f"{slice_name}.*"} & set(impersonal()))


def named() -> list[str]:
    return [field for entry in inventory() for field in entry.fields]


def test_every_field_that_may_say_something_of_a_person_is_in_the_inventory():
    missing = sorted(field for field in fields_to_be_named() - set(named()) if not is_impersonal(field))
    assert missing == [], (
        "add it to members/data/personal.toml: a [[field]] with purpose, or [impersonal] with why it is not"
    )


def test_everything_encrypted_is_in_the_inventory_and_nowhere_else():
    sealed = {field for field in fields_to_be_named() if field.endswith(("sealed", "_index"))}
    assert len(sealed) >= 6 and sealed <= set(named())


def test_the_inventory_names_no_field_twice_and_none_that_does_not_exist():
    assert len(named()) == len(set(named()))
    there = {
        f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.concrete_fields
    }
    assert sorted(set(named()) - there) == []


def test_each_entry_says_what_for_on_which_ground_for_how_long_and_how_protected():
    for entry in inventory():
        assert all((entry.label, entry.purpose, entry.basis, entry.retention, entry.protection)), entry


@pytest.mark.django_db
def test_the_privacy_page_shows_the_whole_inventory_to_whoever_signed_in(world):
    for user in (world.outsider, world.clerk, world.auditor):
        client = Client()
        client.force_login(user)
        text = client.get(reverse("members:privacy")).content.decode()
        assert all(entry.label in text and entry.purpose in text for entry in inventory())


def test_ten_years_are_counted_from_the_last_day_on_record():
    assert past_retention_since(date(2028, 2, 29)) == date(2018, 2, 28)
    assert past_retention_since(date(2028, 3, 1)) == date(2018, 3, 1)


@pytest.mark.django_db
def test_who_is_past_retention_is_listed_for_a_person_to_erase_and_nobody_else(world):
    association = world.organization()
    branch = world.branch(association)
    gone = employee(world, association, "早已离职")
    still = member(world, association, branch, "仍在册")
    recent = employee(world, association, "离职不久")
    members.leave(Engagement.objects.still().get(person=gone), on=JUNE, by=world.clerk)
    members.leave(Engagement.objects.still().get(person=recent), on=date(2020, 1, 1), by=world.clerk)
    on = date(2027, 6, 2)
    listed = set(Person.objects.visible_to(world.clerk).past_retention(on))
    assert listed == {gone} and still not in listed
    assert set(Person.objects.visible_to(world.clerk).past_retention(date(2027, 5, 31))) == set()
    members.erase(gone, unit=association.unit, on=on, document="保存期限届满清单", note="保存期限届满", by=world.clerk)
    assert set(Person.objects.visible_to(world.clerk).past_retention(on)) == set()


@pytest.mark.django_db
def test_the_list_of_those_past_retention_is_for_the_clerk_who_erases(world, monkeypatch):
    association = world.organization()
    gone = employee(world, association, "早已离职", on=MARCH)
    members.leave(Engagement.objects.still().get(person=gone), on=JUNE, by=world.clerk)
    monkeypatch.setattr("taizhang.members.views.own.today", lambda: date(2030, 1, 1))
    for user, status in ((world.clerk, 200), (world.leader, 403), (world.administrator, 403), (world.auditor, 403)):
        client = Client()
        client.force_login(user)
        response = client.get(reverse("members:past_retention"))
        assert response.status_code == status
        if status == 200:
            assert "早已离职" in response.content.decode()
