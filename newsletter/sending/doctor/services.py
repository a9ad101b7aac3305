"""What newsletter talks to: the provider, the store, the public pages, the clock."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsletter.errors import (
    ConfigError,
    NewsletterError,
    ProviderStopped,
    StoreBusy,
    StoreError,
)
from newsletter.model.publication import Publication
from newsletter.providers.answer import Answer
from newsletter.providers.http import Http
from newsletter.providers.protocol import Provider
from newsletter.sending.doctor.finding import (
    Finding,
    not_checked,
    ok,
    problem,
    warning,
)
from newsletter.store import sns_subscriptions
from newsletter.store.health import Health, examine
from newsletter.store.peek import peek

CLOCK_SECONDS = 60.0
"""More than that, and tokens, signatures and logins are refused here and there."""

PAGE_CHECKS = ("archive", "one-click")

_SNS_PROVIDER = "ses"

_PAGE_SECONDS = 10.0
_TOKEN = "doctor"  # noqa: S105  signs nothing: nobody can be unsubscribed by it


def provider_findings(provider: Provider, *, offline: bool) -> Iterator[Finding]:
    """Whether the service answers, and lets us send."""
    if offline and provider.name != "outbox":
        yield not_checked("provider", f"{provider.name} was not asked (--offline)")
        return
    try:
        yield ok("provider", provider.check())
    except (ProviderStopped, ConfigError) as error:
        yield problem("provider", error.message, error.hint)
    except NewsletterError as error:
        yield not_checked("provider", error.message, error.hint)


def store_findings(publication: Publication) -> Iterator[Finding]:
    """Whether the database is whole, and of this version; and its clock."""
    try:
        health = examine(publication.store_path or publication.store)
    except StoreBusy as error:
        yield not_checked("store", error.message, error.hint)
    except StoreError as error:
        yield problem("store", error.message, error.hint)
    else:
        yield _store(health)
        if health.now is not None:
            yield _clock(health.now, "the database's server")


def _store(health: Health) -> Finding:
    if not health.exists:
        return ok("store", f"{health.place} is made when it is first needed")
    if health.damage:
        return problem(
            "store",
            f"{health.place} is damaged: {health.damage}",
            "restore a backup before anything is sent",
        )
    if health.revision is None:
        return ok("store", f"{health.place} is empty")
    if health.revision != health.expected:
        return warning(
            "store",
            f"{health.place} is of revision {health.revision}, this version works "
            f"with {health.expected}",
            "an older SQLite file is upgraded when it is next used; for a newer one "
            "upgrade newsletter",
        )
    return ok("store", f"{health.place} is whole, revision {health.revision}")


def sns_findings(publication: Publication) -> Iterator[Finding]:
    """The links by which Amazon SNS wants to be told that its events are wanted.

    Only a person follows them: a service that did could be sent anywhere (SSRF).
    """
    store = peek(publication.store_path or publication.store)
    if store is None:
        return
    with store, store.read() as connection:
        waiting = sns_subscriptions.waiting(connection, _SNS_PROVIDER)
    for each in waiting:
        yield warning(
            "webhooks",
            f"{each.topic} has asked on {each.asked_at:%Y-%m-%d} to be confirmed, and "
            "nothing came from it since",
            f"open {each.url} yourself, or paste it at the topic in the console of SNS "
            "(`Confirm subscription`)",
        )


def page_findings(publication: Publication, *, offline: bool) -> Iterator[Finding]:
    """Whether readers find the archive, and can unsubscribe there."""
    if offline:
        yield from _pages_unknown("base_url was not asked (--offline)")
        return
    pages = Http("base_url", seconds=_PAGE_SECONDS)
    try:
        answer = pages.call("GET", f"{publication.base_url}/")
        one_click = _one_click(pages, publication.service_url)
        yield _archive(answer, publication.base_url)
        yield one_click
        yield from _served_at(answer)
    except ProviderStopped as error:
        yield problem("archive", error.message, "see its certificate")
        yield not_checked("one-click", error.message)
    except NewsletterError as error:
        yield from _pages_unknown(error.message)
    finally:
        pages.close()


def _pages_unknown(reason: str) -> Iterator[Finding]:
    yield from (not_checked(check, reason) for check in PAGE_CHECKS)


def _archive(answer: Answer, url: str) -> Finding:
    if answer.ok:
        return ok("archive", f"{url} is there")
    return warning(
        "archive",
        f"{url} answers with {answer.status}",
        "publish what `newsletter build` makes there, or set base_url to where it is",
    )


def _one_click(pages: Http, service_url: str) -> Finding:
    """Ask as a mailbox does (RFC 8058 §3.2), but for nobody."""
    url = f"{service_url}/u/{_TOKEN}"
    answer = pages.call("POST", url, body={"List-Unsubscribe": "One-Click"})
    if 300 <= answer.status < 400:
        return problem(
            "one-click",
            f"{url} answers a POST with a redirect, which mailboxes do not follow",
            "let that address answer itself (RFC 8058 §3.1)",
        )
    if answer.status in (404, 405, 501) or answer.status >= 500:
        return warning(
            "one-click",
            f"nothing at {service_url}/u/ unsubscribes readers (it answers with "
            f"{answer.status})",
            "see that the service which does runs there before you send",
        )
    return ok("one-click", f"{service_url}/u/ takes requests to unsubscribe")


def _served_at(answer: Answer) -> Iterator[Finding]:
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(answer.headers.get("date", ""))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        yield _clock(moment, "the server of base_url")


def _clock(theirs: datetime, whose: str) -> Finding:
    ahead = (datetime.now(UTC) - theirs).total_seconds()
    if abs(ahead) <= CLOCK_SECONDS:
        return ok("clock", f"this machine's clock agrees with that of {whose}")
    which = "ahead of" if ahead > 0 else "behind"
    return problem(
        "clock",
        f"this machine's clock is {abs(ahead):,.0f} s {which} that of {whose}",
        "set it by the network (timedatectl set-ntp true)",
    )
