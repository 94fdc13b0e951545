"""No test speaks to another machine: sockets open to loopback and to Unix sockets only."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class OutsideCall(AssertionError):
    """A test tried to reach another machine."""


def _is_loopback(host: Any) -> bool:
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        guard(patch)
        yield


def guard(patch: pytest.MonkeyPatch) -> None:
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def allowed(made: socket.socket, address: Any) -> None:
        if made.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise OutsideCall(f"The network is closed in tests, and something called {address}")

    def guarded_connect(made: socket.socket, address: Any) -> None:
        allowed(made, address)
        connect(made, address)

    def guarded_connect_ex(made: socket.socket, address: Any) -> int:
        allowed(made, address)
        return connect_ex(made, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_loopback(host.decode() if isinstance(host, bytes) else host):
            raise OutsideCall(f"The network is closed in tests, and something looked up {host}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
