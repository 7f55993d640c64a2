"""A server that has just started has read what every process reads once: its first page waits for the figures alone."""

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
