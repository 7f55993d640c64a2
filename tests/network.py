"""No test reaches the network: only this machine's own addresses and sockets may be connected to."""

import ipaddress
import socket

import pytest


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(scope="session", autouse=True)
def no_network():
    patch = pytest.MonkeyPatch()
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self, address):
        refuse_to_leave(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        refuse_to_leave(self.family, address)
        return connect_ex(self, address)

    def guarded_resolve(host, *arguments, **options):
        if host is not None and not is_local(host):
            raise NetworkForbidden(f"Tests may not look up {host!r}.")
        return resolve(host, *arguments, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()


def refuse_to_leave(family: int, address: object) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple) and not is_local(address[0]):
        raise NetworkForbidden(f"Tests may not connect to {address[0]!r}.")


def is_local(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return name in ("", "localhost") or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
