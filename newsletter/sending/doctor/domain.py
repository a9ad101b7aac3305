"""The sender's domain in the DNS: is it one that receivers believe?"""

import base64
from collections.abc import Iterator, Mapping, Sequence

from newsletter.model.publication import Publication
from newsletter.providers.dkim_signing import Signer
from newsletter.providers.dns import Dns
from newsletter.sending.doctor import dmarc as dmarc_rules
from newsletter.sending.doctor.finding import (
    Finding,
    looked_at,
    not_checked,
    ok,
    problem,
    warning,
)
from newsletter.sending.doctor.spf import spf

SELECTORS: Mapping[str, Sequence[str]] = {
    "resend": ("resend",),
    "sendgrid": ("s1", "s2"),
    "brevo": ("brevo1", "brevo2", "mail"),
}
"""Where services keep their keys unless one chose otherwise; the others' names differ
from account to account."""

GOOD_RSA_BITS = 2048
_DELIVERED = (
    "send yourself a test and read it with `newsletter doctor --message FILE.eml`"
)


def domain_findings(
    dns: Dns, publication: Publication, provider: str, signer: Signer | None
) -> Iterator[Finding]:
    """All that the DNS says of the domain of the sender's address."""
    domain = publication.domain
    by_smtp = provider == "smtp"
    yield from looked_at("mx", lambda: [_mail_servers(dns, domain)])
    yield from looked_at("spf", lambda: spf(dns, domain, decides=by_smtp))
    if signer is not None:
        yield from looked_at("dkim", lambda: own_key(dns, signer))
        yield from looked_at("alignment", lambda: [_alignment(dns, domain, signer)])
    else:
        selectors = SELECTORS.get(provider, ())
        yield from looked_at("dkim", lambda: [_their_key(dns, domain, selectors)])
    yield from looked_at(dmarc_rules.CHECK, lambda: dmarc_rules.dmarc(dns, domain))


def _mail_servers(dns: Dns, domain: str) -> Finding:
    """Receivers refuse a sender whom nobody can answer (RFC 7505 §4.2)."""
    found = dns.mail_servers(domain)
    hosts = [each.host for each in found if each.host]
    if hosts:
        return ok("mx", f"mail to {domain} goes to {hosts[0]}")
    if found:
        return problem(
            "mx",
            f"{domain} says that it takes no mail, so that receivers refuse its mail",
            "send from a domain that takes answers and bounces",
        )
    if dns.addresses(domain):
        return warning(
            "mx",
            f"{domain} has no MX record: answers and bounces go to the host itself",
            f"add an MX record to {domain}",
        )
    return problem(
        "mx",
        f"{domain} does not exist in the DNS, so that receivers refuse its mail",
        "see `from` in newsletter.yaml, or add an MX record",
    )


def own_key(dns: Dns, signer: Signer) -> Iterator[Finding]:
    """Whether receivers find the key that we sign with."""
    name = f"{signer.selector}._domainkey.{signer.domain}"
    add = f'add TXT {name} "{signer.record}"'
    keys = [tags for text in dns.texts(name) if "p" in (tags := _tags(text))]
    if not keys:
        yield problem("dkim", f"there is no key at {name}", add)
    elif len(keys) > 1:
        yield problem("dkim", f"{name} has more than one key", "leave only one")
    elif not keys[0]["p"]:
        yield problem("dkim", f"the key at {name} was revoked", add)
    elif keys[0]["p"] != _tags(signer.record)["p"]:
        message = f"the key at {name} is not the one that you sign with"
        yield problem("dkim", message, add)
    else:
        yield ok("dkim", f"the key that you sign with is at {name}")
        yield from _strength(signer)


def _strength(signer: Signer) -> Iterator[Finding]:
    if signer.algorithm == "ed25519-sha256":
        yield warning(
            "dkim",
            "the key is Ed25519, which several large receivers cannot verify",
            "sign with an RSA key of 2048 bits",
        )
    elif signer.bits < GOOD_RSA_BITS:
        yield warning(
            "dkim",
            f"the key has {signer.bits} bits",
            f"make one of {GOOD_RSA_BITS} (RFC 8301)",
        )


def _their_key(dns: Dns, domain: str, selectors: Sequence[str]) -> Finding:
    if not selectors:
        return not_checked(
            "dkim", "only the provider knows by which key it signs", _DELIVERED
        )
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        if any(_is_key(tags.get("p", "")) for tags in map(_tags, dns.texts(name))):
            return ok("dkim", f"your provider's key is at {name}")
    names = " or ".join(f"{each}._domainkey.{domain}" for each in selectors)
    return warning(
        "dkim",
        f"there is no key at {names}",
        f"add the records that your provider shows, or, when it uses others: "
        f"{_DELIVERED}",
    )


def _alignment(dns: Dns, domain: str, signer: Signer) -> Finding:
    if dmarc_rules.is_one_organisation(dns, domain, signer.domain):
        return ok("alignment", f"{signer.domain} signs for {domain}")
    return problem(
        "alignment",
        f"{signer.domain} signs, which DMARC does not count for {domain}",
        "leave providers.smtp.dkim.domain out, or send from that domain",
    )


def _tags(record: str) -> dict[str, str]:
    """The tags of a key record (RFC 6376 §3.6.1)."""
    parts = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in parts}


def _is_key(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
