"""Invented subscribers for a rehearsal, with the names that break careless software."""

from collections.abc import Iterator

from newsletter.model.subscriber import NewSubscriber
from newsletter.providers.simulator.service import REFUSED

REFUSED_PEOPLE = 3
"""How many of them the provider refuses, where it is asked to refuse some."""

_PAGE = 10_000
_NAMES = (
    "Ana",
    "Zoë",
    "山田 太郎",
    "O'Brien",
    "José María",
    "<b>Bold</b> & Sons",
    '"Quoted" \\ Back',
    "%recipient.email%",
    "{{ first_name }}",
    "{{params.first_name}}",
    "-first_name-",
    "🙂",
    "مريم",
    "Łukasz\tTab",
    "=HYPERLINK(0)",
    "Wolfeschlegelsteinhausenbergerdorff" * 4,
)
_ADDRESSES = (
    "reader{n}@example.com",
    "Reader.{n}@example.com",
    "reader+news{n}@sub.example.com",
    "o'brien{n}@example.com",
    "{n}@xn--bcher-kva.example",
    "reader{n:057d}@example.com",
    "_{n}_@example.com",
)


def addresses(number: int, *, refused: bool = False) -> Iterator[str]:
    """So many addresses, always the same; with `refused` a few nobody can mail."""
    apart = number // (REFUSED_PEOPLE + 1) or 1
    for n in range(number):
        if refused and n % apart == apart - 1 and n // apart < REFUSED_PEOPLE:
            yield f"{REFUSED}{n}@example.com"
        else:
            yield _ADDRESSES[n % len(_ADDRESSES)].format(n=n)


def pages(number: int, *, refused: bool = False) -> Iterator[list[NewSubscriber]]:
    """The subscribers with those addresses, in portions to be written at once."""
    page: list[NewSubscriber] = []
    for n, address in enumerate(addresses(number, refused=refused)):
        name = _NAMES[n % len(_NAMES)]
        page.append(
            NewSubscriber(
                address=address,
                address_key=address.lower(),
                attributes={"first_name": name},
            )
        )
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
