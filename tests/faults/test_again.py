"""A page that was being read when the database went away is read once more; what was being written is not done twice."""

import pytest
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from taizhang.config.again import Again


class Office:
    """What stands behind the middleware: it fails as often as it is told to, as Django tells of a failure."""

    def __init__(self, *failures: Exception):
        self.failures = list(failures)
        self.asked: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if not self.failures:
            return HttpResponse("here")
        try:
            raise self.failures.pop(0)
        except Exception:
            got_request_exception.send(sender=None, request=request)
            return HttpResponse("broken", status=500)


LOST = OperationalError("terminating connection due to administrator command")


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("failure", [LOST, InterfaceError("the connection is closed")])
def test_what_was_read_is_read_once_more_by_a_request_of_its_own(method, failure):
    office = Office(failure)
    assert Again(office)(getattr(RequestFactory(), method)("/orgs/?q=甲")).status_code == 200
    first, second = office.asked
    assert first is not second and second.GET["q"] == "甲"


def test_not_more_than_once():
    office = Office(LOST, LOST)
    assert Again(office)(RequestFactory().get("/")).status_code == 500
    assert len(office.asked) == 2


def test_what_was_written_is_not_repeated():
    office = Office(LOST)
    assert Again(office)(RequestFactory().post("/orgs/register/")).status_code == 500
    assert len(office.asked) == 1


def test_a_fault_of_ours_is_not_repeated():
    office = Office(ValueError("a fault of ours"))
    assert Again(office)(RequestFactory().get("/")).status_code == 500
    assert len(office.asked) == 1
