"""The mail programs that a publication can name in `clients`."""

from collections.abc import Iterable

_FAMILIES = {
    "aol": "AOL",
    "apple-mail": "Apple Mail",
    "fastmail": "Fastmail",
    "gmail": "Gmail",
    "gmx": "GMX",
    "hey": "HEY",
    "ionos-1and1": "IONOS",
    "laposte": "LaPoste.net",
    "mail-ru": "Mail.ru",
    "orange": "Orange",
    "outlook": "Outlook",
    "protonmail": "Proton Mail",
    "samsung-email": "Samsung Email",
    "sfr": "SFR",
    "thunderbird": "Thunderbird",
    "web-de": "WEB.DE",
    "yahoo": "Yahoo",
}

_PLATFORMS = {
    "android": "on Android",
    "com": "on the web",
    "ios": "on iOS",
    "macos": "on macOS",
    "mobile-web": "in a phone's browser",
    "web": "on the web",
    "windows": "on Windows",
    "windows-mail": "Mail of Windows",
}

CLIENTS: tuple[str, ...] = (
    "aol-android",
    "aol-ios",
    "aol-web",
    "apple-mail-ios",
    "apple-mail-macos",
    "fastmail-web",
    "gmail-android",
    "gmail-ios",
    "gmail-mobile-web",
    "gmail-web",
    "gmx-android",
    "gmx-ios",
    "gmx-web",
    "hey-web",
    "ionos-1and1-android",
    "ionos-1and1-web",
    "laposte-web",
    "mail-ru-web",
    "orange-android",
    "orange-ios",
    "orange-web",
    "outlook-android",
    "outlook-com",
    "outlook-ios",
    "outlook-macos",
    "outlook-windows",
    "outlook-windows-mail",
    "protonmail-android",
    "protonmail-ios",
    "protonmail-web",
    "samsung-email-android",
    "sfr-android",
    "sfr-ios",
    "sfr-web",
    "thunderbird-macos",
    "web-de-android",
    "web-de-ios",
    "web-de-web",
    "yahoo-android",
    "yahoo-ios",
    "yahoo-web",
)
"""Their names, as caniemail.com tests them."""

DEFAULT_CLIENTS = (
    "apple-mail",
    "gmail-web",
    "gmail-ios",
    "gmail-android",
    "outlook-windows",
    "outlook-com",
    "yahoo",
)
"""What most letters are read in."""


def is_client(name: str) -> bool:
    """Whether a name is one program's, or of all of a family such as `gmail`."""
    return name in _FAMILIES or name in CLIENTS


def client_families() -> tuple[str, ...]:
    """The names that stand for all programs of a family."""
    return tuple(_FAMILIES)


def expanded(names: Iterable[str]) -> tuple[str, ...]:
    """The single programs that `names` of programs and families mean, each once."""
    found = [
        client
        for name in names
        for client in CLIENTS
        if client == name or (name in _FAMILIES and family(client) == name)
    ]
    return tuple(dict.fromkeys(found))


def family(client: str) -> str:
    """The family of a program: `gmail` of `gmail-ios`."""
    return next(name for name in _FAMILIES if client.startswith(f"{name}-"))


def client_title(client: str) -> str:
    """A program as a person calls it: `Outlook on Windows`."""
    name = family(client)
    return f"{_FAMILIES[name]} {_PLATFORMS[client.removeprefix(f'{name}-')]}"
