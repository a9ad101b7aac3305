"""The gate: no connection leaves for an address that is not public."""

import socket
from pathlib import Path

import pytest

from newsletter.check.outside.gate import (
    Address,
    DeadlineError,
    Gate,
    PrivateAddressError,
    is_public,
    look_up,
)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "2606:2800:220:1:248:1893:25c8:1946",
        "2a00:1450:4001:81b::200e",
    ],
)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::127.0.0.1",
        "::a00:1",
        "::ffff:0:7f00:1",
        "100::1",
        "3fff::1",
        "4000::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:7f00:1::",
        "not an address",
        "",
    ],
)
def test_all_else_is_not(address: str) -> None:
    assert not is_public(address)


def gate(addresses: list[Address], *, here: bool = False) -> Gate:
    """A gate for a name with these addresses; `here` lets this machine through."""
    allowed = (lambda _: True) if here else is_public
    return Gate(20, resolve=lambda *_: addresses, allowed=allowed)


@pytest.mark.parametrize(
    "addresses",
    [
        [("127.0.0.1", 80)],
        [("93.184.216.34", 80), ("10.0.0.1", 80)],
        [("::1", 80, 0, 0)],
    ],
)
def test_a_name_with_one_private_address_is_not_connected_to(
    addresses: list[Address], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("it has connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    way = gate(addresses)

    with pytest.raises(PrivateAddressError, match=r"evil\.example is"):
        way.connect("evil.example", 80)
    way.close()


def test_a_name_is_looked_up_once_and_its_very_address_connected_to(
    tmp_path: Path,
) -> None:
    looked_up: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def rebinding(host: str, _: int) -> list[Address]:
        looked_up.append(host)
        return [("127.0.0.1", port if len(looked_up) == 1 else 1)]

    way = Gate(20, resolve=rebinding, allowed=lambda _: True)
    with way.connect("evil.example", 1) as made:
        assert made.getpeername() == ("127.0.0.1", port)
    way.close()
    listener.close()

    assert looked_up == ["evil.example"]


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    closed = socket.create_server(("127.0.0.1", 0))
    dead = closed.getsockname()
    closed.close()

    way = gate([dead, listener.getsockname()], here=True)
    way.connect("a.example", 80).close()
    way.close()
    listener.close()

    way = gate([dead], here=True)
    with pytest.raises(ConnectionRefusedError):
        way.connect("a.example", 80)
    way.close()


def test_a_name_without_an_address_is_no_host() -> None:
    way = gate([])

    with pytest.raises(socket.gaierror):
        way.connect("a.example", 80)
    way.close()


def test_no_connection_is_made_after_the_deadline() -> None:
    way = Gate(0, resolve=lambda *_: [("127.0.0.1", 1)], allowed=lambda _: True)

    with pytest.raises(DeadlineError):
        way.connect("a.example", 80)
    way.close()


def test_a_host_of_this_machine_is_looked_up() -> None:
    assert ("127.0.0.1", 80) in look_up("127.0.0.1", 80)
