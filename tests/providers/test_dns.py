"""Asking the DNS: what there is, what there is not, and nobody who answers."""

import pytest

from newsletter.providers.dns import Dns, DnsUnavailable, MailServer
from tests.rig.dns import dns_server

LONG = "v=DKIM1; k=rsa; p=" + "A" * 600


def test_records_are_found() -> None:
    names = {
        "TXT example.com": ["v=spf1 -all", LONG, "né"],
        "MX example.com": ["20 b.example.com.", "10 a.example.com."],
        "A a.example.com": ["192.0.2.1"],
        "AAAA a.example.com": ["2001:db8::1"],
    }
    with dns_server(names) as server:
        dns = Dns("127.0.0.1", server.port)

        assert sorted(dns.texts("example.com")) == sorted(["v=spf1 -all", LONG, "né"])
        assert dns.mail_servers("example.com") == [
            MailServer(10, "a.example.com"),
            MailServer(20, "b.example.com"),
        ]
        assert dns.addresses("a.example.com.") == ["192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize(
    "name", ["nothing.example.com", "example.com", "a..b", "x" * 70, "é" * 300]
)
def test_what_is_not_there_is_nothing(name: str) -> None:
    with dns_server({"A example.com": ["192.0.2.1"]}) as server:
        dns = Dns("127.0.0.1", server.port)

        assert dns.texts(name) == []
        assert dns.mail_servers(name) == []


def test_no_mail_server_at_all_has_no_host() -> None:
    with dns_server({"MX example.com": ["0 ."]}) as server:
        dns = Dns("127.0.0.1", server.port)

        assert dns.mail_servers("example.com") == [MailServer(0, "")]


def test_a_name_whose_servers_fail_is_told_and_others_are_asked() -> None:
    names = {"SERVFAIL broken.example": [], "TXT example.com": ["here"]}
    with dns_server(names) as server:
        dns = Dns("127.0.0.1", server.port)

        with pytest.raises(DnsUnavailable, match=r"servers of broken\.example"):
            dns.texts("broken.example")
        assert dns.texts("example.com") == ["here"]


def test_without_an_answer_nobody_is_asked_again() -> None:
    with dns_server({"SILENT example.com": []}) as server:
        dns = Dns("127.0.0.1", server.port, seconds=0.2)
        with pytest.raises(DnsUnavailable, match="does not answer"):
            dns.texts("example.com")

        with pytest.raises(DnsUnavailable, match="does not answer"):
            dns.texts("other.example")
        # Those about the first may come late.
        assert not [each for each in server if "other.example" in each]


def test_a_machine_without_servers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unconfigured(*_: object, **__: object) -> None:
        from dns.resolver import NoResolverConfiguration

        raise NoResolverConfiguration

    monkeypatch.setattr("dns.resolver.Resolver.read_resolv_conf", unconfigured)

    with pytest.raises(DnsUnavailable, match="knows no DNS server"):
        Dns().texts("example.com")
