"""What is set: newsletter.yaml, the secrets and who may read them."""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from newsletter.config.home import FILE_NAME
from newsletter.config.publication import environment
from newsletter.config.secret import FILE, MIN_LENGTH
from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from newsletter.model.service import ServiceWords
from newsletter.sending.doctor.finding import Finding, ok, problem, warning

_SHOWN = 3
_HERE = ("http://localhost", "http://127.0.0.1", "http://[::1]")


def settings_findings(
    publication: Publication, environ: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """How newsletter.yaml and the secrets stand; nothing is made or changed."""
    yield ok("configuration", f"{FILE_NAME} has no mistakes")
    yield _postal_address(publication)
    yield _service_url(publication)
    yield from _words(publication)
    yield from _secret(publication.root, environ)
    yield from _readable(publication.root / ".env", "secrets")
    key = publication.providers.smtp.dkim.key_file
    if key is not None:
        yield from _readable(publication.root / key, "dkim")


def _postal_address(publication: Publication) -> Finding:
    if publication.postal_address.strip():
        return ok("postal address", "every mail carries one")
    return problem(
        "postal address",
        "there is none, which the law asks of every mail (CAN-SPAM, CASL)",
        "set postal_address in newsletter.yaml; a post-office box is enough",
    )


def _service_url(publication: Publication) -> Finding:
    url, own = publication.service_url, publication.service.url
    key = "service.url" if own else "base_url"
    what = "newsletter serve answers" if own else "the archive is published"
    if url.startswith("https://"):
        return ok(key, f"{url} is https, as unsubscribing by one click needs")
    if url.startswith(_HERE):
        return warning(
            key,
            f"{url} is this machine, where no reader can unsubscribe",
            f"set {key} to where {what} before you send",
        )
    return problem(
        key,
        f"{url} is not https, without which no mailbox offers to unsubscribe",
        f"serve it by https, and set {key} to it (RFC 8058)",
    )


def _words(publication: Publication) -> Iterator[Finding]:
    """Pages that say they are in one language must not speak another (WCAG 3.1.1)."""
    if publication.language.split("-")[0] == "en":
        return
    words = publication.service.words
    usual = ServiceWords()
    same = [key for key, text in words if text == getattr(usual, key)]
    if not same:
        yield ok("words", f"service.words are written in `{publication.language}`")
        return
    shown = ", ".join(same[:_SHOWN]) + (" and others" if same[_SHOWN:] else "")
    yield warning(
        "words",
        f"language is `{publication.language}`, and {len(same)} of the words of the "
        f"service's pages and mail are the English ones: {shown}",
        "write them as service.words in newsletter.yaml",
    )


def _secret(root: Path, environ: Mapping[str, str] | None) -> Iterator[Finding]:
    path = root / FILE
    try:
        given = environment(root, environ).get("NEWSLETTER_SECRET", "")
        kept = "" if given or not path.exists() else path.read_text("ascii").strip()
    except (ConfigError, OSError, ValueError):
        yield problem(
            "secret", f"{path} cannot be read", "see whose it is, and restore a copy"
        )
        return
    if not given and not kept:
        yield ok("secret", "one is made when the first issue is sent")
        return
    if len(given or kept) < MIN_LENGTH:
        yield problem(
            "secret",
            "the secret that signs unsubscribe links is too short",
            f"set NEWSLETTER_SECRET to at least {MIN_LENGTH} random characters",
        )
        return
    place = "NEWSLETTER_SECRET" if given else str(FILE)
    yield ok("secret", f"{place} signs the unsubscribe links; keep a copy of it")
    if kept:
        yield from _readable(path, "secret")


def _readable(path: Path, check: str) -> Iterator[Finding]:
    """Warn of a secret that others on this machine can read."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_IMODE(mode) & 0o077:
        yield warning(
            check, f"others on this machine can read {path}", f"chmod 600 {path}"
        )
