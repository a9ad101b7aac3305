"""Whether the processes that serve from one PostgreSQL are of one mind."""

from collections.abc import Iterator, Mapping, Sequence

from newsletter import __version__
from newsletter.config.publication import environment
from newsletter.config.secret import FILE, load_secret
from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from newsletter.model.token import Signer
from newsletter.sending.doctor.finding import Finding, ok, problem, warning
from newsletter.sending.signing import is_known
from newsletter.store import key_names, service_processes
from newsletter.store.peek import peek
from newsletter.store.service_processes import Process


def process_findings(
    publication: Publication, environ: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Whether somebody serves, in this version, and all with one secret; nothing is
    found of SQLite, from which one process serves that nobody else need know of."""
    store = peek(publication.store_path or publication.store)
    if store is None:
        return
    with store:
        if not store.is_shared:
            return
        with store.read() as connection:
            present = service_processes.present(connection)
            known = key_names.known(connection)
    yield ok("service", f"{len(present)} processes serve from this database")
    yield from _versions(present)
    yield from _secrets(present, _own(publication, environ))
    if known:
        yield from _links(known, publication, environ)


def _versions(present: Sequence[Process]) -> Iterator[Finding]:
    for process in present:
        if process.version != __version__:
            yield warning(
                "service",
                f"{process.name} is version {process.version}, this is {__version__}",
                "start it again in this version",
            )


def _secrets(present: Sequence[Process], own: str) -> Iterator[Finding]:
    """What one of them signs the others must read, and limits must be the same."""
    names = {process.key_name for process in present}
    if own and present and own not in names:
        yield problem(
            "service",
            "it has another secret than this machine: links that are sent from here "
            "do not work there",
            "give both the same NEWSLETTER_SECRET",
        )
    elif len(names) > 1:
        hosts = ", ".join(process.name for process in present)
        yield problem(
            "service",
            f"processes have different secrets ({hosts}): a link that one has signed "
            "does not work at the other, and each has limits of its own",
            "give all of them the same NEWSLETTER_SECRET",
        )


def _links(
    known: str, publication: Publication, environ: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Whether links in what was sent can be read here."""
    try:
        if is_known(known, publication.root, environ):
            return
        words = "what was sent from this database was signed with another secret than "
        words += "this machine's: links in it do not work here"
    except ConfigError as error:
        words = error.message
    yield problem("service", words, "set NEWSLETTER_SECRET to the one that signed it")


def _own(publication: Publication, environ: Mapping[str, str] | None) -> str:
    """The name of this machine's secret; "" where there is none, for none is made."""
    root = publication.root
    given = environment(root, environ).get("NEWSLETTER_SECRET")
    if not given and not (root / FILE).exists():
        return ""
    try:
        return Signer(load_secret(root, environ)).key_name
    except ConfigError:
        return ""  # told where secrets are looked at
