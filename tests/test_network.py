import socket
import urllib.request

import pytest

from tests.network import NetworkForbidden


def test_a_test_that_leaves_the_machine_is_told_which_host_it_wanted():
    with pytest.raises(NetworkForbidden, match=r"192\.0\.2\.1"), socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))


def test_a_name_is_not_even_looked_up():
    with pytest.raises(NetworkForbidden, match=r"register\.example"):
        urllib.request.urlopen("http://register.example/")


def test_this_machine_may_be_connected_to():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
