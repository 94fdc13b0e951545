import socket

import pytest

from tests.harness.network import OutsideCall


def test_another_machine_is_out_of_reach():
    with socket.socket() as made, pytest.raises(OutsideCall):
        made.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideCall):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as made:
        made.connect(server.getsockname())
