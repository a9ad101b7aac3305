"""Everything the doctor looks at in a publication, in the order it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from newsletter.providers.dkim_signing import Signer
from newsletter.providers.dns import Dns
from newsletter.providers.registry import open_provider
from newsletter.providers.smtp import dkim_signer
from newsletter.sending.doctor.domain import domain_findings
from newsletter.sending.doctor.finding import (
    Finding,
    looked_at,
    not_checked,
    ok,
    problem,
)
from newsletter.sending.doctor.origins import origin_findings
from newsletter.sending.doctor.processes import process_findings
from newsletter.sending.doctor.services import (
    PAGE_CHECKS,
    page_findings,
    provider_findings,
    sns_findings,
    store_findings,
)
from newsletter.sending.doctor.settings import settings_findings
from newsletter.sending.doctor.workers import worker_findings

OUTBOX = "outbox"
_DOMAIN_CHECKS = ("mx", "spf", "dkim", "dmarc")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to look: `provider` instead of the publication's, with nothing asked outside
    this machine (`offline`), with other variables than the process's (`environ`)."""

    provider: str = ""
    offline: bool = False
    environ: Mapping[str, str] | None = None


def examine(publication: Publication, dns: Dns, how: How) -> Iterator[Finding]:
    """Look at everything; what cannot be looked at is found to be `not checked`."""
    name = how.provider or publication.provider
    yield from settings_findings(publication, how.environ)
    found = list(store_findings(publication))
    yield from found
    yield from looked_at("copy", lambda: origin_findings(publication))
    yield from looked_at("workers", lambda: worker_findings(publication))
    yield from looked_at("service", lambda: process_findings(publication, how.environ))
    yield from looked_at("webhooks", lambda: sns_findings(publication))
    yield from _provider(name, publication, how)
    if name == OUTBOX:
        reason = "the outbox sends nothing (see --provider)"
        yield from (not_checked(c, reason) for c in (*_DOMAIN_CHECKS, *PAGE_CHECKS))
    else:
        yield from _domain(name, publication, dns, how)
        found += (pages := list(page_findings(publication, offline=how.offline)))
        yield from pages
    if not any(each.check == "clock" for each in found):
        yield not_checked("clock", "there was no other clock to compare with")


def _provider(name: str, publication: Publication, how: How) -> Iterator[Finding]:
    try:
        provider = open_provider(name, publication, how.environ)
    except ConfigError as error:
        yield problem("key", error.message, error.hint)
        return
    yield ok("key", f"{name} has all that it needs to be used")
    try:
        yield from provider_findings(provider, offline=how.offline)
    finally:
        provider.close()


def _domain(
    name: str, publication: Publication, dns: Dns, how: How
) -> Iterator[Finding]:
    if how.offline:
        reason = "the DNS was not asked (--offline)"
        yield from (not_checked(check, reason) for check in _DOMAIN_CHECKS)
        return
    yield from domain_findings(dns, publication, name, _signer(name, publication))


def _signer(name: str, publication: Publication) -> Signer | None:
    """Our own key, when mail is signed with it; one that is none was told already."""
    if name != "smtp":
        return None
    try:
        return dkim_signer(publication)
    except ConfigError:
        return None
