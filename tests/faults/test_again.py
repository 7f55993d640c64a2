"""A page that was being read when the database went away is read once more; what was being written is not done twice."""

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from taizhang.accounts.access import public

tried: list[str] = []


@public
def lost(request, times: int):
    """The connection is lost so many times, then the page is there."""
    tried.append(request.method)
    if len(tried) <= times:
        raise (OperationalError if times % 2 else InterfaceError)("terminating connection due to administrator command")
    return HttpResponse("here")


@public
def wrong(request):
    tried.append(request.method)
    raise ValueError("a fault of ours")


urlpatterns = [
    path("", include("taizhang.config.urls")),
    path("lost/<int:times>/", lost, name="lost"),
    path("wrong/", wrong, name="wrong"),
]


@pytest.fixture
def client(transactional_db):
    tried.clear()
    with override_settings(ROOT_URLCONF="tests.faults.test_again"):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("method", ["get", "head"])
def test_what_was_read_is_read_once_more(client, method):
    assert getattr(client, method)("/lost/1/").status_code == 200
    assert tried == [method.upper()] * 2


def test_not_more_than_once(client):
    assert client.get("/lost/2/").status_code == 500
    assert tried == ["GET", "GET"]


def test_what_was_written_is_not_repeated(client):
    assert client.post("/lost/1/").status_code in (403, 500)
    assert tried in ([], ["POST"])


def test_a_fault_of_ours_is_not_repeated(client):
    assert client.get("/wrong/").status_code == 500
    assert tried == ["GET"]
