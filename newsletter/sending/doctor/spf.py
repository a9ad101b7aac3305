"""SPF (RFC 7208): may somebody send in a domain's name, and is its record sound?"""

from dataclasses import dataclass, field

from newsletter.providers.dns import Dns
from newsletter.sending.doctor.finding import Finding, ok, problem, warning

CHECK = "spf"
MOST_LOOKUPS = 10
MOST_VOID = 2
"""RFC 7208 §4.6.4: more questions than that, or empty answers, and it is an error."""

_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")
_SILENT = ("all", "ip4", "ip6", "exp")


@dataclass(slots=True)
class Count:
    """What evaluating a record costs at most, and what is wrong with it."""

    lookups: int = 0
    void: int = 0
    wrong: list[str] = field(default_factory=list)


def spf(dns: Dns, domain: str, *, decides: bool) -> list[Finding]:
    """How it stands with a domain's record.

    `decides` says that mail leaves with this domain as its envelope sender, as by SMTP;
    email services use one of their own there. Raises DnsUnavailable.
    """
    records = _records(dns, domain)
    if not records:
        return [_missing(domain, decides=decides)]
    if len(records) > 1:
        message = f"{domain} has {len(records)} SPF records, so that none counts"
        return [problem(CHECK, message, "join them into one")]
    count = Count()
    _count(dns, domain, records[0], count)
    return _wrong(domain, count) or _judged(domain, records[0], count)


def _wrong(domain: str, count: Count) -> list[Finding]:
    reason = ""
    if count.wrong:
        reason = count.wrong[0]
    elif count.lookups > MOST_LOOKUPS:
        reason = f"it takes more than {MOST_LOOKUPS} look-ups"
    elif count.void > MOST_VOID:
        reason = f"{count.void} of its look-ups find nothing"
    if not reason:
        return []
    return [
        problem(
            CHECK,
            f"the SPF record of {domain} counts as an error: {reason}",
            "take out what is no longer used, or name addresses (ip4:…)",
        )
    ]


def _judged(domain: str, record: str, count: Count) -> list[Finding]:
    terms = [term.lower() for term in record.split()[1:]]
    ends = [term for term in terms if term.lstrip("+-~?") == "all"]
    if "+all" in ends or "all" in ends:
        return [
            problem(
                CHECK,
                f"{domain} lets everybody send in its name (+all)",
                "end the record with -all or ~all",
            )
        ]
    found = [ok(CHECK, f"{domain} has one record, of {count.lookups} look-ups")]
    if not ends and not any(term.startswith("redirect=") for term in terms):
        found.append(
            warning(
                CHECK,
                f"the SPF record of {domain} does not say what of all others",
                "end it with -all or ~all",
            )
        )
    if any(term.lstrip("+-~?").split(":")[0] == "ptr" for term in terms):
        found.append(
            warning(
                CHECK,
                f"the SPF record of {domain} uses ptr, which many receivers ignore",
                "name addresses (ip4:…) instead",
            )
        )
    return found


def _missing(domain: str, *, decides: bool) -> Finding:
    if decides:
        return problem(
            CHECK,
            f"{domain} has no SPF record, which Gmail and Yahoo ask of everybody",
            f'add TXT {domain} "v=spf1 include:… ~all" as your relay says',
        )
    return ok(
        CHECK,
        f"{domain} has no SPF record; your provider sends by a domain of its own, "
        "which counts",
    )


def _records(dns: Dns, domain: str) -> list[str]:
    texts = (text.strip() for text in dns.texts(domain))
    return [t for t in texts if t.lower() == "v=spf1" or t.lower()[:7] == "v=spf1 "]


def _count(dns: Dns, domain: str, record: str, count: Count) -> None:
    """Follow every term, as a receiver does for whom none of them matches."""
    for term in record.split()[1:]:
        name, value = _term(term)
        if name in _SILENT or (name not in _ASKING and "=" in term):
            continue
        if name not in _ASKING:
            count.wrong.append(f"nobody knows `{term}`")
            return
        count.lookups += 1
        if count.lookups > MOST_LOOKUPS or count.wrong:
            return
        if "%" not in value:  # else it depends on the message
            _follow(dns, name, value or domain, count)


def _follow(dns: Dns, name: str, target: str, count: Count) -> None:
    if name in ("include", "redirect"):
        records = _records(dns, target)
        if len(records) == 1:
            _count(dns, target, records[0], count)
        else:
            count.wrong.append(f"{target} has {len(records)} records, not one")
    elif name in ("a", "exists"):
        count.void += not dns.addresses(target)
    elif name == "mx":
        count.void += not dns.mail_servers(target)


def _term(term: str) -> tuple[str, str]:
    """Name and domain of a term; `a:x.example/24` is `a` and `x.example`."""
    bare = term.lstrip("+-~?")
    for mark in (":", "=", "/"):
        name, found, value = bare.partition(mark)
        if found and not set(name) & set(":=/"):
            target = "" if mark == "/" else value.partition("/")[0]
            return name.lower(), target
    return bare.lower(), ""
