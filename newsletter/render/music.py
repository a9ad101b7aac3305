"""Recognises the service behind a music pick by its host, never by a part of a URL."""

from urllib.parse import urlsplit

_SERVICES = {
    "open.spotify.com": "Spotify",
    "spotify.link": "Spotify",
    "music.apple.com": "Apple Music",
    "youtube.com": "YouTube",
    "www.youtube.com": "YouTube",
    "m.youtube.com": "YouTube",
    "music.youtube.com": "YouTube Music",
    "youtu.be": "YouTube",
    "soundcloud.com": "SoundCloud",
    "on.soundcloud.com": "SoundCloud",
    "bandcamp.com": "Bandcamp",
}


def service(url: str) -> str:
    """The name of the service, the host of one that we do not know, or the address."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return url
    if host.endswith(".bandcamp.com"):
        return "Bandcamp"
    return _SERVICES.get(host, host)
