"""Strings that name code: pages, verbs, models, functions, templates. No tool follows them, so a test does."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import URLPattern, get_resolver

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "src" / "taizhang"
SLICE = "|".join(settings.SLICES)
PAGE = re.compile(rf"(?:{SLICE}):[a-z][a-z_]*")
CALLABLE = re.compile(rf"(?:taizhang\.)?(?:{SLICE})(?:\.[a-z_]+)+:[A-Za-z_]+")
MODEL = re.compile(rf"(?:{SLICE})\.[A-Z][A-Za-z]+")
TEMPLATE = re.compile(r"(?:[a-z_]+/)?[a-z0-9_]+\.html(?:#[a-z_]+)?")
IN_TEMPLATE = re.compile(r"\{%\s*(?:url|current)\s+['\"]([\w:]+)['\"]")
INCLUDED = re.compile(r"\{%\s*(?:extends|include)\s+['\"]([^'\"]+)['\"]")


def name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def code() -> Iterator[Path]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if "tests" not in file.parts and "migrations" not in file.parts:
            yield file


def templates() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


def strings(pattern: re.Pattern) -> Iterator[tuple[str, str]]:
    """(file and line, text) of every string constant that the whole pattern matches."""
    for file in code():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.fullmatch(node.value):
                yield f"{name(file)}:{node.lineno}", node.value


def pages() -> set[str]:
    """Every name an address can be reversed by."""
    return set(named(get_resolver(), ""))


def named(resolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{namespace}{entry.name}"
        else:
            yield from named(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


def matters() -> set[str]:
    """Kinds of cases, as they are opened: the namespace is the register they belong to, the rest what it is about."""
    openers = {"open_case", "do", "do_at_once", "about", "step_about"}
    return {
        part.value
        for file in code()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in openers
        for part in node.args
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and PAGE.fullmatch(part.value)
    }


def test_every_page_that_python_names_exists():
    """What is neither a page nor a kind of case is lost."""
    known = pages() | matters()
    assert [found for found in strings(PAGE) if found[1] not in known] == []


def test_every_kind_of_case_belongs_to_a_register_with_pages():
    namespaces = {page.partition(":")[0] for page in pages() if ":" in page}
    assert len(matters()) > 10
    assert {kind for kind in matters() if kind.partition(":")[0] not in namespaces} == set()


def test_every_page_that_a_template_names_exists():
    known = pages()
    lost = [
        (name(file), page)
        for file in templates()
        for page in IN_TEMPLATE.findall(file.read_text(encoding="utf-8"))
        if page not in known
    ]
    assert lost == []


def test_every_function_named_by_a_string_exists():
    lost = []
    for where, text in strings(CALLABLE):
        module, _, attribute = text.removeprefix("taizhang.").partition(":")
        try:
            exists = hasattr(importlib.import_module(f"taizhang.{module}"), attribute)
        except ImportError:
            exists = False
        if not exists:
            lost.append((where, text))
    assert lost == []


def test_every_model_named_by_a_string_exists():
    known = {model._meta.label for model in apps.get_models()}
    assert [found for found in strings(MODEL) if found[1] not in known] == []


def test_every_template_that_python_names_exists():
    assert [found for found in strings(TEMPLATE) if not exists(found[1])] == []


def test_every_template_can_be_read_with_its_tags_and_what_it_extends_and_includes():
    lost = []
    for file in templates():
        try:
            engines["django"].engine.get_template(str(file.relative_to(folder_of(file))))
        except TemplateSyntaxError as error:
            lost.append((name(file), str(error)))
        lost += [(name(file), used) for used in INCLUDED.findall(file.read_text(encoding="utf-8")) if not exists(used)]
    assert lost == []


def folder_of(template: Path) -> Path:
    return next(parent for parent in template.parents if parent.name == "templates")


def exists(template: str) -> bool:
    try:
        engines["django"].engine.get_template(template.partition("#")[0])
    except TemplateDoesNotExist:
        return False
    return True


def test_a_page_extends_a_base_of_the_kit_and_anything_else_is_part_of_a_page():
    used = {used for file in templates() for used in INCLUDED.findall(file.read_text(encoding="utf-8"))}
    used |= {text.partition("#")[0] for _, text in strings(TEMPLATE)}
    wrong = []
    for file in templates():
        text = file.read_text(encoding="utf-8")
        path = str(file.relative_to(folder_of(file)))
        extends = re.match(r"\s*(?:\{% load [^%]+%\}\s*)?\{% extends ['\"]([^'\"]+)['\"]", text)
        if path == "kit/bare.html" or path.partition("/")[0] not in settings.SLICES:  # or replaces a library's own
            continue
        if "<html" in text or (not extends and path not in used):
            wrong.append(path)
    assert wrong == []


def test_no_template_and_no_python_passes_unescaped_text():
    """Build markup with format_html; what a person typed is always escaped."""
    unescaped = re.compile(r"\|\s*safe\b|autoescape off|mark_safe")
    files = [*templates(), *code()]
    assert [name(file) for file in files if unescaped.search(file.read_text(encoding="utf-8"))] == []
