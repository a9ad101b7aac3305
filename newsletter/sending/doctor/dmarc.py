"""DMARC by RFC 9989: whose policy counts, and which domains are one organisation's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.providers.dns import Dns
from newsletter.sending.doctor.finding import Finding, ok, problem, warning

CHECK = "dmarc"
POLICIES = ("none", "quarantine", "reject")
OBSOLETE = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 took out."""

MOST_LABELS = 8
"""RFC 9989 §4.10: a longer name is asked about by itself and by its last seven."""

_START = "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record. Tags nobody knows are ignored (RFC 9989 §4.7)."""

    domain: str
    tags: Mapping[str, str]

    @property
    def policy(self) -> str:
        """What it asks for mail that fails; a record without `p` asks for nothing."""
        found = self.tags.get("p", "").lower()
        return found if found in POLICIES else "none"

    def policy_below(self, *, exists: bool = True) -> str:
        """What it asks for subdomains, or for names that are none."""
        names = ("sp",) if exists else ("np", "sp")
        for name in names:
            found = self.tags.get(name, "").lower()
            if found in POLICIES:
                return found
        return self.policy

    @property
    def public_suffix(self) -> str:
        """`y` for a domain below which others have theirs, `n` for the opposite."""
        return self.tags.get("psd", "u").lower()


@dataclass(frozen=True, slots=True)
class Walk:
    """The records on the way from a domain to the top (RFC 9989 §4.10).

    `several` are the names that have more than one, which then count as none.
    """

    domain: str
    records: list[Record] = field(default_factory=list)
    several: list[str] = field(default_factory=list)

    @property
    def organisation(self) -> str:
        """The organisational domain (§4.10.2)."""
        for record in self.records:
            if record.public_suffix == "n":
                return record.domain
            if record.public_suffix == "y" and record.domain != self.domain:
                size = record.domain.count(".") + 2
                return ".".join(self.domain.split(".")[-size:])
        if not self.records:
            return self.domain
        return min((each.domain for each in self.records), key=lambda d: d.count("."))

    @property
    def record(self) -> Record | None:
        """Whose policy counts: the domain's own, its organisation's, its registry's."""
        by_domain = {each.domain: each for each in self.records}
        own = by_domain.get(self.domain) or by_domain.get(self.organisation)
        suffix = (each for each in self.records if each.public_suffix == "y")
        return own or next(suffix, None)


def walk(dns: Dns, domain: str) -> Walk:
    """Go up from a domain; raises DnsUnavailable when the DNS does not answer."""
    found = Walk(domain.lower().rstrip("."))
    for name in _names(found.domain):
        records = [r for text in dns.texts(f"_dmarc.{name}") if (r := read(name, text))]
        if len(records) > 1:
            found.several.append(name)
        if len(records) == 1:
            found.records.append(records[0])
            if records[0].public_suffix in ("y", "n"):
                break
    return found


def read(domain: str, text: str) -> Record | None:
    """Read a TXT record; None for one that is not of DMARC (RFC 9989 §4.8)."""
    tags: dict[str, str] = {}
    parts = text.split(";")
    for part in parts:
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    first, _, version = parts[0].partition("=")
    if first.strip().lower() != "v" or version.strip() != "DMARC1":
        return None
    return Record(domain, tags)


def is_one_organisation(dns: Dns, one: str, other: str) -> bool:
    """Whether two domains are aligned in the relaxed way (RFC 9989 §4.4)."""
    if one.lower() == other.lower():
        return True
    return walk(dns, one).organisation == walk(dns, other).organisation


def dmarc(dns: Dns, domain: str) -> list[Finding]:
    """What the DNS says that receivers should do with mail in this domain's name."""
    found = walk(dns, domain)
    if found.several:
        names = ", ".join(f"_dmarc.{name}" for name in found.several)
        return [problem(CHECK, f"{names} has more than one record", "leave only one")]
    record = found.record
    if record is None:
        return [
            problem(
                CHECK,
                f"{domain} has no DMARC record, which Gmail, Yahoo and Outlook ask of "
                "everybody who sends much",
                f"add TXT _dmarc.{found.organisation} "
                f'"{_START.format(domain=found.organisation)}"',
            )
        ]
    return [_policy(found, record), *_oddities(record)]


def _policy(found: Walk, record: Record) -> Finding:
    own = record.domain == found.domain
    policy = record.policy if own else record.policy_below()
    source = "" if own else f", by the record of {record.domain}"
    testing = " (only a test: t=y)" if record.tags.get("t", "").lower() == "y" else ""
    asked = "nothing to be done" if policy == "none" else policy
    return ok(CHECK, f"{found.domain} asks for {asked}{testing}{source}")


def _oddities(record: Record) -> Iterator[Finding]:
    place = f"_dmarc.{record.domain}"
    obsolete = [name for name in OBSOLETE if name in record.tags]
    if obsolete:
        yield warning(
            CHECK,
            f"{place} has {', '.join(obsolete)}, which RFC 9989 took out",
            "take it out; for a policy that is only tested there is t=y",
        )
    if record.tags.get("p", "").lower() not in POLICIES:
        yield warning(
            CHECK, f"{place} has no policy, which counts as p=none", "say p=none in it"
        )


def _names(domain: str) -> list[str]:
    """The domain and those above it, at most eight of them."""
    labels = domain.split(".")
    above = labels[1:] if len(labels) <= MOST_LABELS else labels[1 - MOST_LABELS :]
    return [domain, *(".".join(above[at:]) for at in range(len(above)))]
