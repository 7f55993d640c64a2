"""The floors hold where the import linter cannot see: in strings, in migrations, in what is not imported at all."""

import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "src" / "taizhang"
DOORS = {"urls", "views", "api", "tasks", "workbook"}


def floors() -> dict[str, int]:
    """Slice → floor, counted from the ground; read from the list the import linter uses."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(each for each in contracts if each["id"] == "floors")["layers"]
    return {name.strip(" ()"): height for height, layer in enumerate(reversed(layers)) for name in layer.split("|")}


def folders() -> list[str]:
    return sorted(each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists())


def our_models():
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("taizhang.")]


def test_every_folder_stands_on_a_floor():
    assert [name for name in folders() if name not in floors()] == []


def test_every_slice_with_an_app_is_installed_and_named_after_its_folder():
    with_app = [name for name in folders() if (PACKAGE / name / "apps.py").exists()]
    assert sorted(config.label for config in apps.get_app_configs() if config.name.startswith("taizhang.")) == with_app
    assert set(with_app) <= set(settings.SLICES)


def test_slices_are_listed_from_the_ground_up():
    heights = [floors()[name] for name in settings.SLICES]
    assert heights == sorted(heights)


def test_foreign_keys_go_down_the_floors():
    heights = floors()
    wrong = []
    for model in our_models():
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if not hasattr(target, "_meta") or not target.__module__.startswith("taizhang."):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here != there and heights[there] >= heights[here]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert wrong == []


def test_a_foreign_key_into_another_slice_leaves_no_name_there():
    named = [
        f"{model._meta.label}.{field.name}: related_name={field.remote_field.related_name!r}"
        for model in our_models()
        if not model._meta.auto_created
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.is_relation
        and hasattr(field.related_model, "_meta")
        and field.related_model.__module__.startswith("taizhang.")
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    ]
    assert named == [], 'write related_name="+"'


@pytest.mark.django_db
def test_migrations_depend_downwards():
    heights = floors()
    wrong = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in heights:
            for needed in [*migration.dependencies, *migration.run_before]:
                if needed[0] in heights and needed[0] != app and heights[needed[0]] >= heights[app]:
                    wrong.append(f"{app}.{name} → {'.'.join(needed)}")
    assert wrong == []


def test_nobody_but_config_comes_in_by_another_slices_doors():
    graph = grimp.build_graph("taizhang", cache_dir=None)
    wrong = []
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) < 3 or parts[2] not in DOORS:
            continue
        for importer in graph.find_modules_that_directly_import(module):
            comer = importer.split(".")
            if comer[1] not in (parts[1], "config") and "tests" not in comer:
                wrong.append(f"{importer} → {module}")
    assert wrong == []
