"""A server that has just started has read what every process reads once: its first page waits for the figures alone."""

import os
import subprocess
import sys

import pytest
from django.template import engines
from django.urls import reverse

from taizhang.config.readiness import read_ahead


@pytest.mark.django_db
def test_the_first_pages_compile_no_template_and_read_no_module(world, client):
    [[kept]] = [each.loaders for each in engines["django"].engine.template_loaders]
    client.force_login(world.clerk)
    client.get(reverse("health"))  # a server's middleware is there before its first request
    kept.reset()
    read_ahead()
    templates, modules = set(kept.get_template_cache), set(sys.modules)
    for page in ("stats:dashboard", "desk:home"):
        assert client.get(reverse(page)).status_code == 200
    assert set(kept.get_template_cache) == templates
    assert not [each for each in set(sys.modules) - modules if each.startswith("taizhang.")]


FILE_OF_A_LIST = """
import sys, django
django.setup()
from django.urls import resolve
from taizhang.kit import exporting
resolve("/orgs/")
print(*sorted({"pypinyin", "openpyxl", "highspy", "numpy"} & set(sys.modules)))
"""


def test_whoever_writes_the_file_of_a_list_carries_no_dictionaries_no_solver_and_no_reader_of_workbooks():
    surroundings = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", FILE_OF_A_LIST], env=surroundings, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == []
