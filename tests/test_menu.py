"""The menu leads somewhere, for the roles it names."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from taizhang.config import menu


def has_pages(slice_name: str) -> bool:
    return apps.is_installed(f"taizhang.{slice_name}") and find_spec(f"taizhang.{slice_name}.urls") is not None


def test_every_line_of_the_menu_leads_to_a_page_of_a_slice_that_exists():
    lost = []
    for entry in (*menu.MENU, *menu.USER_MENU):
        slice_name, colon, _ = entry.page.partition(":")
        if colon and slice_name in settings.SLICES and not has_pages(slice_name):
            continue  # this slice has no pages yet
        try:
            reverse(entry.page)
        except NoReverseMatch:
            lost.append(entry.page)
    assert lost == []


def test_every_icon_that_is_named_is_in_the_sprite():
    from scripts import assets

    sprite = (assets.DIST / "icons.svg").read_text(encoding="utf-8")
    assert [name for name in assets.named_icons() if f'id="{name}"' not in sprite] == []
