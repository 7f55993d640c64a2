"""Every address there is, read from the URL configuration, so that a new door is tried without being named."""

import io
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from taizhang.members import models as members
from taizhang.orgs import models as orgs
from taizhang.party import models as party
from taizhang.stats.catalogue import catalogue
from tests.proof import prove

NIGHT = "TAIZHANG_NIGHTLY" in os.environ

# What a parameter that is no number may be, by its name: for addresses that do not speak of a row.
WORDS: dict[str, tuple[str, ...]] = {
    # by day of the figures that count the same kind of record one
    "figure": tuple(catalogue() if NIGHT else {figure.record: key for key, figure in catalogue().items()}.values()),
    "noun": (*orgs.FACTS, *party.FACTS, *members.FACTS),
    "thing": ("organisation", "party", "person", "instructor", "unit"),
    "year": ("2017",),
    "suffix": ("xlsx", "docx"),
    "key": ("party-constitution", "report-2017-division"),  # a document, a clause
}


@dataclass(frozen=True)
class Door:
    name: str
    route: str
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_operation(self) -> bool:
        return self.name.startswith("api:") and "." in self.name

    @property
    def slice(self) -> str:
        """orgs:rename and api:orgs.rename are of orgs."""
        name = self.name.partition(":")[2] if self.is_operation else self.name
        return re.split(r"[:.]", name)[0] if ":" in self.name else ""

    @property
    def takes_numbers(self) -> bool:
        return bool(self.numbers)

    def values_of(self, word: str) -> list[str]:
        """Of a field of that name in the door's slice, unless WORDS says them."""
        values = list(WORDS.get(word, ()))
        for model in (
            ()
            if values or not apps.is_installed(f"taizhang.{self.slice}")
            else apps.get_app_config(self.slice).get_models()
        ):
            if any(field.name == word for field in model._meta.concrete_fields):
                values += map(str, model._base_manager.order_by("pk").values_list(word, flat=True)[:2])
        return values or ["nothing"]

    def wordings(self) -> list[tuple[str, ...]]:
        """Every way to put words in the places of its words."""
        return list(product(*map(self.values_of, self.words)))

    def address(self, numbers: Iterable[int], wording: Iterable[str]) -> str:
        arguments = dict(zip(self.numbers, numbers, strict=True)) | dict(zip(self.words, wording, strict=True))
        return reverse(self.name, kwargs=arguments)

    def addresses(self, *numbers: int) -> Iterator[str]:
        """With these numbers in the places of its numbers, and every word in the places of its words."""
        return (self.address(numbers, wording) for wording in self.wordings())


def doors() -> list[Door]:
    return list(beneath(get_resolver().url_patterns))


def beneath(patterns, namespace: str = "", route: str = "", converters: dict | None = None) -> Iterator[Door]:
    for each in patterns:
        here = {**(converters or {}), **getattr(each.pattern, "converters", {})}
        text = route + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from beneath(each.url_patterns, inner, text, here)
        elif isinstance(each, URLPattern):
            numbers = tuple(name for name in here if name == "pk" or isinstance(here[name], IntConverter))
            words = tuple(name for name in here if name not in numbers)
            yield Door(f"{namespace}{each.name or ''}", text, numbers, words)


def signed_in(user) -> Client:
    """With a fresh proof of who they are, so that doors which ask for one open too."""
    client = Client()
    client.force_login(user)
    prove(client)
    return client


# ETag: a digest of the ledger's version and the question; any four digits stand in one of hundreds some day.
PASSING = {"X-Request-Id", "Content-Length", "Expires", "Last-Modified", "Date", "ETag"}


def told(response) -> str:
    """All that an answer tells: its headers, and its body as text, also out of a workbook."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            text = "\n".join(
                book.read(name).decode()
                for name in sorted(book.namelist())
                if not name.startswith("docProps")
                and not name.endswith(".png")  # drawn of figures that are told as text
            )
    elif body[:5] == b"%PDF-":
        text = ""  # compressed: byte offsets would pass for figures; what a paper says, its page and papers.detail tell
    else:
        text = body.decode("utf-8", "replace")
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.items()) if name not in PASSING)
    return f"{response.status_code} {kind}\n{headers}\n{text}"


MASKS = (
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'), "csrf"),
    (re.compile(r'"X-CSRFToken": "[^"]*"'), "csrf"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:?\d\d)?"), "moment"),
    (re.compile(r'(after|before)=[\w%.-]+|"next": "[^"]+"'), "cursor"),  # signed with the time
    (re.compile(r"[0-9a-f]{16,}"), "digest"),  # a request's number, an entity tag
    (re.compile(r"\b[A-Z2-7]{32}\b|base64,[\w+/=]+"), "secret"),  # of a second step that is being set up
)


def unmarked(text: str, *asked: object) -> str:
    """Without what differs from request to request, and without what was asked for."""
    for value in asked:
        for form in (str(value), quote(str(value)), quote(str(value), safe="")):
            text = text.replace(form, "asked")
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text
