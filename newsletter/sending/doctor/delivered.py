"""Judges a delivered message: was it believed, can its reader leave by one click?"""

import re
from collections.abc import Iterator

from newsletter.providers.dkim_verifying import verified
from newsletter.providers.dns import Dns
from newsletter.sending.doctor.dmarc import is_one_organisation
from newsletter.sending.doctor.finding import (
    Finding,
    looked_at,
    not_checked,
    ok,
    problem,
    warning,
)
from newsletter.sending.doctor.reading import Delivered, Results, Signature, same_end

LIST_FIELDS = ("list-unsubscribe", "list-unsubscribe-post")
"""RFC 8058 §3.1: a signature must cover both, or mailboxes offer no unsubscribing."""

_SIGN_ALL = (
    "have your provider sign them; for an own server add them to its list "
    "(OpenDKIM: SignHeaders)"
)
_URI = re.compile(r"<\s*([^<>\s]*)\s*>")


def message_findings(data: bytes, dns: Dns, *, offline: bool) -> Iterator[Finding]:
    """All that a message shows. Never raises, whatever `data` is."""
    message = Delivered(data)
    if not message.fields:
        yield problem("message", "this is no message", "save it with all its headers")
        return
    yield _sender(message)
    yield from _authentication(message)
    yield from _signatures(message)
    yield from _unsubscribing(message)
    if offline:
        for check in ("signature", "alignment"):
            yield not_checked(check, "the DNS was not asked (--offline)")
        return
    yield from looked_at("signature", lambda: _verification(message, dns))
    yield from looked_at("alignment", lambda: _alignment(message, dns))


def _sender(message: Delivered) -> Finding:
    domains = message.from_domains
    if len(message.all("from")) == 1 and len(domains) == 1:
        return ok("from", f"it is from {domains[0]}")
    return problem(
        "from",
        f"it has {len(message.all('from'))} From fields with {len(domains)} addresses, "
        "not one with one",
        "nobody believes such a message (RFC 5322 §3.6, RFC 9989)",
    )


def _authentication(message: Delivered) -> Iterator[Finding]:
    results = message.results
    if results is None:
        yield not_checked(
            "authentication",
            "nobody says how it was received: it has no Authentication-Results",
            "read a message from the inbox of another provider, not from `sent` or "
            "the outbox",
        )
        return
    server = results.server or "the receiver"
    border = message.receivers
    if results.server and not any(same_end(results.server, each) for each in border):
        yield warning(
            "authentication",
            f"{server}, which says how it was received, is not among those who took it",
            "do not rely on it: anybody can write such a field",
        )
    for method in ("spf", "dkim", "dmarc"):
        yield _method(results, server, method)


def _method(results: Results, server: str, method: str) -> Finding:
    found = sorted({each.result for each in results.of(method)})
    if not found:
        return not_checked(method, f"{server} says nothing of {method}")
    if "pass" in found:
        return ok(method, f"{server} says: {method} pass")
    message = f"{server} says: {method} {', '.join(found)}"
    if found[0] in ("temperror", "neutral", "none", "bestguesspass"):
        return warning(method, message, "`newsletter doctor` checks the DNS for it")
    return problem(method, message, "`newsletter doctor` checks the DNS for it")


def _signatures(message: Delivered) -> Iterator[Finding]:
    signatures = message.signatures
    if not signatures:
        yield problem(
            "dkim-signature",
            "it is not signed",
            "let your provider sign for your domain, or see providers.smtp.dkim",
        )
        return
    yield _covers(signatures)
    for each in signatures:
        if "l" in each.tags:
            yield warning(
                "dkim-signature",
                f"the signature of {each.domain} has l=: more can be added to the end",
                "have it signed as a whole",
            )
        if each.tags.get("a", "").lower() == "rsa-sha1":
            yield warning(
                "dkim-signature",
                f"the signature of {each.domain} is rsa-sha1, which nobody verifies",
                "have it signed with rsa-sha256 (RFC 8301)",
            )


def _covers(signatures: list[Signature]) -> Finding:
    """The best of the signatures counts: receivers need only one."""
    least = min(signatures, key=lambda each: len(_uncovered(each)))
    missing = _uncovered(least)
    if not missing:
        return ok(
            "dkim-signature",
            f"the signature of {least.domain} covers From and both list fields",
        )
    return problem(
        "dkim-signature",
        f"no signature covers {' and '.join(missing)}, so that mailboxes offer no "
        "unsubscribing",
        _SIGN_ALL,
    )


def _uncovered(signature: Signature) -> list[str]:
    return [name for name in ("from", *LIST_FIELDS) if name not in signature.fields]


def _unsubscribing(message: Delivered) -> Iterator[Finding]:
    """RFC 8058 §3.1: one field of each, one https address, and the very pair."""
    leave, post = (message.all(name) for name in LIST_FIELDS)
    if len(leave) != 1 or len(post) != 1:
        yield problem(
            "unsubscribe",
            f"it has {len(leave)} List-Unsubscribe and {len(post)} "
            "List-Unsubscribe-Post fields, not one of each",
            "some providers write their own: see its settings for unsubscribing",
        )
        return
    secure = [uri for uri in _URI.findall(leave[0]) if uri.lower()[:8] == "https://"]
    if len(secure) != 1:
        yield problem(
            "unsubscribe",
            f"List-Unsubscribe has {len(secure)} https addresses, not one",
            "see base_url, service.url and the settings of your provider",
        )
    elif post[0].strip() != "List-Unsubscribe=One-Click":
        yield problem(
            "unsubscribe",
            "List-Unsubscribe-Post is not List-Unsubscribe=One-Click",
            "something on the way has changed it",
        )
    else:
        yield ok("unsubscribe", "its reader can leave by one click (RFC 8058)")


def _verification(message: Delivered, dns: Dns) -> Iterator[Finding]:
    for number, signature in enumerate(message.signatures):
        reason = verified(message.data, number, dns.texts)
        if not reason:
            yield ok("signature", f"the signature of {signature.domain} is valid now")
            continue
        yield warning(
            "signature",
            f"the signature of {signature.domain} is not valid now: {reason}",
            "some programs change a message when they save it; see the line dkim",
        )


def _alignment(message: Delivered, dns: Dns) -> Iterator[Finding]:
    """DMARC counts who signs, or who sends, only when it is who the mail is from."""
    if len(message.from_domains) != 1:
        return
    author = message.from_domains[0]
    signers = [each.domain for each in message.signatures if each.domain]
    envelope = message.envelope_domain
    signed = any(is_one_organisation(dns, each, author) for each in signers)
    sent = bool(envelope) and is_one_organisation(dns, envelope, author)
    if signed:
        also = f", and {envelope} sends for it" if sent else ""
        yield ok("alignment", f"{author} is signed for by its own{also}")
    elif sent:
        yield warning(
            "alignment",
            f"only the envelope sender {envelope} belongs to {author}; no signature "
            "does, and a forwarded message loses the other",
            "have it signed for your domain",
        )
    else:
        others = ", ".join(dict.fromkeys([*signers, envelope])) or "nobody"
        yield problem(
            "alignment",
            f"neither signer nor envelope sender belongs to {author} ({others}), so "
            "that DMARC fails",
            "add the DNS records that your provider shows for your domain",
        )
