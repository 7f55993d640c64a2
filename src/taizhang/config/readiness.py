"""What every process reads once is read before the first page is asked for: whoever opens the server's first page waits for its figures alone."""

import gc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.urls import Resolver404, resolve

from taizhang.config import menu
from taizhang.kit import pinyin
from taizhang.stats import bridging, checking, trending
from taizhang.stats.catalogue import catalogue

NOWHERE = "/-/"  # every address is looked at before it is known to be none


def read_ahead() -> None:
    """Addresses with the modules behind them, templates, figures and checks, how characters are read, names of the bundled files.
    Nothing of the database, so that it may be done once, before processes part."""
    for entry in (*menu.MENU, *menu.USER_MENU):
        menu.address_of(entry.page)  # each slice's addresses are gathered when the first of them is asked for
    with suppress(Resolver404):
        resolve(NOWHERE)
    for name in templates():
        get_template(name)
    for read in (catalogue, checking.checks, bridging.bridges, trending.spells, pinyin.pairs):
        read()
    with suppress(ValueError):  # not bundled yet: every page will say so
        staticfiles_storage.url("kit/dist/app.js")
    gc.collect()
    gc.freeze()  # what was read stays for as long as the process lives, and is shared by those that part from it


def templates() -> Iterator[str]:
    """The pages of every slice."""
    for name in settings.SLICES:
        folder = Path(apps.get_app_config(name).path) / "templates"
        yield from (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html")))
