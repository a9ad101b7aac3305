"""What the DNS says of the sender's domain: mail servers, keys, alignment."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from newsletter.providers.dkim_signing import Signer
from newsletter.providers.dns import Dns
from newsletter.sending.doctor.domain import domain_findings, own_key
from newsletter.sending.doctor.finding import Finding
from tests.providers.contract import a_publication
from tests.providers.dkim_keys import DOMAIN, RSA, SELECTOR
from tests.rig.dns import Names
from tests.sending.doctor.conftest import Knows, the, told

PUBLICATION = a_publication({})
SIGNER = Signer(DOMAIN, SELECTOR, RSA)
KEY_NAME = f"TXT {SELECTOR}._domainkey.{DOMAIN}"
GOOD: Names = {
    f"MX {DOMAIN}": ["10 mx.example.com."],
    f"TXT {DOMAIN}": ["v=spf1 ip4:192.0.2.1 -all"],
    KEY_NAME: [SIGNER.record],
    f"TXT _dmarc.{DOMAIN}": ["v=DMARC1; p=reject"],
}


def look(
    dns: Dns, provider: str = "smtp", signer: Signer | None = SIGNER
) -> list[Finding]:
    return list(domain_findings(dns, PUBLICATION, provider, signer))


def test_all_is_well(knows: Knows) -> None:
    assert told(look(knows(GOOD))) == [
        "mx ok",
        "spf ok",
        "dkim ok",
        "alignment ok",
        "dmarc ok",
    ]


@pytest.mark.parametrize(
    ("names", "verdict", "what"),
    [
        ({f"MX {DOMAIN}": ["10 a.example."]}, "mx ok", "goes to a.example"),
        ({f"MX {DOMAIN}": ["0 ."]}, "mx problem", "takes no mail"),
        ({f"A {DOMAIN}": ["192.0.2.1"]}, "mx warning", "has no MX record"),
        ({}, "mx problem", "does not exist"),
    ],
)
def test_who_takes_answers(knows: Knows, names: Names, verdict: str, what: str) -> None:
    found = look(knows(names))

    assert told(found)[0] == verdict
    assert what in found[0].message


@pytest.mark.parametrize(
    ("records", "what"),
    [
        ([], "there is no key at"),
        (["some other text"], "there is no key at"),
        (["v=DKIM1; k=rsa; p="], "was revoked"),
        (["v=DKIM1; k=rsa; p=AAAA"], "is not the one that you sign with"),
        ([SIGNER.record, SIGNER.record + "; n=again"], "more than one key"),
    ],
)
def test_what_is_wrong_with_our_key(
    knows: Knows, records: list[str], what: str
) -> None:
    found = list(own_key(knows(GOOD | {KEY_NAME: records}), SIGNER))

    assert told(found) == ["dkim problem"]
    assert what in found[0].message


def test_the_record_to_add_is_told_whole(knows: Knows) -> None:
    found = list(own_key(knows({}), SIGNER))

    assert found[0].hint == (
        f'add TXT {SELECTOR}._domainkey.{DOMAIN} "{SIGNER.record}"'
    )
    assert SIGNER.record.startswith("v=DKIM1; k=rsa; p=MII")


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (Ed25519PrivateKey.generate(), "is Ed25519"),
        (generate_private_key(public_exponent=65537, key_size=1024), "has 1024 bits"),
    ],
)
def test_a_weak_key_is_warned_of(knows: Knows, key: object, what: str) -> None:
    signer = Signer(DOMAIN, SELECTOR, key)  # type: ignore[arg-type]
    names = GOOD | {KEY_NAME: [signer.record.replace("; ", ";").replace("p=", " p= ")]}

    found = list(own_key(knows(names), signer))

    assert told(found) == ["dkim ok", "dkim warning"]
    assert what in found[1].message


@pytest.mark.parametrize(
    ("provider", "names", "verdict", "what"),
    [
        ("resend", {f"TXT resend._domainkey.{DOMAIN}": ["p=MIGf"]}, "ok", "resend._do"),
        ("sendgrid", {f"TXT s2._domainkey.{DOMAIN}": ["k=rsa; p=MIGf"]}, "ok", "s2._"),
        ("brevo", {f"TXT mail._domainkey.{DOMAIN}": ["p=MIGf"]}, "ok", "mail._domain"),
        ("brevo", {f"TXT mail._domainkey.{DOMAIN}": ["p="]}, "warning", "no key at"),
        ("brevo", {f"TXT mail._domainkey.{DOMAIN}": ["p=?"]}, "warning", "no key at"),
        ("resend", {}, "warning", "no key at resend._domainkey"),
        ("postmark", {}, "not checked", "only the provider knows"),
        ("smtp", {}, "not checked", "only the provider knows"),
    ],
)
def test_a_providers_key(
    knows: Knows, provider: str, names: Names, verdict: str, what: str
) -> None:
    found = the(look(knows(names), provider, None), "dkim")

    assert found.verdict == verdict
    assert what in found.message


def test_spf_matters_less_where_the_provider_has_its_own_envelope(
    knows: Knows,
) -> None:
    dns = knows({})

    assert the(look(dns, "resend", None), "spf").verdict == "ok"
    assert the(look(dns, "smtp", None), "spf").verdict == "problem"


@pytest.mark.parametrize(
    ("signs", "verdict"),
    [("example.com", "ok"), ("mail.example.com", "ok"), ("relay.test", "problem")],
)
def test_who_may_sign(knows: Knows, signs: str, verdict: str) -> None:
    dns = knows({"TXT _dmarc.example.com": ["v=DMARC1; p=none"]})

    found = the(look(dns, signer=Signer(signs, SELECTOR, RSA)), "alignment")

    assert found.verdict == verdict


def test_without_a_dns_nothing_is_checked(knows: Knows) -> None:
    dns = knows({f"SILENT {DOMAIN}": []})
    dns._resolver.lifetime = 0.2

    found = look(dns)

    # Who signs for itself is aligned, whatever the DNS says.
    unknown = [each for each in found if each.check != "alignment"]
    assert len(unknown) == 4
    assert {each.verdict for each in unknown} == {"not checked"}
    assert {each.message for each in unknown} == {"the DNS does not answer"}
